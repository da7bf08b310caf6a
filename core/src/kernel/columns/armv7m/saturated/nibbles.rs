//! Columns of 4-bit weights of saturated inputs, for 32 outputs at once.
//!
//! A word of eight weights is added whole, and once more without every other weight; the difference of both sums is the
//! sum of the others. Each weight has eight bits there, enough for sixteen columns:
//!
//! ```text
//! all += word; odd += word >> 4 & 0x0f0f_0f0f          # up to 16 times
//! even = all - 16 · odd
//! lanes += (even, odd, even >> 8, odd >> 8) & 0x00ff_00ff
//! ```

use core::arch::naked_asm;

use super::super::super::args::AccumulateArgs;

/// Adds a word of weights to its two sums.
macro_rules! add_word {
    ($word:literal, $all:literal, $odd:literal) => {
        concat!("add ", $all, ", ", $word, "\nand ", $word, ", lr, ", $word, ", lsr #4\nadd ", $odd, ", ", $word, "\n",)
    };
}

/// Adds four words of the next column of the list at r10.
macro_rules! add_column {
    () => {
        concat!(
            "ldr r5, [r10], #4\n",
            "ldrd r6, r7, [r5], #8\n",
            add_word!("r6", "r0", "r4"),
            add_word!("r7", "r1", "r8"),
            "ldrd r6, r7, [r5], #8\n",
            "str r5, [r10, #-4]\n",
            add_word!("r6", "r2", "r9"),
            add_word!("r7", "r3", "r11"),
        )
    };
}

/// Adds the two sums of a word to its four lanes at r5, which are outputs (0, 4), (1, 5), (2, 6), (3, 7), and clears
/// the sums.
#[cfg(sinapse_dsp)]
macro_rules! spread_word {
    ($all:literal, $odd:literal) => {
        concat!(
            "ldm r5, {{r6, r7, r12, lr}}\n",
            "sub ",
            $all,
            ", ",
            $all,
            ", ",
            $odd,
            ", lsl #4\n",
            "uxtab16 r6, r6, ",
            $all,
            "\nuxtab16 r7, r7, ",
            $odd,
            "\nuxtab16 r12, r12, ",
            $all,
            ", ror #8\nuxtab16 lr, lr, ",
            $odd,
            ", ror #8\n",
            "stm r5!, {{r6, r7, r12, lr}}\n",
            "mov ",
            $all,
            ", #0\nmov ",
            $odd,
            ", #0\n",
        )
    };
}

/// Adds the two sums of a word to its four lanes at r5, which are outputs (0, 4), (1, 5), (2, 6), (3, 7), and clears
/// the sums.
#[cfg(not(sinapse_dsp))]
macro_rules! spread_word {
    ($all:literal, $odd:literal) => {
        concat!(
            "mov lr, #0x00ff00ff\n",
            "sub ",
            $all,
            ", ",
            $all,
            ", ",
            $odd,
            ", lsl #4\n",
            "ldrd r6, r7, [r5]\n",
            "and r12, ",
            $all,
            ", lr\nadd r6, r12\n",
            "and r12, ",
            $odd,
            ", lr\nadd r7, r12\n",
            "strd r6, r7, [r5], #8\n",
            "ldrd r6, r7, [r5]\n",
            "and r12, lr, ",
            $all,
            ", lsr #8\nadd r6, r12\n",
            "and r12, lr, ",
            $odd,
            ", lsr #8\nadd r7, r12\n",
            "strd r6, r7, [r5], #8\n",
            "mov ",
            $all,
            ", #0\nmov ",
            $odd,
            ", #0\n",
        )
    };
}

/// Copies the lower half of `start` to the upper one, which has a borrow from it: `SADD16` adds to each half alone.
#[cfg(sinapse_dsp)]
macro_rules! duplicate_offset {
    () => {
        "pkhbt r11, r11, r11, lsl #16"
    };
}

/// Leaves `start` as it is: `ADD` wants the borrow.
#[cfg(not(sinapse_dsp))]
macro_rules! duplicate_offset {
    () => {
        ""
    };
}

/// Adds the upper halves of two lanes, times the maximum level in lr, to the next two accumulators.
#[cfg(sinapse_dsp)]
macro_rules! add_top_halves {
    ($a:literal, $b:literal) => {
        concat!(
            "ldrd r6, r7, [r10], #8\n",
            "smlatb r6, ",
            $a,
            ", lr, r6\nsmlatb r7, ",
            $b,
            ", lr, r7\nstrd r6, r7, [r5], #8\n",
        )
    };
}

