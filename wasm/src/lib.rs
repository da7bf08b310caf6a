//! A network in WebAssembly. The host writes a blob and a picture into linear memory, and reads the logits from it:
//!
//! | function | result |
//! | --- | --- |
//! | `blob_bytes()`, `blob()` | capacity for a blob, and its address; `blob()` drops the loaded network |
//! | `load(length)` | 1 if these bytes are a valid blob of the compiled-in network type, else 0 |
//! | `image_bytes()`, `image()` | size of a picture, and its address: ink 255, background 0 |
//! | `classify()` | class of the picture, or −1 if no network is loaded |
//! | `classes()`, `logits()` | number of logits, and the address of the latest ones: 32 bits each, little-endian |
//!
//! `evaluate.mjs` is an example of a host.
#![no_std]
#![allow(unsafe_code)] // memory shared with the host, and exported symbols

use core::cell::UnsafeCell;

use network::{BLOB_BYTES, IMAGE_BYTES, Logits, Net};

mod network {
    //! Network type and sizes that `build.rs` generates from a blob.
    include!(concat!(env!("OUT_DIR"), "/network.rs"));
}

/// Memory shared by the module and its host.
#[repr(C, align(16))]
struct Memory {
    blob: [u8; BLOB_BYTES],
    image: [u8; IMAGE_BYTES],
    logits: Logits,
    network: Option<Net>,
}

/// A static for a single thread.
struct Single(UnsafeCell<Memory>);

// SAFETY: the module has one thread, no exported function calls another, and the host waits while one runs.
unsafe impl Sync for Single {}

static MEMORY: Single = Single(UnsafeCell::new(Memory {
    blob: [0; BLOB_BYTES],
    image: [0; IMAGE_BYTES],
    // All bytes are 0, so the module's file contains none of this memory.
    logits: [0 as _; size_of::<Logits>() / 4],
    network: None,
}));

/// Returns the capacity for a blob, in bytes.
// SAFETY: no other symbol has this name.
#[unsafe(no_mangle)]
pub extern "C" fn blob_bytes() -> usize {
    BLOB_BYTES
}

/// Drops the loaded network and returns the address for a blob.
// SAFETY: as above.
#[unsafe(no_mangle)]
pub extern "C" fn blob() -> *mut u8 {
    // SAFETY: exclusive access as in `Single`; the network borrows from the blob, so it is dropped first.
    unsafe {
        (*MEMORY.0.get()).network = None;
        (&raw mut (*MEMORY.0.get()).blob).cast()
    }
}

/// Loads the blob of `length` bytes in memory; returns 1, or 0 if it is refused.
// SAFETY: as above.
#[unsafe(no_mangle)]
pub extern "C" fn load(length: usize) -> u32 {
    // SAFETY: as above; the host writes the blob again only after `blob` has dropped the network.
    let (blob, network) = unsafe { (&(*MEMORY.0.get()).blob, &mut (*MEMORY.0.get()).network) };
    *network = blob.get(..length).and_then(|blob| Net::load(blob).ok());
    u32::from(network.is_some())
}

/// Returns the size of a picture, in bytes.
// SAFETY: as above.
#[unsafe(no_mangle)]
pub extern "C" fn image_bytes() -> usize {
    IMAGE_BYTES
}

/// Returns the address for a picture.
// SAFETY: as above.
#[unsafe(no_mangle)]
pub extern "C" fn image() -> *mut u8 {
    // SAFETY: only the address is taken.
    unsafe { (&raw mut (*MEMORY.0.get()).image).cast() }
}

/// Classifies the picture; returns its class, or −1 if no network is loaded.
// SAFETY: as above.
#[unsafe(no_mangle)]
pub extern "C" fn classify() -> i32 {
    // SAFETY: as above; the network borrows from the blob only, and none of these references is to it.
    let (image, logits, network) = unsafe {
        let memory = MEMORY.0.get();
        (&(*memory).image, &mut (*memory).logits, &(*memory).network)
    };
    let Some(network) = network else { return -1 };
    let mut scratch = Net::SCRATCH;
    let answer = network.classify(image, &mut scratch);
    *logits = answer.scores;
    answer.class as i32
}

/// Returns the number of logits.
// SAFETY: as above.
#[unsafe(no_mangle)]
pub extern "C" fn classes() -> usize {
    size_of::<Logits>() / 4
}

/// Returns the address of the logits of the latest picture.
// SAFETY: as above.
#[unsafe(no_mangle)]
pub extern "C" fn logits() -> *const u8 {
    // SAFETY: only the address is taken.
    unsafe { (&raw const (*MEMORY.0.get()).logits).cast() }
}

#[panic_handler]
fn panic(_: &core::panic::PanicInfo) -> ! {
    core::arch::wasm32::unreachable()
}
