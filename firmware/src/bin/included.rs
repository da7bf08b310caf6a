//! The smallest program around an included network: kernels and loop. Nothing is loaded at start.
//!
//! `cargo xtask test` links and inspects it like `bare`, which loads its network.
#![no_std]
#![no_main]
#![allow(unsafe_code)] // a static buffer

use core::hint::black_box;
use core::sync::atomic::{AtomicUsize, Ordering};

#[cfg(target_arch = "arm")]
use cortex_m_rt::entry;
#[cfg(target_arch = "riscv32")]
use riscv_rt::entry;

#[cfg(target_arch = "arm")]
#[path = "../runtime/interrupts.rs"]
mod interrupts;
#[path = "../no_panic.rs"]
mod no_panic;

use sinapse::ScratchOf;

include!(concat!(env!("OUT_DIR"), "/included.rs"));

/// One picture of each class, after the 16 bytes of an IDX header.
static PICTURES: &[u8] = include_bytes!("../../digits.idx");

/// The last answer, for a debugger.
///
/// The program does not read it: without `used` the compiler would drop the stores, and with them the network.
#[used]
static ANSWER: AtomicUsize = AtomicUsize::new(0);

/// All the RAM that the network works in, static so that the linker accounts for it.
static mut SCRATCH: ScratchOf<Included> = Included::SCRATCH;

#[entry]
fn main() -> ! {
    let scratch = &raw mut SCRATCH;
    // SAFETY: nothing else refers to it, and `main` is entered once.
    let scratch = unsafe { &mut *scratch };
    loop {
        // Without `black_box` the compiler unrolls the loop over the ten pictures.
        let pixels = black_box(PICTURES).get(16..).unwrap_or_default();
        for picture in pixels.as_chunks().0 {
            let answer = INCLUDED.classify(picture, scratch);
            ANSWER.store(answer.class, Ordering::Relaxed);
        }
    }
}
