//! The inner loops in Rust, for every machine.

use super::{Budget, Entry, Inputs, List};
use crate::element::Levels;
use crate::weight::Weight;

/// Appends inputs that are not zero to the list, until it is full or no words are left.
#[inline(always)]
pub fn scan<X: Levels>(inputs: &mut Inputs<'_>, budget: &Budget, list: &mut List) {
    let mut done = 0;
    let eights = inputs.columns.chunks_exact(8 * inputs.column_words);
    for (eight, &[first, second]) in eights.zip(inputs.pairs) {
        if list.length > budget.length || list.total > budget.total {
            break;
        }
        done += 1;
        if (first | second) & X::MASK == 0 {
            continue;
        }
        let bytes = first.to_le_bytes().into_iter().chain(second.to_le_bytes());
        for (column, byte) in eight.chunks_exact(inputs.column_words).zip(bytes) {
            list.push(&column[0], X::level(byte));
        }
    }
    inputs.pairs = inputs.pairs.get(done..).unwrap_or_default();
    inputs.columns = inputs.columns.get(8 * done * inputs.column_words..).unwrap_or_default();
}

/// The next `words` (1 to 4) words of all columns in the list, times their levels; two outputs in each of `words · phases`.
#[inline(always)]
pub fn add_columns<W: Weight<Cell = u32>>(list: &mut List, words: usize) -> [u32; 8] {
    match words {
        1 => words_of_columns::<W, 1>(list),
        2 => words_of_columns::<W, 2>(list),
        3 => words_of_columns::<W, 3>(list),
        _ => words_of_columns::<W, 4>(list),
    }
}

#[inline(always)]
fn words_of_columns<W: Weight<Cell = u32>, const WORDS: usize>(list: &mut List) -> [u32; 8] {
    let bits = W::FORMAT.bits();
    let phases = 16 / bits as usize;
    let mask = ((1 << bits) - 1) * 0x1_0001;
    let mut lanes = [0u32; 8]; // [word][phase]
    for entry in list.entries.iter_mut().take(list.length) {
        // SAFETY: the first `length` entries are written.
        let Entry { column, x } = unsafe { entry.assume_init_mut() };
        for (k, lanes) in lanes.chunks_exact_mut(phases).enumerate().take(WORDS) {
            // SAFETY: callers ask for no more words than a column has.
            let word = unsafe { *column.add(k) };
            for (phase, lane) in lanes.iter_mut().enumerate() {
                *lane = lane.wrapping_add((word >> (phase as u32 * bits) & mask).wrapping_mul(*x));
            }
        }
        *column = column.wrapping_add(WORDS);
    }
    lanes
}
