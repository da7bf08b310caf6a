//! Number formats and descriptions of networks: plain values, also as types, without any kernel or layer.
//!
//! The enumerations here are not `non_exhaustive`, though they will grow: trainer, kernels and programs match on them
//! without a catch-all, so that the compiler finds every place that a new format, layer or step has to reach. A new
//! variant is a new minor version; errors, which programs only report, are `non_exhaustive`.

mod activation;
mod description;
mod element;
mod layer;
mod layout;
mod preprocessing;
mod requantize;
mod scale;
mod sealed;
mod text;
mod weight;

pub use activation::ActivationKind;
pub use description::{Description, MAX_LAYERS};
pub use element::{Element, ElementFormat, Logit, Number, Pixel, QuantizedActivation, QuantizedInput, U1, U2, U4, U8};
pub use layer::{LayerDescription, LayerKind};
pub use layout::{Columns, Layout, LayoutType, Tiles};
pub use preprocessing::{MAX_DESLANT_SIDE, MAX_STEPS, Preprocessing, SHIFTS, Step};
pub use requantize::{Requantization, SIGMOID};
pub use scale::Scale;
pub use text::Text;
pub use weight::{I2, I4, I8, Weight, WeightFormat};
