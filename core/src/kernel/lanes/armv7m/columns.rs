//! Columns of a list, times their levels, added to sixteen sums.

use core::arch::asm;

use super::super::Blocks;
use crate::weight::{Weight, WeightFormat};

/// Loads the last words of a block, and lets the entry go on behind them.
macro_rules! last {
    ("one") => {
        "ldr r6, [r5], #4\nstr r5, [r10, #-8]\n"
    };
    ("two") => {
        "ldrd r6, r12, [r5], #8\nstr r5, [r10, #-8]\n"
    };
}

/// All lanes of `$word` at once, `$word · x`: [`decode!`] takes the others away.
macro_rules! all {
    ($lane:literal, $word:literal) => {
        concat!("mla ", $lane, ", ", $word, ", r7, ", $lane, "\n")
    };
}

/// Two outputs of `$word` in `$lane`, by way of `$to`; the last of a word may destroy it.
macro_rules! lane {
    ($lane:literal, $to:literal, $word:literal, $shift:literal) => {
        concat!("and ", $to, ", lr, ", $word, ", lsr #", $shift, "\nmla ", $lane, ", ", $to, ", r7, ", $lane, "\n")
    };
}

/// A word of 8-bit weights.
#[cfg(not(sinapse_dsp))]
macro_rules! bytes {
    ($word:literal, $a:literal, $b:literal) => {
        concat!(all!($a, $word), lane!($b, $word, $word, "8"))
    };
}

/// A word of 8-bit weights: `UXTB16` needs no mask.
#[cfg(sinapse_dsp)]
macro_rules! bytes {
    ($word:literal, $a:literal, $b:literal) => {
        concat!(all!($a, $word), "uxtb16 ", $word, ", ", $word, ", ror #8\nmla ", $b, ", ", $word, ", r7, ", $b, "\n")
    };
}

/// A word of 4-bit weights, by way of r5.
macro_rules! nibbles {
    ($word:literal, $a:literal, $b:literal, $c:literal, $d:literal) => {
        concat!(
            all!($a, $word),
            lane!($b, "r5", $word, "4"),
            lane!($c, "r5", $word, "8"),
            lane!($d, $word, $word, "12")
        )
    };
}

/// A word of ternary weights, by way of r5.
macro_rules! pairs {
    () => {
        concat!(
            all!("r0", "r6"),
            lane!("r1", "r5", "r6", "2"),
            lane!("r2", "r5", "r6", "4"),
            lane!("r3", "r5", "r6", "6"),
            lane!("r4", "r5", "r6", "8"),
            lane!("r8", "r5", "r6", "10"),
            lane!("r9", "r5", "r6", "12"),
            lane!("r11", "r6", "r6", "14")
        )
    };
}

/// Adds the lower half of a lane to a sum.
#[cfg(sinapse_dsp)]
macro_rules! low {
    ($sum:literal, $lane:literal) => {
        concat!("sxtah ", $sum, ", ", $sum, ", ", $lane, "\n")
    };
}

/// Adds the lower half of a lane to a sum.
#[cfg(not(sinapse_dsp))]
macro_rules! low {
    ($sum:literal, $lane:literal) => {
        concat!("sxth r12, ", $lane, "\nadd ", $sum, ", ", $sum, ", r12\n")
    };
}

/// Adds two lanes to four sums: the lower halves to those at `$low`, the upper ones to those at `$high`.
macro_rules! store {
    ($a:literal, $b:literal, $low:literal, $high:literal) => {
        concat!(
            "ldrd r6, r7, [r10, #",
            $low,
            "]\n",
            low!("r6", $a),
            low!("r7", $b),
            "strd r6, r7, [r5, #",
            $low,
            "]\nldrd r6, r7, [r10, #",
            $high,
            "]\nadd ",
            $a,
            ", #0x8000\nadd ",
            $b,
            ", #0x8000\nadd r6, r6, ",
            $a,
            ", asr #16\nadd r7, r7, ",
            $b,
            ", asr #16\nstrd r6, r7, [r5, #",
            $high,
            "]\n"
        )
    };
}

/// Walks a list that ends with `x = 0` once for each block: r10 its entries, r5 the column, r7 the level, lr the mask, r6 and
/// r12 words of weights. Then r10 the sums before, r5 those after. Two entries a turn, and an odd one in the second half of the
/// first turn: the end is looked for half as often.
///
/// On the stack: blocks to go, what lanes and whole words start with, whether there is an odd entry, the sums before, r6, r7,
/// the entries, the sums after.
macro_rules! blocks {
    ($blocks:expr, $all:literal [$($whole:literal)+] [$($lane:literal)+], $mask:literal, $words:expr, $sums:expr) => {{
        let Blocks { count, entries, start, from, to, odd } = $blocks;
        // SAFETY: reads entries up to the end of the list and the words of their columns, and moves the columns on; reads
        // and writes the sums of these words, for which `from` and `to` have room.
        unsafe {
            asm!(
                "push {{r0, r1, r2, r3, r5, r6, r7, r10, r12}}",
                "4:",
                "ldrd r1, r0, [sp, #4]",
                concat!($("mov ", $whole, ", r0\n",)+),
                concat!($("mov ", $lane, ", r1\n",)+),
                concat!("mov lr, #", $mask),
                "ldr r10, [sp, #28]",
                "ldr r6, [sp, #12]",
                "ldm r10!, {{r5, r7}}",
                "cbnz r6, 3f",
                "2:",
                $words,
                "ldm r10!, {{r5, r7}}",
                "3:",
                $words,
                "ldm r10!, {{r5, r7}}",
                "cmp r7, #0",
                "bne 2b",
                "ldr r10, [sp, #16]",
                "ldr r5, [sp, #32]",
                $sums,
                "add r10, #64",
                "add r5, #64",
                "str r10, [sp, #16]",
                "str r5, [sp, #32]",
                "ldr r0, [sp]",
                "subs r0, #1",
                "str r0, [sp]",
                "bne 4b",
                "add sp, #20",
                "pop {{r6, r7}}",
                "add sp, #8",
                inout("r0") count => _,
                inout("r1") start => _,
                inout("r2") start.wrapping_mul($all) => _,
                inout("r3") u32::from(odd) => _,
                out("r4") _,
                out("r8") _,
                out("r9") _,
                out("r11") _,
                inout("r5") from => _,
                inout("r10") entries => _,
                inout("r12") to => _,
                out("lr") _,
            );
        }
    }};
}

