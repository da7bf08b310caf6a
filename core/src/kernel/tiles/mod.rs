//! 8-bit weights times 8-bit levels: two inputs and two outputs in a word, nothing where both inputs are zero.
//!
//! A half word is the number `h = w[2k] + 128 + 256 · w[2k + 1]`, with a sign, for one input. Two products give both outputs,
//! modulo 2³²:
//!
//! ```text
//! odd  = Σ (h >> 8) · x                         # = Σ w[2k + 1] · x
//! even = Σ h · x - 256 · odd - 128 · Σ x        # = Σ w[2k] · x
//! ```

#[cfg(all(sinapse_dsp, not(sinapse_helium)))]
mod armv7em;
#[cfg(sinapse_helium)]
mod helium;
pub mod portable;
#[cfg(not(sinapse_dsp))]
mod scalar;

#[cfg(all(sinapse_dsp, not(sinapse_helium)))]
use armv7em as imp;
#[cfg(sinapse_helium)]
use helium as imp;
#[cfg(not(sinapse_dsp))]
use scalar as imp;

/// Adds the products to `sums`, which hold the bias: the rest of [`reference::sums`](super::reference::sums), for 8-bit
/// weights in tiles.
///
/// # Range
///
/// Sums in between may pass 2³¹: they are taken modulo 2³², and the true one, which `load` has bounded, is left.
#[inline(always)]
pub fn add(weights: &[u32], input: &[u8], sums: &mut [i32]) {
    imp::add(weights, input, sums);
}
