//! Lists nonzero inputs.

use core::arch::naked_asm;

use super::super::nonzero::{MARGIN_BYTES, NonzeroList};

/// Lists one input of a word if `$level`, which extracts it, does not leave zero.
macro_rules! list_input {
    ($level:expr) => {
        concat!($level, "beq 4f\n", "stmia r2!, {{r1, r3}}\n", "adds r6, r6, r3\n", "4:\n", "add r1, r1, r7\n")
    };
}

/// Lists the nonzero ones among four inputs, or skips them together.
macro_rules! scan_word {
    ($word:literal) => {
        concat!(
            "mov r3, r9\n",
            "ands ",
            $word,
            ", r3\n",
            "bne 5f\n",
            "add r1, lr\n",
            "b 6f\n",
            "5:\n",
            "mov r3, r11\n",
            "lsrs ",
            $word,
            ", r3\n",
            list_input!(concat!("lsls r3, ", $word, ", #24\n", "lsrs r3, r3, #24\n")),
            list_input!(concat!("lsls r3, ", $word, ", #16\n", "lsrs r3, r3, #24\n")),
            list_input!(concat!("lsls r3, ", $word, ", #8\n", "lsrs r3, r3, #24\n")),
            list_input!(concat!("lsrs r3, ", $word, ", #24\n")),
            "6:\n",
        )
    };
}

/// Same contract as [`portable::scan`](super::super::portable::scan); every scan checks the sum of levels.
pub const fn scan(_unchecked: bool) -> unsafe extern "C" fn(&mut NonzeroList<'_>) {
    scan_chunks
}

/// Scans chunks: eight zeros take 10 cycles, a nonzero input 8, a zero beside it 5.
///
/// Registers: r0 next word, r1 next column, r2 end of the entries, r6 sum of levels minus the budget, r7 size of a
/// column, r8 end of the words, r9 mask, r10 size of eight columns, r11 shift, r12 last entry with enough space after
/// it, lr size of four columns.
///
/// # Safety
///
/// There is a whole chunk of inputs, the list is not full, and every input has a column.
#[unsafe(naked)]
unsafe extern "C" fn scan_chunks(list: &mut NonzeroList<'_>) {
    naked_asm!(
        "push {{r4, r5, r6, r7, lr}}",
        "mov r4, r8",
        "mov r5, r9",
        "mov r6, r10",
        "mov r7, r11",
        "push {{r0, r4, r5, r6, r7}}",
        "ldmia r0!, {{r2, r3, r4, r5, r6}}",
        "mov r8, r3",
        "mov r1, r4",
        "mov r9, r6",
        "ldmia r0!, {{r3, r4, r6, r7}}",
        "mov r11, r4",
        "subs r6, #{margin}",
        "mov r12, r6",
        "mov r6, r7",
        "mov r7, r3",
        "lsls r3, r3, #2",
        "mov lr, r3",
        "lsls r3, r3, #1",
        "mov r10, r3",
        "mov r0, r2",
        "mov r2, r5",
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
        scan_word!("r4"),
        scan_word!("r5"),
        "cmp r2, r12",
        "bhi 9f",
        "cmp r6, #0",
        "bgt 9f",
        "cmp r0, r8",
        "bne 2b",
        "9:",
        "pop {{r3, r4, r5}}",
        "str r0, [r3]",
        "str r1, [r3, #8]",
        "str r2, [r3, #12]",
        "str r6, [r3, #32]",
        "pop {{r6, r7}}",
        "mov r8, r4",
        "mov r9, r5",
        "mov r10, r6",
        "mov r11, r7",
        "pop {{r4, r5, r6, r7, pc}}",
        margin = const MARGIN_BYTES,
    )
}
