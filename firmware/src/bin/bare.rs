//! The least program around a network: loader, kernels, loop. No logging, no host, no heap.
//!
//! `cargo xtask test` links it and looks inside: a panic that could still be reached would not link, because its handler
//! calls a function that does not exist.
#![no_std]
#![no_main]
#![allow(unsafe_code)] // the function that does not exist

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

use model::{BLOB, Net};
use sinapse::ScratchOf;

/// One drawn picture a class, behind the 16 bytes of an IDX header.
static PICTURES: &[u8] = include_bytes!("../../digits.idx");

/// The last answer, for a debugger and `cargo xtask bench`; 255 where the blob is refused.
///
/// Nobody here reads it: without `used` the compiler leaves out the stores, and with them the network.
#[used]
static ANSWER: AtomicUsize = AtomicUsize::new(0);

/// All the RAM that the network works in; the linker knows of it.
static mut SCRATCH: ScratchOf<Net> = Net::SCRATCH;

#[entry]
fn main() -> ! {
    let scratch = &raw mut SCRATCH;
    // SAFETY: nothing else knows of it, and `main` is entered once.
    let scratch = unsafe { &mut *scratch };
    let mut place = MaybeUninit::uninit();
    let Ok(network) = Net::load_in(BLOB, &mut place) else {
        ANSWER.store(255, Ordering::Relaxed);
        loop {
            core::hint::spin_loop();
        }
    };
    loop {
        // The compiler would write out a loop of ten.
        let pixels = black_box(PICTURES).get(16..).unwrap_or_default();
        for picture in pixels.as_chunks().0 {
            let answer = network.classify(picture, scratch);
            ANSWER.store(answer.class, Ordering::Relaxed);
        }
    }
}

#[panic_handler]
fn panic(_: &core::panic::PanicInfo) -> ! {
    unsafe extern "C" {
        fn a_panic_can_still_be_reached() -> !;
    }
    // SAFETY: there is no such function, so that a program in which this is reachable does not link.
    unsafe { a_panic_can_still_be_reached() }
}
