//! The smallest program around a network: loader, kernels, loop. No logging, no semihosting, no heap.
//!
//! `cargo xtask test` links it and inspects the result. It does not link if a panic is reachable: the panic handler
//! calls a function that does not exist.
#![no_std]
#![no_main]
#![allow(unsafe_code)] // a static buffer

use core::hint::black_box;
use core::mem::MaybeUninit;
use core::sync::atomic::{AtomicUsize, Ordering};

#[cfg(target_arch = "arm")]
use cortex_m_rt::entry;
#[cfg(target_arch = "riscv32")]
use riscv_rt::entry;

#[cfg(target_arch = "arm")]
#[path = "../runtime/interrupts.rs"]
mod interrupts;
#[path = "../model.rs"]
mod model;
#[path = "../no_panic.rs"]
mod no_panic;

use model::{BLOB, Net};
use sinapse::ScratchOf;

/// One picture of each class, after the 16 bytes of an IDX header.
static PICTURES: &[u8] = include_bytes!("../../digits.idx");

/// The last answer, for a debugger and `cargo xtask bench`; 255 if the blob is refused.
///
/// The program does not read it: without `used` the compiler would drop the stores, and with them the network.
#[used]
static ANSWER: AtomicUsize = AtomicUsize::new(0);

/// All the RAM that the network works in, static so that the linker accounts for it.
static mut SCRATCH: ScratchOf<Net> = Net::SCRATCH;

#[entry]
fn main() -> ! {
    let scratch = &raw mut SCRATCH;
    // SAFETY: nothing else refers to it, and `main` is entered once.
    let scratch = unsafe { &mut *scratch };
    let mut place = MaybeUninit::uninit();
    let Ok(network) = Net::load_in(BLOB, &mut place) else {
        ANSWER.store(255, Ordering::Relaxed);
        loop {
            core::hint::spin_loop();
        }
    };
    loop {
        // Without `black_box` the compiler unrolls the loop over the ten pictures.
        let pixels = black_box(PICTURES).get(16..).unwrap_or_default();
        for picture in pixels.as_chunks().0 {
            let answer = network.classify(picture, scratch);
            ANSWER.store(answer.class, Ordering::Relaxed);
        }
    }
}
