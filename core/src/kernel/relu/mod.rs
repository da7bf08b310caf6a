//! From sums to levels, all outputs of a layer: [`Requantization::relu`] in a loop.
//!
//! Arm's compilers neither clamp with `USAT` nor load four sums at once: 13 cycles an output on a Cortex-M4, where the
//! assembly takes 8.

#[cfg(any(sinapse_core = "armv7m", sinapse_core = "armv7em"))]
mod armv7m;
mod portable;

#[cfg(any(sinapse_core = "armv7m", sinapse_core = "armv7em"))]
use armv7m as imp;
#[cfg(not(any(sinapse_core = "armv7m", sinapse_core = "armv7em")))]
use portable as imp;

use crate::element::Level;
use crate::requantize::Requantization;

/// `levels[o] = min(A, max(0, rescale(sums[o])))`, as many as there are of both, with `A` of the format `E`.
#[inline(always)]
pub fn relu<E: Level>(requantization: &Requantization<'_>, sums: &[i32], levels: &mut [u8]) {
    imp::relu::<E>(requantization, sums, levels);
}
