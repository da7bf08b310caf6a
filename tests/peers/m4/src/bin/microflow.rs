//! microflow's int8 layer: its macro compiles the TensorFlow Lite file that the build script writes.
#![no_std]
#![no_main]

use cortex_m_rt::entry;
use microflow::buffer::Buffer2D;
use peers_m4::layer::{IN, OUT, OUTPUT_SCALE, SHIFT};
use peers_m4::{BIAS, WEIGHTS};

/// The macro's expansion.
#[allow(missing_docs, clippy::all)]
mod generated {
    include!(concat!(env!("OUT_DIR"), "/microflow.rs"));
}

use generated::Layer;

#[entry]
fn main() -> ! {
    peers_m4::run(peer, plain)
}

#[inline(never)]
fn peer(input: &[i8; IN]) -> [f32; OUT] {
    let output = Layer::predict_quantized(Buffer2D::from_row_slice(input));
    core::array::from_fn(|o| output[o])
}

/// microflow adds bias and accumulator as floats, rounds half away from zero, saturates, and returns real numbers.
fn plain(input: &[i8; IN]) -> [f32; OUT] {
    let scale = 1.0 / (1u32 << -SHIFT) as f32;
    let sums = peers_m4::sums(input, |o, i| i32::from(WEIGHTS[o * IN + i]));
    core::array::from_fn(|o| {
        let steps = BIAS[o] as f32 * scale + (sums[o] - BIAS[o]) as f32 * scale;
        // `as` truncates and saturates.
        let rounded = (steps + if steps < 0.0 { -0.5 } else { 0.5 }) as i8;
        f32::from(rounded) * OUTPUT_SCALE
    })
}
