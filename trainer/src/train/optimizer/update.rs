//! From the slopes of a batch to new parameters: every chunk of weights computes its gradient and takes its step at once.
//!
//! A gradient is summed by one task, in the order of the blocks, so the result does not depend on the number of threads;
//! and it is used where it was made, in the cache.

use std::cell::RefCell;

use rayon::prelude::*;
use sinapse::Description;

use super::adam::{Adam, Step, Stretch};
use crate::linalg::gemm::{Matrix, multiply};
use crate::linalg::sparse::Start;
use crate::parameters::{Chunk, Layout};
use crate::quantize::{QuantizedLayer, settle, through_rounding};
use crate::train::pass::{Input, Pass};

thread_local! {
    /// Gradient of the chunk in work.
    static GRADIENT: RefCell<Vec<f32>> = const { RefCell::new(Vec::new()) };
}

/// A batch after its passes.
#[derive(Clone, Copy)]
pub struct Batch<'a> {
    /// Its blocks.
    pub inputs: &'a [Input],
    /// Their passes.
    pub passes: &'a [Pass],
}

/// What is the same for every step of a phase, and the numbers that the passes have computed with.
#[derive(Clone, Copy)]
pub struct Plan<'a> {
    /// Sizes and formats.
    pub description: &'a Description,
    /// Where the parameters lie.
    pub layout: &'a Layout,
    /// All weights.
    pub chunks: &'a [Chunk],
    /// The board's numbers; `None` in single precision.
    pub quantized: Option<&'a [QuantizedLayer]>,
    /// Where scales of weights stay fixed: how far a step pulls weights to their integers, per step away from them.
    pub settling: Option<f32>,
    /// Whether there is enough to do for more than one thread.
    pub in_parallel: bool,
}

/// Takes one step with all parameters.
pub fn update(plan: Plan<'_>, batch: Batch<'_>, parameters: &mut [f32], adam: &mut Adam, step: Step) {
    let Plan { description, layout, chunks, quantized, settling, in_parallel } = plan;
    let rates = adam.begin(step);
    let stretches = adam.stretches(parameters, chunks.iter().map(|chunk| chunk.weights.clone()));
    let one = |(chunk, mut stretch): (&Chunk, Stretch<'_>)| {
        GRADIENT.with_borrow_mut(|gradient| {
            gradient.resize(chunk.weights.len(), 0.0);
            let outputs = layout.layers[chunk.layer].outputs;
            weight_gradient(chunk, batch, outputs, gradient);
            let mut by_scale = Vec::new();
            if let Some(layers) = quantized {
                by_scale.resize(outputs, 0.0);
                let format = description.layers()[chunk.layer].weights;
                let layer = &layers[chunk.layer];
                let learned = settling.is_none();
                through_rounding(chunk, format, layer, stretch.parameters, gradient, &mut by_scale, learned);
            }
            stretch.step(gradient, rates, true);
            if let (Some(layers), Some(pull)) = (quantized, settling) {
                by_scale.fill(0.0);
                let format = description.layers()[chunk.layer].weights;
                settle(chunk, format, &layers[chunk.layer], pull, stretch.parameters);
            }
            by_scale
        })
    };
    let by_scale: Vec<Vec<f32>> = if in_parallel {
        chunks.par_iter().zip(stretches).map(one).collect()
    } else {
        chunks.iter().zip(stretches).map(one).collect()
    };

    let gradient = small_gradients(chunks, batch, layout, quantized, &by_scale);
    let small = (0..layout.layers.len()).map(|index| layout.small(index));
    for ((index, mut stretch), gradient) in adam.stretches(parameters, small).into_iter().enumerate().zip(&gradient) {
        debug_assert_eq!(layout.small(index).len(), gradient.len());
        stretch.step(gradient, rates, false);
    }
}

/// `∂loss/∂w[i][o] = Σ_b x[b][i] · delta[b][o]`, `[inputs of the chunk][OUT]`.
fn weight_gradient(chunk: &Chunk, batch: Batch<'_>, outputs: usize, gradient: &mut [f32]) {
    let zeros = vec![0.0; if chunk.layer == 0 { outputs } else { 0 }];
    for (block, (input, pass)) in batch.inputs.iter().zip(batch.passes).enumerate() {
        let delta = pass.deltas(chunk.layer);
        if chunk.layer == 0 {
            let start = if block == 0 { Start::From(&zeros) } else { Start::Present };
            input.by_input.combine(chunk.inputs.clone(), delta, outputs, start, gradient);
            continue;
        }
        let count = input.labels.len();
        let before = pass.outputs(chunk.layer - 1);
        let x = Matrix::new(before, count, before.len() / count).columns(chunk.inputs.clone());
        multiply(x.transposed(), Matrix::new(delta, count, outputs), gradient, block > 0);
    }
}

/// Gradients of biases, scales and steps, layer by layer, as they lie in the flat vector.
fn small_gradients(
    chunks: &[Chunk],
    batch: Batch<'_>,
    layout: &Layout,
    quantized: Option<&[QuantizedLayer]>,
    by_scale: &[Vec<f32>],
) -> Vec<Vec<f32>> {
    let of_layer = |(index, layer): (usize, &crate::parameters::LayerLayout)| {
        let mut gradient = vec![0.0; layout.small(index).len()];
        let (by_bias, rest) = gradient.split_at_mut(layer.outputs);
        for pass in batch.passes {
            for row in pass.deltas(index).chunks_exact(layer.outputs) {
                by_bias.iter_mut().zip(row).for_each(|(total, delta)| *total += delta);
            }
        }
        let Some(layers) = quantized else { return gradient };
        let scales = layer.log_scales.len();
        for (_, by_scale) in chunks.iter().zip(by_scale).filter(|(chunk, _)| chunk.layer == index) {
            for (o, (slope, scale)) in by_scale.iter().zip(&layers[index].scales).enumerate() {
                rest[o % scales] += slope * scale;
            }
        }
        if let Some(by_log_step) = rest.get_mut(scales) {
            *by_log_step = batch.passes.iter().map(|pass| pass.by_log_step(index)).sum();
        }
        gradient
    };
    layout.layers.iter().enumerate().map(of_layer).collect()
}
