//! Rows of quads on cores with the DSP extension: Cortex-M4, M7 and M33.
//!
//! ```text
//! list = the rows whose four inputs are not all zero: (row, x0 | x2 << 16, x1 | x3 << 16)     # `scan`
//! for each block of 8 outputs, in 8 registers:                                               # `add_blocks`
//!     for each row of the list:                                                              # 56 cycles
//!         for each output: UXTB16, SMLAD, UXTB16 (ROR 8), SMLAD
//! ```
#![allow(unsafe_code)] // a list of rows is walked without asking again whether they are in the weights

use core::arch::asm;
use core::mem::MaybeUninit;

use super::portable;
use crate::cast;

/// Most rows in a list, 12 bytes each, on the stack.
const LIST: usize = 48;

/// A row whose inputs are not all zero; in a list, a null is the end.
#[derive(Clone, Copy)]
#[repr(C)]
struct Entry {
    /// Weights of the row that have not been added yet.
    row: *const u32,
    /// Inputs 0 and 2 of the four.
    even: u32,
    /// Inputs 1 and 3 of the four.
    odd: u32,
}

/// Rows and the inputs that belong to them, from where the scan goes on.
struct Inputs<'a> {
    words: &'a [u32],
    /// `[words.len()][outputs]`
    weights: &'a [u32],
    outputs: usize,
}

/// Rows whose inputs are not all zero, and one more with a null before they are added.
struct List {
    entries: [MaybeUninit<Entry>; LIST + 1],
    length: usize,
    /// Sum of the inputs.
    total: u32,
}

/// As [`portable::add`].
#[inline(always)]
pub fn add(weights: &[u32], input: &[u8], sums: &mut [i32]) {
    let outputs = sums.len();
    let (before, words, _) = cast::words(input);
    let whole = words.len() * outputs;
    let (true, Some(first), Some(last)) =
        (before.is_empty() && outputs > 0, weights.get(..whole), weights.get(whole..))
    else {
        // Inputs that do not start at a word, or fewer weights than inputs.
        return portable::add(weights, input, sums);
    };
    let mut inputs = Inputs { words, weights: first, outputs };
    let mut list = List { entries: [const { MaybeUninit::uninit() }; LIST + 1], length: 0, total: 0 };
    while !inputs.words.is_empty() {
        inputs.scan(&mut list);
        list.add_to(sums);
    }
    portable::add(last, input.get(4 * words.len()..).unwrap_or_default(), sums);
}

/// Lists a word's row, where the word is not zero.
macro_rules! word {
    ($word:literal) => {
        concat!(
            "cbz ",
            $word,
            ", 4f\n",
            "uxtb16 r4, ",
            $word,
            "\n",
            "uxtb16 r8, ",
            $word,
            ", ror #8\n",
            "stm r3!, {{r2, r4, r8}}\n",
            "usada8 lr, ",
            $word,
            ", r10, lr\n",
            "4:\n",
            "add r2, r9\n"
        )
    };
}

impl Inputs<'_> {
    /// Lists rows until the list is full or no words are left: 12 cycles for a row, 13 for sixteen zeros.
    #[inline(always)]
    fn scan(&mut self, list: &mut List) {
        let start = self.words.as_ptr();
        let entries = list.entries.as_mut_ptr().cast::<Entry>();
        let (mut word, mut entry, mut total) = (start, entries.wrapping_add(list.length), list.total);
        // SAFETY: reads `words`, a row of `weights` for each; writes at most four entries after a look at the room for them.
        // Addresses of rows stay within `weights`, or one past them.
        unsafe {
            asm!(
                "push {{r6, r7}}",
                "cmp r0, r1",
                "bhi 8f",
                "2:",
                "ldm r0!, {{r4, r5, r6, r7}}",
                "orr r8, r4, r5",
                "orr r8, r8, r6",
                "orrs r8, r8, r7",
                "bne 3f",
                "add r2, r2, r9, lsl #2",
                "cmp r0, r1",
                "bls 2b",
                "b 8f",
                "3:",
                "mov r11, r4",
                "cmp r11, #0",
                "beq 5f",
                "uxtb16 r4, r11",
                "uxtb16 r8, r11, ror #8",
                "stm r3!, {{r2, r4, r8}}",
                "usada8 lr, r11, r10, lr",
                "5:",
                "add r2, r9",
                word!("r5"),
                word!("r6"),
                word!("r7"),
                "cmp r3, r12",
                "bhi 9f",
                "cmp r0, r1",
                "bls 2b",
                "8:",
                "sub r4, r0, r1",
                "cmp r4, #16",
                "bhs 9f",
                "ldr r5, [r0], #4",
                word!("r5"),
                "cmp r3, r12",
                "bls 8b",
                "9:",
                "pop {{r6, r7}}",
                inout("r0") word,
                in("r1") self.words.as_ptr_range().end.wrapping_sub(4),
                inout("r2") self.weights.as_ptr() => _,
                inout("r3") entry,
                out("r4") _,
                out("r5") _,
                out("r8") _,
                in("r9") 4 * self.outputs,
                in("r10") 0,
                out("r11") _,
                in("r12") entries.wrapping_add(LIST - 4),
                inout("lr") total,
            );
            list.length = entry.offset_from_unsigned(entries);
            let done = word.offset_from_unsigned(start);
            self.words = self.words.get_unchecked(done..);
            self.weights = self.weights.get_unchecked(done * self.outputs..);
        }
        list.total = total;
    }
}

