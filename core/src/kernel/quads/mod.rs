//! 8-bit weights times 8-bit levels: four inputs in a word, nothing where all four are zero.
//!
//! ```text
//! sums = bias - 128 · Σ x                       # stored weights are `weight + 128`
//! for each row of four inputs that are not all zero:
//!     for each output o:
//!         sums[o] += Σ_k row[o].byte(k) · x[k]
//! ```

#[cfg(sinapse_core = "armv7em")]
mod armv7em;
mod portable;

#[cfg(sinapse_core = "armv7em")]
use armv7em as imp;
#[cfg(not(sinapse_core = "armv7em"))]
use portable as imp;

/// Adds the products to `sums`, which hold the bias: the rest of [`reference::sums`](super::reference::sums), for 8-bit
/// weights in quads.
///
/// # Range
///
/// The sum without the offset may pass 2³¹: it is taken modulo 2³², and the true one, which `load` has bounded, is left.
#[inline(always)]
pub fn add(weights: &[u32], input: &[u8], sums: &mut [i32]) {
    imp::add(weights, input, sums);
}
