//! How deep the stack has gone: `cortex-m-rt` paints it before `main`, and what is not painted any more was in use.
#![allow(unsafe_code)] // reads memory between two symbols of the linker

use cortex_m_rt::STACK_PAINT_VALUE;

unsafe extern "C" {
    /// Lowest word that the stack may use.
    static _stack_end: u32;
    /// Just above the highest.
    static _stack_start: u32;
}

/// Bytes of stack that were in use at some time since reset.
pub fn deepest_bytes() -> usize {
    let (end, start) = (&raw const _stack_end, &raw const _stack_start);
    let mut word = end;
    // SAFETY: both symbols are word-aligned ends of the stack region of RAM, all of it readable;
    // volatile because the paint was not written by Rust code.
    while word < start && unsafe { word.read_volatile() } == STACK_PAINT_VALUE {
        word = word.wrapping_add(1);
    }
    start as usize - word as usize
}
