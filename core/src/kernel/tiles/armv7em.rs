//! Tiles on cores with the DSP extension: Cortex-M4, M7 and M33.
//!
//! ```text
//! list = the pairs of inputs that are not both zero: (first two outputs' word, x0 | x1 << 16)  # `scan`
//! for each block of 8 outputs, in 8 registers:                                                 # `accumulate_blocks`
//!     for each pair of the list:                                                               # 25 cycles
//!         for two outputs each: SMLAD, SXTB16 (ROR 8), SMLAD
//! ```
#![allow(unsafe_code)] // lists hold weights as pointers, checked once per layer rather than once per pair

use core::arch::asm;
use core::mem::MaybeUninit;

use super::portable;
use crate::cast;
use crate::kernel::length::cells_of_rows;
use crate::workspace;

/// Capacity of the list.
const LIST_CAPACITY: usize = 64;

/// Memory for the entries of a list and its end marker, two words each.
pub type Workspace = [MaybeUninit<workspace::Entry>; LIST_CAPACITY + 1];

/// Two inputs that are not both zero. In a list, `pair = 0` marks the end.
#[derive(Clone, Copy)]
#[repr(C)]
struct PairEntry {
    /// Weights to the first outputs that have not been accumulated yet; those to the next two outputs are 32 bytes on.
    weights: *const u32,
    /// Both inputs, in half words.
    pair: u32,
}

/// Rows of sixteen inputs that the scan has not reached.
struct Inputs<'a> {
    /// Inputs, four words to a row.
    rows: &'a [[u32; 4]],
    /// `[rows.len()][row_words]`
    weights: &'a [u32],
    row_words: usize,
}

/// List of pairs that are not both zero, with space for the end marker.
struct PairList<'a> {
    entries: &'a mut [MaybeUninit<PairEntry>; LIST_CAPACITY + 1],
    length: usize,
    /// Sum of the listed inputs.
    total: u32,
}

/// Same contract as [`portable::add`].
#[inline(always)]
pub fn add(weights: &[u32], input: &[u8], workspace: &mut Workspace, accumulators: &mut [i32]) {
    let row_words = 8 * accumulators.len().div_ceil(2);
    let (before, words, _) = cast::words(input);
    let (rows, _) = words.as_chunks::<4>();
    let cells = cells_of_rows(weights.len(), rows.len(), row_words).filter(|_| before.is_empty());
    let Some((first, last)) = cells.and_then(|cells| weights.split_at_checked(cells)) else {
        // Inputs that are not aligned to words, or fewer weights than the inputs need.
        return portable::add(weights, input, accumulators);
    };
    let mut inputs = Inputs { rows, weights: first, row_words };
    let mut list = PairList { entries: cast::entries(workspace), length: 0, total: 0 };
    while !inputs.rows.is_empty() {
        inputs.scan(&mut list);
        list.accumulate(accumulators);
    }
    portable::add(last, input.get(16 * rows.len()..).unwrap_or_default(), accumulators);
}

/// Lists the pairs of a word that are not both zero.
macro_rules! scan_word {
    ($word:literal) => {
        concat!(
            "cbz ",
            $word,
            ", 5f\n",
            "usada8 lr, ",
            $word,
            ", r10, lr\n",
            "uxtb16 r4, ",
            $word,
            "\n",
            "uxtb16 r8, ",
            $word,
            ", ror #8\n",
            "pkhbt ",
            $word,
            ", r4, r8, lsl #16\n",
            "cbz ",
            $word,
            ", 4f\n",
            "str r2, [r3], #4\n",
            "str ",
            $word,
            ", [r3], #4\n",
            "4:\n",
            "add r2, #4\n",
            "pkhtb r4, r8, r4, asr #16\n",
            "cbz r4, 6f\n",
            "str r2, [r3], #4\n",
            "str r4, [r3], #4\n",
            "6:\n",
            "add r2, #4\n",
            "b 7f\n",
            "5:\n",
            "add r2, #8\n",
            "7:\n"
        )
    };
}

impl Inputs<'_> {
    /// Lists pairs until the list is full or no rows are left: 13 cycles for sixteen zeros.
    #[inline(always)]
    fn scan(&mut self, list: &mut PairList) {
        let range = self.rows.as_ptr_range();
        let entries = list.entries.as_mut_ptr().cast::<PairEntry>();
        let (mut row, mut entry, mut total) = (range.start, entries.wrapping_add(list.length), list.total);
        // SAFETY: reads `rows`; writes at most eight entries for each, after a check that they fit. Addresses of
        // weights stay within `weights`, or one row past the end.
        unsafe {
            asm!(
                "push {{r6, r7}}",
                "2:",
                "ldm r0!, {{r4, r5, r6, r7}}",
                "orr r8, r4, r5",
                "orr r8, r8, r6",
                "orrs r8, r8, r7",
                "bne 3f",
                "add r2, r9",
                "cmp r0, r1",
                "bne 2b",
                "b 9f",
                "3:",
                "mov r11, r5",
                "mov r5, r4",
                scan_word!("r5"),
                "mov r5, r11",
                scan_word!("r5"),
                scan_word!("r6"),
                scan_word!("r7"),
                "add r2, r9",
                "sub r2, #32",
                "cmp r3, r12",
                "bhi 9f",
                "cmp r0, r1",
                "bne 2b",
                "9:",
                "pop {{r6, r7}}",
                inout("r0") row,
                in("r1") range.end,
                inout("r2") self.weights.as_ptr() => _,
                inout("r3") entry,
                out("r4") _,
                out("r5") _,
                out("r8") _,
                in("r9") 4 * self.row_words,
                in("r10") 0,
                out("r11") _,
                in("r12") entries.wrapping_add(LIST_CAPACITY - 8),
                inout("lr") total,
            );
            list.length = entry.offset_from_unsigned(entries);
            let done = row.offset_from_unsigned(range.start);
            self.rows = self.rows.get_unchecked(done..);
            self.weights = self.weights.get_unchecked(done * self.row_words..);
        }
        list.total = total;
    }
}

