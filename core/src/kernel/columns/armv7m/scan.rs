//! Lists nonzero inputs.

use core::arch::naked_asm;

use super::super::nonzero::{MARGIN_BYTES, NonzeroList};
use crate::format::QuantizedInput;

/// Lists one input of a word, whose level `$level` moves to r4, unless it is zero.
macro_rules! list_input {
    ("plain", $level:expr) => {
        concat!(
            $level,
            "cbz r4, 4f\n",
            "str r2, [r3], #4\n",
            "str r4, [r3], #4\n",
            "add lr, r4\n",
            "4:\n",
            "add r2, r9\n",
        )
    };
    // A saturated input: its column goes to the other end of the list.
    ("saturated", $level:expr) => {
        concat!(
            $level,
            "cbz r4, 4f\n",
            "cmp r4, #{max_level}\n",
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

/// Lists the nonzero ones among four inputs; `$done` follows them and continues at 6.
macro_rules! scan_word {
    ($kind:tt, $word:literal, $done:expr) => {
        concat!(
            "ands ",
            $word,
            ", r8\n",
            "beq 5f\n",
            "lsr ",
            $word,
            ", r10\n",
            list_input!($kind, concat!("uxtb r4, ", $word, "\n")),
            list_input!($kind, concat!("uxtb r4, ", $word, ", ror #8\n")),
            list_input!($kind, concat!("uxtb r4, ", $word, ", ror #16\n")),
            list_input!($kind, concat!("lsr r4, ", $word, ", #24\n")),
            $done,
            "5:\n",
            "add r2, r2, r9, lsl #2\n",
            "6:\n",
        )
    };
}

/// Same, followed by a check of the sum of levels; `$back` is how far the scan has read ahead of the word.
macro_rules! scan_word_checked {
    ($kind:tt, $word:literal, $back:literal) => {
        scan_word!($kind, $word, concat!("cmp lr, #0\nble 6f\nsub r0, #", $back, "\nb 9f\n"))
    };
}

/// Lists the nonzero ones among sixteen inputs, chunk after chunk.
///
/// Registers: r0 next input, r2 next column, r3 end of the entries, r8 mask, r9 size of a column, r10 shift, r12 end of
/// the space, lr sum of levels minus the budget. Continues at 9 once the list is full, and at 8 once `$more` finds no
/// other chunk.
macro_rules! scan_chunks {
    ($more:literal, $words:expr) => {
        concat!(
            ".p2align 2\n2:\n",
            "ldm r0!, {{r5, r6, r7, r11}}\n",
            "orr r4, r5, r6\n",
            "orr r4, r4, r7\n",
            "orrs r4, r4, r11\n",
            "bne 3f\n",
            "add r2, r2, r9, lsl #4\n",
            "cmp r0, r1\n",
            $more,
            " 2b\n",
            "b 8f\n",
            "3:\n",
            $words,
            "sub r4, r12, r3\n",
            "cmp r4, #{margin}\n",
            "blo 9f\n",
            "cmp r0, r1\n",
            $more,
            " 2b\n",
        )
    };
}

/// Loads the fields of a [`NonzeroList`] into registers.
macro_rules! load_state {
    () => {
        "push {{r0, r4, r5, r6, r7, r8, r9, r10, r11, lr}}\nldm r0, {{r0, r1, r2, r3, r8, r9, r10, r12, lr}}\n"
    };
}

/// Stores them back and returns.
macro_rules! store_state {
    () => {
        concat!(
            "pop {{r4}}\nstr r0, [r4]\nstrd r2, r3, [r4, #8]\nstrd r12, lr, [r4, #28]\n",
            "pop {{r4, r5, r6, r7, r8, r9, r10, r11, pc}}"
        )
    };
}

/// Scan without checks of the sum of levels.
macro_rules! unchecked_scan {
    ($kind:tt) => {
        concat!(
            load_state!(),
            scan_chunks!(
                "bne",
                concat!(
                    scan_word!($kind, "r5", "b 6f\n"),
                    scan_word!($kind, "r6", "b 6f\n"),
                    scan_word!($kind, "r7", "b 6f\n"),
                    scan_word!($kind, "r11", "b 6f\n"),
                )
            ),
            "8:\n9:\n",
            store_state!(),
        )
    };
}

/// Scan with checks of the sum of levels. A list may end within a chunk, so the next scan may end with single words.
macro_rules! checked_scan {
    ($kind:tt) => {
        concat!(
            load_state!(),
            "sub r1, #16\n",
            "cmp r0, r1\n",
            "bhi 8f\n",
            scan_chunks!(
                "bls",
                concat!(
                    scan_word_checked!($kind, "r5", "12"),
                    scan_word_checked!($kind, "r6", "8"),
                    scan_word_checked!($kind, "r7", "4"),
                    scan_word_checked!($kind, "r11", "0"),
                )
            ),
            "8:\n",
            "sub r4, r0, r1\n",
            "cmp r4, #16\n",
            "bhs 9f\n",
            "ldr r5, [r0], #4\n",
            scan_word_checked!($kind, "r5", "0"),
            "sub r4, r12, r3\n",
            "cmp r4, #{margin}\n",
            "bhs 8b\n",
            "9:\n",
            store_state!(),
        )
    };
}

/// Returns the loop that lists nonzero inputs until the list is full or no whole chunk is left; `unchecked` if no full
/// list can exceed the largest sum of levels.
///
/// Sixteen zeros take 13 cycles, a nonzero input 6, a zero beside it 4.
pub const fn scan(unchecked: bool) -> unsafe extern "C" fn(&mut NonzeroList<'_>) {
    if unchecked { scan_unchecked } else { scan_checked }
}

/// See [`scan`].
///
/// # Safety
///
/// There is a whole chunk of inputs, the list is not full, and every input has a column.
#[unsafe(naked)]
unsafe extern "C" fn scan_unchecked(list: &mut NonzeroList<'_>) {
    naked_asm!(unchecked_scan!("plain"), margin = const MARGIN_BYTES)
}

/// See [`scan`].
///
/// # Safety
///
/// Same as for [`scan_unchecked`].
#[unsafe(naked)]
unsafe extern "C" fn scan_checked(list: &mut NonzeroList<'_>) {
    naked_asm!(checked_scan!("plain"), margin = const MARGIN_BYTES)
}

/// Same as [`scan`], with the columns of saturated inputs listed apart; a nonzero input takes 8 cycles.
pub const fn scan_saturated<X: QuantizedInput>(unchecked: bool) -> unsafe extern "C" fn(&mut NonzeroList<'_>) {
    if unchecked { scan_saturated_unchecked::<X> } else { scan_saturated_checked::<X> }
}

/// See [`scan_saturated`].
///
/// # Safety
///
/// Same as for [`scan_unchecked`].
#[unsafe(naked)]
unsafe extern "C" fn scan_saturated_unchecked<X: QuantizedInput>(list: &mut NonzeroList<'_>) {
    naked_asm!(unchecked_scan!("saturated"), margin = const MARGIN_BYTES, max_level = const X::FORMAT.max_level())
}

/// See [`scan_saturated`].
///
/// # Safety
///
/// Same as for [`scan_unchecked`].
#[unsafe(naked)]
unsafe extern "C" fn scan_saturated_checked<X: QuantizedInput>(list: &mut NonzeroList<'_>) {
    naked_asm!(checked_scan!("saturated"), margin = const MARGIN_BYTES, max_level = const X::FORMAT.max_level())
}
