//! Quantisation: from real parameters to the board's integers, and gradients back through the rounding.

mod calibrate;
mod gradient;
mod layer;
mod quantizer;
mod requantization;

pub use calibrate::{LayerCalibration, initialize_scales};
pub use gradient::{dampen, straight_through};
pub use layer::{OwnedRequantization, QuantizedLayer};
pub use quantizer::{quantize, quantize_into};
