//! Checks of a layer's numbers at load time, which prove that the hot path needs none.

use super::error::LoadError;
use super::shape::{LayerNumbers, LayerShape};
use super::tensors::Tensors;
use crate::cast;
use crate::format::{ActivationKind, Layout, Requantization};

/// Bound of all `f32` accumulators in an accepted network, so that none ever becomes infinite or NaN.
const MAX_F32_ACCUMULATOR: f32 = 1e30;

/// Checks the lengths of a layer's tensors.
pub fn lengths(layer: usize, shape: &LayerShape, tensors: &Tensors<'_>) -> Result<(), LoadError> {
    let outputs = shape.accumulators();
    let multipliers = match (shape.rescales, tensors.multipliers.len()) {
        (true, 2) => 2,
        (true, _) => 2 * outputs,
        (false, _) => 0,
    };
    let lengths = [
        (tensors.multipliers, multipliers),
        (tensors.bias, 4 * outputs),
        (tensors.weights, shape.words.saturating_mul(4)),
    ];
    for (found, expected) in lengths {
        let found = found.len();
        if found != expected {
            return Err(LoadError::WrongTensorLength { layer, found, expected });
        }
    }
    Ok(())
}

/// Checks the numbers of an integer layer: every weight and bit of padding is in range, and for every output
/// `S = |b| + A·Σ|w|` is below the limit and survives requantisation, so that no input overflows an accumulator.
#[inline(always)] // one copy for each layout, which callers know at compile time
pub fn integers(
    layout: Layout,
    layer: usize,
    shape: &LayerShape,
    numbers: &LayerNumbers<'_>,
    logit_limit: u32,
) -> Result<(), LoadError> {
    let (inputs, outputs) = (usize::from(shape.inputs), shape.accumulators());
    let row_inputs = layout.inputs_of_row();
    // Logits have a lower limit, so that the difference of two cannot overflow.
    let limit = if shape.rescales { 1 << 31 } else { logit_limit };

    for output in 0..shape.row_outputs {
        let mut magnitude = 0u32;
        for input in 0..inputs.next_multiple_of(row_inputs) {
            let bit = layout.index(input % row_inputs, output) * usize::from(shape.bits);
            let word =
                numbers.weights.get(input / row_inputs * shape.row_words + bit / 32).copied().unwrap_or_default();
            let code = word >> (bit % 32) & ((1 << shape.bits) - 1);
            let weight = match (layout, output % 2) {
                (Layout::Tiles, 1) => u32::from((code as i8).unsigned_abs()),
                _ => code.abs_diff(u32::from(shape.offset)),
            };
            // Weights to outputs or from inputs that do not exist are padding and must be zero.
            let is_padding = output >= outputs || input >= inputs;
            if weight > u32::from(shape.limit) || (is_padding && weight != 0) {
                return Err(LoadError::ValueOutOfRange { layer, output });
            }
            magnitude += weight;
        }
        let Some(&bias) = numbers.bias.get(output) else { continue };
        // Fits 32 bits: 65,535 inputs contribute at most 255 · 127 each, and the bias at most 2³¹.
        let max_sum = (bias as i32).unsigned_abs() + u32::from(shape.max_level) * magnitude;
        if max_sum >= limit {
            return Err(LoadError::SumOverflow { layer, output });
        }
        if shape.rescales && !rescaling_fits(&numbers.requantization, max_sum, output) {
            return Err(LoadError::RequantizationOverflow { layer, output });
        }
    }
    Ok(())
}

/// Returns true if requantisation of all accumulators up to `max_sum` in magnitude fits 31 bits.
fn rescaling_fits(requantization: &Requantization<'_>, max_sum: u32, output: usize) -> bool {
    let Requantization { pre_shift, shift, .. } = *requantization;
    if pre_shift > 31 || shift == 0 || shift > 31 {
        return false;
    }
    // A right shift rounds a negative accumulator towards −∞, so its magnitude can come out larger by one.
    let shifted = (max_sum >> pre_shift) + 1;
    let multiplier = requantization.multiplier(output).unsigned_abs();
    let product = shifted.checked_mul(multiplier).and_then(|product| product.checked_add(1 << (shift - 1)));
    product.is_some_and(|product| product < 1 << 31)
}

/// Checks an `f32` layer whose inputs are at most `input_bound` in magnitude; returns the same bound of its outputs.
pub fn floats(
    layer: usize,
    shape: &LayerShape,
    numbers: &LayerNumbers<'_>,
    input_bound: f32,
) -> Result<f32, LoadError> {
    let (bias, weights) = (cast::same_size::<f32>(numbers.bias), cast::same_size::<f32>(numbers.weights));
    let outputs = bias.len().max(1);
    let mut max_sum = 0.0f32;
    for (output, bias) in bias.iter().enumerate() {
        let mut magnitude = 0.0f32;
        for column in weights.chunks_exact(outputs) {
            magnitude += column.get(output).map_or(0.0, |weight| weight.abs());
        }
        // The sum of magnitudes is finite only if every weight is.
        if !(bias.is_finite() && magnitude.is_finite()) {
            return Err(LoadError::ValueOutOfRange { layer, output });
        }
        let sum = bias.abs() + magnitude * input_bound;
        if sum >= MAX_F32_ACCUMULATOR {
            return Err(LoadError::SumOverflow { layer, output });
        }
        max_sum = max_sum.max(sum);
    }
    // The margin of 1 % covers rounding: 65,535 additions, each with a relative error of 2⁻²⁴, add up to less.
    Ok(match shape.description.activation {
        ActivationKind::Sigmoid => 1.0,
        ActivationKind::Relu | ActivationKind::Identity => max_sum * 1.01,
    })
}
