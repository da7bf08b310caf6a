//! Common parts of the programs: pictures that QEMU loads into memory, markers for the counting plugin, the report.
#![no_std]
#![allow(unsafe_code)] // memory that QEMU fills, linker symbols, two markers

pub mod layer;

use core::arch::asm;
use core::hint::black_box;

use layer::{IN, OUT};
use semihosting::println;
use semihosting::process::exit;

include!(concat!(env!("OUT_DIR"), "/constants.rs"));

/// Address to which QEMU loads the IDX file of pictures: the board's PSRAM.
const PICTURES: *const u8 = 0x2100_0000 as *const u8;
const PSRAM_BYTES: usize = 16 << 20;
const IDX_HEADER: usize = 16;

/// Runs a peer's layer on every picture, compares it with a plain loop in the peer's arithmetic, and ends the program.
pub fn run<T: PartialEq>(peer: impl Fn(&[i8; IN]) -> [T; OUT], plain: impl Fn(&[i8; IN]) -> [T; OUT]) -> ! {
    // SAFETY: the board has this memory, QEMU initialises it, and nothing writes it.
    let file = unsafe { core::slice::from_raw_parts(PICTURES, PSRAM_BYTES) };
    let number = |at: usize| u32::from_be_bytes([file[at], file[at + 1], file[at + 2], file[at + 3]]) as usize;
    if (number(0), number(8), number(12)) != (0x0803, 28, 28) {
        println!("not an IDX file of 28 x 28 pictures at 0x21000000");
        exit(2);
    }
    let pictures = file[IDX_HEADER..].as_chunks::<IN>().0;
    let mut deepest = 0;
    for (index, picture) in pictures.iter().take(number(4)).enumerate() {
        let input = picture.map(|pixel| pixel.wrapping_sub(128) as i8);
        let input = black_box(&input);
        // SAFETY: copies a register to itself; marks the start of a region.
        unsafe { asm!("mov r9, r9", options(nostack, preserves_flags)) };
        let output = black_box(peer(input));
        // SAFETY: as above; marks its end.
        unsafe { asm!("mov r10, r10", options(nostack, preserves_flags)) };
        if index == 0 {
            deepest = deepest_bytes(); // before the plain loop uses the stack
        }
        if output != plain(input) {
            println!("picture {}: the peer's outputs differ from a plain loop's", index);
            exit(1);
        }
    }
    println!("result {{\"images\":{},\"stack_bytes\":{}}}", number(4), deepest);
    exit(0)
}

/// Returns the deepest stack, in bytes: words that still hold `cortex-m-rt`'s paint were never in use.
fn deepest_bytes() -> usize {
    unsafe extern "C" {
        static _stack_end: u32;
        static _stack_start: u32;
    }
    let (mut word, start) = (&raw const _stack_end, &raw const _stack_start);
    // SAFETY: the symbols are the word-aligned ends of the stack's region of RAM.
    while word < start && unsafe { word.read_volatile() } == cortex_m_rt::STACK_PAINT_VALUE {
        word = word.wrapping_add(1);
    }
    start as usize - word as usize
}

/// Returns the accumulators of a plain loop over the weights `weight(output, input)`, including the bias.
pub fn sums(input: &[i8; IN], weight: impl Fn(usize, usize) -> i32) -> [i32; OUT] {
    core::array::from_fn(|o| {
        let products = (0..IN).map(|i| (i32::from(input[i]) - i32::from(layer::INPUT_ZERO_POINT)) * weight(o, i));
        BIAS[o] + products.sum::<i32>()
    })
}