/// Epilogue of a word: adds its lanes in r0 to r3, less the offset of its weights, times the maximum level, to eight
/// accumulators.
#[cfg(sinapse_dsp)]
macro_rules! add_outputs {
    () => {
        concat!(
            "sadd16 r0, r0, r11\nsadd16 r1, r1, r11\nsadd16 r2, r2, r11\nsadd16 r3, r3, r11\n",
            add_low_halves!("r0", "r1"),
            add_low_halves!("r2", "r3"),
            add_top_halves!("r0", "r1"),
            add_top_halves!("r2", "r3"),
        )
    };
}

/// Epilogue of a word: adds its lanes in r0 to r3, less the offset of its weights, times the maximum level, to eight
/// accumulators.
#[cfg(not(sinapse_dsp))]
macro_rules! add_outputs {
    () => {
        concat!(
            "add r0, r11\nadd r1, r11\nadd r2, r11\nadd r3, r11\n",
            add_low_halves!("r0", "r1"),
            add_low_halves!("r2", "r3"),
            add_high_halves!("r0", "r1"),
            add_high_halves!("r2", "r3"),
        )
    };
}

/// Adds the columns, one or more, to 32 accumulators at a time: 22 cycles per column, and 80 per sixteen of them. Four
/// columns per turn, the first turn may have fewer.
///
/// # Safety
///
/// There are `args.length` columns, with words for these accumulators, whose number is a multiple of 32.
#[unsafe(naked)]
pub unsafe extern "C" fn saturated_nibbles(args: &AccumulateArgs) {
    naked_asm!(
        enable_dsp!(),
        "push {{r4, r5, r6, r7, r8, r9, r10, r11, lr}}",
        "ldr r7, [r0, #24]",
        "ldm r0, {{r1, r2, r3, r4, r5, r6}}",
        "push {{r1, r2, r3, r4, r5, r6, r7}}",
        "sub sp, #72", // sixteen lanes, end of the next sixteen columns, end of all
        "1:",
        "mov r5, sp",
        "movs r0, #0",
        "movs r1, #0",
        "movs r2, #0",
        "movs r3, #0",
        "stm r5!, {{r0, r1, r2, r3}}",
        "stm r5!, {{r0, r1, r2, r3}}",
        "stm r5!, {{r0, r1, r2, r3}}",
        "stm r5!, {{r0, r1, r2, r3}}",
        "mov r4, r0",
        "mov r8, r0",
        "mov r9, r0",
        "mov r11, r0",
        "mov lr, #0x0f0f0f0f",
        "ldrd r6, r10, [sp, #76]", // number of columns, first column
        "add r7, r10, r6, lsl #2",
        "subs r5, r6, #1",
        "and r5, #15",
        "add r5, #1",
        "add r12, r10, r5, lsl #2", // the first group may have fewer than sixteen
        "strd r12, r7, [sp, #64]",
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
        "ldr r5, [sp, #64]",
        "cmp r10, r5",
        "bne 2b",
        "mov r5, sp",
        spread_word!("r0", "r4"),
        spread_word!("r1", "r8"),
        spread_word!("r2", "r9"),
        spread_word!("r3", "r11"),
        "mov lr, #0x0f0f0f0f",
        "ldrd r6, r7, [sp, #64]",
        "add r6, #64",
        "str r6, [sp, #64]",
        "cmp r10, r7",
        "bne 2b",
        "ldr lr, [sp, #96]",
        "ldrd r10, r5, [sp, #84]",
        "mov r4, sp",
        "ldr r11, [sp, #72]",
        duplicate_offset!(),
        "7:",
        "ldm r4!, {{r0, r1, r2, r3}}",
        add_outputs!(),
        "add r6, sp, #64",
        "cmp r4, r6",
        "bne 7b",
        "strd r10, r5, [sp, #84]",
        "ldr r0, [sp, #92]",
        "cmp r5, r0",
        "blo 1b",
        "add sp, #100",
        "pop {{r4, r5, r6, r7, r8, r9, r10, r11, pc}}",
        "6:",
        "bmi 3b",
        "b 4b",
    )
}
