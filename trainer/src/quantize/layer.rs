//! A layer in the board's integers.

use sinapse::blob::LayerBytes;
use sinapse::element::ElementFormat;
use sinapse::requantize::Requantization;
use sinapse::weight::WeightFormat;

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
    pub requantization: OwnedRequantization,
}

/// [`sinapse::requantize::Requantization`], owned.
#[derive(Clone, Debug, Default)]
pub struct OwnedRequantization {
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
            pre_shift: self.requantization.pre_shift,
            shift: self.requantization.shift,
            multipliers: self.requantization.multipliers.as_flattened().to_vec(),
            bias: self.bias.iter().flat_map(|bias| bias.to_le_bytes()).collect(),
            weights: LayerBytes::rows(&weights, self.bias.len(), format, input),
        }
    }
}

impl OwnedRequantization {
    /// The same, as the core computes with it.
    pub fn as_core(&self) -> Requantization<'_> {
        Requantization { pre_shift: self.pre_shift, shift: self.shift, multipliers: &self.multipliers }
    }
}
