//! Forward pass of one block.

use sinapse::format::ActivationKind;

use super::dropout::{Dropout, apply_dropout};
use super::input::InputBlock;
use super::weights::Weights;
use crate::linalg::gemm::{Matrix, multiply};
use crate::linalg::simd::{vectorised, whole_to_i32};
use crate::linalg::sparse::Init;

/// Buffers and results of one block.
#[derive(Clone, Debug, Default)]
pub struct Pass {
    /// Sum of the losses of the block's images.
    pub loss: f32,
    /// Per layer `[images][OUT]`: accumulators, then outputs (levels in an integer network), then `∂loss/∂(real
    /// accumulator)`.
    pub(super) accumulators: Vec<Vec<f32>>,
    pub(super) outputs: Vec<Vec<f32>>,
    pub(super) deltas: Vec<Vec<f32>>,
    /// Per layer: gradient of the logarithm of its output step.
    pub(super) log_step_gradient: Vec<f32>,
}

impl Pass {
    /// Creates the buffers for a network.
    pub fn new(layers: usize) -> Pass {
        let empty = || vec![Vec::new(); layers];
        Pass {
            loss: 0.0,
            accumulators: empty(),
            outputs: empty(),
            deltas: empty(),
            log_step_gradient: vec![0.0; layers],
        }
    }

    /// Computes the outputs of all layers.
    pub fn forward(&mut self, weights: Weights<'_>, input: &InputBlock, dropout: Option<Dropout>) {
        let count = input.labels.len();
        let layers = weights.layout.layers.len();
        for (index, layer) in weights.layout.layers.iter().enumerate() {
            let mut accumulators = std::mem::take(&mut self.accumulators[index]);
            accumulators.resize(count * layer.outputs, 0.0);
            let matrix = weights.matrix(index);
            let bias = weights.bias(index);
            if index == 0 {
                input.by_image.multiply(0..count, matrix, layer.outputs, Init::Row(&bias), &mut accumulators);
            } else {
                for row in accumulators.chunks_exact_mut(layer.outputs) {
                    row.copy_from_slice(&bias);
                }
                let a = Matrix::new(&self.outputs[index - 1], count, layer.inputs);
                multiply(a, Matrix::new(matrix, layer.inputs, layer.outputs), &mut accumulators, true);
            }
            if index + 1 < layers {
                self.outputs[index].resize(count * layer.outputs, 0.0);
                activate(weights, index, &accumulators, &mut self.outputs[index]);
                if let Some(dropout) = dropout {
                    apply_dropout(dropout, index, &mut self.outputs[index]);
                }
            }
            self.accumulators[index] = accumulators;
        }
    }

    /// Number of layers.
    pub fn layers(&self) -> usize {
        self.accumulators.len()
    }

    /// Outputs of hidden layer `index`: `[images][OUT]`.
    pub fn outputs(&self, index: usize) -> &[f32] {
        &self.outputs[index]
    }

    /// Accumulators of layer `index`: `[images][OUT]`.
    pub fn accumulators(&self, index: usize) -> &[f32] {
        &self.accumulators[index]
    }

    /// Gradients of the real accumulators of layer `index`: `[images][OUT]`.
    pub fn deltas(&self, index: usize) -> &[f32] {
        &self.deltas[index]
    }

    /// Gradient of the logarithm of the output step of layer `index`.
    pub fn log_step_gradient(&self, index: usize) -> f32 {
        self.log_step_gradient[index]
    }
}

/// Computes a layer's outputs from its accumulators: real activations, or the board's levels.
fn activate(weights: Weights<'_>, index: usize, accumulators: &[f32], outputs: &mut [f32]) {
    let format = weights.description.layers()[index];
    let Some(layers) = weights.quantized else {
        match format.activation {
            ActivationKind::Identity => outputs.copy_from_slice(accumulators),
            ActivationKind::Relu => vectorised(
                #[inline(always)]
                || outputs.iter_mut().zip(accumulators).for_each(|(y, &a)| *y = a.max(0.0)),
            ),
            ActivationKind::Sigmoid => {
                outputs.iter_mut().zip(accumulators).for_each(|(y, &a)| *y = sinapse::layer::activation::sigmoid(a));
            }
        }
        return;
    };
    let requantization = layers[index].requantization.as_core();
    let width = usize::from(format.outputs);
    let max_level = format.output.max_level();
    if format.activation == ActivationKind::Sigmoid {
        for (outputs, accumulators) in outputs.chunks_exact_mut(width).zip(accumulators.chunks_exact(width)) {
            for (o, (y, &a)) in outputs.iter_mut().zip(accumulators).enumerate() {
                *y = f32::from(requantization.sigmoid(a as i32, o, format.output));
            }
        }
        return;
    }
    // `Requantization::relu`, written out for vectors; a test holds the two together.
    let multipliers: Vec<i32> = (0..width).map(|o| requantization.multiplier(o)).collect();
    let (pre_shift, shift) = (u32::from(requantization.pre_shift), u32::from(requantization.shift));
    vectorised(
        #[inline(always)]
        || {
            let (half, max_level) = (1i32 << (shift - 1), i32::from(max_level));
            for (outputs, accumulators) in outputs.chunks_exact_mut(width).zip(accumulators.chunks_exact(width)) {
                for ((y, &a), &multiplier) in outputs.iter_mut().zip(accumulators).zip(&multipliers) {
                    // A negative accumulator gives level 0; accumulators are integers below 2³¹, so the conversion is
                    // exact.
                    let a = whole_to_i32(a.clamp(0.0, 2_147_483_520.0));
                    let level = (a >> pre_shift).wrapping_mul(multiplier).wrapping_add(half) >> shift;
                    *y = level.min(max_level) as f32;
                }
            }
        },
    );
}
