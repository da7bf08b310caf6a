//! Requantisation loop for Armv7-M and Armv8-M: four accumulators per turn, clamped by one instruction.
#![allow(unsafe_code)] // assembly

use core::arch::naked_asm;

use super::args::RequantizeArgs;
use crate::format::QuantizedActivation;

/// Requantises the accumulator in `$a` with the multiplier in lr. Negative ones need no test: rounding leaves them at
/// zero or below, and `USAT` clamps them to zero.
macro_rules! requantize_one {
    ($a:literal) => {
        concat!(
            "asr ",
            $a,
            ", r8\n", //
            "mla ",
            $a,
            ", ",
            $a,
            ", lr, r10\n", //
            "asr ",
            $a,
            ", r11\n", //
            "usat ",
            $a,
            ", #{bits}, ",
            $a,
            "\n", //
            "strb ",
            $a,
            ", [r5], #1\n",
        )
    };
}

/// Requantises the accumulators at r4 to levels at r5.
///
/// Other registers: r6 bytes from multiplier to multiplier, r7 last address at which four accumulators are left, r12
/// end of the accumulators, r8 first shift, r9 next multiplier, r10 half a step, r11 second shift, lr multiplier.
///
/// Eight cycles per output if one multiplier serves the layer, 14 if each output has its own.
///
/// # Safety
///
/// `args` describes as many levels as accumulators, and a multiplier for each, or one for all.
#[unsafe(naked)]
pub unsafe extern "C" fn requantize<E: QuantizedActivation>(args: &RequantizeArgs) {
    naked_asm!(
        "push {{r4, r5, r6, r7, r8, r9, r10, r11, lr}}",
        "ldm r0, {{r4, r5, r6, r8, r9, r10, r11, r12}}",
        "cbnz r6, 4f",
        "ldrh lr, [r9]",
        "sub r7, r12, #16",
        "cmp r4, r7",
        "bhi 4f",
        ".p2align 2",
        "2:",
        "ldm r4!, {{r0, r1, r2, r3}}",
        requantize_one!("r0"),
        requantize_one!("r1"),
        requantize_one!("r2"),
        requantize_one!("r3"),
        "cmp r4, r7",
        "bls 2b",
        "4:",
        "cmp r4, r12",
        "beq 5f",
        "ldr r0, [r4], #4",
        "ldrh lr, [r9]",
        "add r9, r6",
        requantize_one!("r0"),
        "b 4b",
        "5:",
        "pop {{r4, r5, r6, r7, r8, r9, r10, r11, pc}}",
        bits = const E::FORMAT.bits(),
    )
}
