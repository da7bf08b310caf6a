//! Two outputs in one 32-bit multiplication, and nothing for zero inputs: for cores without vectors.
//!
//! Stored weights are numbers without a sign (`weight + offset`), so a mask picks two of a word into the halves of a
//! register, and one `MLA` adds both, times the level:
//!
//! ```text
//! list = the inputs that are not zero, (column, x), as many as 16 bits can sum      # `scan`
//! for each block of outputs, in 8 registers:                                        # `add_blocks`
//!     lanes = 0
//!     for (column, x) in list:
//!         for each register: lanes += (column >> shift & 0x00ff_00ff) · x
//!     sums += both halves of lanes, less offset · Σx
//! ```
//!
//! A register holds `L + 2¹⁶·H` modulo 2³². Once `offset · Σx` is taken from both, `L` and `H` are signed sums within 16
//! bits (`limit · Σx < 2¹⁵`, see [`budget`]), so `L` is the sign-extended lower half and `H` what is left of the upper.
//!
//! The two inner loops are `portable`; Arm's microcontrollers have them in assembly, because a compiler does not keep
//! the eight sums in registers there: 50 cycles instead of 24 for 16 outputs of 4-bit weights on a Cortex-M4. Those with
//! Thumb-2 list the inputs at the top level apart, for 8-bit weights: their columns are added first and multiplied once.
#![allow(unsafe_code)] // a list of columns is walked without asking again whether they are in the weights

use core::mem::MaybeUninit;

#[cfg(sinapse_core = "armv6m")]
mod armv6m;
#[cfg(sinapse_thumb2)]
mod armv7m;
#[cfg(sinapse_core = "other")]
mod portable;

#[cfg(sinapse_core = "armv6m")]
use armv6m as imp;
#[cfg(sinapse_thumb2)]
use armv7m as imp;
#[cfg(sinapse_core = "other")]
use portable as imp;

use super::filled;
use crate::cast;
use crate::element::Levels;
use crate::weight::{Weight, WeightFormat};

/// Most inputs in a list, 8 bytes each, on the stack.
pub(super) const LIST: usize = 88;

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
    /// Four bytes each.
    words: &'a [u32],
    /// `[4 · words.len()][column_words]`
    columns: &'a [u32],
    /// Words of a column.
    column_words: usize,
}

/// Inputs that are not zero.
pub(super) struct List {
    /// The first `length` are written, and one more with `x = 0` before they are added. From the other end, the columns of
    /// inputs at the top level, where they are kept apart; the last is followed by a null.
    entries: [MaybeUninit<Entry>; LIST + 1],
    length: usize,
    /// Columns at the other end.
    #[cfg(sinapse_thumb2)]
    top_count: usize,
    /// Sum of the levels of the entries.
    total: u32,
}

/// Bytes for sixteen inputs and the end of the entries: with less between them and the other end, the list is full.
#[cfg(sinapse_thumb2)]
const ROOM: u32 = 17 * size_of::<Entry>() as u32;

/// With a larger sum of levels, `inputs` more might leave 16 bits: `limit · (total + inputs · A) < 2¹⁵` up to here.
const fn budget(weights: WeightFormat, top_level: u8, inputs: u32) -> u32 {
    // 8-bit levels of 8-bit weights, for which this would be negative, are tiles.
    (32_767 / weights.limit() as u32).saturating_sub(inputs * top_level as u32)
}

/// Blocks of sixteen sums, and the list that is to be added to them.
#[derive(Clone, Copy)]
struct Blocks {
    /// How many; at least one.
    count: usize,
    /// The last has `x = 0`.
    entries: *mut Entry,
    /// What the lanes start with: `-offset · Σx`, twice.
    start: u32,
    /// The sums before.
    from: *const i32,
    /// Where they go.
    to: *mut i32,
    /// Whether the entries before the last are an odd number.
    #[cfg(sinapse_thumb2)]
    odd: bool,
}

