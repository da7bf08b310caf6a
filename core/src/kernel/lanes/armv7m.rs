//! The inner loops for Armv7-M and Armv8-M: Cortex-M3, M4, M7, M33, M55.
//!
//! Fourteen registers are in use; r6 and r7 are saved by hand, because the compiler lends neither of them.

use core::arch::asm;

use super::{Budget, Inputs, List};
use crate::element::Levels;
use crate::weight::{Weight, WeightFormat};

/// Loads the last words of a block, and lets the entry go on behind them.
macro_rules! last {
    ("one") => {
        "ldr r6, [lr], #4\nstr lr, [r10, #-8]\n"
    };
    ("two") => {
        "ldrd r6, r7, [lr], #8\nstr lr, [r10, #-8]\n"
    };
}

/// Two outputs of `$word` in `$lane`, by way of `$to`; the last of a word may destroy it.
macro_rules! lane {
    ($lane:literal, $to:literal, $word:literal, $shift:literal) => {
        concat!("and ", $to, ", r12, ", $word, ", lsr #", $shift, "\nmla ", $lane, ", ", $to, ", r5, ", $lane, "\n")
    };
    ($lane:literal, $to:literal, $word:literal) => {
        concat!("and ", $to, ", r12, ", $word, "\nmla ", $lane, ", ", $to, ", r5, ", $lane, "\n")
    };
}

/// A word of 8-bit weights, with the mask in r12, by way of lr.
#[cfg(sinapse_core = "armv7m")]
macro_rules! bytes {
    ($word:literal, $a:literal, $b:literal) => {
        concat!(lane!($a, "lr", $word), lane!($b, $word, $word, "8"))
    };
}

/// A word of 8-bit weights, by way of r12: `UXTB16` needs no mask.
#[cfg(any(sinapse_core = "armv7em", sinapse_core = "armv8_1m"))]
macro_rules! bytes {
    ($word:literal, $a:literal, $b:literal) => {
        concat!(
            "uxtb16 r12, ",
            $word,
            "\nmla ",
            $a,
            ", r12, r5, ",
            $a,
            "\nuxtb16 ",
            $word,
            ", ",
            $word,
            ", ror #8\nmla ",
            $b,
            ", ",
            $word,
            ", r5, ",
            $b,
            "\n"
        )
    };
}

/// Two words of 8-bit weights that are not the last of a block.
#[cfg(sinapse_core = "armv7m")]
macro_rules! two_words_of_bytes {
    ($a:literal, $b:literal, $c:literal, $d:literal) => {
        concat!(
            "ldr r6, [lr], #4\n",
            lane!($a, "r7", "r6"),
            lane!($b, "r6", "r6", "8"),
            "ldr r6, [lr], #4\n",
            lane!($c, "r7", "r6"),
            lane!($d, "r6", "r6", "8")
        )
    };
}

/// Two words of 8-bit weights that are not the last of a block.
#[cfg(any(sinapse_core = "armv7em", sinapse_core = "armv8_1m"))]
macro_rules! two_words_of_bytes {
    ($a:literal, $b:literal, $c:literal, $d:literal) => {
        concat!("ldrd r6, r7, [lr], #8\n", bytes!("r6", $a, $b), bytes!("r7", $c, $d))
    };
}

/// A word of 4-bit weights, by way of lr.
macro_rules! nibbles {
    ($word:literal, $a:literal, $b:literal, $c:literal, $d:literal) => {
        concat!(
            lane!($a, "lr", $word),
            lane!($b, "lr", $word, "4"),
            lane!($c, "lr", $word, "8"),
            lane!($d, $word, $word, "12")
        )
    };
}

/// A word of ternary weights, by way of lr.
macro_rules! pairs {
    () => {
        concat!(
            lane!("r0", "lr", "r6"),
            lane!("r1", "lr", "r6", "2"),
            lane!("r2", "lr", "r6", "4"),
            lane!("r3", "lr", "r6", "6"),
            lane!("r4", "lr", "r6", "8"),
            lane!("r11", "lr", "r6", "10"),
            lane!("r8", "lr", "r6", "12"),
            lane!("r9", "r6", "r6", "14")
        )
    };
}

/// Walks a list that ends with `x = 0`: r10 its entries, r5 the level, lr the column, r12 the mask, r6 a word of weights.
macro_rules! columns {
    ($list:expr, $mask:literal, $($words:expr),+) => {{
        let (a, b, c, d, e, f, g, h): (u32, u32, u32, u32, u32, u32, u32, u32);
        // SAFETY: reads entries up to the end of the list and the words of their columns, and moves the columns on.
        unsafe {
            asm!(
                "push {{r6, r7}}",
                "2:",
                "ldrd lr, r5, [r10], #8",
                "cbz r5, 3f",
                $($words,)+
                "b 2b",
                "3:",
                "pop {{r6, r7}}",
                inout("r0") 0 => a,
                inout("r1") 0 => b,
                inout("r2") 0 => c,
                inout("r3") 0 => d,
                inout("r4") 0 => e,
                inout("r11") 0 => f,
                inout("r8") 0 => g,
                inout("r9") 0 => h,
                out("r5") _,
                inout("r10") $list => _,
                inout("r12") $mask => _,
                out("lr") _,
            );
        }
        [a, b, c, d, e, f, g, h]
    }};
}

