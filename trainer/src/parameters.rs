//! All trainable parameters, in one flat vector.

use std::ops::Range;

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

use crate::recipe::{Arithmetic, NetworkRecipe};

/// Ranges of a layer's parameters in the flat vector.
#[derive(Clone, Debug)]
pub struct LayerParameters {
    /// Number of inputs.
    pub inputs: usize,
    /// Number of outputs.
    pub outputs: usize,
    /// `[inputs][outputs]`, input-major as in the blob.
    pub weights: Range<usize>,
    /// `[outputs]`.
    pub bias: Range<usize>,
    /// Natural logarithms of the weight scales, one or `[outputs]`; empty in an `f32` network.
    pub log_scales: Range<usize>,
    /// Natural logarithm of the step of the outputs; empty in the last layer and in `f32` networks.
    pub log_step: Range<usize>,
}

/// Ranges of all parameters.
#[derive(Clone, Debug)]
pub struct ParameterLayout {
    /// All layers, first to last.
    pub layers: Vec<LayerParameters>,
    /// Length of the flat vector.
    pub length: usize,
}

/// Some rows of a layer's weight matrix: the unit of work of an update.
#[derive(Clone, Debug)]
pub struct Chunk {
    /// Index of the layer.
    pub layer: usize,
    /// Inputs of these weights.
    pub inputs: Range<usize>,
    /// Range in the flat vector.
    pub weights: Range<usize>,
}

/// Weights per chunk: enough to amortise a matrix product, few enough to fit a cache.
const CHUNK: usize = 32_768;

impl ParameterLayout {
    /// Lays out the parameters of a network.
    pub fn new(network: &NetworkRecipe) -> ParameterLayout {
        let shape = &network.shape.0;
        let integer = network.arithmetic == Arithmetic::Integer;
        let mut length = 0;
        let mut take = |count: usize| {
            length += count;
            length - count..length
        };
        let layers = shape
            .windows(2)
            .enumerate()
            .map(|(index, pair)| {
                let (inputs, outputs) = (pair[0], pair[1]);
                let last = index + 2 == shape.len();
                let scales = if network.per_output_scales && !last { outputs } else { 1 };
                LayerParameters {
                    inputs,
                    outputs,
                    weights: take(inputs * outputs),
                    bias: take(outputs),
                    log_scales: take(if integer { scales } else { 0 }),
                    log_step: take(usize::from(integer && !last)),
                }
            })
            .collect();
        ParameterLayout { layers, length }
    }

    /// Splits all weights into chunks that do not depend on the number of threads, so that the result does not either.
    pub fn chunks(&self) -> Vec<Chunk> {
        let mut chunks = Vec::new();
        for (index, layer) in self.layers.iter().enumerate() {
            let inputs = (CHUNK / layer.outputs).clamp(1, layer.inputs);
            for first in (0..layer.inputs).step_by(inputs) {
                let end = layer.inputs.min(first + inputs);
                let start = layer.weights.start;
                let weights = start + first * layer.outputs..start + end * layer.outputs;
                chunks.push(Chunk { layer: index, inputs: first..end, weights });
            }
        }
        chunks
    }

    /// Range of the bias, scales and step of layer `index`.
    pub fn bias_and_scales(&self, index: usize) -> Range<usize> {
        let layer = &self.layers[index];
        layer.weights.end..layer.log_step.end
    }

    /// Random weights, uniform with variance `1/IN` for sigmoid and `2/IN` for ReLU (Glorot 2010, He 2015); zero
    /// biases.
    pub fn initialize(&self, seed: u64, variance: f32) -> Vec<f32> {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        let mut values = vec![0.0; self.length];
        for layer in &self.layers {
            let limit = (3.0 * variance / layer.inputs as f32).sqrt();
            for weight in &mut values[layer.weights.clone()] {
                *weight = rng.random_range(-limit..=limit);
            }
        }
        values
    }
}
