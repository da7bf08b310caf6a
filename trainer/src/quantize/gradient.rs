//! Gradients through the rounding of weights: the straight-through estimator (Bengio et al. 2013), and damping.

use sinapse::format::WeightFormat;

use super::layer::QuantizedLayer;
use crate::linalg::simd::vectorised;
use crate::parameters::Chunk;

/// Clamps the weights of a chunk to the range of their format and moves them `pull` times their rounding error towards
/// the integers that they round to.
///
/// Otherwise a weight whose optimum lies between two integers oscillates across the rounding threshold, and the last
/// step decides ("Overcoming oscillations in quantization-aware training", Nagel et al. 2022).
pub fn dampen(chunk: &Chunk, format: WeightFormat, quantized: &QuantizedLayer, pull: f32, real: &mut [f32]) {
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

/// Turns the gradient of the *quantised* weights of a chunk into that of the real weights, in place, and adds that of
/// the scales to `scale_gradients`, `[OUT]`.
///
/// Within the range, rounding passes the gradient straight through. Beyond it, with fixed scales, only gradients that
/// point inwards pass; with learned scales none do, and the scale has the gradient instead.
pub fn straight_through(
    chunk: &Chunk,
    format: WeightFormat,
    quantized: &QuantizedLayer,
    real: &[f32],
    gradient: &mut [f32],
    scale_gradients: &mut [f32],
    learned: bool,
) {
    let limit = format.limit() as f32;
    let outputs = quantized.bias.len();
    let rounded = &quantized.weights[chunk.inputs.start * outputs..chunk.inputs.end * outputs];
    vectorised(
        #[inline(always)]
        || {
            let inverse: Vec<f32> = quantized.scales.iter().map(|scale| 1.0 / scale).collect();
            let (inverse, scale_gradients) = (&inverse[..outputs], &mut scale_gradients[..outputs]);
            let columns = real.chunks_exact(outputs).zip(gradient.chunks_exact_mut(outputs));
            for ((real, gradient), rounded) in columns.zip(rounded.chunks_exact(outputs)) {
                for o in 0..outputs {
                    let steps = real[o] * inverse[o];
                    let inside = steps.abs() <= limit;
                    let passed = gradient[o] * quantized.input_step; // the products were computed with levels
                    scale_gradients[o] += passed * (rounded[o] - if inside { steps } else { 0.0 });
                    let inwards = !learned & (passed * steps > 0.0);
                    gradient[o] = if inside | inwards { passed } else { 0.0 };
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

    /// One output with three inputs, weights in steps of 0.5.
    fn layer(weights: [f32; CHUNK]) -> QuantizedLayer {
        let (weights, bias, scales) = (weights.to_vec(), vec![0], vec![0.5]);
        QuantizedLayer { weights, bias, scales, input_step: 1.0, output_step: 1.0, ..QuantizedLayer::default() }
    }

    #[test]
    fn damping_moves_weights_to_their_integers_and_into_their_range() {
        let mut real = [0.6, -0.9, 9.0];
        dampen(&chunk(), WeightFormat::I4, &layer([1.0, -2.0, 7.0]), 0.1, &mut real);
        assert!((real[0] - 0.58).abs() < 1e-6 && (real[1] + 0.92).abs() < 1e-6, "{real:?}");
        assert_eq!(real[2], 3.5);
    }

    #[test]
    fn a_weight_beyond_its_range_returns_if_scales_are_fixed() {
        let gradients = |learned: bool| {
            let (mut gradient, mut scale_gradients) = ([1.0, 1.0, -1.0], [0.0]);
            let quantized = layer([0.0, 7.0, 7.0]);
            let real = [0.1, 4.0, 4.0];
            straight_through(
                &chunk(),
                WeightFormat::I4,
                &quantized,
                &real,
                &mut gradient,
                &mut scale_gradients,
                learned,
            );
            gradient
        };
        assert_eq!((gradients(true), gradients(false)), ([1.0, 0.0, 0.0], [1.0, 1.0, 0.0]));
    }
}
