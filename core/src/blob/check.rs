//! What a layer's numbers must satisfy, so that the hot path needs no checks.

use super::error::LoadError;
use super::shape::{LayerNumbers, LayerShape};
use super::tensors::Tensors;
use crate::cast;
use crate::format::{ActivationKind, Layout, Requantization};

/// No `f32` sum of an accepted network exceeds this, so nothing ever becomes infinite or NaN.
const LARGEST_F32_SUM: f32 = 1e30;

/// Checks the lengths of a layer's tensors.
pub fn lengths(layer: usize, shape: &LayerShape, tensors: &Tensors<'_>) -> Result<(), LoadError> {
    let outputs = usize::from(shape.description.outputs);
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

/// Checks the numbers of a layer of integers: ranges, and that no input takes a sum too far.
#[inline(always)] // once for each order, which callers know
pub fn integers(
    layout: Layout,
    layer: usize,
    shape: &LayerShape,
    numbers: &LayerNumbers<'_>,
    logit_limit: u32,
) -> Result<(), LoadError> {
    let (inputs, outputs) = (usize::from(shape.inputs), usize::from(shape.description.outputs));
    let of_rows = layout.inputs_of_row();
    // Two logits must be subtracted without overflow; other sums have all 31 bits.
    let limit = if shape.rescales { 1 << 31 } else { logit_limit };

    for output in 0..shape.row_outputs {
        let mut magnitude = 0u32;
        for input in 0..inputs.next_multiple_of(of_rows) {
            let bit = layout.index(input % of_rows, output) * usize::from(shape.bits);
            let word = numbers.weights.get(input / of_rows * shape.row_words + bit / 32).copied().unwrap_or_default();
            let code = word >> (bit % 32) & ((1 << shape.bits) - 1);
            let weight = match (layout, output % 2) {
                (Layout::Tiles, 1) => u32::from((code as i8).unsigned_abs()),
                _ => code.abs_diff(u32::from(shape.offset)),
            };
            // Padding, which is zero: outputs that there are not, inputs that there are not.
            let padding = output >= outputs || input >= inputs;
            if weight > u32::from(shape.limit) || (padding && weight != 0) {
                return Err(LoadError::ValueOutOfRange { layer, output });
            }
            magnitude += weight;
        }
        let Some(&bias) = numbers.bias.get(output) else { continue };
        // 65,535 inputs of at most 255 · 127, and 2³¹ for the bias: 32 bits hold it.
        let largest_sum = (bias as i32).unsigned_abs() + u32::from(shape.max_level) * magnitude;
        if largest_sum >= limit {
            return Err(LoadError::SumOverflow { layer, output });
        }
        if shape.rescales && !rescaling_fits(&numbers.requantization, largest_sum, output) {
            return Err(LoadError::RequantizationOverflow { layer, output });
        }
    }
    Ok(())
}

fn rescaling_fits(requantization: &Requantization<'_>, largest_sum: u32, output: usize) -> bool {
    let Requantization { pre_shift, shift, .. } = *requantization;
    if pre_shift > 31 || shift == 0 || shift > 31 {
        return false;
    }
    // A negative sum is shifted towards minus infinity, so its magnitude can be one step more.
    let shifted = (largest_sum >> pre_shift) + 1;
    let multiplier = requantization.multiplier(output).unsigned_abs();
    let product = shifted.checked_mul(multiplier).and_then(|product| product.checked_add(1 << (shift - 1)));
    product.is_some_and(|product| product < 1 << 31)
}

/// Checks a layer of floats whose inputs are at most `input_bound`; returns the bound of its outputs.
pub fn floats(
    layer: usize,
    shape: &LayerShape,
    numbers: &LayerNumbers<'_>,
    input_bound: f32,
) -> Result<f32, LoadError> {
    let (bias, weights) = (cast::same_size::<f32>(numbers.bias), cast::same_size::<f32>(numbers.weights));
    let outputs = bias.len().max(1);
    let mut largest = 0.0f32;
    for (output, bias) in bias.iter().enumerate() {
        let mut magnitude = 0.0f32;
        for column in weights.chunks_exact(outputs) {
            magnitude += column.get(output).map_or(0.0, |weight| weight.abs());
        }
        // NaN and infinities do not compare below the limit.
        if !(bias.is_finite() && magnitude.is_finite()) {
            return Err(LoadError::ValueOutOfRange { layer, output });
        }
        let sum = bias.abs() + magnitude * input_bound;
        if sum >= LARGEST_F32_SUM {
            return Err(LoadError::SumOverflow { layer, output });
        }
        largest = largest.max(sum);
    }
    // Rounding could add a little to every sum; a hundredth is far more than 65,535 roundings of 2⁻²⁴.
    Ok(match shape.description.activation {
        ActivationKind::Sigmoid => 1.0,
        ActivationKind::Relu | ActivationKind::Identity => largest * 1.01,
    })
}