/// One output: four products.
macro_rules! output {
    ($sum:literal) => {
        concat!(
            "ldr r12, [r5], #4\n",
            "uxtb16 lr, r12\n",
            "smlad ",
            $sum,
            ", lr, r6, ",
            $sum,
            "\n",
            "uxtb16 r12, r12, ror #8\n",
            "smlad ",
            $sum,
            ", r12, r7, ",
            $sum,
            "\n"
        )
    };
}

impl List {
    /// Adds all rows, less the offset of the weights, to `sums`, and empties the list.
    #[inline(never)]
    fn add_to(&mut self, sums: &mut [i32]) {
        let offset = self.total.wrapping_mul(128).cast_signed();
        for sum in sums.iter_mut() {
            *sum = sum.wrapping_sub(offset);
        }
        if let Some(end) = self.entries.get_mut(self.length) {
            end.write(Entry { row: core::ptr::null(), even: 0, odd: 0 });
        }
        let entries = self.entries.as_mut_ptr().cast::<Entry>();
        let (blocks, rest) = sums.as_chunks_mut::<8>();
        for block in blocks {
            add_block(entries, block);
        }
        if !rest.is_empty() {
            // SAFETY: the first `length` entries are written.
            for entry in unsafe { self.entries.get_unchecked(..self.length).assume_init_ref() } {
                for (o, sum) in rest.iter_mut().enumerate() {
                    // SAFETY: a row has a word for each output that is left.
                    let word = unsafe { *entry.row.add(o) };
                    let [a, b, c, d] = word.to_le_bytes().map(u32::from);
                    let even = a * (entry.even & 0xffff) + c * (entry.even >> 16);
                    let odd = b * (entry.odd & 0xffff) + d * (entry.odd >> 16);
                    *sum = sum.wrapping_add((even + odd).cast_signed());
                }
            }
        }
        (self.length, self.total) = (0, 0);
    }
}

/// The next eight words of all rows, to eight sums: r10 the entries, r5 the row, r6 and r7 its inputs, r12 a word.
#[inline(always)]
fn add_block(entries: *mut Entry, sums: &mut [i32; 8]) {
    let [a, b, c, d, e, f, g, h] = sums;
    // SAFETY: reads entries up to a null and eight words of their rows, and moves the rows on.
    unsafe {
        asm!(
            "push {{r6, r7}}",
            "2:",
            "ldm r10!, {{r5, r6, r7}}",
            "cmp r5, #0",
            "beq 3f",
            output!("r0"),
            output!("r1"),
            output!("r2"),
            output!("r3"),
            output!("r4"),
            output!("r8"),
            output!("r9"),
            output!("r11"),
            "str r5, [r10, #-12]",
            "b 2b",
            "3:",
            "pop {{r6, r7}}",
            inout("r0") *a,
            inout("r1") *b,
            inout("r2") *c,
            inout("r3") *d,
            inout("r4") *e,
            inout("r8") *f,
            inout("r9") *g,
            inout("r11") *h,
            out("r5") _,
            inout("r10") entries => _,
            out("r12") _,
            out("lr") _,
        );
    }
}