/// A block of words of 8-bit weights.
macro_rules! byte_blocks {
    ($blocks:expr, $words:expr $(, $all:literal $odd:literal $low:literal $high:literal)+) => {
        blocks!(
            $blocks,
            0x101 ["r2" "r4" "r9"] ["r3" "r8" "r11"],
            0x00ff_00ff,
            $words,
            concat!($(decode!($all, $odd "8"), store!($all, $odd, $low, $high),)+)
        )
    };
}

/// A block of 4-bit weights.
macro_rules! nibble_blocks {
    ($blocks:expr, $words:expr $(, [$a:literal $b:literal $c:literal $d:literal] $first:literal $second:literal $third:literal $fourth:literal)+) => {
        blocks!(
            $blocks,
            0x1111 ["r4"] ["r2" "r3" "r8" "r9" "r11"],
            0x000f_000f,
            $words,
            concat!($(
                decode!($a, $b "4", $c "8", $d "12"),
                store!($a, $b, $first, $third),
                store!($c, $d, $second, $fourth),
            )+)
        )
    };
}

/// As [`portable::add_blocks`](super::super::portable::add_blocks).
#[inline(always)]
pub fn add_blocks<W: Weight<Cell = u32>>(words: usize, blocks: Blocks) {
    match (W::FORMAT, words) {
        (WeightFormat::I8, 1) => {
            byte_blocks!(blocks, concat!(last!("one"), bytes!("r6", "r0", "r1")), "r0" "r1" "0" "8")
        }
        (WeightFormat::I8, 2) => byte_blocks!(
            blocks,
            concat!(last!("two"), bytes!("r6", "r0", "r1"), bytes!("r12", "r2", "r3")),
            "r0" "r1" "0" "8",
            "r2" "r3" "16" "24"
        ),
        (WeightFormat::I8, 3) => byte_blocks!(
            blocks,
            concat!(
                "ldrd r6, r12, [r5], #8\n",
                bytes!("r6", "r0", "r1"),
                bytes!("r12", "r2", "r3"),
                last!("one"),
                bytes!("r6", "r4", "r8")
            ),
            "r0" "r1" "0" "8",
            "r2" "r3" "16" "24",
            "r4" "r8" "32" "40"
        ),
        (WeightFormat::I8, _) => byte_blocks!(
            blocks,
            concat!(
                "ldrd r6, r12, [r5], #8\n",
                bytes!("r6", "r0", "r1"),
                bytes!("r12", "r2", "r3"),
                last!("two"),
                bytes!("r6", "r4", "r8"),
                bytes!("r12", "r9", "r11")
            ),
            "r0" "r1" "0" "8",
            "r2" "r3" "16" "24",
            "r4" "r8" "32" "40",
            "r9" "r11" "48" "56"
        ),
        (WeightFormat::I4, 1) => nibble_blocks!(
            blocks,
            concat!(last!("one"), nibbles!("r6", "r0", "r1", "r2", "r3")),
            ["r0" "r1" "r2" "r3"] "0" "8" "16" "24"
        ),
        (WeightFormat::I4, _) => nibble_blocks!(
            blocks,
            concat!(last!("two"), nibbles!("r6", "r0", "r1", "r2", "r3"), nibbles!("r12", "r4", "r8", "r9", "r11")),
            ["r0" "r1" "r2" "r3"] "0" "8" "16" "24",
            ["r4" "r8" "r9" "r11"] "32" "40" "48" "56"
        ),
        (WeightFormat::I2 | WeightFormat::F32, _) => blocks!(
            blocks,
            0x5555 ["r0"] ["r2" "r3" "r4" "r8" "r9" "r11"],
            0x0003_0003,
            concat!(last!("one"), pairs!()),
            concat!(
                decode!("r0", "r1" "2", "r2" "4", "r3" "6", "r4" "8", "r8" "10", "r9" "12", "r11" "14"),
                store!("r0", "r1", "0", "32"),
                store!("r2", "r3", "8", "40"),
                store!("r4", "r8", "16", "48"),
                store!("r9", "r11", "24", "56")
            )
        ),
    }
}
