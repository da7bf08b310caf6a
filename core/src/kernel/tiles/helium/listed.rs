//! Rows that are not all zero, two at a time: five instructions a tile.

use core::arch::asm;
use core::mem::MaybeUninit;
use core::slice;

use super::bounds::pair_bounds;

/// Capacity of the list, 8 bytes a row, on the stack.
pub const MAX_ROWS: usize = 64;

/// A row that is not all zero.
#[derive(Clone, Copy)]
#[repr(C)]
struct Row {
    inputs: *const [u8; 16],
    /// Weights to the first pair of outputs.
    weights: *const u32,
}

/// Accumulates a row in two outputs: `$inputs` are the inputs, q7 holds sign bits, and `$weights` points to the
/// weights.
macro_rules! mla_row {
    ($even:literal, $odd:literal, $weights:literal, $inputs:literal) => {
        concat!(
            "vld20.8 {{q0, q1}}, [",
            $weights,
            "]\n",
            "vld21.8 {{q0, q1}}, [",
            $weights,
            "]!\n",
            "veor q1, q1, q7\n",
            "vmladava.u8 ",
            $even,
            ", q0, ",
            $inputs,
            "\n",
            "vmladava.u8 ",
            $odd,
            ", q1, ",
            $inputs,
            "\n"
        )
    };
}

/// Accumulates one row (q2, weights at r3) in two outputs.
macro_rules! mla_one_row {
    ($even:literal, $odd:literal) => {
        mla_row!($even, $odd, "r3", "q2")
    };
}

/// Accumulates two rows, the second (q3, weights at r5) after the first.
macro_rules! mla_two_rows {
    ($even:literal, $odd:literal) => {
        concat!(mla_row!($even, $odd, "r3", "q2"), mla_row!($even, $odd, "r5", "q3"))
    };
}

/// Accumulates the rows from r9 to r11. On the stack are, from `sp` on: the start of the accumulators, the end of the
/// blocks of eight, and the end of all.
macro_rules! accumulate_rows {
    ($rows:expr, $pairs:expr, $load:literal, $pair:ident) => {{
        let rows = $rows.as_ptr_range();
        let [start, fours, end] = pair_bounds($pairs);
        asm!(
            "push {{r6, r7}}",
            "push {{r0, r2, r4}}",
            "vmov.i8 q7, #0x80",
            "2:",
            $load,
            "ldrd r1, r7, [sp]",
            "cmp r1, r7",
            "beq 4f",
            for_each_block!($pair),
            "4:",
            "ldr r7, [sp, #8]",
            "cmp r1, r7",
            "beq 6f",
            for_each_pair!($pair, "r7"),
            "6:",
            "cmp r9, r11",
            "bne 2b",
            "pop {{r0, r2, r4}}",
            "pop {{r6, r7}}",
            inout("r0") start => _,
            out("r1") _,
            inout("r2") fours => _,
            out("r3") _,
            inout("r4") end => _,
            out("r5") _,
            out("r8") _,
            inout("r9") rows.start => _,
            out("r10") _,
            in("r11") rows.end,
            out("r12") _,
            out("lr") _,
            out("s0") _, out("s1") _, out("s2") _, out("s3") _, out("s4") _, out("s5") _,
            out("s6") _, out("s7") _, out("s8") _, out("s9") _, out("s10") _, out("s11") _,
            out("s12") _, out("s13") _, out("s14") _, out("s15") _, out("s28") _, out("s29") _,
            out("s30") _, out("s31") _,
        );
    }};
}

/// Adds `Σ (w + 128) · x` to both accumulators of all pairs, and returns the sum of the inputs.
///
/// # Safety
///
/// There are at least one and at most [`MAX_ROWS`] rows. Every row has weights to all pairs, `row_words` after those of
/// the row before.
#[inline(never)] // shared by whole rows and the padded one
pub unsafe fn accumulate(rows: &[[u8; 16]], weights: *const u32, row_words: usize, pairs: &mut [[i32; 2]]) -> u32 {
    let mut list = [const { MaybeUninit::<Row>::uninit() }; MAX_ROWS];
    let first = list.as_mut_ptr().cast::<Row>();
    // SAFETY: the list has space for `MAX_ROWS` rows.
    let (end, total) = unsafe { scan(rows, weights, row_words, first) };
    // SAFETY: `scan` has initialised the entries up to `end`.
    let list = unsafe { slice::from_raw_parts(first, end.offset_from_unsigned(first)) };
    let (twos, rest) = list.split_at(list.len() & !1);
    // SAFETY: reads rows and their weights, and reads and writes all pairs of accumulators.
    unsafe {
        if !twos.is_empty() {
            accumulate_rows!(
                twos,
                pairs,
                "ldm r9!, {{r2, r3, r4, r5}}\nvldrb.u8 q2, [r2]\nvldrb.u8 q3, [r4]",
                mla_two_rows
            );
        }
        if !rest.is_empty() {
            accumulate_rows!(rest, pairs, "ldrd r2, r3, [r9], #8\nvldrb.u8 q2, [r2]", mla_one_row);
        }
    }
    total
}

/// Lists the rows that are not all zero. Returns the end of the list, and the sum of the inputs.
///
/// # Safety
///
/// There is at least one row, and the list has space for all of them.
#[inline(always)]
unsafe fn scan(rows: &[[u8; 16]], weights: *const u32, row_words: usize, list: *mut Row) -> (*mut Row, u32) {
    let (end, total);
    // SAFETY: reads all rows, and writes an entry for each at most.
    unsafe {
        asm!(
            "dlstp.8 lr, r4",
            "2:",
            "vldrb.u8 q0, [r1, #16]!",
            "vaddv.u8 r0, q0",
            "cbz r0, 3f",
            "add r2, r0",
            "strd r1, r3, [r5], #8",
            "3:",
            "add r3, r8",
            "letp lr, 2b",
            out("r0") _,
            inout("r1") rows.as_ptr().wrapping_sub(1) => _,
            inout("r2") 0u32 => total,
            inout("r3") weights => _,
            in("r4") 16 * rows.len(),
            inout("r5") list => end,
            in("r8") 4 * row_words,
            out("lr") _,
            out("s0") _, out("s1") _, out("s2") _, out("s3") _,
            options(nostack),
        );
    }
    (end, total)
}
