//! The loop in Rust, for every machine.

use crate::format::{Level, Requantization};

/// As [`relu`](super::relu).
#[inline(always)]
pub fn relu<E: Level>(requantization: &Requantization<'_>, sums: &[i32], levels: &mut [u8]) {
    let relu = |a: i32, multiplier: [u8; 2]| {
        requantization.relu_by(a, i32::from(u16::from_le_bytes(multiplier)), E::FORMAT.top_level())
    };
    let multipliers = requantization.multipliers;
    // The question how many multipliers there are is asked once.
    if let &[one] = multipliers {
        levels.iter_mut().zip(sums).for_each(|(level, &a)| *level = relu(a, one));
    } else {
        let each = sums.iter().zip(multipliers);
        levels.iter_mut().zip(each).for_each(|(level, (&a, &multiplier))| *level = relu(a, multiplier));
    }
}
