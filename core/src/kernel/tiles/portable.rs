//! Tiles in Rust, for every machine.

/// Adds the products to `accumulators`, which hold the bias: [`reference::matvec`](crate::kernel::reference::matvec)
/// without its first step, for weights in tiles.
#[inline(always)]
pub fn add(weights: &[u32], input: &[u8], accumulators: &mut [i32]) {
    let row_words = 8 * accumulators.len().div_ceil(2);
    let mut total = 0u32;
    for (row, inputs) in weights.chunks_exact(row_words.max(1)).zip(input.chunks(16)) {
        for (i, &x) in inputs.iter().enumerate().filter(|&(_, &x)| x != 0) {
            let x = u32::from(x);
            total += x;
            add_input(row, i, x.cast_signed(), accumulators);
        }
    }
    let offset = total.wrapping_mul(128).cast_signed();
    for accumulator in accumulators.iter_mut().step_by(2) {
        *accumulator = accumulator.wrapping_sub(offset);
    }
}

/// Accumulates the half words of one input of a row, times `x`.
#[inline(always)]
fn add_input(row: &[u32], input: usize, x: i32, accumulators: &mut [i32]) {
    let words = row.iter().skip(input / 2).step_by(8);
    let half = |word: u32| i32::from((word >> (input % 2 * 16)) as i16);
    for (accumulators, &word) in accumulators.chunks_mut(2).zip(words) {
        let half = half(word);
        for (accumulator, weight) in accumulators.iter_mut().zip([half & 0xff, half >> 8]) {
            *accumulator = accumulator.wrapping_add(weight * x);
        }
    }
}
