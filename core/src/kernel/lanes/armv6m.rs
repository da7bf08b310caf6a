//! The inner loops for Armv6-M: Cortex-M0 and M0+.
//!
//! Only r0 to r7 can be loaded, shifted, masked and multiplied; the others can be added to, so that the sums live there.
//! The compiler lends neither r6 and r7 nor, as operands, r8 and higher: what goes in and out lies in memory.

use core::arch::asm;

use super::{Blocks, Entry, Inputs, LIST, List, unpack};
use crate::element::Levels;
use crate::weight::{Weight, WeightFormat};

/// One input of a word: its level by two shifts.
macro_rules! input {
    ($word:literal, $left:literal) => {
        concat!(
            "lsls r3, ",
            $word,
            ", #",
            $left,
            "\n",
            "lsrs r3, r3, #{right}\n",
            "beq 4f\n",
            "stmia r2!, {{r1, r3}}\n",
            "adds r6, r6, r3\n",
            "4:\n",
            "add r1, r1, r7\n",
        )
    };
}

/// Four inputs, most of them not zero.
macro_rules! word {
    ($word:literal) => {
        concat!(
            "mov r3, r9\n",
            "tst ",
            $word,
            ", r3\n",
            "bne 5f\n",
            "add r1, lr\n",
            "b 6f\n",
            "5:\n",
            input!($word, "{first}"),
            input!($word, "{second}"),
            input!($word, "{third}"),
            input!($word, "{fourth}"),
            "6:",
        )
    };
}

/// Inputs between two looks at the sum of levels.
pub const STEP: u32 = 8;

/// As [`portable::scan`](super::portable::scan).
///
/// Eight zeros take 10 cycles; an input that is not zero 8, and one that is zero beside it 5.
#[inline(always)]
pub fn scan<X: Levels>(_: bool, inputs: &mut Inputs<'_>, budget: u32, list: &mut List) {
    let range = inputs.words.as_chunks::<2>().0.as_ptr_range();
    let entries = list.entries.as_mut_ptr();
    let stride = 4 * inputs.column_words as u32;
    // In the order in which the assembly takes them up; the first three come back.
    let mut values = [
        range.start.addr() as u32,
        inputs.columns.as_ptr().addr() as u32,
        entries.wrapping_add(list.length).addr() as u32,
        list.total,
        stride,
        range.end.addr() as u32,
        X::MASK,
        8 * stride,
        budget,
        entries.wrapping_add(LIST - 8).addr() as u32,
        4 * stride,
    ];
    // SAFETY: reads pairs of `inputs.words`, eight columns for each; writes at most eight entries after a look at
    // the length, which leaves room for them. The columns' addresses stay within `inputs.columns`, or one past them.
    unsafe {
        asm!(
            "push {{r0, r6, r7}}",
            "adds r0, #20",
            "ldmia r0!, {{r1, r2, r3, r4, r5, r6}}",
            "mov r8, r1",
            "mov r9, r2",
            "mov r10, r3",
            "mov r11, r4",
            "mov r12, r5",
            "mov lr, r6",
            "subs r0, #44",
            "ldmia r0!, {{r3}}",
            "ldmia r0!, {{r1, r2}}",
            "ldmia r0!, {{r6, r7}}",
            "mov r0, r3",
            "cmp r0, r8",
            "bhs 9f",
            "2:",
            "ldmia r0!, {{r4, r5}}",
            "mov r3, r4",
            "orrs r3, r5",
            "bne 3f",
            "add r1, r10",
            "cmp r0, r8",
            "bne 2b",
            "b 9f",
            "3:",
            word!("r4"),
            word!("r5"),
            "cmp r2, r12",
            "bhi 9f",
            "cmp r6, r11",
            "bhi 9f",
            "cmp r0, r8",
            "bne 2b",
            "9:",
            "mov r4, r6",
            "pop {{r3, r6, r7}}",
            "stmia r3!, {{r0, r1, r2, r4}}",
            inout("r0") values.as_mut_ptr() => _,
            out("r1") _,
            out("r2") _,
            out("r3") _,
            out("r4") _,
            out("r5") _,
            out("r8") _,
            out("r9") _,
            out("r10") _,
            out("r11") _,
            out("r12") _,
            out("lr") _,
            first = const 32 - X::SHIFT - X::FORMAT.bits(),
            second = const 24 - X::SHIFT - X::FORMAT.bits(),
            third = const 16 - X::SHIFT - X::FORMAT.bits(),
            fourth = const 8 - X::SHIFT - X::FORMAT.bits(),
            right = const 32 - X::FORMAT.bits(),
        );
        list.length = (values[2] as usize - entries.addr()) / size_of_val(&list.entries[0]);
    }
    list.total = values[3];
    inputs.skip((values[0] as usize - range.start.addr()) / 4);
    inputs.push_odd::<X>(budget, list);
}

/// All lanes of the word in r4 at once: [`add_blocks`] takes the others away.
macro_rules! all {
    ($lane:literal) => {
        concat!("mov r3, r4\n", "muls r3, r7, r3\n", "add ", $lane, ", r3\n")
    };
}

