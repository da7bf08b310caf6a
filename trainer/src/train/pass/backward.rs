//! Backward pass of one block: the loss and its gradients with respect to the accumulators of every layer.

use sinapse::format::ActivationKind;

use super::dropout::Dropout;
use super::forward::Pass;
use super::input::InputBlock;
use super::loss::Loss;
use super::weights::Weights;
use crate::linalg::gemm::{Matrix, multiply};
use crate::linalg::simd::vectorised;

impl Pass {
    /// Runs both passes: the block's loss, and all gradients as its part of a batch of `batch` images.
    pub fn forward_backward(
        &mut self,
        weights: Weights<'_>,
        input: &InputBlock,
        loss: Loss,
        batch: usize,
        dropout: Option<Dropout>,
    ) {
        self.forward(weights, input, dropout);
        let last = weights.layout.layers.len() - 1;
        let step = weights.quantized.map_or(1.0, |layers| layers[last].scales[0] * layers[last].input_step);
        self.deltas[last].resize(self.accumulators[last].len(), 0.0);
        self.loss = loss.gradients(&self.accumulators[last], step, input, batch, &mut self.deltas[last]);
        let keep_probability = 1.0 - dropout.map_or(0.0, |dropout| dropout.rate);
        self.backward(weights, input.labels.len(), keep_probability, loss.activity_penalty / batch as f32);
    }

    fn backward(&mut self, weights: Weights<'_>, count: usize, keep_probability: f32, penalty: f32) {
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
            self.activation_backward(weights, index - 1, keep_probability, penalty, &mut before);
            self.deltas[index - 1] = before;
        }
    }

    /// Turns `∂loss/∂output` of layer `index` into `∂loss/∂(real accumulator)` in place, and sums the log step's
    /// gradient.
    /// log step.
    fn activation_backward(
        &mut self,
        weights: Weights<'_>,
        index: usize,
        keep_probability: f32,
        penalty: f32,
        delta: &mut [f32],
    ) {
        let layer = &weights.layout.layers[index];
        let format = weights.description.layers()[index];
        let outputs = &self.outputs[index];
        let Some(layers) = weights.quantized else {
            // Outputs that dropout or the ReLU set to zero have no gradient.
            let open = 1.0 / keep_probability;
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
        let max_level = f32::from(format.output.max_level());
        if format.activation == ActivationKind::Sigmoid {
            for (delta, level) in delta.iter_mut().zip(outputs) {
                let y = level / max_level;
                // At the ends of the table the rounded derivative is zero for ever; the table's own end slope keeps the
                // neuron alive.
                *delta *= (y * (1.0 - y)).max(0.002);
            }
            return;
        }
        let ratio = |scale: &f32| scale * quantized.input_step / quantized.output_step;
        let ratios: Vec<f32> = quantized.scales.iter().map(ratio).collect();
        let mut step_gradients = vec![0.0f32; layer.outputs];
        // Penalised per level, not per unit: otherwise the network would just grow its steps and stay as active as
        // before.
        let penalty = penalty / (max_level * quantized.output_step);
        vectorised(
            #[inline(always)]
            || {
                let width = layer.outputs;
                let (ratios, step_gradients) = (&ratios[..width], &mut step_gradients[..width]);
                let rows = delta.chunks_exact_mut(width).zip(self.accumulators[index].chunks_exact(width));
                for ((delta, accumulators), levels) in rows.zip(outputs.chunks_exact(width)) {
                    for o in 0..width {
                        // Computed in every case and selected afterwards: a branch would be compiled to gathers.
                        let (u, before) = (accumulators[o] * ratios[o], delta[o]);
                        let inside = (u > 0.0) & (u < max_level);
                        step_gradients[o] += before * (levels[o] - if inside { u } else { 0.0 });
                        delta[o] = if inside { before + penalty } else { 0.0 };
                    }
                }
            },
        );
        self.log_step_gradient[index] = step_gradients.iter().sum::<f32>() * quantized.output_step;
    }
}
