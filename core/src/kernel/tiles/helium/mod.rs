//! Tiles on cores with Helium, 128-bit vectors (Armv8.1-M): Cortex-M52, M55 and M85.
//!
//! Two loops over rows of sixteen inputs. Between two turns the accumulators are in memory; in a turn, eight of them
//! are in r0, r2, .., lr:
//!
//! ```text
//! for three rows each, zero or not:                                      # `dense`, four instructions a tile
//!     for each block of 8 outputs, then two outputs each:
//!         for each row and two outputs: accumulators += Σ even · x, Σ odd · (x - 128)
//! for two rows each that are not all zero:                               # `listed`, five
//!     for each block of 8 outputs, then two outputs each:
//!         for each row and two outputs: accumulators += Σ (even + 128) · x, Σ (odd + 128) · x
//! accumulators -= 128 · Σ x
//! ```
//!
//! Loading a tile (`VLD20`, `VLD21`) splits it into even outputs, stored unsigned, and odd ones, which are signed, and
//! `VMLADAVA` wants both factors signed or both unsigned. `dense` makes the inputs signed, once for all outputs; the
//! `128 · Σ w` that are then missing are a constant of the layer, [`Prepared`] at load time. It is the sum over all
//! rows: where rows are skipped, `listed` makes the odd weights unsigned instead, tile by tile.
#![allow(unsafe_code)] // assembly names vector registers

use core::arch::asm;
use core::mem::MaybeUninit;
use core::slice;

use crate::kernel::length::cells_of_rows;
use crate::workspace::Zeros;

/// Runs `$pair` for every pair of accumulators in the blocks of eight from r1 to r7, at least one block.
macro_rules! for_each_block {
    ($pair:ident) => {
        concat!(
            "3:\n",
            "ldm r1, {{r0, r2, r4, r6, r8, r10, r12, lr}}\n",
            $pair!("r0", "r2"),
            $pair!("r4", "r6"),
            $pair!("r8", "r10"),
            $pair!("r12", "lr"),
            "stm r1!, {{r0, r2, r4, r6, r8, r10, r12, lr}}\n",
            "cmp r1, r7\n",
            "bne 3b\n"
        )
    };
}

/// Runs `$pair` for every pair of accumulators from r1 to `$end`, at least one.
macro_rules! for_each_pair {
    ($pair:ident, $end:literal) => {
        concat!(
            "5:\n",
            "ldrd r0, r2, [r1]\n",
            $pair!("r0", "r2"),
            "strd r0, r2, [r1], #8\n",
            "cmp r1, ",
            $end,
            "\n",
            "bne 5b\n",
        )
    };
}

mod bounds;
mod dense;
mod listed;

/// Bias of the layer, plus `128 · Σ w` over the rows of `dense` if the output is odd.
pub type Prepared<const OUT: usize> = [i32; OUT];

/// Same contract as [`prepare`](super::prepare).
#[inline(never)] // shared by all layers
pub fn prepare(weights: &[u32], bias: &[i32], inputs: usize, prepared: &mut [i32]) {
    let row_words = 8 * prepared.len().div_ceil(2);
    let rows = weights.chunks_exact(row_words.max(1)).take(dense::whole_turns(inputs / 16));
    for (o, (prepared, &bias)) in prepared.iter_mut().zip(bias).enumerate() {
        let tile = |row: &[u32]| row.iter().skip(o / 2 * 8).take(8).map(|&word| odd_weights(word)).sum::<i32>();
        let sum = if o % 2 == 1 { rows.clone().map(tile).sum() } else { 0i32 };
        // Modulo 2³², like all intermediate sums.
        *prepared = bias.wrapping_add(sum.wrapping_mul(128));
    }
}

/// Computes the same as [`prepare`] while building.
pub const fn prepared<const OUT: usize>(weights: &[u32], bias: &[u32], inputs: usize) -> [i32; OUT] {
    let row_words = 8 * OUT.div_ceil(2);
    let rows = dense::whole_turns(inputs / 16);
    let mut prepared = [0; OUT];
    let mut o = 0;
    while o < OUT {
        let (mut sum, mut row) = (0i32, 0);
        while o % 2 == 1 && row < rows {
            let mut word = 0;
            while word < 8 {
                sum += odd_weights(weights[row * row_words + o / 2 * 8 + word]);
                word += 1;
            }
            row += 1;
        }
        prepared[o] = bias[o].cast_signed().wrapping_add(sum.wrapping_mul(128));
        o += 1;
    }
    prepared
}

/// Returns [`prepared`] as the type that a layer has for it.
pub const fn prepared_as<P: Zeros, const OUT: usize>(weights: &[u32], bias: &[u32], inputs: usize) -> P {
    assert!(size_of::<P>() == size_of::<[i32; OUT]>() && align_of::<P>() == align_of::<[i32; OUT]>());
    // SAFETY: `Zeros` is sealed, and all of its types are arrays of numbers for which every bit pattern is valid.
    unsafe { core::mem::transmute_copy(&prepared::<OUT>(weights, bias, inputs)) }
}

/// Sums the two weights of an odd output in a word.
const fn odd_weights(word: u32) -> i32 {
    (word.cast_signed() >> 24) + (word >> 8) as i8 as i32
}

