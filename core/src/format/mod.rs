//! Values that say how numbers are stored and what a network looks like; no kernels, no layers.

mod activation;
mod description;
mod element;
mod layout;
mod preprocessing;
mod requantize;
mod text;
mod weight;

pub use activation::ActivationKind;
pub use description::{Description, LayerDescription, MAX_LAYERS};
pub use element::{Element, ElementFormat, Level, Levels, Logit, Number, Pixel, U1, U2, U4, U8};
pub use layout::{Columns, LayoutType, Order, Tiles};
pub use preprocessing::{MAX_DESLANT_SIDE, Reduction, Scale, VIEWS};
pub use requantize::{Requantization, SIGMOID};
pub use text::Text;
pub use weight::{I2, I4, I8, Weight, WeightFormat};
