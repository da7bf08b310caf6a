//! Two outputs in one 32-bit multiplication, and nothing for zero inputs: for cores without vectors.
//!
//! Stored weights are numbers without a sign (`weight + offset`), so a mask picks two of a word into the halves of a
//! register, and one `MLA` adds both, times the level:
//!
//! ```text
//! list = the inputs that are not zero, (column, x), as many as 16 bits can sum      # `scan`
//! for each block of outputs, in 8 registers:                                        # `add_columns`
//!     lanes = 0
//!     for (column, x) in list:
//!         for each register: lanes += (column >> shift & 0x00ff_00ff) · x
//!     sums += both halves of lanes, less offset · Σx
//! ```
//!
//! A register holds `L + 2¹⁶·H` modulo 2³². Once `offset · Σx` is taken from both, `L` and `H` are signed sums within 16
//! bits (`limit · Σx < 2¹⁵`, see [`Budget`]), so `L` is the sign-extended lower half and `H` what is left of the upper.
//!
//! The two inner loops are [`portable`]; Arm's microcontrollers have them in assembly, because a compiler does not keep
//! the eight sums in registers there: 50 cycles instead of 27 for 16 outputs of 4-bit weights on a Cortex-M4.
#![allow(unsafe_code)] // a list of columns is walked without asking again whether they are in the weights

use core::mem::MaybeUninit;

#[cfg(sinapse_core = "armv6m")]
mod armv6m;
#[cfg(any(sinapse_core = "armv7m", sinapse_core = "armv7em", sinapse_core = "armv8_1m"))]
mod armv7m;
#[cfg(sinapse_core = "other")]
mod portable;

#[cfg(sinapse_core = "armv6m")]
use armv6m as imp;
#[cfg(any(sinapse_core = "armv7m", sinapse_core = "armv7em", sinapse_core = "armv8_1m"))]
use armv7m as imp;
#[cfg(sinapse_core = "other")]
use portable as imp;

use crate::cast;
use crate::element::Levels;
use crate::weight::{Weight, WeightFormat};

/// Most inputs in a list, 8 bytes each, on the stack.
pub(super) const LIST: usize = 64;

/// An input that is not zero; in a list, `x = 0` is the end.
#[derive(Clone, Copy)]
#[repr(C)]
pub(super) struct Entry {
    /// Weights of its column that have not been added yet.
    pub(super) column: *const u32,
    /// Its level, or what a kernel makes of it.
    pub(super) x: u32,
}

/// Inputs and their columns, side by side, from where the scan goes on.
struct Inputs<'a> {
    /// Eight bytes each.
    pairs: &'a [[u32; 2]],
    /// `[8 · pairs.len()][column_words]`
    columns: &'a [u32],
    /// Words of a column.
    column_words: usize,
}

/// Inputs that are not zero.
pub(super) struct List {
    /// The first `length` are written, and one more with `x = 0` before they are added.
    entries: [MaybeUninit<Entry>; LIST + 1],
    length: usize,
    /// Sum of the levels.
    total: u32,
}

/// When a list is full.
pub(super) struct Budget {
    /// A longer list has no room for eight more.
    pub(super) length: usize,
    /// With a larger sum of levels eight more might leave 16 bits: `limit · (total + 8·A) < 2¹⁵` up to here.
    pub(super) total: u32,
}

impl Budget {
    const fn new(weights: WeightFormat, top_level: u8) -> Budget {
        // 8-bit levels of 8-bit weights, for which this would be negative, are quads.
        Budget { length: LIST - 8, total: (32_767 / weights.limit() as u32).saturating_sub(8 * top_level as u32) }
    }
}

/// As [`reference::sums`](super::reference::sums).
#[inline(always)]
pub fn sums<W, X>(weights: &[u32], bias: &[i32], input: &[u8], sums: &mut [i32])
where
    W: Weight<Value = i32, Cell = u32>,
    X: Levels,
{
    for (sum, &bias) in sums.iter_mut().zip(bias) {
        *sum = bias;
    }
    let budget = const { Budget::new(W::FORMAT, X::FORMAT.top_level()) };
    walk::<X>(weights, W::row_cells(X::FORMAT, sums.len()), input, &budget, |list| list.add_to::<W>(sums));
}

