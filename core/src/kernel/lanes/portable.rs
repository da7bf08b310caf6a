//! The inner loops in Rust, for every machine.

use super::{Blocks, Entry, Inputs, List, unpack};
use crate::element::Levels;
use crate::weight::Weight;

/// Inputs between two looks at the sum of levels.
pub const STEP: u32 = 8;

/// Appends inputs that are not zero to the list, until it is full or no words are left.
#[inline(always)]
pub fn scan<X: Levels>(_: bool, inputs: &mut Inputs<'_>, budget: u32, list: &mut List) {
    let mut done = 0;
    let entries = list.entries.as_mut_ptr().cast::<Entry>();
    let mut column = inputs.columns.as_ptr();
    for &[first, second] in inputs.words.as_chunks::<2>().0 {
        if list.is_full(budget) {
            break;
        }
        done += 2;
        if (first | second) & X::MASK == 0 {
            column = column.wrapping_add(8 * inputs.column_words);
            continue;
        }
        for word in [first, second] {
            for shift in [0, 8, 16, 24] {
                let x = word >> (shift + X::SHIFT) & u32::from(X::FORMAT.top_level());
                if x != 0 {
                    // SAFETY: a list that is not full has room for eight entries.
                    unsafe { entries.add(list.length).write(Entry { column, x }) };
                    list.length += 1;
                    list.total += x;
                }
                column = column.wrapping_add(inputs.column_words);
            }
        }
    }
    inputs.skip(done);
    inputs.push_odd::<X>(budget, list);
}

/// The next `words` (1 to 4) words of all columns in the list, times their levels, added to their sums; then the next, for
/// every block.
#[inline(always)]
pub fn add_blocks<W: Weight<Cell = u32>>(words: usize, blocks: Blocks) {
    let Blocks { count, entries, start, mut from, mut to } = blocks;
    for _ in 0..count {
        let lanes = match words {
            1 => lanes::<W, 1>(entries, start),
            2 => lanes::<W, 2>(entries, start),
            3 => lanes::<W, 3>(entries, start),
            _ => lanes::<W, 4>(entries, start),
        };
        unpack::<W>(&lanes, words, from, to);
        (from, to) = (from.wrapping_add(16), to.wrapping_add(16));
    }
}

/// Two outputs in each, `[word][phase]`.
#[inline(always)]
fn lanes<W: Weight<Cell = u32>, const WORDS: usize>(entries: *mut Entry, start: u32) -> [u32; 8] {
    let bits = W::FORMAT.bits();
    let phases = 16 / bits as usize;
    let mask = ((1 << bits) - 1) * 0x1_0001;
    let mut lanes = [start; 8];
    let mut next = entries;
    // SAFETY: the list ends with `x = 0`, and a column has no fewer words than callers ask for.
    while let Entry { column, x: x @ 1.. } = unsafe { *next } {
        for (k, lanes) in lanes.chunks_exact_mut(phases).enumerate().take(WORDS) {
            // SAFETY: as above.
            let word = unsafe { *column.add(k) };
            for (phase, lane) in lanes.iter_mut().enumerate() {
                *lane = lane.wrapping_add((word >> (phase as u32 * bits) & mask).wrapping_mul(x));
            }
        }
        // SAFETY: as above.
        unsafe {
            (*next).column = column.wrapping_add(WORDS);
            next = next.add(1);
        }
    }
    lanes
}