/// As [`reference::sums`](super::reference::sums); returns the sums, which need not have been written before.
#[inline(never)] // all layers of these formats share it
pub fn sums<'s, W, X>(weights: &[u32], bias: &[i32], input: &[u8], sums: &'s mut [MaybeUninit<i32>]) -> &'s mut [i32]
where
    W: Weight<Value = i32, Cell = u32>,
    X: Levels,
{
    let budget = const { budget(W::FORMAT, X::FORMAT.top_level(), imp::STEP) };
    let column_words = W::row_cells(X::FORMAT, sums.len());
    let (bias, sums) = both(bias, sums);
    let tops_apart = cfg!(sinapse_thumb2) && matches!(W::FORMAT, WeightFormat::I8) && sums.len().is_multiple_of(16);
    let mut before = Some(bias);
    walk::<X>(weights, column_words, input, tops_apart, budget, |list, _last| {
        if list.length > 0 {
            list.add_to::<W>(before.take(), sums);
        }
        #[cfg(sinapse_thumb2)]
        if tops_apart && list.top_count > 0 && (_last || list.is_full_of_tops()) {
            list.add_tops_to(X::FORMAT.top_level(), before.take(), sums);
        }
    });
    match before {
        Some(bias) => filled(bias, sums),
        // SAFETY: `add_to` or `add_tops_to` has written all of them.
        None => unsafe { sums.assume_init_mut() },
    }
}

/// As many of both as there are of the shorter.
fn both<'b, 's>(bias: &'b [i32], sums: &'s mut [MaybeUninit<i32>]) -> (&'b [i32], &'s mut [MaybeUninit<i32>]) {
    let length = bias.len().min(sums.len());
    (bias.get(..length).unwrap_or_default(), sums.get_mut(..length).unwrap_or_default())
}

/// Hands lists of inputs that are not zero to `add`, which empties them, until the last.
#[inline(always)]
pub(super) fn walk<X: Levels>(
    weights: &[u32],
    column_words: usize,
    input: &[u8],
    tops_apart: bool,
    budget: u32,
    mut add: impl FnMut(&mut List, bool),
) {
    let (before, words, after) = cast::words(input);
    // Columns and inputs go side by side as far as both go: the list never leaves the weights.
    let (first, weights) = weights.split_at_checked(before.len() * column_words).unwrap_or_default();
    let (columns, last) = weights.split_at_checked(4 * words.len() * column_words).unwrap_or_default();
    let words = if columns.is_empty() { &[] } else { words };
    let mut inputs = Inputs { words, columns, column_words };

    let mut list = List::new();
    if !before.is_empty() {
        list.push_bytes::<X>(first, column_words, before);
    }
    if !after.is_empty() {
        list.push_bytes::<X>(last, column_words, after);
    }
    loop {
        imp::scan::<X>(tops_apart, &mut inputs, budget, &mut list);
        let last = inputs.words.is_empty();
        add(&mut list, last);
        if last {
            break;
        }
    }
}

#[cfg(not(sinapse_thumb2))]
impl Inputs<'_> {
    /// Goes on behind as many words.
    #[inline(always)]
    fn skip(&mut self, words: usize) {
        self.words = self.words.get(words..).unwrap_or_default();
        self.columns = self.columns.get(4 * words * self.column_words..).unwrap_or_default();
    }

    /// Appends the inputs of the last word, where only that is left.
    #[inline(always)]
    fn push_odd<X: Levels>(&mut self, budget: u32, list: &mut List) {
        if let &[word] = self.words
            && !list.is_full(budget)
        {
            list.push_bytes::<X>(self.columns, self.column_words, &word.to_le_bytes());
            self.skip(1);
        }
    }
}

impl List {
    /// Whether eight more inputs might be too many.
    #[cfg(not(sinapse_thumb2))]
    #[inline(always)]
    fn is_full(&self, budget: u32) -> bool {
        self.length > LIST - 8 || self.total > budget
    }

