//! How deep the stack has gone: it was painted, and what is not painted any more was in use.
#![allow(unsafe_code)] // reads memory between two symbols of the linker

use crate::runtime;

/// Bytes of stack that were in use at some time since it was painted.
pub fn deepest_bytes() -> usize {
    let (end, start) = runtime::stack();
    let mut word = end;
    // SAFETY: both are word-aligned ends of the stack region of RAM, all of it readable;
    // volatile because the paint was not written by Rust code.
    while word < start && unsafe { word.read_volatile() } == runtime::PAINT {
        word = word.wrapping_add(1);
    }
    start as usize - word as usize
}
