//! RISC-V: `riscv-rt` starts the program.
#![allow(unsafe_code)] // symbols of the linker, a loop below the stack pointer, and the handler of traps

use core::arch::asm;

use riscv::register::{mcause, mepc, mtval};
pub use riscv_rt::entry;

use crate::host::{ExitCode, exit};

/// What unused stack is filled with.
pub const PAINT: u32 = 0xCCCC_CCCC;

unsafe extern "C" {
    /// Lowest word that the stack may use.
    static __estack: u32;
    /// Just above the highest.
    static _stack_start: u32;
}

/// Lowest word of the stack, and just above its highest.
pub fn stack() -> (*const u32, *const u32) {
    (&raw const __estack, &raw const _stack_start)
}

/// Paints what is not in use; call it first, so that nothing has gone deeper before.
#[inline(always)]
pub fn paint_stack() {
    // SAFETY: writes words of the stack's region below the stack pointer, where no value lives on this architecture.
    unsafe {
        asm!(
            "2:",
            "bgeu {word}, sp, 3f",
            "sw {paint}, 0({word})",
            "addi {word}, {word}, 4",
            "j 2b",
            "3:",
            word = inout(reg) &raw const __estack => _,
            paint = in(reg) PAINT,
            options(nostack),
        );
    }
}

/// Says which instruction faulted.
// SAFETY: `riscv-rt` looks this name up, and calls it for every trap that is no interrupt.
#[unsafe(export_name = "ExceptionHandler")]
extern "C" fn fault(_: &riscv_rt::TrapFrame) -> ! {
    let (cause, place, value) = (mcause::read().code(), mepc::read(), mtval::read());
    defmt::error!("exception {=usize} at {=usize:#010x}, value {=usize:#010x}", cause, place, value);
    exit(ExitCode::Fault)
}