/// One input of a word.
macro_rules! input {
    ($word:literal, $shift:literal) => {
        concat!(
            "ubfx r4, ",
            $word,
            ", #",
            $shift,
            ", #{bits}\n",
            "cbz r4, 4f\n",
            "str r2, [r3], #4\n",
            "str r4, [r3], #4\n",
            "add lr, r4\n",
            "4:\n",
            "add r2, r9\n",
        )
    };
}

/// Four inputs, most of them not zero.
macro_rules! word {
    ($word:literal) => {
        concat!(
            "tst ",
            $word,
            ", r8\n",
            "beq 5f\n",
            input!($word, "{first}"),
            input!($word, "{second}"),
            input!($word, "{third}"),
            input!($word, "{fourth}"),
            "b 6f\n",
            "5:\n",
            "add r2, r2, r9, lsl #2\n",
            "6:",
        )
    };
}

/// As [`portable::scan`](super::portable::scan).
///

/// Eight zeros take 9 cycles; an input that is not zero 6, and one that is zero beside it 4.
#[inline(always)]
pub fn scan<X: Levels>(inputs: &mut Inputs<'_>, budget: &Budget, list: &mut List) {
    let start = inputs.pairs.as_ptr();
    let range = inputs.pairs.as_ptr_range();
    let entries = list.entries.as_mut_ptr();
    let (mut pair, mut entry, mut total) = (range.start, entries.wrapping_add(list.length), list.total);
    // SAFETY: reads the words of `inputs.words`, eight columns for each pair; writes at most eight entries after a look at the
    // length, which leaves room for them. The columns' addresses stay within `inputs.columns`, or one past them.
    unsafe {
        asm!(
            "cmp r0, r1",
            "bhs 9f",
            "2:",
            "ldrd r5, r11, [r0], #8",
            "orrs r4, r5, r11",
            "bne 3f",
            "add r2, r2, r9, lsl #3",
            "cmp r0, r1",
            "bne 2b",
            "b 9f",
            "3:",
            word!("r5"),
            word!("r11"),
            "cmp r3, r12",
            "bhi 9f",
            "cmp lr, r10",
            "bhi 9f",
            "cmp r0, r1",
            "bne 2b",
            "9:",
            inout("r0") pair,
            in("r1") range.end,
            inout("r2") inputs.columns.as_ptr() => _,
            inout("r3") entry,
            out("r4") _,
            out("r5") _,
            out("r11") _,
            in("r8") X::MASK,
            in("r9") 4 * inputs.column_words,
            in("r10") budget.total,
            in("r12") entries.wrapping_add(budget.length),
            inout("lr") total,
            first = const X::SHIFT,
            second = const 8 + X::SHIFT,
            third = const 16 + X::SHIFT,
            fourth = const 24 + X::SHIFT,
            bits = const X::FORMAT.bits(),
            options(nostack),
        );
        list.length = entry.offset_from_unsigned(entries);
        let done = pair.offset_from_unsigned(start);
        inputs.pairs = inputs.pairs.get_unchecked(done..);
        inputs.columns = inputs.columns.get_unchecked(8 * done * inputs.column_words..);
    }
    list.total = total;
}

/// As [`portable::add_columns`](super::portable::add_columns).
#[inline(always)]
pub fn add_columns<W: Weight<Cell = u32>>(list: &mut List, words: usize) -> [u32; 8] {
    let list = list.entries.as_mut_ptr();
    match (W::FORMAT, words) {
        (WeightFormat::I8, 1) => columns!(list, 0x00ff_00ff, last!("one"), bytes!("r6", "r0", "r1")),
        (WeightFormat::I8, 2) => {
            columns!(list, 0x00ff_00ff, last!("two"), bytes!("r6", "r0", "r1"), bytes!("r7", "r2", "r3"))
        }
        (WeightFormat::I8, 3) => columns!(
            list,
            0x00ff_00ff,
            two_words_of_bytes!("r0", "r1", "r2", "r3"),
            last!("one"),
            bytes!("r6", "r4", "r11")
        ),
        (WeightFormat::I8, _) => columns!(
            list,
            0x00ff_00ff,
            two_words_of_bytes!("r0", "r1", "r2", "r3"),
            last!("two"),
            bytes!("r6", "r4", "r11"),
            bytes!("r7", "r8", "r9")
        ),
        (WeightFormat::I4, 1) => columns!(list, 0x000f_000f, last!("one"), nibbles!("r6", "r0", "r1", "r2", "r3")),
        (WeightFormat::I4, _) => columns!(
            list,
            0x000f_000f,
            last!("two"),
            nibbles!("r6", "r0", "r1", "r2", "r3"),
            nibbles!("r7", "r4", "r11", "r8", "r9")
        ),
        (WeightFormat::I2 | WeightFormat::F32, _) => columns!(list, 0x0003_0003, last!("one"), pairs!()),
    }
}
