//! Quantised layers.

use sinapse::blob::LayerBytes;
use sinapse::format::{ElementFormat, Requantization, WeightFormat};

/// A layer in the board's integers, which are stored as `f32`: exact up to 2²⁴.
#[derive(Clone, Debug, Default)]
pub struct QuantizedLayer {
    /// `[IN][OUT]`, integers within the weight format.
    pub weights: Vec<f32>,
    /// `[OUT]`, integers.
    pub bias: Vec<i32>,
    /// Real value of one weight step, `[OUT]`.
    pub scales: Vec<f32>,
    /// Real value of one step of the inputs.
    pub input_step: f32,
    /// Real value of one step of the outputs; 1 in the last layer.
    pub output_step: f32,
    /// From accumulators to levels; without multipliers in the last layer.
    pub requantization: OwnedRequantization,
}

/// Owned version of [`sinapse::format::Requantization`].
#[derive(Clone, Debug, Default)]
pub struct OwnedRequantization {
    /// Right shift before the multiplication.
    pub pre_shift: u8,
    /// Right shift after the multiplication.
    pub shift: u8,
    /// One for the layer, or one per output; none in the last layer.
    pub multipliers: Vec<[u8; 2]>,
}

impl QuantizedLayer {
    /// Encodes the layer for a blob, for these formats of weights and inputs.
    pub fn to_bytes(&self, format: WeightFormat, input: ElementFormat) -> LayerBytes {
        let weights: Vec<i8> = self.weights.iter().map(|&weight| weight as i8).collect();
        LayerBytes {
            pre_shift: self.requantization.pre_shift,
            shift: self.requantization.shift,
            multipliers: self.requantization.multipliers.as_flattened().to_vec(),
            bias: self.bias.iter().flat_map(|bias| bias.to_le_bytes()).collect(),
            weights: LayerBytes::rows(&weights, self.bias.len(), format, input),
        }
    }
}

impl OwnedRequantization {
    /// Borrows the parameters as the core's type.
    pub fn as_core(&self) -> Requantization<'_> {
        Requantization { pre_shift: self.pre_shift, shift: self.shift, multipliers: &self.multipliers }
    }
}
