//! Markers around a measured region, for the QEMU plugin in `xtask/counter`: no-operations that no compiler emits.
#![allow(unsafe_code)] // one instruction each

/// Marks the start of a measured region; a board executes a no-operation.
#[inline(always)]
pub fn start() {
    // Aligned, because QEMU skips a marker among the last two instructions of a page.
    // SAFETY: copies a register to itself.
    #[cfg(target_arch = "arm")]
    unsafe {
        core::arch::asm!(".p2align 4", "mov r9, r9", options(nostack, preserves_flags))
    };
    // A hint for custom use, source: "The RISC-V Instruction Set Manual, Volume I", RV32I HINT instructions.
    // SAFETY: writes `x0`, which changes nothing.
    #[cfg(target_arch = "riscv32")]
    unsafe {
        core::arch::asm!("slti x0, x0, 1", options(nostack, preserves_flags))
    };
}

/// Marks the end of a measured region.
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
