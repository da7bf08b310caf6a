//! One optimiser step: each chunk of weights computes its gradient and is updated at once.
//!
//! A gradient is summed by a single task in the order of the blocks, so the result does not depend on the number of
//! threads, and it is consumed while still in the cache.

use std::cell::RefCell;

use rayon::prelude::*;
use sinapse::Description;

use super::adam::{Adam, Hyperparameters, ParameterGroup};
use crate::linalg::gemm::{Matrix, multiply};
use crate::linalg::sparse::Init;
use crate::parameters::{Chunk, ParameterLayout};
use crate::quantize::{QuantizedLayer, dampen, straight_through};
use crate::train::pass::{InputBlock, Pass};

thread_local! {
    /// Gradient of the current chunk.
    static GRADIENT: RefCell<Vec<f32>> = const { RefCell::new(Vec::new()) };
}

/// A batch after its forward and backward passes.
#[derive(Clone, Copy)]
pub struct Batch<'a> {
    /// Blocks of the batch.
    pub inputs: &'a [InputBlock],
    /// Passes of these blocks.
    pub passes: &'a [Pass],
}

/// The weights of the passes, and how they are updated.
#[derive(Clone, Copy)]
pub struct StepContext<'a> {
    /// Sizes and formats.
    pub description: &'a Description,
    /// Ranges of the parameters.
    pub layout: &'a ParameterLayout,
    /// All weights, in chunks.
    pub chunks: &'a [Chunk],
    /// The board's integers; `None` in single precision.
    pub quantized: Option<&'a [QuantizedLayer]>,
    /// With fixed weight scales: damping of this step, as a fraction of each weight's rounding error.
    pub damping: Option<f32>,
    /// Whether there is enough work for more than one thread.
    pub in_parallel: bool,
}

/// Updates all parameters.
pub fn update(
    context: StepContext<'_>,
    batch: Batch<'_>,
    parameters: &mut [f32],
    adam: &mut Adam,
    step: Hyperparameters,
) {
    let StepContext { description, layout, chunks, quantized, damping, in_parallel } = context;
    let rates = adam.begin_step(step);
    let groups = adam.groups(parameters, chunks.iter().map(|chunk| chunk.weights.clone()));
    let one = |(chunk, mut group): (&Chunk, ParameterGroup<'_>)| {
        GRADIENT.with_borrow_mut(|gradient| {
            gradient.resize(chunk.weights.len(), 0.0);
            let outputs = layout.layers[chunk.layer].outputs;
            weight_gradient(chunk, batch, outputs, gradient);
            let mut scale_gradients = Vec::new();
            if let Some(layers) = quantized {
                scale_gradients.resize(outputs, 0.0);
                let format = description.layers()[chunk.layer].weights;
                let layer = &layers[chunk.layer];
                let learned = damping.is_none();
                straight_through(chunk, format, layer, group.parameters, gradient, &mut scale_gradients, learned);
            }
            group.step(gradient, rates, true);
            if let (Some(layers), Some(damping)) = (quantized, damping) {
                scale_gradients.fill(0.0);
                let format = description.layers()[chunk.layer].weights;
                dampen(chunk, format, &layers[chunk.layer], damping, group.parameters);
            }
            scale_gradients
        })
    };
    let scale_gradients: Vec<Vec<f32>> = if in_parallel {
        chunks.par_iter().zip(groups).map(one).collect()
    } else {
        chunks.iter().zip(groups).map(one).collect()
    };

    let gradient = bias_and_scale_gradients(chunks, batch, layout, quantized, &scale_gradients);
    let small = (0..layout.layers.len()).map(|index| layout.bias_and_scales(index));
    for ((index, mut group), gradient) in adam.groups(parameters, small).into_iter().enumerate().zip(&gradient) {
        debug_assert_eq!(layout.bias_and_scales(index).len(), gradient.len());
        group.step(gradient, rates, false);
    }
}

/// Computes `∂loss/∂w[i][o] = Σ_b x[b][i] · delta[b][o]`, `[inputs of the chunk][OUT]`.
fn weight_gradient(chunk: &Chunk, batch: Batch<'_>, outputs: usize, gradient: &mut [f32]) {
    let zeros = vec![0.0; if chunk.layer == 0 { outputs } else { 0 }];
    for (block, (input, pass)) in batch.inputs.iter().zip(batch.passes).enumerate() {
        let delta = pass.deltas(chunk.layer);
        if chunk.layer == 0 {
            let init = if block == 0 { Init::Row(&zeros) } else { Init::Accumulate };
            input.by_input.multiply(chunk.inputs.clone(), delta, outputs, init, gradient);
            continue;
        }
        let count = input.labels.len();
        let before = pass.outputs(chunk.layer - 1);
        let x = Matrix::new(before, count, before.len() / count).columns(chunk.inputs.clone());
        multiply(x.transposed(), Matrix::new(delta, count, outputs), gradient, block > 0);
    }
}

/// Computes the gradients of biases, scales and steps per layer, in the order of the parameters.
fn bias_and_scale_gradients(
    chunks: &[Chunk],
    batch: Batch<'_>,
    layout: &ParameterLayout,
    quantized: Option<&[QuantizedLayer]>,
    scale_gradients: &[Vec<f32>],
) -> Vec<Vec<f32>> {
    let of_layer = |(index, layer): (usize, &crate::parameters::LayerParameters)| {
        let mut gradient = vec![0.0; layout.bias_and_scales(index).len()];
        let (bias_gradients, rest) = gradient.split_at_mut(layer.outputs);
        for pass in batch.passes {
            for row in pass.deltas(index).chunks_exact(layer.outputs) {
                bias_gradients.iter_mut().zip(row).for_each(|(total, delta)| *total += delta);
            }
        }
        let Some(layers) = quantized else { return gradient };
        let scales = layer.log_scales.len();
        for (_, scale_gradients) in chunks.iter().zip(scale_gradients).filter(|(chunk, _)| chunk.layer == index) {
            for (o, (gradient, scale)) in scale_gradients.iter().zip(&layers[index].scales).enumerate() {
                rest[o % scales] += gradient * scale;
            }
        }
        if let Some(log_step_gradient) = rest.get_mut(scales) {
            *log_step_gradient = batch.passes.iter().map(|pass| pass.log_step_gradient(index)).sum();
        }
        gradient
    };
    layout.layers.iter().enumerate().map(of_layer).collect()
}
