//! Requantisation with ReLU of all outputs of a layer: [`Requantization::relu`] in a loop.
//!
//! SSE2, which every x86-64 has, cannot multiply four 32-bit integers, so the loop is compiled once per SIMD
//! instruction set. On Arm, compilers neither clamp with `USAT` nor load four accumulators at once: 13 cycles per
//! output on a Cortex-M4, where the assembly takes 8.

#[cfg(any(sinapse_thumb2, sinapse_core = "armv6m"))]
mod args;
#[cfg(any(sinapse_thumb2, sinapse_core = "armv6m"))]
mod arm;
#[cfg(sinapse_core = "armv6m")]
mod armv6m;
#[cfg(sinapse_thumb2)]
mod armv7m;
#[cfg(not(any(sinapse_thumb2, sinapse_core = "armv6m")))]
pub mod portable;

#[cfg(not(any(sinapse_scalar, sinapse_kernel = "reference")))]
use super::simd as imp;
#[cfg(any(sinapse_thumb2, sinapse_core = "armv6m"))]
use arm as imp;
#[cfg(all(any(sinapse_scalar, sinapse_kernel = "reference"), not(any(sinapse_thumb2, sinapse_core = "armv6m"))))]
use portable as imp;

use crate::format::{QuantizedActivation, Requantization};

/// Requantises `levels[o] = min(A, max(0, rescale(accumulators[o])))`, with `A` the maximum level of `E`; both slices
/// have the same length.
#[inline(never)] // shared by all layers of this format
pub fn relu<E: QuantizedActivation>(requantization: &Requantization<'_>, accumulators: &[i32], levels: &mut [u8]) {
    imp::relu::<E>(requantization, accumulators, levels);
}

/// Same result as [`relu`], in a portable loop that is not compiled once per format: for the few layers that the fused
/// loops of columns cannot requantise.
#[cfg(sinapse_dsp)]
#[inline(never)]
pub fn one_by_one(requantization: &Requantization<'_>, accumulators: &[i32], levels: &mut [u8], max_level: u8) {
    for (o, (level, &accumulator)) in levels.iter_mut().zip(accumulators).enumerate() {
        *level = requantization.relu(accumulator, o, max_level);
    }
}
