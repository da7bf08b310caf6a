//! Kinds and descriptions of layers.

use serde::{Deserialize, Serialize};

use super::activation::ActivationKind;
use super::element::ElementFormat;
use super::text::Text;
use super::weight::WeightFormat;

/// Kind of a layer. To add a kind, start here: the compiler then reports every `match` that must handle it, and
/// `docs/architecture.md` lists all files.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum LayerKind {
    /// Fully connected, see `Dense`.
    #[default]
    Dense,
}

/// Description of one layer: kind, width and number formats. Its inputs are the outputs of the layer before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct LayerDescription {
    /// Kind of the layer. Blobs of version 2 do not store it, because all their layers are dense.
    #[serde(skip)]
    pub kind: LayerKind,
    /// Number of outputs, at least 1.
    pub outputs: u16,
    /// Format of the weights.
    pub weights: WeightFormat,
    /// Activation function.
    pub activation: ActivationKind,
    /// Format of the outputs.
    pub output: ElementFormat,
}

impl LayerDescription {
    /// Describes a `Dense` layer.
    pub const fn dense(outputs: u16, weights: WeightFormat, activation: ActivationKind, output: ElementFormat) -> Self {
        LayerDescription { kind: LayerKind::Dense, outputs, weights, activation, output }
    }

    /// Appends for example `32 (I8, relu, U4)`, at compile time too.
    pub(super) const fn push_to(&self, text: &mut Text) {
        match self.kind {
            LayerKind::Dense => {
                text.push_number(self.outputs);
                text.push(" (");
                text.push(self.weights.name());
                text.push(", ");
                text.push(self.activation.name());
                text.push(", ");
                text.push(self.output.name());
                text.push(")");
            }
        }
    }
}
