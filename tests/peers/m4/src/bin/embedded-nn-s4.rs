//! embedded-nn's int4 layer.
#![no_std]
#![no_main]

use cortex_m_rt::entry;
use embedded_nn::subbyte::fully_connected_s4;
use peers_m4::layer::{IN, OUT};
use peers_m4::{BIAS, WEIGHTS, WEIGHTS_S4};

mod arithmetic;

#[entry]
fn main() -> ! {
    peers_m4::run(peer, |input| {
        peers_m4::sums(input, |o, i| i32::from(WEIGHTS[o * IN + i] / 16)).map(arithmetic::requantized)
    })
}

#[inline(never)]
fn peer(input: &[i8; IN]) -> [i8; OUT] {
    let mut output = [0; OUT];
    let shapes = arithmetic::shapes();
    let _ = fully_connected_s4(
        &arithmetic::parameters(),
        &arithmetic::quantisation(),
        &shapes.input,
        input,
        &shapes.weights,
        &WEIGHTS_S4,
        Some(&BIAS),
        &shapes.output,
        &mut output,
    );
    output
}
