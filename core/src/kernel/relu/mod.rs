//! From sums to levels, all outputs of a layer: [`Requantization::relu`] in a loop.
//!
//! Arm's compilers neither clamp with `USAT` nor load four sums at once: 13 cycles an output on a Cortex-M4, where the
//! assembly takes 8.

#[cfg(sinapse_thumb2)]
mod armv7m;
#[cfg(not(sinapse_thumb2))]
mod portable;

#[cfg(sinapse_thumb2)]
use armv7m as imp;
#[cfg(not(sinapse_thumb2))]
use portable as imp;

use crate::element::Level;
use crate::requantize::Requantization;

/// `levels[o] = min(A, max(0, rescale(sums[o])))`, as many as there are of both, with `A` of the format `E`.
#[inline(never)] // all layers of this format share it
pub fn relu<E: Level>(requantization: &Requantization<'_>, sums: &[i32], levels: &mut [u8]) {
    imp::relu::<E>(requantization, sums, levels);
}
