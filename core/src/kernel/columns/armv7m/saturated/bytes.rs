//! Columns of 8-bit weights of saturated inputs.

use core::arch::naked_asm;

use super::super::super::args::AccumulateArgs;

/// Adds a word of weights to its two lanes.
#[cfg(sinapse_dsp)]
macro_rules! add_word {
    ($word:literal, $a:literal, $b:literal) => {
        concat!("add ", $a, ", ", $word, "\nuxtab16 ", $b, ", ", $b, ", ", $word, ", ror #8\n")
    };
}

/// Adds a word of weights to its two lanes.
#[cfg(not(sinapse_dsp))]
macro_rules! add_word {
    ($word:literal, $a:literal, $b:literal) => {
        concat!("add ", $a, ", ", $word, "\nand ", $word, ", lr, ", $word, ", lsr #8\nadd ", $b, ", ", $word, "\n")
    };
}

/// Adds four words of the column at r5, advances its entry at r10 and loads the next column.
#[cfg(sinapse_dsp)]
macro_rules! add_column {
    () => {
        concat!(
            "ldm r5!, {{r6, r7, r12, lr}}\n",
            "str r5, [r10]\n",
            "ldr r5, [r10, #4]!\n",
            add_word!("r6", "r0", "r1"),
            add_word!("r7", "r2", "r3"),
            add_word!("r12", "r4", "r8"),
            add_word!("lr", "r9", "r11"),
        )
    };
}

/// Adds four words of the column at r5, advances its entry at r10 and loads the next column. The mask is in lr.
#[cfg(not(sinapse_dsp))]
macro_rules! add_column {
    () => {
        concat!(
            "ldrd r6, r7, [r5], #8\n",
            add_word!("r6", "r0", "r1"),
            add_word!("r7", "r2", "r3"),
            "ldrd r6, r7, [r5], #8\n",
            "str r5, [r10]\n",
            "ldr r5, [r10, #4]!\n",
            add_word!("r6", "r4", "r8"),
            add_word!("r7", "r9", "r11"),
        )
    };
}

/// Adds the columns, one or more up to a null pointer, to blocks of accumulators: 17 cycles per column and block. Four
/// columns per turn, the first turn may have fewer.
///
/// # Safety
///
/// The columns end with a null pointer, and have words for these accumulators.
#[unsafe(naked)]
pub unsafe extern "C" fn saturated_bytes(args: &AccumulateArgs) {
    naked_asm!(
        enable_dsp!(),
        "push {{r4, r5, r6, r7, r8, r9, r10, r11, lr}}",
        "ldr r7, [r0, #24]",
        "ldm r0, {{r1, r2, r3, r4, r5, r6}}",
        "push {{r1, r2, r3, r4, r5, r6, r7}}",
        "1:",
        "ldm sp, {{r0, r6, r10}}",
        "mov r2, r0",
        "mov r4, r0",
        "mov r9, r0",
        "movs r1, #0", // `UXTAB16` does not carry from half to half, so these lanes start at zero
        "movs r3, #0",
        "mov r8, #0",
        "mov r11, #0",
        "mov lr, #0x00ff00ff",
        "ldr r5, [r10]",
        "lsls r6, r6, #31",
        "bcs 6f",
        "bmi 5f",
        ".p2align 2",
        "2:",
        add_column!(),
        "3:",
        add_column!(),
        "4:",
        add_column!(),
        "5:",
        add_column!(),
        "cmp r5, #0",
        "bne 2b",
        subtract_lanes!("r0", "r1" "8"),
        subtract_lanes!("r2", "r3" "8"),
        subtract_lanes!("r4", "r8" "8"),
        subtract_lanes!("r9", "r11" "8"),
        "ldr r6, [sp]",
        "add r1, r6",
        "add r3, r6",
        "add r8, r6",
        "add r11, r6",
        "ldr lr, [sp, #24]",
        "ldrd r10, r5, [sp, #12]",
        add_low_halves!("r0", "r1"),
        add_high_halves!("r0", "r1"),
        add_low_halves!("r2", "r3"),
        add_high_halves!("r2", "r3"),
        add_low_halves!("r4", "r8"),
        add_high_halves!("r4", "r8"),
        add_low_halves!("r9", "r11"),
        add_high_halves!("r9", "r11"),
        "strd r10, r5, [sp, #12]",
        "ldr r0, [sp, #20]",
        "cmp r5, r0",
        "blo 1b",
        "add sp, #28",
        "pop {{r4, r5, r6, r7, r8, r9, r10, r11, pc}}",
        "6:",
        "bmi 3b",
        "b 4b",
    )
}
