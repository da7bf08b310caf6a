//! The loop in Rust, for every machine.

use crate::element::Level;
use crate::requantize::Requantization;

/// As [`relu`](super::relu).
#[inline(always)]
pub fn relu<E: Level>(requantization: &Requantization<'_>, sums: &[i32], levels: &mut [u8]) {
    let &Requantization { pre_shift, shift, multipliers } = requantization;
    let half = 1 << (shift - 1);
    let relu = |a: i32, multiplier: [u8; 2]| {
        let multiplier = i32::from(u16::from_le_bytes(multiplier));
        (((a.max(0) >> pre_shift) * multiplier + half) >> shift).min(i32::from(E::FORMAT.top_level())) as u8
    };
    // The question how many multipliers there are is asked once.
    if let &[one] = multipliers {
        levels.iter_mut().zip(sums).for_each(|(level, &a)| *level = relu(a, one));
    } else {
        let each = sums.iter().zip(multipliers);
        levels.iter_mut().zip(each).for_each(|(level, (&a, &multiplier))| *level = relu(a, multiplier));
    }
}
