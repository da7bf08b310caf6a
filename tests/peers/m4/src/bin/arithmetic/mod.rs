//! embedded-nn's parameters of the layer, and their effect on an accumulator.

use embedded_nn::{Activation, Dims, FcParams, PerTensorQuantParams};
use peers_m4::layer::{IN, INPUT_ZERO_POINT, OUT, SHIFT};

/// Shapes in embedded-nn's form.
pub struct Shapes {
    pub input: Dims,
    pub weights: Dims,
    pub output: Dims,
}

pub fn shapes() -> Shapes {
    Shapes {
        input: Dims::new(1, 1, 1, IN as i32),
        weights: Dims::new(IN as i32, 1, 1, OUT as i32),
        output: Dims::new(1, 1, 1, OUT as i32),
    }
}

pub fn parameters() -> FcParams {
    FcParams {
        input_offset: -i32::from(INPUT_ZERO_POINT),
        filter_offset: 0,
        output_offset: 0,
        activation: Activation::int8_unconstrained(),
    }
}

/// Expresses `2^SHIFT` as a multiplier with 31 fractional bits and a shift.
pub fn quantisation() -> PerTensorQuantParams {
    PerTensorQuantParams::new(1 << 30, SHIFT + 1)
}

/// Halves the accumulator, rounding half up like the multiplication, then shifts, rounding half away from zero.
pub fn requantized(sum: i32) -> i8 {
    let half = (i64::from(sum) + 1) >> 1;
    let divisor = 1i64 << -(SHIFT + 1);
    let magnitude = (half.abs() + divisor / 2) / divisor;
    (half.signum() * magnitude).clamp(-128, 127) as i8
}
