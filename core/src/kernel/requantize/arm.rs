//! Calls the assembly loop of an Arm microcontroller.
#![allow(unsafe_code)] // assembly

use super::args::RequantizeArgs;
#[cfg(sinapse_core = "armv6m")]
use super::armv6m as imp;
#[cfg(sinapse_thumb2)]
use super::armv7m as imp;
use crate::format::{QuantizedActivation, Requantization};

/// Same contract as [`relu`](super::relu).
#[inline(always)]
pub fn relu<E: QuantizedActivation>(requantization: &Requantization<'_>, accumulators: &[i32], levels: &mut [u8]) {
    let Requantization { pre_shift, shift, multipliers } = *requantization;
    let (count, per_output) = (accumulators.len(), multipliers.len() != 1);
    // `load` has checked that there is one multiplier per output, or one for the layer.
    if count == 0 || levels.len() != count || per_output && multipliers.len() != count {
        return;
    }
    let args = RequantizeArgs {
        accumulators: accumulators.as_ptr(),
        levels: levels.as_mut_ptr(),
        multiplier_bytes: if per_output { 2 } else { 0 },
        pre_shift: u32::from(pre_shift),
        multipliers: multipliers.as_ptr(),
        half: 1 << (shift - 1),
        shift: u32::from(shift),
        end: accumulators.as_ptr().wrapping_add(count),
    };
    // SAFETY: there are `count` accumulators, levels and multipliers (or one multiplier with a stride of 0), and
    // `count` is not zero.
    unsafe { imp::requantize::<E>(&args) };
}
