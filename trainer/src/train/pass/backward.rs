//! Loss of one block, and its gradients back to the accumulators of every layer.

use sinapse::activation::ActivationKind;

use super::dropout::Dropout;
use super::forward::Pass;
use super::input::Input;
use super::loss::Loss;
use super::weights::Weights;
use crate::linalg::gemm::{Matrix, multiply};
use crate::linalg::simd::vectorised;

impl Pass {
    /// Loss of the images, and the slopes of all sums, as their part of a batch of `batch` images.
    pub fn run(&mut self, weights: Weights<'_>, input: &Input, loss: Loss, batch: usize, dropout: Option<Dropout>) {
        self.forward(weights, input, dropout);
        let last = weights.layout.layers.len() - 1;
        let step = weights.quantized.map_or(1.0, |layers| layers[last].scales[0] * layers[last].input_step);
        self.deltas[last].resize(self.sums[last].len(), 0.0);
        self.loss = loss.slopes(&self.sums[last], step, input, batch, &mut self.deltas[last]);
        let kept = 1.0 - dropout.map_or(0.0, |dropout| dropout.rate);
        self.backward(weights, input.labels.len(), kept, loss.activity / batch as f32);
    }

    fn backward(&mut self, weights: Weights<'_>, count: usize, kept: f32, price: f32) {
        for index in (1..weights.layout.layers.len()).rev() {
            let layer = &weights.layout.layers[index];
            let mut before = std::mem::take(&mut self.deltas[index - 1]);
            let delta = &self.deltas[index];
            let scaled: Vec<f32>;
            let delta = match weights.quantized {
                None => delta,
                Some(layers) => {
                    let scales = &layers[index].scales;
                    let rows = delta.chunks_exact(layer.outputs);
                    scaled = rows.flat_map(|row| row.iter().zip(scales).map(|(delta, scale)| delta * scale)).collect();
                    &scaled
                }
            };
            before.resize(count * layer.inputs, 0.0);
            let matrix = Matrix::new(weights.matrix(index), layer.inputs, layer.outputs);
            multiply(Matrix::new(delta, count, layer.outputs), matrix.transposed(), &mut before, false);
            self.through_activation(weights, index - 1, kept, price, &mut before);
            self.deltas[index - 1] = before;
        }
    }

    /// Turns `∂loss/∂output` of layer `index` into `∂loss/∂(real sum)`, in place; the step's slope on the way.
    fn through_activation(&mut self, weights: Weights<'_>, index: usize, kept: f32, price: f32, delta: &mut [f32]) {
        let layer = &weights.layout.layers[index];
        let format = weights.description.layers()[index];
        let outputs = &self.outputs[index];
        let Some(layers) = weights.quantized else {
            // What dropout has left out is zero, as what the ReLU has cut is: neither has a slope.
            let open = 1.0 / kept;
            vectorised(
                #[inline(always)]
                || match format.activation {
                    ActivationKind::Relu => {
                        delta.iter_mut().zip(outputs).for_each(|(delta, y)| *delta *= if *y > 0.0 { open } else { 0.0 })
                    }
                    ActivationKind::Sigmoid => {
                        delta.iter_mut().zip(outputs).for_each(|(delta, y)| *delta *= y * (1.0 - y))
                    }
                    ActivationKind::Identity => {}
                },
            );
            return;
        };
        let quantized = &layers[index];
        let top = f32::from(format.output.top_level());
        if format.activation == ActivationKind::Sigmoid {
            for (delta, level) in delta.iter_mut().zip(outputs) {
                let y = level / top;
                // At the ends the rounded slope is zero for ever; the table's own end slope keeps the neuron alive.
                *delta *= (y * (1.0 - y)).max(0.002);
            }
            return;
        }
        let ratio = |scale: &f32| scale * quantized.input_step / quantized.output_step;
        let ratios: Vec<f32> = quantized.scales.iter().map(ratio).collect();
        let mut by_step = vec![0.0f32; layer.outputs];
        // Per level, not per unit: a network could grow its steps otherwise, and be as active as before.
        let price = price / (top * quantized.output_step);
        vectorised(
            #[inline(always)]
            || {
                let width = layer.outputs;
                let (ratios, by_step) = (&ratios[..width], &mut by_step[..width]);
                let rows = delta.chunks_exact_mut(width).zip(self.sums[index].chunks_exact(width));
                for ((delta, sums), levels) in rows.zip(outputs.chunks_exact(width)) {
                    for o in 0..width {
                        // Read in any case, chosen among numbers: a branch would be compiled to gathers.
                        let (u, before) = (sums[o] * ratios[o], delta[o]);
                        let inside = (u > 0.0) & (u < top);
                        by_step[o] += before * (levels[o] - if inside { u } else { 0.0 });
                        delta[o] = if inside { before + price } else { 0.0 };
                    }
                }
            },
        );
        self.by_log_step[index] = by_step.iter().sum::<f32>() * quantized.output_step;
    }
}
