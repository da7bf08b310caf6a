//! RISC-V: `riscv-rt` starts the program; the stack is painted here.
#![allow(unsafe_code)] // linker symbols, a loop below the stack pointer, and the trap handler

use core::arch::asm;

use riscv::register::{mcause, mepc, mtval};
pub use riscv_rt::entry;

use crate::host::{ExitCode, exit};

/// Fills unused stack.
pub const PAINT: u32 = 0xCCCC_CCCC;

unsafe extern "C" {
    /// Lowest word of the stack.
    static __estack: u32;
    /// One past the highest word.
    static _stack_start: u32;
}

/// Returns the stack's lowest word and one past its highest.
pub fn stack() -> (*const u32, *const u32) {
    (&raw const __estack, &raw const _stack_start)
}

/// Paints the unused part of the stack; call it first, before anything goes deeper.
#[inline(always)]
pub fn paint_stack() {
    // SAFETY: writes words of the stack's region below the stack pointer, where this ABI keeps no value.
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

/// Logs the instruction that faulted.
// SAFETY: the name and signature that `riscv-rt` documents for the handler of all exceptions.
#[unsafe(export_name = "ExceptionHandler")]
extern "C" fn fault(_: &riscv_rt::TrapFrame) -> ! {
    let (cause, place, value) = (mcause::read().code(), mepc::read(), mtval::read());
    defmt::error!("exception {=usize} at {=usize:#010x}, value {=usize:#010x}", cause, place, value);
    exit(ExitCode::Fault)
}
