//! The board's numbers, from the numbers that training changes, and the way back for gradients.
//!
//! Scales of weights and steps of activations are learned with the rest ("Learned step size quantization",
//! Esser et al. 2020); rounding passes gradients straight through (Bengio et al. 2013).

use rayon::prelude::*;
use sinapse::Description;
use sinapse::activation::ActivationKind;
use sinapse::blob::LayerBytes;
use sinapse::element::ElementFormat;
use sinapse::requantize::Requantization;
use sinapse::weight::WeightFormat;

use crate::linalg::simd::vectorised;
use crate::parameters::{Chunk, LayerLayout, Layout};

/// One layer as the board computes it. Integers are kept as `f32`, which holds them exactly up to 2²⁴.
#[derive(Clone, Debug, Default)]
pub struct QuantizedLayer {
    /// `[IN][OUT]`, integers within the weight format.
    pub weights: Vec<f32>,
    /// `[OUT]`, integers.
    pub bias: Vec<i32>,
    /// Real value of one step of a weight, `[OUT]`.
    pub scales: Vec<f32>,
    /// Real value of one input level.
    pub input_step: f32,
    /// Real value of one output level; 1 for the last layer.
    pub output_step: f32,
    /// From sums to levels; without multipliers in the last layer.
    pub rescaling: Rescaling,
}

/// [`sinapse::requantize::Requantization`], owned.
#[derive(Clone, Debug, Default)]
pub struct Rescaling {
    /// Right shift before the multiplication.
    pub pre_shift: u8,
    /// Right shift after it.
    pub shift: u8,
    /// One for the layer, or one per output; none in a last layer.
    pub multipliers: Vec<[u8; 2]>,
}

impl QuantizedLayer {
    /// The layer's bytes in a blob, for weights of this format and inputs of this one.
    pub fn to_bytes(&self, format: WeightFormat, input: ElementFormat) -> LayerBytes {
        let weights: Vec<i8> = self.weights.iter().map(|&weight| weight as i8).collect();
        LayerBytes {
            pre_shift: self.rescaling.pre_shift,
            shift: self.rescaling.shift,
            multipliers: self.rescaling.multipliers.as_flattened().to_vec(),
            bias: self.bias.iter().flat_map(|bias| bias.to_le_bytes()).collect(),
            weights: LayerBytes::rows(&weights, self.bias.len(), format, input),
        }
    }
}

impl Rescaling {
    /// The same, as the core computes with it.
    pub fn as_core(&self) -> Requantization<'_> {
        Requantization { pre_shift: self.pre_shift, shift: self.shift, multipliers: &self.multipliers }
    }
}

/// Steps of a sigmoid's table per unit of its argument.
const SIGMOID_STEPS: f32 = 16.0;

/// Quantises all layers.
pub fn quantize(description: &Description, layout: &Layout, parameters: &[f32]) -> Vec<QuantizedLayer> {
    let mut layers = Vec::new();
    quantize_into(description, layout, parameters, false, &mut layers);
    layers
}

/// The same, in the buffers of an earlier call.
pub fn quantize_into(
    description: &Description,
    layout: &Layout,
    parameters: &[f32],
    in_parallel: bool,
    layers: &mut Vec<QuantizedLayer>,
) {
    layers.resize_with(layout.layers.len(), QuantizedLayer::default);
    let mut input_step = 1.0 / f32::from(description.input.top_level());
    for (index, (layer, quantized)) in layout.layers.iter().zip(layers).enumerate() {
        let format = description.layers()[index];
        let learned = parameters[layer.log_step.clone()].first().map_or(1.0, |log_step| log_step.exp());
        let output_step = match format.activation {
            ActivationKind::Identity => 1.0,
            ActivationKind::Relu => learned,
            ActivationKind::Sigmoid => 1.0 / f32::from(format.output.top_level()),
        };
        (quantized.input_step, quantized.output_step) = (input_step, output_step);
        quantize_layer(layer, parameters, format.weights, in_parallel, quantized);
        let top_level = description.input_of(index).top_level();
        quantized.rescaling = match format.activation {
            ActivationKind::Identity => Rescaling::default(),
            ActivationKind::Relu => rescaling_of(quantized, top_level, 1.0 / output_step),
            ActivationKind::Sigmoid => rescaling_of(quantized, top_level, SIGMOID_STEPS),
        };
        input_step = output_step;
    }
}

