//! From sums to levels, all outputs of a layer: [`Requantization::relu`] in a loop.
//!
//! What every x86-64 has cannot multiply four numbers of 32 bits: the loop is compiled for each set of vectors. Arm's compilers
//! neither clamp with `USAT` nor load four sums at once: 13 cycles an output on a Cortex-M4, where the assembly takes 8.

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

/// `levels[o] = min(A, max(0, rescale(accumulators[o])))`, as many as there are of both, with `A` of the format `E`.
#[inline(never)] // all layers of this format share it
pub fn relu<E: QuantizedActivation>(requantization: &Requantization<'_>, accumulators: &[i32], levels: &mut [u8]) {
    imp::relu::<E>(requantization, accumulators, levels);
}

/// As [`relu`], in the loop that suits every machine, and that needs no copy for each format: for what other loops leave.
#[cfg(sinapse_dsp)]
#[inline(never)]
pub fn one_by_one(requantization: &Requantization<'_>, accumulators: &[i32], levels: &mut [u8], max_level: u8) {
    for (o, (level, &sum)) in levels.iter_mut().zip(accumulators).enumerate() {
        *level = requantization.relu(sum, o, max_level);
    }
}