/// Hands lists of inputs that are not zero to `add`, which empties them.
#[inline(always)]
pub(super) fn walk<X: Levels>(
    weights: &[u32],
    column_words: usize,
    input: &[u8],
    budget: &Budget,
    mut add: impl FnMut(&mut List),
) {
    let (before, words, after) = cast::words(input);
    // Columns and inputs go side by side as far as both go: the list never leaves the weights.
    let (first, weights) = weights.split_at_checked(before.len() * column_words).unwrap_or_default();
    let (pairs, odd) = words.as_chunks::<2>();
    let (columns, last) = weights.split_at_checked(8 * pairs.len() * column_words).unwrap_or_default();
    let pairs = if columns.is_empty() { &[] } else { pairs };
    let mut inputs = Inputs { pairs, columns, column_words };

    let mut list = List::new();
    list.push_bytes::<X>(first, column_words, before);
    let after_odd = last.get(4 * odd.len() * column_words..).unwrap_or_default();
    for word in odd {
        list.push_bytes::<X>(last, column_words, &word.to_le_bytes());
    }
    list.push_bytes::<X>(after_odd, column_words, after);
    loop {
        imp::scan::<X>(&mut inputs, budget, &mut list);
        if list.length > 0 {
            add(&mut list);
        }
        if inputs.pairs.is_empty() {
            break;
        }
    }
}

impl List {
    #[inline(always)]
    pub(super) fn new() -> Self {
        List { entries: [const { MaybeUninit::uninit() }; LIST + 1], length: 0, total: 0 }
    }

    /// What is listed.
    #[cfg(sinapse_fpu)]
    #[inline(always)]
    pub(super) fn entries(&mut self) -> &mut [Entry] {
        // SAFETY: the first `length` entries are written.
        unsafe { self.entries.get_unchecked_mut(..self.length).assume_init_mut() }
    }

    /// How many are.
    #[cfg(sinapse_fpu)]
    #[inline(always)]
    pub(super) fn length(&self) -> usize {
        self.length
    }

    /// Appends an input; one that is zero is overwritten by the next.
    #[inline(always)]
    pub(super) fn push(&mut self, column: &u32, x: u32) {
        if let Some(entry) = self.entries.get_mut(self.length) {
            entry.write(Entry { column, x });
            self.length += usize::from(x != 0);
            self.total += x;
        }
    }

    /// Appends up to four inputs.
    #[inline(always)]
    fn push_bytes<X: Levels>(&mut self, weights: &[u32], column_words: usize, bytes: &[u8]) {
        for (column, &byte) in weights.chunks_exact(column_words).zip(bytes) {
            self.push(&column[0], X::level(byte));
        }
    }

    /// Adds all columns, times their levels, and empties the list.
    #[inline(always)]
    fn add_to<W: Weight<Cell = u32>>(&mut self, sums: &mut [i32]) {
        let bits = W::FORMAT.bits() as usize;
        let offset = (W::FORMAT.offset() as u32).wrapping_mul(self.total).wrapping_mul(0x1_0001);
        if let Some(end) = self.entries.get_mut(self.length) {
            end.write(Entry { column: core::ptr::null(), x: 0 });
        }
        // Sixteen outputs are eight registers of two.
        let (blocks, rest) = sums.as_chunks_mut::<16>();
        for block in blocks {
            unpack::<W>(imp::add_columns::<W>(self, 16 * bits / 32), offset, block);
        }
        if !rest.is_empty() {
            unpack::<W>(imp::add_columns::<W>(self, (rest.len() * bits).div_ceil(32)), offset, rest);
        }
        self.clear();
    }

    /// Forgets all entries.
    #[inline(always)]
    pub(super) fn clear(&mut self) {
        (self.length, self.total) = (0, 0);
    }
}

/// Adds both halves of all lanes, less `offset`, to their sums.
#[inline(always)]
fn unpack<W: Weight>(lanes: [u32; 8], offset: u32, sums: &mut [i32]) {
    let phases = 16 / W::FORMAT.bits() as usize;
    for (index, lane) in lanes.iter().enumerate() {
        let both = lane.wrapping_sub(offset);
        let (low, high) = (i32::from(both as i16), both.wrapping_add(0x8000) as i32 >> 16);
        let o = index / phases * 2 * phases + index % phases;
        if let Some(sum) = sums.get_mut(o) {
            *sum = sum.wrapping_add(low);
        }
        if let Some(sum) = sums.get_mut(o + phases) {
            *sum = sum.wrapping_add(high);
        }
    }
}