/// Weights, biases and scales of a layer whose steps are set.
fn quantize_layer(
    layer: &LayerLayout,
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
    // Far from overflow, and what is left of the range is for the sums: the loader proves it exactly.
    let largest_bias = (1 << 29) as f32;
    out.bias.clear();
    let bias = parameters[layer.bias.clone()].iter().zip(&inverse);
    out.bias.extend(
        bias.map(|(b, inverse)| (b * inverse / out.input_step).clamp(-largest_bias, largest_bias).round() as i32),
    );
}

/// The shifts and multipliers nearest to a scale of `per_unit` steps per real unit, within 31 bits for every input.
fn rescaling_of(layer: &QuantizedLayer, top_level: u8, per_unit: f32) -> Rescaling {
    let largest_sum = largest_sum(layer, top_level);
    let pre_shift = (64 - largest_sum.leading_zeros()).saturating_sub(16).min(15) as u8;
    let ratios: Vec<f64> = layer.scales.iter().map(|scale| f64::from(scale * layer.input_step * per_unit)).collect();
    let same = ratios.iter().all(|ratio| *ratio == ratios[0]);
    let largest_ratio = ratios.iter().fold(1e-30, |a: f64, b| a.max(*b)) * f64::from(1u32 << pre_shift);
    // The largest multiplier gets 14 to 15 bits, less where the product would leave 31 bits.
    let room = f64::from((1u32 << 31) - (1 << 30)) / ((largest_sum >> pre_shift) + 2) as f64;
    let largest_multiplier = room.min(32_767.0);
    let shift = (largest_multiplier / largest_ratio).log2().floor().clamp(1.0, 30.0);
    let multiplier = |ratio: f64| {
        let multiplier = ratio * f64::from(1u32 << pre_shift) * 2f64.powf(shift);
        multiplier.round().clamp(1.0, largest_multiplier.max(1.0)) as u16
    };
    let count = if same { 1 } else { ratios.len() };
    Rescaling {
        pre_shift,
        shift: shift as u8,
        multipliers: ratios[..count].iter().map(|ratio| multiplier(*ratio).to_le_bytes()).collect(),
    }
}

/// `max_o |b[o]| + A · Σ_i |w[i][o]|`.
fn largest_sum(layer: &QuantizedLayer, top_level: u8) -> u64 {
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
    bounds.map(|(m, b)| u64::from(b.unsigned_abs()) + u64::from(top_level) * *m as u64).max().unwrap_or(0)
}

/// What a batch shows of a layer.
#[derive(Clone, Debug)]
pub struct Activity {
    /// What hardly any of its outputs exceeds.
    pub top: f32,
    /// Mean square of each input; empty where all count the same.
    pub input_squares: Vec<f32>,
}

/// First scales and steps: weights at the least squared error, activations at what a batch of hidden sums shows.
pub fn initialize_scales(description: &Description, layout: &Layout, parameters: &mut [f32], activities: &[Activity]) {
    for (index, (layer, activity)) in layout.layers.iter().zip(activities).enumerate() {
        let limit = description.layers()[index].weights.limit() as f32;
        let count = layer.log_scales.len();
        for o in 0..count {
            let weights = parameters[layer.weights.clone()].iter().enumerate();
            let of_scale = weights.filter(|(position, _)| count == 1 || position % layer.outputs == o);
            let share = |position: usize| activity.input_squares.get(position / layer.outputs).copied().unwrap_or(1.0);
            let weights: Vec<(f32, f32)> = of_scale.map(|(position, weight)| (*weight, share(position))).collect();
            parameters[layer.log_scales.start + o] = best_scale(&weights, limit).ln();
        }
        if let Some(log_step) = parameters[layer.log_step.clone()].first_mut() {
            let top_level = f32::from(description.layers()[index].output.top_level());
            *log_step = (activity.top / top_level).max(1e-6).ln();
        }
    }
}

/// The scale, among fractions of the largest weight, that rounds weights with the least squared error, each error
/// times the weight's share.
fn best_scale(weights: &[(f32, f32)], limit: f32) -> f32 {
    let largest = weights.iter().fold(1e-6f32, |a, (weight, _)| a.max(weight.abs()));
    let error = |scale: f32| -> f32 {
        let rounded = |w: f32| (w / scale).clamp(-limit, limit).round() * scale;
        weights.iter().map(|&(w, share)| share * (w - rounded(w)).powi(2)).sum()
    };
    let scales = (4..=20).map(|part| largest * part as f32 / 20.0 / limit);
    scales.min_by(|a, b| error(*a).total_cmp(&error(*b))).unwrap_or(largest / limit)
}

