//! Tiles on cores with vectors of 128 bits (Armv8.1-M, Helium): Cortex-M52, M55 and M85.
//!
//! Two loops over rows of sixteen inputs; sums lie in memory between two turns, and eight of them in r0, r2, .., lr meanwhile:
//!
//! ```text
//! for three rows each, zero or not:                                      # `dense`, four instructions a tile
//!     for each block of 8 outputs, then two outputs each:
//!         for each row and two outputs: sums += Σ even · x, Σ odd · (x - 128)
//! for two rows each that are not all zero:                               # `listed`, five
//!     for each block of 8 outputs, then two outputs each:
//!         for each row and two outputs: sums += Σ (even + 128) · x, Σ (odd + 128) · x
//! sums -= 128 · Σ x
//! ```
//!
//! A load of a tile takes it apart (`VLD20`, `VLD21`) into even outputs, stored without a sign, and odd ones, with a sign, and
//! `VMLADAVA` wants two numbers that both have one, or none. `dense` gives the inputs a sign, once for all outputs; the
//! `128 · Σ w` that are missing then are a number of the layer, [`Prepared`] since it was loaded. They are those of all rows: where
//! rows are left out, the odd weights lose their sign instead, tile by tile.
#![allow(unsafe_code)] // vector registers are named in assembly

use core::arch::asm;
use core::mem::MaybeUninit;
use core::slice;

/// Adds products to blocks of eight sums from r1 to r7, of which there is at least one, by `$pair`.
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

/// Adds products to pairs of sums from r1 to `$end`, of which there is at least one, by `$pair`.
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

/// What a layer keeps in RAM: its bias, with `128 · Σ w` over the rows of `dense` where the output is odd.
pub type Prepared<const OUT: usize> = [i32; OUT];

/// As [`prepare`](super::keep).
#[inline(never)] // layers share it
pub fn prepare(weights: &[u32], bias: &[i32], inputs: usize, prepared: &mut [i32]) {
    let row_words = 8 * prepared.len().div_ceil(2);
    let rows = weights.chunks_exact(row_words.max(1)).take(dense::whole_turns(inputs / 16));
    for (o, (prepared, &bias)) in prepared.iter_mut().zip(bias).enumerate() {
        let tile = |row: &[u32]| row.iter().skip(o / 2 * 8).take(8).map(|&word| odd_weights(word)).sum::<i32>();
        let sum = if o % 2 == 1 { rows.clone().map(tile).sum() } else { 0i32 };
        // Modulo 2³², as all sums in between.
        *prepared = bias.wrapping_add(sum.wrapping_mul(128));
    }
}

/// Sum of the two weights of an odd output in a word.
fn odd_weights(word: u32) -> i32 {
    (word.cast_signed() >> 24) + i32::from((word >> 8) as i8)
}

/// As [`accumulators`](super::sums).
#[inline(never)] // layers share it
pub fn matvec<'s>(
    weights: &[u32],
    bias: &[i32],
    prepared: &[i32],
    input: &[u8],
    accumulators: &'s mut [MaybeUninit<i32>],
) -> &'s mut [i32] {
    let row_words = 8 * bias.len().div_ceil(2);
    let (rows, rest) = input.as_chunks::<16>();
    let enough = weights.len() >= row_words.saturating_mul(input.len().div_ceil(16));
    // A picture begins with background, a row of zeros. Where none is at the beginning, rows of zeros are rare.
    let is_dense = enough
        && prepared.len() == bias.len()
        && bias.len().min(accumulators.len()) >= 2 * dense::MIN_PAIRS
        && rows.first().is_some_and(|&row| u128::from_ne_bytes(row) != 0);
    let accumulators = copy_numbers(if is_dense { prepared } else { bias }, accumulators);
    if !enough {
        return accumulators; // loops would go on behind the weights
    }
    let (pairs, last) = accumulators.as_chunks_mut::<2>();
    let count = if is_dense { dense::whole_turns(rows.len()) } else { 0 };
    let (all, others) = rows.split_at_checked(count).unwrap_or((&[], rows));
    let first = weights.as_ptr();
    // SAFETY: there are weights of all rows and pairs, as asked above.
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
            // The weights of an output without a neighbour are a tile like others.
            let total = accumulate_listed(rows, rest, first.wrapping_add(8 * pairs.len()), row_words, &mut pair);
            let [[sum, _]] = pair;
            *last = sum.wrapping_add(offset_correction(total).cast_signed());
        }
    }
    accumulators
}

/// Adds products of rows, and of a last one with fewer inputs, to pairs of sums, of which there is at least one; the sum of the
/// inputs.
///
/// # Safety
///
/// There are weights of each row, `row_words` after those of the row before, to all pairs; `weights` are the first row's.
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
        // SAFETY: as the caller promises.
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

/// What an offset of 128 in the weights adds too much.
fn offset_correction(total: u32) -> u32 {
    total.wrapping_mul(128).wrapping_neg()
}

/// Copies `numbers`, as many as there is room for.
#[inline(always)]
fn copy_numbers<'s>(numbers: &[i32], workspace: &'s mut [MaybeUninit<i32>]) -> &'s mut [i32] {
    let count = numbers.len().min(workspace.len());
    // SAFETY: reads and writes so many numbers, which are written then.
    unsafe {
        add_offsets_from(numbers.as_ptr(), [0; 2], workspace.as_mut_ptr().cast(), count);
        slice::from_raw_parts_mut(workspace.as_mut_ptr().cast(), count)
    }
}

/// Adds one number to the first and one to the second of all pairs.
#[inline(always)]
fn add_offsets(offsets: [u32; 2], pairs: &mut [[i32; 2]]) {
    let accumulators = pairs.as_mut_ptr().cast();
    // SAFETY: reads and writes the sums.
    unsafe { add_offsets_from(accumulators, offsets, accumulators, 2 * pairs.len()) };
}

/// `to[o] = from[o] + by[o % 2]`
///
/// # Safety
///
/// `count` numbers can be read and written; they are the same, or others.
#[inline(always)]
unsafe fn add_offsets_from(from: *const i32, offsets: [u32; 2], to: *mut i32, count: usize) {
    // SAFETY: reads and writes `count` numbers: the loop has a vector's last lanes switched off where they are more.
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
