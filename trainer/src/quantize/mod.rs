//! Quantisation: from real parameters to the board's integers, and gradients back through the rounding.

mod calibrate;
mod gradient;
mod layer;
mod quantizer;
mod requantization;

pub use calibrate::{Activity, initialize_scales};
pub use gradient::{settle, through_rounding};
pub use layer::{QuantizedLayer, Rescaling};
pub use quantizer::{quantize, quantize_into};
