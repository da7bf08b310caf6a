//! Rounding of parameters to the board's integers.
//!
//! Weight scales and activation steps are learned together with the weights ("Learned step size quantization", Esser et
//! al. 2020).

use rayon::prelude::*;
use sinapse::Description;
use sinapse::format::{ActivationKind, WeightFormat};

use super::layer::{OwnedRequantization, QuantizedLayer};
use super::requantization::choose_requantization;
use crate::linalg::simd::vectorised;
use crate::parameters::{LayerParameters, ParameterLayout};

/// Steps of the sigmoid table per unit of its argument.
const SIGMOID_STEPS: f32 = 16.0;

/// Quantises all layers.
pub fn quantize(description: &Description, layout: &ParameterLayout, parameters: &[f32]) -> Vec<QuantizedLayer> {
    let mut layers = Vec::new();
    quantize_into(description, layout, parameters, false, &mut layers);
    layers
}

/// Quantises all layers into the buffers of an earlier call.
pub fn quantize_into(
    description: &Description,
    layout: &ParameterLayout,
    parameters: &[f32],
    in_parallel: bool,
    layers: &mut Vec<QuantizedLayer>,
) {
    layers.resize_with(layout.layers.len(), QuantizedLayer::default);
    let mut input_step = 1.0 / f32::from(description.input.max_level());
    for (index, (layer, quantized)) in layout.layers.iter().zip(layers).enumerate() {
        let format = description.layers()[index];
        let learned = parameters[layer.log_step.clone()].first().map_or(1.0, |log_step| log_step.exp());
        let output_step = match format.activation {
            ActivationKind::Identity => 1.0,
            ActivationKind::Relu => learned,
            ActivationKind::Sigmoid => 1.0 / f32::from(format.output.max_level()),
        };
        (quantized.input_step, quantized.output_step) = (input_step, output_step);
        quantize_layer(layer, parameters, format.weights, in_parallel, quantized);
        let max_level = description.input_of(index).max_level();
        quantized.requantization = match format.activation {
            ActivationKind::Identity => OwnedRequantization::default(),
            ActivationKind::Relu => choose_requantization(quantized, max_level, 1.0 / output_step),
            ActivationKind::Sigmoid => choose_requantization(quantized, max_level, SIGMOID_STEPS),
        };
        input_step = output_step;
    }
}

/// Quantises weights and biases of a layer whose steps are set.
fn quantize_layer(
    layer: &LayerParameters,
    parameters: &[f32],
    format: WeightFormat,
    in_parallel: bool,
    out: &mut QuantizedLayer,
) {
    let logs = &parameters[layer.log_scales.clone()];
    out.scales.clear();
    out.scales.extend((0..layer.outputs).map(|o| logs[o % logs.len()].exp()));
    let inverse: Vec<f32> = out.scales.iter().map(|scale| 1.0 / scale).collect();
    let limit = format.limit() as f32;
    out.weights.resize(layer.weights.len(), 0.0);
    let real = &parameters[layer.weights.clone()];
    let round = |(quantized, real): (&mut [f32], &[f32])| {
        vectorised(
            #[inline(always)]
            || {
                for (quantized, real) in quantized.chunks_mut(layer.outputs).zip(real.chunks(layer.outputs)) {
                    for ((quantized, real), inverse) in quantized.iter_mut().zip(real).zip(&inverse) {
                        *quantized = (real * inverse).clamp(-limit, limit).round_ties_even();
                    }
                }
            },
        );
    };
    if in_parallel {
        let length = layer.outputs * (32_768 / layer.outputs).max(1);
        out.weights.par_chunks_mut(length).zip(real.par_chunks(length)).for_each(round);
    } else {
        round((&mut out.weights, real));
    }
    // Far from overflow, leaving the rest of the range to the products: the loader proves the exact bound.
    let largest_bias = (1 << 29) as f32;
    out.bias.clear();
    let bias = parameters[layer.bias.clone()].iter().zip(&inverse);
    out.bias.extend(
        bias.map(|(b, inverse)| (b * inverse / out.input_step).clamp(-largest_bias, largest_bias).round() as i32),
    );
}
