//! From real parameters to the board's integers, and gradients back through the rounding.

mod layer;

pub use layer::*;
