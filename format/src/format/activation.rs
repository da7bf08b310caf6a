//! Activation functions as values.

use serde::{Deserialize, Serialize};

/// Activation function of a layer. Blobs store the index of the variant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum ActivationKind {
    /// Identity `y = a`: the last layer, which returns logits.
    Identity,
    /// Rectified linear unit `y = max(0, a)`.
    Relu,
    /// Logistic function `y = 1 / (1 + e^−a)`.
    Sigmoid,
}

impl ActivationKind {
    /// Returns the name in lower case.
    pub const fn name(self) -> &'static str {
        match self {
            ActivationKind::Identity => "identity",
            ActivationKind::Relu => "relu",
            ActivationKind::Sigmoid => "sigmoid",
        }
    }
}