    #[inline(always)]
    pub(super) fn new() -> Self {
        List {
            entries: [const { MaybeUninit::uninit() }; LIST + 1],
            length: 0,
            #[cfg(sinapse_thumb2)]
            top_count: 0,
            total: 0,
        }
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
    pub(super) fn push(&mut self, column: &[u32], x: u32) {
        if let Some(entry) = self.entries.get_mut(self.length) {
            entry.write(Entry { column: column.as_ptr(), x });
            self.length += usize::from(x != 0);
            self.total += x;
        }
    }

    /// Appends up to four inputs.
    #[inline(never)] // up to three inputs beside whole words
    fn push_bytes<X: Levels>(&mut self, weights: &[u32], column_words: usize, bytes: &[u8]) {
        for (k, &byte) in bytes.iter().enumerate() {
            // A column that is not whole is none: its words are read without asking again.
            if let Some(column) = weights.get(k * column_words..(k + 1) * column_words) {
                self.push(column, X::level(byte));
            }
        }
    }

    /// Adds all columns, times their levels, to the sums `before`, or to those in place, and empties the list.
    ///
    /// Sums in place are written; `before` has as many as `sums`.
    #[inline(never)] // all layers of these weights share it
    fn add_to<W: Weight<Cell = u32>>(&mut self, before: Option<&[i32]>, sums: &mut [MaybeUninit<i32>]) {
        let bits = W::FORMAT.bits() as usize;
        let start = 0u32.wrapping_sub((W::FORMAT.offset() as u32).wrapping_mul(self.total).wrapping_mul(0x1_0001));
        if let Some(end) = self.entries.get_mut(self.length) {
            end.write(Entry { column: core::ptr::null(), x: 0 });
        }
        let entries = self.entries.as_mut_ptr().cast();
        let blocks = |count, from, to| Blocks {
            count,
            entries,
            start,
            from,
            to,
            #[cfg(sinapse_thumb2)]
            odd: !self.length.is_multiple_of(2),
        };
        let (whole, rest) = sums.split_at_mut(sums.len() / 16 * 16);
        if !whole.is_empty() {
            let to = whole.as_mut_ptr().cast::<i32>();
            let from = before.map_or(to.cast_const(), <[i32]>::as_ptr);
            imp::add_blocks::<W>(16 * bits / 32, blocks(whole.len() / 16, from, to));
        }
        if !rest.is_empty() {
            let mut block = [0; 16];
            for (o, (sum, to)) in block.iter_mut().zip(rest.iter()).enumerate() {
                let before = before.map(|before| before.get(whole.len() + o).copied().unwrap_or_default());
                // SAFETY: sums in place are written.
                *sum = before.unwrap_or_else(|| unsafe { to.assume_init() });
            }
            let words = (rest.len() * bits).div_ceil(32);
            let to = block.as_mut_ptr();
            imp::add_blocks::<W>(words, blocks(1, to.cast_const(), to));
            for (to, sum) in rest.iter_mut().zip(block) {
                to.write(sum);
            }
        }
        self.clear();
    }

    /// Where the columns at the top level end.
    #[cfg(sinapse_thumb2)]
    #[inline(always)]
    fn end(&mut self) -> *mut *const u32 {
        self.entries.as_mut_ptr().wrapping_add(LIST).cast()
    }

    /// The columns at the top level.
    #[cfg(sinapse_thumb2)]
    #[inline(always)]
    fn tops(&mut self) -> *mut *const u32 {
        let count = self.top_count;
        self.end().wrapping_sub(count)
    }

    /// Whether columns at the top level leave little room for others.
    #[cfg(sinapse_thumb2)]
    #[inline(always)]
    fn is_full_of_tops(&self) -> bool {
        self.top_count > LIST
    }

    /// Adds all columns at the top level to sums as in [`List::add_to`], whose number is a multiple of 16, and forgets them.
    #[cfg(sinapse_thumb2)]
    #[inline(never)]
    fn add_tops_to(&mut self, top_level: u8, before: Option<&[i32]>, sums: &mut [MaybeUninit<i32>]) {
        let start = 0u32.wrapping_sub((128 * 0x1_0001u32).wrapping_mul(self.top_count as u32));
        // SAFETY: the place after the entries is kept for the null.
        unsafe { *self.end() = core::ptr::null() };
        let (columns, entries) = (self.tops(), self.entries.as_mut_ptr().cast());
        let to = sums.as_mut_ptr().cast::<i32>();
        let from = before.map_or(to.cast_const(), <[i32]>::as_ptr);
        imp::add_tops(columns, top_level, Blocks { count: sums.len() / 16, entries, start, from, to, odd: false });
        self.top_count = 0;
    }

    /// Forgets all entries.
    #[inline(always)]
    pub(super) fn clear(&mut self) {
        (self.length, self.total) = (0, 0);
    }
}

/// Adds both halves of the lanes of `words` words to the sums at `from`, and writes those at `to`.
#[cfg(not(sinapse_thumb2))]
#[inline(always)]
fn unpack<W: Weight>(lanes: &[u32; 8], words: usize, from: *const i32, to: *mut i32) {
    let phases = 16 / W::FORMAT.bits() as usize;
    for (index, &both) in lanes.iter().enumerate().take(words * phases) {
        let (low, high) = (i32::from(both as i16), both.wrapping_add(0x8000) as i32 >> 16);
        let o = index / phases * 2 * phases + index % phases;
        for (o, half) in [(o, low), (o + phases, high)] {
            // SAFETY: callers have room for all sums of these words.
            unsafe { *to.add(o) = (*from.add(o)).wrapping_add(half) };
        }
    }
}
