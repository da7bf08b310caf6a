//! How well a trained network reads images.

pub mod robustness;
