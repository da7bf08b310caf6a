//! Requantisation loop in Rust, for every machine.

use crate::format::{QuantizedActivation, Requantization};

/// Same contract as [`relu`](super::relu).
#[inline(always)]
pub fn relu<E: QuantizedActivation>(requantization: &Requantization<'_>, accumulators: &[i32], levels: &mut [u8]) {
    let relu = |a: i32, multiplier: [u8; 2]| {
        requantization.relu_by(a, i32::from(u16::from_le_bytes(multiplier)), E::FORMAT.max_level())
    };
    let multipliers = requantization.multipliers;
    // Decided once, outside of the loop: one multiplier for the layer, or one per output.
    if let &[one] = multipliers {
        levels.iter_mut().zip(accumulators).for_each(|(level, &a)| *level = relu(a, one));
    } else {
        let each = accumulators.iter().zip(multipliers);
        levels.iter_mut().zip(each).for_each(|(level, (&a, &multiplier))| *level = relu(a, multiplier));
    }
}
