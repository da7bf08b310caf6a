//! Two outputs in one 32-bit multiplication, and nothing for zero inputs: for cores without vectors.
//!
//! Stored weights are numbers without a sign (`weight + offset`), so a mask picks two of a word into the halves of a
//! register, and one `MLA` adds both, times the level:
//!
//! ```text
//! list = the inputs that are not zero: (column, x), at most as many as 16 bits can sum
//! for each block of 16 outputs, in 8 registers:
//!     lanes = 0
//!     for (column, x) in list:
//!         for each register: lanes += (column >> shift & 0x00ff_00ff) · x
//!     sums += both halves of lanes, less offset · Σx
//! ```
//!
//! A register holds `L + 2¹⁶·H` modulo 2³². Once `offset · Σx` is taken from both, `L` and `H` are the signed sums of at
//! most [`group`] inputs, each within 16 bits, so `L` is the sign-extended lower half and `H` what is left of the upper.
#![allow(unsafe_code)] // a list of columns is walked without asking again whether they are in the weights

use core::mem::MaybeUninit;

use super::ACCUMULATORS;
use crate::element::Levels;
use crate::weight::{Weight, WeightFormat};

/// Most inputs in a list: 8 bytes each, on the stack.
const LIST: usize = 64;

/// Inputs whose products surely fit 16 bits when summed: `group · limit · A < 2¹⁵`.
const fn group(format: WeightFormat, top_level: u8) -> usize {
    let group = 32_767 / (format.limit() as usize * top_level as usize);
    if group < LIST { group } else { LIST }
}

/// An input that is not zero.
#[derive(Clone, Copy)]
struct Entry {
    /// First word of its column of weights.
    column: *const u32,
    /// Its level.
    x: u32,
}

/// As [`reference::sums`](super::reference::sums).
#[inline]
pub fn sums<W, X>(weights: &[u32], bias: &[i32], input: &[u8], sums: &mut [i32])
where
    W: Weight<Value = i32, Cell = u32>,
    X: Levels,
{
    for (sum, &bias) in sums.iter_mut().zip(bias) {
        *sum = bias;
    }
    let bits = X::FORMAT.bits();
    if group(W::FORMAT, X::FORMAT.top_level()) >= 4 {
        add::<W>(weights, input, X::SHIFT, X::FORMAT.top_level(), 0, sums);
    } else {
        // 8-bit weights times 8-bit levels leave no room for sums in 16 bits: the two halves of the levels, one by one.
        let half = bits / 2;
        add::<W>(weights, input, X::SHIFT + half, (1 << half) - 1, half, sums);
        add::<W>(weights, input, X::SHIFT, (1 << half) - 1, 0, sums);
    }
}

/// `sums[o] += 2^scale · Σ_i w[i][o] · ((input[i] >> shift) & mask)`.
#[inline(always)]
fn add<W: Weight<Cell = u32>>(weights: &[u32], input: &[u8], shift: u32, mask: u8, scale: u32, sums: &mut [i32]) {
    let column_words = W::column_cells(sums.len());
    let mut list = [const { MaybeUninit::<Entry>::uninit() }; LIST];
    let mut listed = 0;
    let group = group(W::FORMAT, mask);
    // One column for each input, as far as both go: the list never leaves the weights.
    let mut columns = weights.chunks_exact(4 * column_words);
    let mut words = input.chunks_exact(4);
    let mut total = 0;
    let mask4 = u32::from(mask) * 0x0101_0101;
    for (four, word) in columns.by_ref().zip(words.by_ref()) {
        let levels = u32::from_le_bytes([word[0], word[1], word[2], word[3]]) >> shift & mask4;
        if levels == 0 {
            continue;
        }
        for k in 0..4 {
            let x = levels >> (8 * k) & u32::from(mask);
            list[listed].write(Entry { column: &raw const four[k as usize * column_words], x });
            listed += usize::from(x != 0);
        }
        total += (levels & 0x00ff_00ff) + (levels >> 8 & 0x00ff_00ff);
        if listed > group - 4 {
            flush::<W>(&list, listed, total, scale, sums);
            (listed, total) = (0, 0);
        }
    }
    let columns = columns.remainder().chunks_exact(column_words);
    for (column, &byte) in columns.zip(words.remainder()) {
        let x = u32::from(byte >> shift & mask);
        list[listed].write(Entry { column: &raw const column[0], x });
        listed += usize::from(x != 0);
        total += x;
    }
    if listed != 0 {
        flush::<W>(&list, listed, total, scale, sums);
    }
}

/// Adds the columns of a list, times their levels. `total` has the sum of the levels in two halves.
#[inline(never)]
fn flush<W: Weight<Cell = u32>>(
    list: &[MaybeUninit<Entry>; LIST],
    listed: usize,
    total: u32,
    scale: u32,
    sums: &mut [i32],
) {
    let total = (total & 0xffff) + (total >> 16);
    let offset = (W::FORMAT.offset() as u32).wrapping_mul(total).wrapping_mul(0x1_0001);
    // At least a whole word of weights.
    let words = (2 * ACCUMULATORS * W::FORMAT.bits() as usize / 32).max(1);
    let block = words * 32 / W::FORMAT.bits() as usize;
    for (index, sums) in sums.chunks_mut(block).enumerate() {
        let first = index * words;
        match (sums.len() * W::FORMAT.bits() as usize).div_ceil(32) {
            1 => add_block::<W, 1>(list, listed, first, offset, scale, sums),
            2 => add_block::<W, 2>(list, listed, first, offset, scale, sums),
            3 => add_block::<W, 3>(list, listed, first, offset, scale, sums),
            _ => add_block::<W, 4>(list, listed, first, offset, scale, sums),
        }
    }
}

#[inline(always)]
fn add_block<W: Weight<Cell = u32>, const WORDS: usize>(
    list: &[MaybeUninit<Entry>; LIST],
    listed: usize,
    first: usize,
    offset: u32,
    scale: u32,
    sums: &mut [i32],
) {
    let bits = W::FORMAT.bits();
    let phases = 16 / bits as usize;
    let mask = (1 << bits) - 1;
    let mask = mask | mask << 16;
    let mut lanes = [[0u32; 8]; WORDS]; // [word][phase], two outputs each
    for entry in list.iter().take(listed) {
        // SAFETY: `add` has written the first `listed` entries.
        let Entry { column, x } = unsafe { entry.assume_init() };
        for (k, lanes) in lanes.iter_mut().enumerate() {
            // SAFETY: `column` is the first word of a column, and `first + k` a word of it.
            let word = unsafe { *column.add(first + k) };
            for (phase, lane) in lanes.iter_mut().enumerate().take(phases) {
                *lane = lane.wrapping_add((word >> (phase as u32 * bits) & mask).wrapping_mul(x));
            }
        }
    }
    for (k, lanes) in lanes.iter().enumerate() {
        for (phase, lane) in lanes.iter().enumerate().take(phases) {
            let both = lane.wrapping_sub(offset);
            let (low, high) = (i32::from(both as i16), both.wrapping_add(0x8000) as i32 >> 16);
            let o = k * 2 * phases + phase;
            if let Some(sum) = sums.get_mut(o) {
                *sum = sum.wrapping_add(low << scale);
            }
            if let Some(sum) = sums.get_mut(o + phases) {
                *sum = sum.wrapping_add(high << scale);
            }
        }
    }
}