/// Brings the weights of a chunk back into the range of their format, and `pull` times their distance nearer to the
/// integers that they are rounded to, in steps.
///
/// A weight whose best value lies between two integers swings across the middle otherwise, and the last step decides
/// ("Overcoming oscillations in quantization-aware training", Nagel et al. 2022).
pub fn settle(chunk: &Chunk, format: WeightFormat, quantized: &QuantizedLayer, pull: f32, real: &mut [f32]) {
    let limit = format.limit() as f32;
    let outputs = quantized.bias.len();
    let scales = &quantized.scales[..outputs];
    let rounded = &quantized.weights[chunk.inputs.start * outputs..chunk.inputs.end * outputs];
    vectorised(
        #[inline(always)]
        || {
            for (real, rounded) in real.chunks_exact_mut(outputs).zip(rounded.chunks_exact(outputs)) {
                for o in 0..outputs {
                    let away = (real[o] / scales[o] - rounded[o]).clamp(-0.5, 0.5);
                    real[o] = (real[o] - pull * away).clamp(-limit * scales[o], limit * scales[o]);
                }
            }
        },
    );
}

/// Turns the gradient of the *quantised* weights of a chunk into one of the weights, in place, and adds that of the
/// scales to `by_scale`, `[OUT]`.
///
/// Within the range the rounding is passed straight through; beyond it a weight has a gradient inwards alone where
/// scales are fixed, none where they are learned: then its scale has.
pub fn through_rounding(
    chunk: &Chunk,
    format: WeightFormat,
    quantized: &QuantizedLayer,
    real: &[f32],
    gradient: &mut [f32],
    by_scale: &mut [f32],
    learned: bool,
) {
    let limit = format.limit() as f32;
    let outputs = quantized.bias.len();
    let rounded = &quantized.weights[chunk.inputs.start * outputs..chunk.inputs.end * outputs];
    vectorised(
        #[inline(always)]
        || {
            let inverse: Vec<f32> = quantized.scales.iter().map(|scale| 1.0 / scale).collect();
            let (inverse, by_scale) = (&inverse[..outputs], &mut by_scale[..outputs]);
            let columns = real.chunks_exact(outputs).zip(gradient.chunks_exact_mut(outputs));
            for ((real, gradient), rounded) in columns.zip(rounded.chunks_exact(outputs)) {
                for o in 0..outputs {
                    let steps = real[o] * inverse[o];
                    let inside = steps.abs() <= limit;
                    let slope = gradient[o] * quantized.input_step; // the products were taken with levels
                    by_scale[o] += slope * (rounded[o] - if inside { steps } else { 0.0 });
                    let inwards = !learned & (slope * steps > 0.0);
                    gradient[o] = if inside | inwards { slope } else { 0.0 };
                }
            }
        },
    );
}

#[cfg(test)]
mod tests {
    use super::*;

    const CHUNK: usize = 3;

    fn chunk() -> Chunk {
        Chunk { layer: 0, inputs: 0..CHUNK, weights: 0..CHUNK }
    }

    /// One output of three inputs, weights in steps of 0.5.
    fn layer(weights: [f32; CHUNK]) -> QuantizedLayer {
        let (weights, bias, scales) = (weights.to_vec(), vec![0], vec![0.5]);
        QuantizedLayer { weights, bias, scales, input_step: 1.0, output_step: 1.0, ..QuantizedLayer::default() }
    }

    #[test]
    fn weights_settle_at_their_integers_and_within_their_range() {
        let mut real = [0.6, -0.9, 9.0];
        settle(&chunk(), WeightFormat::I4, &layer([1.0, -2.0, 7.0]), 0.1, &mut real);
        assert!((real[0] - 0.58).abs() < 1e-6 && (real[1] + 0.92).abs() < 1e-6, "{real:?}");
        assert_eq!(real[2], 3.5);
    }

    #[test]
    fn a_weight_beyond_its_range_comes_back_where_scales_are_fixed() {
        let slopes = |learned: bool| {
            let (mut gradient, mut by_scale) = ([1.0, 1.0, -1.0], [0.0]);
            let quantized = layer([0.0, 7.0, 7.0]);
            let real = [0.1, 4.0, 4.0];
            through_rounding(&chunk(), WeightFormat::I4, &quantized, &real, &mut gradient, &mut by_scale, learned);
            gradient
        };
        assert_eq!((slopes(true), slopes(false)), ([1.0, 0.0, 0.0], [1.0, 1.0, 0.0]));
    }

    #[test]
    fn weights_of_inputs_that_are_dark_do_not_widen_the_scale() {
        let weights = |share: f32| [(0.7, 1.0), (-0.4, 1.0), (0.2, 1.0), (4.0, share)];
        assert!(best_scale(&weights(0.0), 7.0) < 0.5 * best_scale(&weights(1.0), 7.0));
    }
}
