//! Weights and biases of a forward pass: real, or the board's integers.

use sinapse::Description;

use crate::parameters::ParameterLayout;
use crate::quantize::QuantizedLayer;

/// Weights and biases, shared by all blocks of a step.
#[derive(Clone, Copy)]
pub struct Weights<'a> {
    /// Sizes and formats.
    pub description: &'a Description,
    /// Ranges of the parameters.
    pub layout: &'a ParameterLayout,
    /// All parameters.
    pub parameters: &'a [f32],
    /// The board's integers; `None` in single precision.
    pub quantized: Option<&'a [QuantizedLayer]>,
}

impl<'a> Weights<'a> {
    /// Weights of layer `index`, `[IN][OUT]`, real or integer.
    pub fn matrix(&self, index: usize) -> &'a [f32] {
        match self.quantized {
            Some(layers) => &layers[index].weights,
            None => &self.parameters[self.layout.layers[index].weights.clone()],
        }
    }

    /// Biases of layer `index`, in units of its accumulators.
    pub fn bias(&self, index: usize) -> Vec<f32> {
        match self.quantized {
            Some(layers) => layers[index].bias.iter().map(|&bias| bias as f32).collect(),
            None => self.parameters[self.layout.layers[index].bias.clone()].to_vec(),
        }
    }
}
