//! Bounds of the loops over accumulators.

/// Returns the start of the pairs of accumulators, the end of whole blocks of four pairs, and the end of all.
pub fn pair_bounds(pairs: &mut [[i32; 2]]) -> [*mut [i32; 2]; 3] {
    let (start, count) = (pairs.as_mut_ptr(), pairs.len());
    [start, start.wrapping_add(count / 4 * 4), start.wrapping_add(count)]
}
