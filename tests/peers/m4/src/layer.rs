//! One layer of 784 inputs and 32 outputs, in the quantisation of microflow and embedded-nn:
//! `real = scale · (q − zero point)`.

/// Inputs: MNIST's pixels.
pub const IN: usize = 784;
/// Outputs.
pub const OUT: usize = 32;
/// Pixel 0 as `i8`: `q = pixel − 128`.
pub const INPUT_ZERO_POINT: i8 = -128;
/// Scale of the inputs: pixels become 0..=1. A power of two, so that the peers round exactly.
pub const INPUT_SCALE: f32 = 1.0 / 256.0;
/// Scale of the weights.
pub const WEIGHT_SCALE: f32 = 1.0 / 128.0;
/// Scale of the outputs: accumulators of random weights stay within about ±16.
pub const OUTPUT_SCALE: f32 = 1.0 / 8.0;
/// `INPUT_SCALE · WEIGHT_SCALE / OUTPUT_SCALE` as a power of two.
#[allow(dead_code, reason = "the build script does not need it")]
pub const SHIFT: i32 = -12;
