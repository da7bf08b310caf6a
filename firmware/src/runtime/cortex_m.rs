//! Cortex-M: `cortex-m-rt` starts the program and paints the stack before `main`.
#![allow(unsafe_code)] // symbols of the linker, and a handler that the core enters

#[path = "../interrupts.rs"]
mod interrupts;

use cortex_m_rt::{ExceptionFrame, exception};
pub use cortex_m_rt::{STACK_PAINT_VALUE as PAINT, entry};

use crate::host::{ExitCode, exit};

unsafe extern "C" {
    /// Lowest word that the stack may use.
    static _stack_end: u32;
    /// Just above the highest.
    static _stack_start: u32;
}

/// Lowest word of the stack, and just above its highest.
pub fn stack() -> (*const u32, *const u32) {
    (&raw const _stack_end, &raw const _stack_start)
}

/// The stack is painted already.
pub fn paint_stack() {}

/// Says which instruction faulted.
// SAFETY: the handler only reads the frame that the core has pushed, and never returns.
#[exception]
unsafe fn HardFault(frame: &ExceptionFrame) -> ! {
    defmt::error!("hard fault at {=u32:#010x}, called from {=u32:#010x}", frame.pc(), frame.lr());
    exit(ExitCode::Fault)
}
