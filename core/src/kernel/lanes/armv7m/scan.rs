//! Which inputs are not zero.

use core::arch::asm;

use super::super::{Entry, Inputs, List, ROOM};
use crate::element::Levels;

/// One input of a word; at the top level, its column goes to the other end of the list.
macro_rules! input {
    ("any", $word:literal, $shift:literal) => {
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
    ("top", $word:literal, $shift:literal) => {
        concat!(
            "ubfx r4, ",
            $word,
            ", #",
            $shift,
            ", #{bits}\n",
            "cbz r4, 4f\n",
            "cmp r4, #{top}\n",
            "bne 7f\n",
            "str r2, [r12, #-4]!\n",
            "b 4f\n",
            "7:\n",
            "str r2, [r3], #4\n",
            "str r4, [r3], #4\n",
            "add lr, r4\n",
            "4:\n",
            "add r2, r9\n",
        )
    };
}

/// Four inputs, where they are not all zero; `$back` is how far the scan is ahead of them.
macro_rules! word {
    ($kind:tt, $word:literal, $back:literal) => {
        concat!(
            "tst ",
            $word,
            ", r8\n",
            "beq 5f\n",
            input!($kind, $word, "{first}"),
            input!($kind, $word, "{second}"),
            input!($kind, $word, "{third}"),
            input!($kind, $word, "{fourth}"),
            "cmp lr, r10\n",
            "bls 6f\n",
            "sub r0, #",
            $back,
            "\nb 9f\n",
            "5:\n",
            "add r2, r2, r9, lsl #2\n",
            "6:\n",
        )
    };
}

/// Walks the inputs: r0 the next, r1 16 bytes before their end, r2 the next column, r3 the end of the entries, r12 the
/// columns at the top level, lr the sum of levels.
macro_rules! scan {
    ($kind:tt, $inputs:expr, $budget:expr, $list:expr) => {{
        let (inputs, list): (&mut Inputs<'_>, &mut List) = ($inputs, $list);
        let start = inputs.words.as_ptr();
        let entries = list.entries.as_mut_ptr().cast::<Entry>();
        let (mut word, mut entry, mut total) = (start, entries.wrapping_add(list.length), list.total);
        let mut tops = list.tops();
        // SAFETY: reads `inputs.words`, four columns for each; writes at most sixteen entries after a look at the room for
        // them. The columns' addresses stay within `inputs.columns`, or one past them.
        unsafe {
            asm!(
                "push {{r6, r7}}",
                "cmp r0, r1",
                "bhi 8f",
                "2:",
                "ldm r0!, {{r5, r6, r7, r11}}",
                "orr r4, r5, r6",
                "orr r4, r4, r7",
                "orrs r4, r4, r11",
                "bne 3f",
                "add r2, r2, r9, lsl #4",
                "cmp r0, r1",
                "bls 2b",
                "b 8f",
                "3:",
                word!($kind, "r5", "12"),
                word!($kind, "r6", "8"),
                word!($kind, "r7", "4"),
                word!($kind, "r11", "0"),
                "sub r4, r12, r3",
                "cmp r4, #{room}",
                "blo 9f",
                "cmp r0, r1",
                "bls 2b",
                "8:",
                "sub r4, r0, r1",
                "cmp r4, #16",
                "bhs 9f",
                "ldr r5, [r0], #4",
                word!($kind, "r5", "0"),
                "/* top {top} */",
                "sub r4, r12, r3",
                "cmp r4, #{room}",
                "bhs 8b",
                "9:",
                "pop {{r6, r7}}",
                inout("r0") word,
                in("r1") inputs.words.as_ptr_range().end.wrapping_sub(4),
                inout("r2") inputs.columns.as_ptr() => _,
                inout("r3") entry,
                out("r4") _,
                out("r5") _,
                out("r11") _,
                in("r8") X::MASK,
                in("r9") 4 * inputs.column_words,
                in("r10") $budget,
                inout("r12") tops,
                inout("lr") total,
                first = const X::SHIFT,
                second = const 8 + X::SHIFT,
                third = const 16 + X::SHIFT,
                fourth = const 24 + X::SHIFT,
                bits = const X::FORMAT.bits(),
                top = const X::FORMAT.top_level(),
                room = const ROOM,
            );
            list.length = entry.offset_from_unsigned(entries);
            list.top_count = list.end().offset_from_unsigned(tops);
            let done = word.offset_from_unsigned(start);
            inputs.words = inputs.words.get_unchecked(done..);
            inputs.columns = inputs.columns.get_unchecked(4 * done * inputs.column_words..);
        }
        list.total = total;
    }};
}

/// As [`portable::scan`](super::portable::scan).
///
/// Sixteen zeros take 13 cycles; an input that is not zero 6, and one that is zero beside it 4; where columns at the top
/// level are kept apart, an input that is not zero 8 or 9.
#[inline(always)]
pub fn scan<X: Levels>(tops_apart: bool, inputs: &mut Inputs<'_>, budget: u32, list: &mut List) {
    if tops_apart {
        scan!("top", inputs, budget, list);
    } else {
        scan!("any", inputs, budget, list);
    }
}
