//! Marks around a measured region: instructions that do nothing, which no compiler emits, and which the plugin in
//! `xtask/counter` knows.
#![allow(unsafe_code)] // one instruction each

/// Tells an emulator that a measured region starts; nothing on a board.
#[inline(always)]
pub fn start() {
    // QEMU passes over a mark in the last two instructions of a page.
    // SAFETY: copies a register to itself.
    #[cfg(target_arch = "arm")]
    unsafe {
        core::arch::asm!(".p2align 4", "mov r9, r9", options(nostack, preserves_flags))
    };
    // A hint "for custom use": "The RISC-V Instruction Set Manual, Volume I", RV32I HINT instructions.
    // SAFETY: changes nothing.
    #[cfg(target_arch = "riscv32")]
    unsafe {
        core::arch::asm!("slti x0, x0, 1", options(nostack, preserves_flags))
    };
}

/// Tells an emulator that it ends.
#[inline(always)]
pub fn stop() {
    // SAFETY: as above.
    #[cfg(target_arch = "arm")]
    unsafe {
        core::arch::asm!("mov r10, r10", options(nostack, preserves_flags))
    };
    // SAFETY: as above.
    #[cfg(target_arch = "riscv32")]
    unsafe {
        core::arch::asm!("slti x0, x0, 2", options(nostack, preserves_flags))
    };
}
