//! The activation functions that a blob can name.

use serde::{Deserialize, Serialize};

/// A layer's activation function, as a blob states it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum ActivationKind {
    /// `y = a`: the logits of a last layer.
    Identity,
    /// `y = max(0, a)`.
    Relu,
    /// `y = 1 / (1 + e^−a)`.
    Sigmoid,
}

impl ActivationKind {
    /// Name in lower case.
    pub const fn name(self) -> &'static str {
        match self {
            ActivationKind::Identity => "identity",
            ActivationKind::Relu => "relu",
            ActivationKind::Sigmoid => "sigmoid",
        }
    }
}