/// Same contract as [`matvec`](super::matvec).
#[inline(never)] // shared by all layers
pub fn matvec<'s>(
    weights: &[u32],
    bias: &[i32],
    prepared: &[i32],
    input: &[u8],
    accumulators: &'s mut [MaybeUninit<i32>],
) -> &'s mut [i32] {
    let row_words = 8 * bias.len().div_ceil(2);
    let (rows, rest) = input.as_chunks::<16>();
    let enough = cells_of_rows(weights.len(), input.len().div_ceil(16), row_words).is_some();
    // Pictures begin with background, a row of zeros. If the first row is not zero, such rows are rare and not worth
    // skipping.
    let is_dense = enough
        && prepared.len() == bias.len()
        && bias.len().min(accumulators.len()) >= 2 * dense::MIN_PAIRS
        && rows.first().is_some_and(|&row| u128::from_ne_bytes(row) != 0);
    let accumulators = copy_numbers(if is_dense { prepared } else { bias }, accumulators);
    if !enough {
        return accumulators; // the loops would read past the weights
    }
    let (pairs, last) = accumulators.as_chunks_mut::<2>();
    let count = if is_dense { dense::whole_turns(rows.len()) } else { 0 };
    let (all, others) = rows.split_at_checked(count).unwrap_or((&[], rows));
    let first = weights.as_ptr();
    // SAFETY: there are weights of all rows and pairs, checked above.
    unsafe {
        let total = if all.is_empty() { 0 } else { dense::accumulate(all, first, row_words, pairs) };
        let listed = if pairs.is_empty() {
            0
        } else {
            accumulate_listed(others, rest, first.wrapping_add(count * row_words), row_words, pairs)
        };
        add_offsets([offset_correction(total.wrapping_add(listed)), offset_correction(listed)], pairs);
        if let [last] = last {
            let mut pair = [[*last, 0]];
            // The weights of an output without a neighbour fill a tile as well.
            let total = accumulate_listed(rows, rest, first.wrapping_add(8 * pairs.len()), row_words, &mut pair);
            let [[sum, _]] = pair;
            *last = sum.wrapping_add(offset_correction(total).cast_signed());
        }
    }
    accumulators
}

/// Accumulates rows, and a last one with fewer inputs, in pairs of accumulators, at least one pair. Returns the sum of
/// the inputs.
///
/// # Safety
///
/// Every row has weights to all pairs, `row_words` after those of the row before; `weights` points to those of the
/// first row.
#[inline(always)]
unsafe fn accumulate_listed(
    rows: &[[u8; 16]],
    rest: &[u8],
    weights: *const u32,
    row_words: usize,
    pairs: &mut [[i32; 2]],
) -> u32 {
    let (mut total, mut weights) = (0u32, weights);
    for rows in rows.chunks(listed::MAX_ROWS) {
        // SAFETY: the caller promises weights of these rows.
        total = total.wrapping_add(unsafe { listed::accumulate(rows, weights, row_words, pairs) });
        weights = weights.wrapping_add(rows.len() * row_words);
    }
    if !rest.is_empty() {
        let mut row = [0; 16];
        row.iter_mut().zip(rest).for_each(|(to, &x)| *to = x);
        // SAFETY: as above.
        total = total.wrapping_add(unsafe { listed::accumulate(&[row], weights, row_words, pairs) });
    }
    total
}

/// Correction for the offset of 128 in the weights, given the sum of the inputs.
fn offset_correction(total: u32) -> u32 {
    total.wrapping_mul(128).wrapping_neg()
}

/// Copies as many `numbers` as fit.
#[inline(always)]
fn copy_numbers<'s>(numbers: &[i32], workspace: &'s mut [MaybeUninit<i32>]) -> &'s mut [i32] {
    let count = numbers.len().min(workspace.len());
    // SAFETY: both slices have `count` elements, which are initialised afterwards.
    unsafe {
        add_offsets_from(numbers.as_ptr(), [0; 2], workspace.as_mut_ptr().cast(), count);
        slice::from_raw_parts_mut(workspace.as_mut_ptr().cast(), count)
    }
}

/// Adds `offsets[0]` to the first and `offsets[1]` to the second accumulator of all pairs.
#[inline(always)]
fn add_offsets(offsets: [u32; 2], pairs: &mut [[i32; 2]]) {
    let accumulators = pairs.as_mut_ptr().cast();
    // SAFETY: reads and writes the accumulators of all pairs.
    unsafe { add_offsets_from(accumulators, offsets, accumulators, 2 * pairs.len()) };
}

/// Computes `to[o] = from[o] + offsets[o % 2]`.
///
/// # Safety
///
/// `count` elements can be read from `from` and written to `to`, which are equal or do not overlap.
#[inline(always)]
unsafe fn add_offsets_from(from: *const i32, offsets: [u32; 2], to: *mut i32, count: usize) {
    // SAFETY: reads and writes `count` elements: tail predication (`WLSTP`) disables the lanes of the last vector
    // beyond them.
    unsafe {
        asm!(
            "vmov q1[2], q1[0], {even}, {even}",
            "vmov q1[3], q1[1], {odd}, {odd}",
            "wlstp.32 lr, {count}, 3f",
            "2:",
            "vldrw.u32 q0, [{from}], #16",
            "vadd.i32 q0, q0, q1",
            "vstrw.32 q0, [{to}], #16",
            "letp lr, 2b",
            "3:",
            even = in(reg) offsets[0],
            odd = in(reg) offsets[1],
            count = in(reg) count,
            from = inout(reg) from => _,
            to = inout(reg) to => _,
            out("lr") _,
            out("s0") _, out("s1") _, out("s2") _, out("s3") _, out("s4") _, out("s5") _, out("s6") _, out("s7") _,
            options(nostack),
        );
    }
}
