//! All rows, zero or not, three at a time: four instructions a tile.

use core::arch::asm;

use super::bounds::pair_bounds;

/// Rows that are accumulated together.
const ROWS_PER_TURN: usize = 3;

/// Pairs in a block; the loop needs at least one block.
pub const MIN_PAIRS: usize = 4;

/// Returns as many of `rows` as make whole turns.
#[inline(always)]
pub const fn whole_turns(rows: usize) -> usize {
    rows - rows % ROWS_PER_TURN
}

/// Accumulates a row in two outputs: `$inputs` are the inputs, `$signed` the inputs minus 128, and `$weights` points to
/// the weights.
macro_rules! mla_row {
    ($even:literal, $odd:literal, $weights:literal, $inputs:literal, $signed:literal) => {
        concat!(
            "vld20.8 {{q0, q1}}, [",
            $weights,
            "]\n",
            "vld21.8 {{q0, q1}}, [",
            $weights,
            "]!\n",
            "vmladava.u8 ",
            $even,
            ", q0, ",
            $inputs,
            "\n",
            "vmladava.s8 ",
            $odd,
            ", q1, ",
            $signed,
            "\n"
        )
    };
}

/// Accumulates the three rows of a turn in two outputs.
macro_rules! mla_three_rows {
    ($even:literal, $odd:literal) => {
        concat!(
            mla_row!($even, $odd, "r3", "q2", "q3"),
            mla_row!($even, $odd, "r5", "q4", "q5"),
            mla_row!($even, $odd, "r9", "q6", "q7")
        )
    };
}

/// Adds `Σ (w + 128) · x` to the first and `Σ w · (x - 128)` to the second accumulator of all pairs, and returns the
/// sum of the inputs.
///
/// Between turns no accumulator is in a register, so all registers serve the loop. On the stack are, from `sp` on: the
/// sum of the inputs, the start of the accumulators, 128, the end of the blocks of eight; the end of all accumulators,
/// the distance from the end of a row of weights to the row three on, and the end of the inputs.
///
/// # Safety
///
/// `rows` are whole turns, at least one. Every row has weights to all pairs, `row_words` after those of the row before,
/// and there are at least [`MIN_PAIRS`] pairs.
pub unsafe fn accumulate(rows: &[[u8; 16]], weights: *const u32, row_words: usize, pairs: &mut [[i32; 2]]) -> u32 {
    let inputs = rows.as_ptr_range();
    let row = |row: usize| weights.wrapping_add(row * row_words);
    let [start, fours, end] = pair_bounds(pairs);
    let total;
    // SAFETY: reads all rows and their weights, and reads and writes all pairs.
    unsafe {
        asm!(
            "push {{r6, r7}}",
            "push {{r0, r1, r2, r4, r8, r10, r12}}",
            "2:",
            "ldm sp, {{r0, r1, r2, r7}}",
            "vldrb.u8 q2, [r11], #16",
            "vldrb.u8 q4, [r11], #16",
            "vldrb.u8 q6, [r11], #16",
            "vsub.i8 q3, q2, r2",
            "vsub.i8 q5, q4, r2",
            "vsub.i8 q7, q6, r2",
            "vaddva.u8 r0, q2",
            "vaddva.u8 r0, q4",
            "vaddva.u8 r0, q6",
            "str r0, [sp]",
            for_each_block!(mla_three_rows),
            "ldrd r4, r8, [sp, #16]",
            "ldr r10, [sp, #24]",
            "cmp r1, r4",
            "beq 6f",
            for_each_pair!(mla_three_rows, "r4"),
            "6:",
            "add r3, r8",
            "add r5, r8",
            "add r9, r8",
            "cmp r11, r10",
            "bne 2b",
            "pop {{r0, r1, r2, r4, r8, r10, r12}}",
            "pop {{r6, r7}}",
            inout("r0") 0u32 => total,
            inout("r1") start => _,
            inout("r2") 0x80 => _,
            inout("r3") row(0) => _,
            inout("r4") fours => _,
            inout("r5") row(1) => _,
            inout("r8") end => _,
            inout("r9") row(2) => _,
            inout("r10") 4 * ROWS_PER_TURN * row_words - 32 * pairs.len() => _,
            inout("r11") inputs.start => _,
            inout("r12") inputs.end => _,
            out("lr") _,
            out("s0") _, out("s1") _, out("s2") _, out("s3") _, out("s4") _, out("s5") _,
            out("s6") _, out("s7") _, out("s8") _, out("s9") _, out("s10") _, out("s11") _,
            out("s12") _, out("s13") _, out("s14") _, out("s15") _, out("s16") _, out("s17") _,
            out("s18") _, out("s19") _, out("s20") _, out("s21") _, out("s22") _, out("s23") _,
            out("s24") _, out("s25") _, out("s26") _, out("s27") _, out("s28") _, out("s29") _,
            out("s30") _, out("s31") _,
        );
    }
    total
}
