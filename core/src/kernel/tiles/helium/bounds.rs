//! Addresses that the loops need.

/// Where pairs of sums start, where blocks of four of them end, and where they all end.
pub fn pair_bounds(pairs: &mut [[i32; 2]]) -> [*mut [i32; 2]; 3] {
    let (start, count) = (pairs.as_mut_ptr(), pairs.len());
    [start, start.wrapping_add(count / 4 * 4), start.wrapping_add(count)]
}
