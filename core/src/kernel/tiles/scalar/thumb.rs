//! The scan in instructions that every Arm microcontroller has.
//!
//! Inline assembly can use neither r6 and r7 nor, in every operand, r8 and higher, so arguments and results are passed
//! in memory.

use core::arch::asm;

use super::list::{InputEntry, InputList, Inputs, LIST_CAPACITY};

/// Lists one input of a word, extracted by two shifts, unless it is zero.
macro_rules! list_input {
    ($word:literal, $left:literal) => {
        concat!(
            "lsls r3, ",
            $word,
            ", #",
            $left,
            "\n",
            "lsrs r3, r3, #24\n",
            "beq 4f\n",
            "stmia r2!, {{r1, r3}}\n",
            "add r8, r3\n",
            "4:\n",
            "adds r1, #2\n",
        )
    };
}

/// Lists the nonzero ones among four inputs.
macro_rules! scan_word {
    ($word:literal) => {
        concat!(
            "cmp ",
            $word,
            ", #0\n",
            "bne 5f\n",
            "adds r1, #8\n",
            "b 6f\n",
            "5:\n",
            list_input!($word, "24"),
            list_input!($word, "16"),
            list_input!($word, "8"),
            list_input!($word, "0"),
            "6:\n",
        )
    };
}

/// Same contract as [`portable::scan`](super::portable::scan): 14 cycles for sixteen zeros, 8 for a nonzero input, 5
/// for a zero beside it.
#[inline(always)]
pub fn scan(inputs: &mut Inputs<'_>, list: &mut InputList) {
    let range = inputs.rows.as_ptr_range();
    let entries = list.entries.as_mut_ptr().cast::<InputEntry>();
    // In the order in which the assembly loads them; the first four are results as well.
    let mut values = [
        range.start.addr() as u32,
        inputs.weights.addr() as u32,
        entries.wrapping_add(list.length).addr() as u32,
        list.total.cast_unsigned(),
        range.end.addr() as u32,
        4 * inputs.row_words as u32,
        entries.wrapping_add(LIST_CAPACITY - 16).addr() as u32,
    ];
    // SAFETY: reads `inputs.rows`; writes at most sixteen entries for each, after a check that they fit. Addresses of
    // weights stay within those of the rows, or one row past the end.
    unsafe {
        asm!(
            "push {{r0, r6, r7}}",
            "adds r0, #12",
            "ldmia r0!, {{r1, r2, r3, r4}}",
            "mov r8, r1",
            "mov r9, r2",
            "mov r10, r3",
            "mov r11, r4",
            "subs r0, #28",
            "ldmia r0!, {{r3}}",
            "ldmia r0!, {{r1, r2}}",
            "mov r0, r3",
            "2:",
            "ldmia r0!, {{r4, r5, r6, r7}}",
            "mov r3, r4",
            "orrs r3, r5",
            "orrs r3, r6",
            "orrs r3, r7",
            "bne 3f",
            "add r1, r10",
            "cmp r0, r9",
            "bne 2b",
            "b 9f",
            "3:",
            scan_word!("r4"),
            scan_word!("r5"),
            scan_word!("r6"),
            scan_word!("r7"),
            "add r1, r10",
            "subs r1, #32",
            "cmp r2, r11",
            "bhi 9f",
            "cmp r0, r9",
            "beq 9f",
            "b 2b", // out of range of a conditional branch
            "9:",
            "mov r4, r8",
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
        );
    }
    let done = (values[0] as usize - range.start.addr()) / 16;
    inputs.rows = inputs.rows.get(done..).unwrap_or_default();
    inputs.weights = inputs.weights.wrapping_add(done * inputs.row_words);
    list.length = (values[2] as usize - entries.addr()) / size_of::<InputEntry>();
    list.total = values[3].cast_signed();
}
