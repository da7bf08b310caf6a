//! High-water mark of the stack: words that no longer hold the paint have been in use.
#![allow(unsafe_code)] // reads memory between two linker symbols

use crate::runtime;

/// Returns the deepest stack since it was painted, in bytes.
pub fn deepest_bytes() -> usize {
    let (end, start) = runtime::stack();
    let mut word = end;
    // SAFETY: both are word-aligned ends of the stack's region of RAM, all of it readable;
    // volatile because the paint was not written by Rust code.
    while word < start && unsafe { word.read_volatile() } == runtime::PAINT {
        word = word.wrapping_add(1);
    }
    start as usize - word as usize
}
