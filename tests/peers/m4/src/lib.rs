//! What the programs share: pictures that the emulator has put into memory, marks for the counting plugin, the report.
#![no_std]
#![allow(unsafe_code)] // memory that the emulator fills, linker symbols, two marks

pub mod layer;

use core::arch::asm;
use core::hint::black_box;

use layer::{IN, OUT};
use semihosting::println;
use semihosting::process::exit;

include!(concat!(env!("OUT_DIR"), "/constants.rs"));

/// Where QEMU loads the IDX file of pictures: the board's PSRAM.
const PICTURES: *const u8 = 0x2100_0000 as *const u8;
const PSRAM_BYTES: usize = 16 << 20;
const IDX_HEADER: usize = 16;

/// Runs a peer's layer on every picture and checks it against a plain loop with the peer's arithmetic; ends the program.
pub fn run<T: PartialEq>(peer: impl Fn(&[i8; IN]) -> [T; OUT], plain: impl Fn(&[i8; IN]) -> [T; OUT]) -> ! {
    // SAFETY: this memory exists on the board, is initialised by the emulator, and nothing writes it.
    let file = unsafe { core::slice::from_raw_parts(PICTURES, PSRAM_BYTES) };
    let number = |at: usize| u32::from_be_bytes([file[at], file[at + 1], file[at + 2], file[at + 3]]) as usize;
    if (number(0), number(8), number(12)) != (0x0803, 28, 28) {
        println!("no IDX file of 28 x 28 pictures at 0x21000000");
        exit(2);
    }
    let pictures = file[IDX_HEADER..].as_chunks::<IN>().0;
    let mut deepest = 0;
    for (index, picture) in pictures.iter().take(number(4)).enumerate() {
        let input = picture.map(|pixel| pixel.wrapping_sub(128) as i8);
        let input = black_box(&input);
        // SAFETY: copies a register to itself: a region starts.
        unsafe { asm!("mov r9, r9", options(nostack, preserves_flags)) };
        let output = black_box(peer(input));
        // SAFETY: as above: it ends.
        unsafe { asm!("mov r10, r10", options(nostack, preserves_flags)) };
        if index == 0 {
            deepest = deepest_bytes(); // before the plain loop uses any
        }
        if output != plain(input) {
            println!("picture {}: the peer's outputs differ from a plain loop's", index);
            exit(1);
        }
    }
    println!("result {{\"images\":{},\"stack_bytes\":{}}}", number(4), deepest);
    exit(0)
}

/// Bytes of stack in use at some time: what `cortex-m-rt` has painted and nobody wrote is free.
fn deepest_bytes() -> usize {
    unsafe extern "C" {
        static _stack_end: u32;
        static _stack_start: u32;
    }
    let (mut word, start) = (&raw const _stack_end, &raw const _stack_start);
    // SAFETY: the symbols are the word-aligned ends of the stack's part of RAM.
    while word < start && unsafe { word.read_volatile() } == cortex_m_rt::STACK_PAINT_VALUE {
        word = word.wrapping_add(1);
    }
    start as usize - word as usize
}

/// Sums of a plain loop over weights that `weight(output, input)` names, bias included.
pub fn sums(input: &[i8; IN], weight: impl Fn(usize, usize) -> i32) -> [i32; OUT] {
    core::array::from_fn(|o| {
        let products = (0..IN).map(|i| (i32::from(input[i]) - i32::from(layer::INPUT_ZERO_POINT)) * weight(o, i));
        BIAS[o] + products.sum::<i32>()
    })
}
