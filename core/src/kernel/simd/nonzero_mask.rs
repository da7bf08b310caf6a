//! Inputs and weights of the SIMD loops: the mask of nonzero inputs, and loads that end with zeros.

use crate::format::QuantizedInput;

/// Bits of a [`NonzeroMask`]: inputs, groups of four or rows of sixteen. Longer inputs are processed in segments, so
/// that the mask has a fixed size on the stack.
pub(super) const SEGMENT: usize = 1024;

/// One bit per input, group or row of a segment, set if it is not all zero.
pub(super) type NonzeroMask = [u64; SEGMENT / 64];

/// Outputs in a block.
pub(super) const BLOCK: usize = 32;

/// Visits the indices of set bits among the first `count`, lowest first.
#[inline(always)]
pub(super) fn for_each_set(mask: &NonzeroMask, count: usize, mut visit: impl FnMut(usize)) {
    for (word, &bits) in mask.iter().take(count.div_ceil(64)).enumerate() {
        let mut left = bits;
        while left != 0 {
            visit(64 * word + left.trailing_zeros() as usize);
            left &= left - 1;
        }
    }
}

/// Builds a mask from `mask_of`, which gives `width` bits for a chunk of `N` inputs; the last chunk is padded with
/// zeros.
#[inline(always)]
pub(super) fn mask_of<T: Copy + Default, const N: usize>(
    input: &[T],
    width: usize,
    mut mask_of: impl FnMut(&[T; N]) -> u64,
) -> NonzeroMask {
    // Each word is stored once: a vector load of words that were just stored in pieces would stall on store forwarding.
    // Words that nobody reads are not written.
    let mut mask = NonzeroMask::default();
    for (bits, input) in mask.iter_mut().zip(input.chunks(N * (64 / width))) {
        let (chunks, rest) = input.as_chunks::<N>();
        let mut word = 0;
        for (at, chunk) in chunks.iter().enumerate() {
            word |= mask_of(chunk) << (width * at);
        }
        if !rest.is_empty() {
            let last = core::array::from_fn(|i| rest.get(i).copied().unwrap_or_default());
            word |= mask_of(&last) << (width * chunks.len());
        }
        *bits = word;
    }
    mask
}

/// Sum of the levels of all inputs.
#[inline(always)]
pub(super) fn level_sum<X: QuantizedInput>(input: &[u8]) -> u32 {
    input.iter().map(|&byte| X::level(byte)).sum()
}

/// Levels of group `g` of four inputs, one per byte; zeros after the last input.
#[inline(always)]
pub(super) fn four_inputs<X: QuantizedInput>(input: &[u8], g: usize) -> u32 {
    let bytes = match input.as_chunks::<4>().0.get(g) {
        Some(bytes) => *bytes,
        None => {
            let rest = input.get(4 * g..).unwrap_or_default();
            let mut bytes = [0; 4];
            bytes.iter_mut().zip(rest).for_each(|(to, &from)| *to = from);
            bytes
        }
    };
    (u32::from_le_bytes(bytes) & X::MASK) >> X::SHIFT
}

/// Inputs of the last row of sixteen, padded with zeros.
#[inline(never)]
pub(super) fn padded_row(input: &[u8], row: usize) -> [u8; 16] {
    let rest = input.get(16 * row..).unwrap_or_default();
    core::array::from_fn(|i| rest.get(i).copied().unwrap_or_default())
}

/// Returns `[[cell; 8]; N]` from `at` on, if there are as many.
#[inline(always)]
pub(super) fn eights<T, const N: usize>(cells: &[T], at: usize) -> Option<&[[T; 8]; N]> {
    cells.get(at..)?.as_chunks::<8>().0.first_chunk()
}

/// Returns eight cells of each of four rows of `row` cells, the first from `at` on, if there are as many.
#[inline(always)]
pub(super) fn eight_of_four_rows<T>(cells: &[T], at: usize, row: usize) -> Option<[&[T; 8]; 4]> {
    // One bounds check for all four. Nothing overflows: cells have four bytes, so `row` is at most `usize::MAX / 4`.
    let cells = cells.get(at..)?.get(..3 * row + 8)?;
    // SAFETY: the slice reaches to the eighth cell of the last row, which begins at `3 · row`.
    Some([0, 1, 2, 3].map(|k| unsafe { &*cells.as_ptr().add(k * row).cast() }))
}

/// Same as [`eights`], padded with zeros.
#[cold]
#[inline(never)]
pub(super) fn padded_eights<T: Copy + Default, const N: usize>(cells: &[T], at: usize) -> [[T; 8]; N] {
    let mut copy = [[T::default(); 8]; N];
    let cells = cells.get(at..).unwrap_or_default();
    copy.as_flattened_mut().iter_mut().zip(cells).for_each(|(to, &from)| *to = from);
    copy
}
