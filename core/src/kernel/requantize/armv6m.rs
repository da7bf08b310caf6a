//! Requantisation loop for Armv6-M: 20 cycles per output, 25 if each output has its own multiplier.
#![allow(unsafe_code)] // assembly

use core::arch::naked_asm;

use super::args::RequantizeArgs;
use crate::format::QuantizedActivation;

/// Loads the next multiplier into r5, byte by byte: it may be unaligned.
macro_rules! load_multiplier {
    () => {
        "ldrb r3, [r2]\nldrb r5, [r2, #1]\nlsls r5, r5, #8\nadds r5, r5, r3\nadds r2, #2\n"
    };
}

/// Requantises one accumulator to a level, with ReLU.
macro_rules! requantize_one {
    () => {
        concat!(
            "ldmia r0!, {{r3}}\n",
            "asrs r3, r4\n",
            "muls r3, r5, r3\n",
            "adds r3, r6\n",
            "asrs r3, r7\n",
            "bpl 4f\n",
            "movs r3, #0\n",
            "4:\n",
            "cmp r3, #{max_level}\n",
            "ble 5f\n",
            "movs r3, #{max_level}\n",
            "5:\n",
            "strb r3, [r1]\n",
            "adds r1, #1\n",
            "cmp r0, r8\n",
        )
    };
}

/// Requantises the accumulators at r0 to levels at r1.
///
/// Other registers: r2 next multiplier, r3 accumulator, r4 first shift, r5 multiplier, r6 half a step, r7 second shift,
/// r8 end of the accumulators.
///
/// # Safety
///
/// `args` describes at least one accumulator, as many levels as accumulators, and a multiplier for each, or one for
/// all.
#[unsafe(naked)]
pub unsafe extern "C" fn requantize<E: QuantizedActivation>(args: &RequantizeArgs) {
    naked_asm!(
        "push {{r4, r5, r6, r7, lr}}",
        "mov r4, r8",
        "push {{r4}}",
        "mov r7, r0",
        "ldmia r7!, {{r0, r1, r3, r4}}",
        "ldmia r7!, {{r2, r6}}",
        "ldr r5, [r7, #4]",
        "mov r8, r5",
        "ldr r7, [r7]",
        "cmp r3, #0",
        "bne 3f",
        load_multiplier!(),
        "2:",
        requantize_one!(),
        "bne 2b",
        "b 9f",
        "3:",
        load_multiplier!(),
        requantize_one!(),
        "bne 3b",
        "9:",
        "pop {{r4}}",
        "mov r8, r4",
        "pop {{r4, r5, r6, r7, pc}}",
        max_level = const E::FORMAT.max_level(),
    )
}
