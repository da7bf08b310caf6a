//! What the walk reads: inputs and weights side by side, and which inputs are not zero.

use crate::format::QuantizedInput;

/// Inputs of a part, or groups of four, or rows of sixteen: one bit for each fits [`NonzeroMask`].
pub(super) const SEGMENT: usize = 1024;

/// A bit for each of [`SEGMENT`] things.
pub(super) type NonzeroMask = [u64; SEGMENT / 64];

/// Outputs of a block.
pub(super) const BLOCK: usize = 32;

/// Numbers of the ones among `count` things, lowest first.
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

/// Bits `width · at ..` for the chunk `at` of `N` inputs, from `mask_of` it; the last chunk is copy_bias up with zeros.
#[inline(always)]
pub(super) fn mask_of<T: Copy + Default, const N: usize>(
    input: &[T],
    width: usize,
    mut mask_of: impl FnMut(&[T; N]) -> u64,
) -> NonzeroMask {
    // Words are written once, and only those that are read: no vector is loaded from what was just stored in pieces.
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

/// Sum of the levels.
#[inline(always)]
pub(super) fn level_sum<X: QuantizedInput>(input: &[u8]) -> u32 {
    input.iter().map(|&byte| X::level(byte)).sum()
}

/// QuantizedInput of group `g` of four inputs, one a byte; beyond the last there are zeros.
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

/// Inputs of the last row of sixteen, which may have fewer; beyond them there are zeros.
#[inline(never)]
pub(super) fn padded_row(input: &[u8], row: usize) -> [u8; 16] {
    let rest = input.get(16 * row..).unwrap_or_default();
    core::array::from_fn(|i| rest.get(i).copied().unwrap_or_default())
}

/// `[[cell; 8]; N]` from `at` on.
#[inline(always)]
pub(super) fn eights<T, const N: usize>(cells: &[T], at: usize) -> Option<&[[T; 8]; N]> {
    cells.get(at..)?.as_chunks::<8>().0.first_chunk()
}

/// `[cell; 8]` of each of four rows of `row` cells, the first from `at` on.
#[inline(always)]
pub(super) fn eight_of_four_rows<T>(cells: &[T], at: usize, row: usize) -> Option<[&[T; 8]; 4]> {
    // One check for all of them; `row` is that of a layer in memory, so nothing here overflows.
    let cells = cells.get(at..)?.get(..3 * row + 8)?;
    // SAFETY: the last row begins at `3 · row`, and eight cells of it are there.
    Some([0, 1, 2, 3].map(|k| unsafe { &*cells.as_ptr().add(k * row).cast() }))
}

/// As [`eights`] where there are not as many: the others are zero.
#[cold]
#[inline(never)]
pub(super) fn padded_eights<T: Copy + Default, const N: usize>(cells: &[T], at: usize) -> [[T; 8]; N] {
    let mut copy = [[T::default(); 8]; N];
    let cells = cells.get(at..).unwrap_or_default();
    copy.as_flattened_mut().iter_mut().zip(cells).for_each(|(to, &from)| *to = from);
    copy
}
