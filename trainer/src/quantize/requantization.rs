//! Integer multipliers and shifts from accumulators to levels.

use super::layer::{OwnedRequantization, QuantizedLayer};
use crate::linalg::simd::vectorised;

/// Chooses the shifts and multipliers nearest to `per_unit` steps per real unit, within 31 bits for every input.
pub fn choose_requantization(layer: &QuantizedLayer, max_level: u8, per_unit: f32) -> OwnedRequantization {
    let largest_accumulator = largest_accumulator(layer, max_level);
    let pre_shift = (64 - largest_accumulator.leading_zeros()).saturating_sub(16).min(15) as u8;
    let ratios: Vec<f64> = layer.scales.iter().map(|scale| f64::from(scale * layer.input_step * per_unit)).collect();
    let same = ratios.iter().all(|ratio| *ratio == ratios[0]);
    let largest_ratio = ratios.iter().fold(1e-30, |a: f64, b| a.max(*b)) * f64::from(1u32 << pre_shift);
    // The largest multiplier has 14 to 15 bits, fewer if the product would exceed 31 bits.
    let headroom = f64::from((1u32 << 31) - (1 << 30)) / ((largest_accumulator >> pre_shift) + 2) as f64;
    let largest_multiplier = headroom.min(32_767.0);
    let shift = (largest_multiplier / largest_ratio).log2().floor().clamp(1.0, 30.0);
    let multiplier = |ratio: f64| {
        let multiplier = ratio * f64::from(1u32 << pre_shift) * 2f64.powf(shift);
        multiplier.round().clamp(1.0, largest_multiplier.max(1.0)) as u16
    };
    let count = if same { 1 } else { ratios.len() };
    OwnedRequantization {
        pre_shift,
        shift: shift as u8,
        multipliers: ratios[..count].iter().map(|ratio| multiplier(*ratio).to_le_bytes()).collect(),
    }
}

/// The bound `max_o |b[o]| + A · Σ_i |w[i][o]|` on every accumulator, for inputs up to level `A`.
fn largest_accumulator(layer: &QuantizedLayer, max_level: u8) -> u64 {
    let outputs = layer.bias.len();
    let mut magnitudes = vec![0.0f32; outputs];
    vectorised(
        #[inline(always)]
        || {
            for column in layer.weights.chunks_exact(outputs) {
                for (magnitude, weight) in magnitudes.iter_mut().zip(column) {
                    *magnitude += weight.abs();
                }
            }
        },
    );
    let bounds = magnitudes.iter().zip(&layer.bias);
    bounds.map(|(m, b)| u64::from(b.unsigned_abs()) + u64::from(max_level) * *m as u64).max().unwrap_or(0)
}
