//! Cortex-M: `cortex-m-rt` starts the program and paints the stack before `main`.
#![allow(unsafe_code)] // linker symbols, and an exception handler

use cortex_m_rt::{ExceptionFrame, exception};
pub use cortex_m_rt::{STACK_PAINT_VALUE as PAINT, entry};

use crate::host::{ExitCode, exit};

unsafe extern "C" {
    /// Lowest word of the stack.
    static _stack_end: u32;
    /// One past the highest word.
    static _stack_start: u32;
}

/// Returns the stack's lowest word and one past its highest.
pub fn stack() -> (*const u32, *const u32) {
    (&raw const _stack_end, &raw const _stack_start)
}

/// Does nothing: the stack is painted already.
pub fn paint_stack() {}

/// Logs the instruction that faulted.
// SAFETY: the handler only reads the frame that the core has pushed, and it never returns.
#[exception]
unsafe fn HardFault(frame: &ExceptionFrame) -> ! {
    defmt::error!("hard fault at {=u32:#010x}, called from {=u32:#010x}", frame.pc(), frame.lr());
    exit(ExitCode::Fault)
}
