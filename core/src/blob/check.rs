//! What a layer's numbers must satisfy, so that the hot path needs no checks.

use super::{LayerView, LoadError};
use crate::activation::ActivationKind;
use crate::cast;
use crate::requantize::Requantization;
use crate::weight::{I2, I4, I8, Weight, WeightFormat};

/// No `f32` sum of an accepted network exceeds this, so nothing ever becomes infinite or NaN.
const LARGEST_F32_SUM: f32 = 1e30;

/// Checks a layer whose `f32` inputs are at most `input_bound`; returns the bound of its outputs.
///
/// `weights` is the format in the description; where it is known at compile time, the other formats' checks are left out of
/// the program, and with them the floats of an integer network.
#[inline(always)]
pub fn layer(
    view: &LayerView<'_>,
    weights: WeightFormat,
    multiplier_bytes: usize,
    input_bound: f32,
) -> Result<f32, LoadError> {
    lengths(view, multiplier_bytes)?;
    match weights {
        WeightFormat::F32 => return real_layer(view, input_bound),
        WeightFormat::I8 => integer_layer::<I8>(view)?,
        WeightFormat::I4 => integer_layer::<I4>(view)?,
        WeightFormat::I2 => integer_layer::<I2>(view)?,
    }
    Ok(input_bound)
}

fn lengths(view: &LayerView<'_>, multiplier_bytes: usize) -> Result<(), LoadError> {
    let outputs = usize::from(view.description.outputs);
    let wrong = |found, expected| Err(LoadError::WrongTensorLength { layer: view.layer, found, expected });
    if rescales(view) {
        if multiplier_bytes != 2 && multiplier_bytes != 2 * outputs {
            return wrong(multiplier_bytes, 2 * outputs);
        }
    } else if multiplier_bytes != 0 {
        return wrong(multiplier_bytes, 0);
    }
    if view.bias.len() != 4 * outputs {
        return wrong(view.bias.len(), 4 * outputs);
    }
    // Both factors are below 2¹⁸, so this cannot overflow 64 bits; on 32 bits a blob of that size does not exist.
    let format = view.description.weights;
    let expected = format.rows(view.input, view.inputs) as u64 * format.row_bytes(view.input, outputs) as u64;
    if view.weights.len() as u64 != expected {
        return wrong(view.weights.len(), usize::try_from(expected).unwrap_or(usize::MAX));
    }
    if cast::numbers::<i32>(view.bias).is_none() || cast::numbers::<i32>(view.weights).is_none() {
        return Err(LoadError::Misaligned { layer: view.layer });
    }
    Ok(())
}

/// Whether the layer's sums become levels.
fn rescales(view: &LayerView<'_>) -> bool {
    view.description.activation != ActivationKind::Identity && view.description.weights != WeightFormat::F32
}

fn integer_layer<W: Weight<Value = i32, Cell = u32>>(view: &LayerView<'_>) -> Result<(), LoadError> {
    let layer = view.layer;
    let outputs = usize::from(view.description.outputs);
    let bias = cast::numbers::<i32>(view.bias).unwrap_or_default();
    let weights = cast::numbers::<u32>(view.weights).unwrap_or_default();
    let row_words = W::row_cells(view.input, outputs);
    let order = W::FORMAT.order(view.input);
    // Outputs that a row has room for.
    let lanes = row_words * 32 / W::FORMAT.bits() as usize / order.inputs_of_row();
    let top_level = u64::from(view.input.top_level());
    // Two logits must be subtracted without overflow; other sums have all 31 bits.
    let limit = if rescales(view) { 1 << 31 } else { 1 << 30 };

    for output in 0..lanes {
        let mut magnitude = 0u64;
        let mut input = 0;
        for row in weights.chunks_exact(row_words.max(1)) {
            for of_row in 0..order.inputs_of_row() {
                let weight = W::of(row, order, of_row, output).unsigned_abs();
                // Padding, which is zero: outputs that there are not, inputs that there are not.
                let padding = output >= outputs || input >= view.inputs;
                if weight > W::FORMAT.limit().unsigned_abs() || (padding && weight != 0) {
                    return Err(LoadError::ValueOutOfRange { layer, output });
                }
                magnitude += u64::from(weight);
                input += 1;
            }
        }
        let Some(bias) = bias.get(output) else { continue };
        let largest_sum = u64::from(bias.unsigned_abs()) + top_level * magnitude;
        if largest_sum >= limit {
            return Err(LoadError::SumOverflow { layer, output });
        }
        if rescales(view) && !rescaling_fits(&view.requantization, largest_sum, output) {
            return Err(LoadError::RequantizationOverflow { layer, output });
        }
    }
    Ok(())
}

fn rescaling_fits(requantization: &Requantization<'_>, largest_sum: u64, output: usize) -> bool {
    let Requantization { pre_shift, shift, .. } = *requantization;
    if pre_shift > 31 || shift == 0 || shift > 31 {
        return false;
    }
    // A negative sum is shifted towards minus infinity, so its magnitude can be one step more.
    let shifted = (largest_sum >> pre_shift) + 1;
    let product = shifted * u64::from(requantization.multiplier(output).unsigned_abs());
    product + (1 << (shift - 1)) < 1 << 31
}

fn real_layer(view: &LayerView<'_>, input_bound: f32) -> Result<f32, LoadError> {
    let layer = view.layer;
    let bias = cast::numbers::<f32>(view.bias).unwrap_or_default();
    let weights = cast::numbers::<f32>(view.weights).unwrap_or_default();
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
    Ok(match view.description.activation {
        ActivationKind::Sigmoid => 1.0,
        ActivationKind::Relu | ActivationKind::Identity => largest * 1.01,
    })
}
