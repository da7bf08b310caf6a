//! 8-bit weights times 8-bit levels: four inputs in a word, nothing where all four are zero.
//!
//! ```text
//! sums = bias - 128 · Σ x                       # stored weights are `weight + 128`
//! for each row of four inputs that are not all zero:
//!     for each output o:
//!         sums[o] += Σ_k row[o].byte(k) · x[k]
//! ```

mod portable;

use portable as imp;

/// As [`reference::sums`](super::reference::sums), for 8-bit weights in quads.
///
/// # Range
///
/// The sum without the offset may pass 2³¹: it is taken modulo 2³², and the true one, which `load` has bounded, is left.
#[inline(always)]
pub fn sums(weights: &[u32], bias: &[i32], input: &[u8], sums: &mut [i32]) {
    let total: u32 = input.iter().map(|&x| u32::from(x)).sum();
    let offset = total.wrapping_mul(128).cast_signed();
    for (sum, &bias) in sums.iter_mut().zip(bias) {
        *sum = bias.wrapping_sub(offset);
    }
    imp::add(weights, input, sums);
}