/// Two outputs of the word in r4, into `$lane`.
macro_rules! lane {
    ($lane:literal, $shift:literal) => {
        concat!("lsrs r3, r4, #", $shift, "\nands r3, r5\n", "muls r3, r7, r3\n", "add ", $lane, ", r3\n")
    };
}

/// A word of 8-bit weights.
macro_rules! bytes {
    ($a:literal, $b:literal) => {
        concat!("ldmia r6!, {{r4}}\n", all!($a), lane!($b, "8"))
    };
}

/// A word of 4-bit weights.
macro_rules! nibbles {
    ($a:literal, $b:literal, $c:literal, $d:literal) => {
        concat!("ldmia r6!, {{r4}}\n", all!($a), lane!($b, "4"), lane!($c, "8"), lane!($d, "12"))
    };
}

/// A word of ternary weights.
macro_rules! pairs {
    () => {
        concat!(
            "ldmia r6!, {{r4}}\n",
            all!("r0"),
            lane!("r1", "2"),
            lane!("r8", "4"),
            lane!("r9", "6"),
            lane!("r10", "8"),
            lane!("r11", "10"),
            lane!("r12", "12"),
            lane!("lr", "14")
        )
    };
}

/// Walks a list that ends with `x = 0`: r2 its entries, r6 the column, r7 the level, r5 the mask, r4 a word of weights.
macro_rules! columns {
    ($list:expr, $mask:literal, $($words:expr),+) => {{
        let mut lanes = [0u32; 8];
        // SAFETY: reads entries up to the end of the list and the words of their columns, and moves the columns on;
        // writes eight sums.
        unsafe {
            asm!(
                "push {{r1, r6, r7}}",
                "movs r0, #0",
                "movs r1, #0",
                "mov r8, r0",
                "mov r9, r0",
                "mov r10, r0",
                "mov r11, r0",
                "mov r12, r0",
                "mov lr, r0",
                "2:",
                "ldr r7, [r2, #4]",
                "ldr r6, [r2]",
                "cmp r7, #0",
                "beq 3f",
                $($words,)+
                "str r6, [r2]",
                "adds r2, #8",
                "b 2b",
                "3:",
                "pop {{r2, r6, r7}}",
                "stmia r2!, {{r0, r1}}",
                "mov r0, r8",
                "mov r1, r9",
                "mov r3, r10",
                "mov r4, r11",
                "stmia r2!, {{r0, r1, r3, r4}}",
                "mov r0, r12",
                "mov r1, lr",
                "stmia r2!, {{r0, r1}}",
                out("r0") _,
                inout("r1") lanes.as_mut_ptr() => _,
                inout("r2") $list => _,
                out("r3") _,
                out("r4") _,
                in("r5") $mask,
                out("r8") _,
                out("r9") _,
                out("r10") _,
                out("r11") _,
                out("r12") _,
                out("lr") _,
            );
        }
        lanes
    }};
}

/// As [`portable::add_blocks`](super::portable::add_blocks); 43 cycles for 16 outputs of 4-bit weights.
#[inline(always)]
pub fn add_blocks<W: Weight<Cell = u32>>(words: usize, blocks: Blocks) {
    let Blocks { count, entries, start, mut from, mut to } = blocks;
    let bits = W::FORMAT.bits();
    for _ in 0..count {
        let mut lanes = lanes::<W>(entries, words);
        for word in lanes.chunks_exact_mut(16 / bits as usize) {
            if let [all, others @ ..] = word {
                for (other, shift) in others.iter_mut().zip((bits..16).step_by(bits as usize)) {
                    *all = all.wrapping_sub(*other << shift);
                    *other = other.wrapping_add(start);
                }
                *all = all.wrapping_add(start);
            }
        }
        unpack::<W>(&lanes, words, from, to);
        (from, to) = (from.wrapping_add(16), to.wrapping_add(16));
    }
}

/// As [`portable::lanes`](super::portable::lanes), but they start at zero and the first of a word is all of it.
#[inline(always)]
fn lanes<W: Weight<Cell = u32>>(list: *mut Entry, words: usize) -> [u32; 8] {
    match (W::FORMAT, words) {
        (WeightFormat::I8, 1) => columns!(list, 0x00ff_00ff, bytes!("r0", "r1")),
        (WeightFormat::I8, 2) => columns!(list, 0x00ff_00ff, bytes!("r0", "r1"), bytes!("r8", "r9")),
        (WeightFormat::I8, 3) => {
            columns!(list, 0x00ff_00ff, bytes!("r0", "r1"), bytes!("r8", "r9"), bytes!("r10", "r11"))
        }
        (WeightFormat::I8, _) => {
            columns!(
                list,
                0x00ff_00ff,
                bytes!("r0", "r1"),
                bytes!("r8", "r9"),
                bytes!("r10", "r11"),
                bytes!("r12", "lr")
            )
        }
        (WeightFormat::I4, 1) => columns!(list, 0x000f_000f, nibbles!("r0", "r1", "r8", "r9")),
        (WeightFormat::I4, _) => {
            columns!(list, 0x000f_000f, nibbles!("r0", "r1", "r8", "r9"), nibbles!("r10", "r11", "r12", "lr"))
        }
        (WeightFormat::I2 | WeightFormat::F32, _) => columns!(list, 0x0003_0003, pairs!()),
    }
}
