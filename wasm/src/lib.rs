//! A network in WebAssembly. The host writes a blob and a picture into linear memory, and reads the logits from there:
//!
//! | function | gives |
//! | --- | --- |
//! | `blob_bytes()`, `blob()` | most bytes of a blob, and where to write it, which ends the network loaded before |
//! | `load(length)` | 1 where these bytes are a sound blob of the network that was compiled in, else 0 |
//! | `image_bytes()`, `image()` | bytes of a picture, and where to write it: 255 is ink, 0 background |
//! | `classify()` | the class of the picture, or −1 where nothing is loaded |
//! | `classes()`, `logits()` | number of logits, and where the last ones are: 32 bits each, little-endian |
//!
//! `evaluate.mjs` is a host.
#![no_std]
#![allow(unsafe_code)] // memory that the host reads and writes; functions under the names that it calls

use core::cell::UnsafeCell;

use network::{BLOB_BYTES, IMAGE_BYTES, Logits, Net};

mod network {
    //! What `build.rs` has found in the blob.
    include!(concat!(env!("OUT_DIR"), "/network.rs"));
}

/// What this module and its host share.
#[repr(C, align(16))]
struct Memory {
    blob: [u8; BLOB_BYTES],
    image: [u8; IMAGE_BYTES],
    logits: Logits,
    network: Option<Net>,
}

/// Memory without threads.
struct Single(UnsafeCell<Memory>);

// SAFETY: the module has one thread, no function runs within another, and the host does nothing while one runs.
unsafe impl Sync for Single {}

static MEMORY: Single = Single(UnsafeCell::new(Memory {
    blob: [0; BLOB_BYTES],
    image: [0; IMAGE_BYTES],
    // All bytes are 0, so that the module carries none of this memory.
    logits: [0 as _; size_of::<Logits>() / 4],
    network: None,
}));

/// Most bytes of a blob.
// SAFETY: nothing else has this name.
#[unsafe(no_mangle)]
pub extern "C" fn blob_bytes() -> usize {
    BLOB_BYTES
}

/// Where to write a blob; what was loaded before is then gone.
// SAFETY: as above.
#[unsafe(no_mangle)]
pub extern "C" fn blob() -> *mut u8 {
    // SAFETY: as `Single` says, nobody else looks at this memory now; the network borrows from the blob, so it goes first.
    unsafe {
        (*MEMORY.0.get()).network = None;
        (&raw mut (*MEMORY.0.get()).blob).cast()
    }
}

/// Loads the blob of `length` bytes that was written: 1, or 0 where it is refused.
// SAFETY: as above.
#[unsafe(no_mangle)]
pub extern "C" fn load(length: usize) -> u32 {
    // SAFETY: as above; the blob is not written again before `blob` has taken the network away.
    let (blob, network) = unsafe { (&(*MEMORY.0.get()).blob, &mut (*MEMORY.0.get()).network) };
    *network = blob.get(..length).and_then(|blob| Net::load(blob).ok());
    u32::from(network.is_some())
}

/// Bytes of a picture.
// SAFETY: as above.
#[unsafe(no_mangle)]
pub extern "C" fn image_bytes() -> usize {
    IMAGE_BYTES
}

/// Where to write a picture.
// SAFETY: as above.
#[unsafe(no_mangle)]
pub extern "C" fn image() -> *mut u8 {
    // SAFETY: only the address is taken.
    unsafe { (&raw mut (*MEMORY.0.get()).image).cast() }
}

/// Reads the picture: its class, or −1 where no network is loaded.
// SAFETY: as above.
#[unsafe(no_mangle)]
pub extern "C" fn classify() -> i32 {
    // SAFETY: as above; the network borrows from the blob alone, which is not among these.
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

/// Number of logits.
// SAFETY: as above.
#[unsafe(no_mangle)]
pub extern "C" fn classes() -> usize {
    size_of::<Logits>() / 4
}

/// Where the logits of the last picture are.
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