impl PairList<'_> {
    /// Adds all pairs, times their weights and less the offset of the weights, to `accumulators`, and empties the list.
    #[inline(never)]
    fn accumulate(&mut self, accumulators: &mut [i32]) {
        let offset = self.total.wrapping_mul(128);
        if let Some(end) = self.entries.get_mut(self.length) {
            end.write(PairEntry { weights: core::ptr::null(), pair: 0 });
        }
        let entries = self.entries.as_mut_ptr().cast::<PairEntry>();
        let (blocks, rest) = accumulators.as_chunks_mut::<8>();
        if !blocks.is_empty() {
            accumulate_blocks(entries, offset, blocks);
        }
        // SAFETY: the first `length` entries are initialised.
        for entry in unsafe { self.entries.get_unchecked(..self.length).assume_init_ref() } {
            for (k, accumulators) in rest.chunks_mut(2).enumerate() {
                // SAFETY: after whole blocks, the weights to the outputs that are left are 32 bytes apart.
                let word = unsafe { *entry.weights.add(8 * k) };
                for (half, x) in [(word as i16, entry.pair & 0xffff), ((word >> 16) as i16, entry.pair >> 16)] {
                    for (accumulator, weight) in
                        accumulators.iter_mut().zip([i32::from(half) & 0xff, i32::from(half) >> 8])
                    {
                        *accumulator = accumulator.wrapping_add(weight * x.cast_signed());
                    }
                }
            }
        }
        for accumulator in rest.iter_mut().step_by(2) {
            *accumulator = accumulator.wrapping_sub(offset.cast_signed());
        }
        (self.length, self.total) = (0, 0);
    }
}

/// Accumulates two outputs of `$word`: both in `$both`, the second in `$odd`.
macro_rules! mla_two_outputs {
    ($word:literal, $both:literal, $odd:literal) => {
        concat!(
            "smlad ",
            $both,
            ", ",
            $word,
            ", r7, ",
            $both,
            "\n",
            "sxtb16 ",
            $word,
            ", ",
            $word,
            ", ror #8\n",
            "smlad ",
            $odd,
            ", ",
            $word,
            ", r7, ",
            $odd,
            "\n"
        )
    };
}

/// Epilogue of two outputs: adds them to the accumulators in memory.
macro_rules! store_two {
    ($both:literal, $odd:literal) => {
        concat!(
            "ldrd r6, r7, [r5]\n",
            "sub ",
            $both,
            ", ",
            $both,
            ", ",
            $odd,
            ", lsl #8\n",
            "add r6, ",
            $both,
            "\n",
            "add r7, ",
            $odd,
            "\n",
            "strd r6, r7, [r5], #8\n"
        )
    };
}

/// Accumulates all pairs in the next eight outputs, block by block.
///
/// Registers: r10 next entry, r5 weights, r7 pair, r6, r12 and lr words of weights, r0 to r4, r8, r9 and r11 sums. On
/// the stack: entries, `-offset`, number of blocks to go, accumulators.
#[inline(always)]
fn accumulate_blocks(entries: *mut PairEntry, offset: u32, blocks: &mut [[i32; 8]]) {
    // SAFETY: reads entries up to the end marker and the weights of the pairs to all outputs of the blocks, and
    // advances the weights in the entries; reads and writes the accumulators of the blocks.
    unsafe {
        asm!(
            "push {{r0, r1, r2, r3, r6, r7}}",
            "1:",
            "ldrd r10, r0, [sp]",
            "movs r1, #0",
            "mov r2, r0",
            "movs r3, #0",
            "mov r4, r0",
            "mov r8, #0",
            "mov r9, r0",
            "mov r11, #0",
            "2:",
            "ldm r10!, {{r5, r7}}",
            "cbz r7, 3f",
            "ldr r6, [r5, #32]",
            "ldr r12, [r5, #64]",
            "ldr lr, [r5, #96]",
            mla_two_outputs!("r6", "r2", "r3"),
            "ldr r6, [r5], #128",
            "str r5, [r10, #-8]",
            mla_two_outputs!("r12", "r4", "r8"),
            mla_two_outputs!("lr", "r9", "r11"),
            mla_two_outputs!("r6", "r0", "r1"),
            "b 2b",
            "3:",
            "ldr r5, [sp, #12]",
            store_two!("r0", "r1"),
            store_two!("r2", "r3"),
            store_two!("r4", "r8"),
            store_two!("r9", "r11"),
            "str r5, [sp, #12]",
            "ldr r0, [sp, #8]",
            "subs r0, #1",
            "str r0, [sp, #8]",
            "bne 1b",
            "add sp, #16",
            "pop {{r6, r7}}",
            inout("r0") entries => _,
            inout("r1") 0u32.wrapping_sub(offset) => _,
            inout("r2") blocks.len() => _,
            inout("r3") blocks.as_mut_ptr() => _,
            out("r4") _,
            out("r5") _,
            out("r8") _,
            out("r9") _,
            out("r10") _,
            out("r11") _,
            out("r12") _,
            out("lr") _,
        );
    }
}
