//! Names and shapes of everything that is measured.

use sinapse::format::{ElementFormat, WeightFormat};

/// Name, outputs, formats of weights and inputs, and width and height of the picture that is read.
pub type Layer = (&'static str, u16, WeightFormat, ElementFormat, (u16, u16));

/// Single layers, of the sizes that other engines publish.
pub const LAYERS: [Layer; 9] = {
    use {ElementFormat as E, WeightFormat as W};
    [
        ("784x32-w8-x4", 32, W::I8, E::U4, (28, 28)),
        ("784x32-w4-x4", 32, W::I4, E::U4, (28, 28)),
        ("784x32-w2-x4", 32, W::I2, E::U4, (28, 28)),
        ("784x32-w8-x8", 32, W::I8, E::U8, (28, 28)),
        ("784x32-f32", 32, W::F32, E::F32, (28, 28)),
        ("784x64-w8-x4", 64, W::I8, E::U4, (28, 28)),
        ("256x64-w4-x4", 64, W::I4, E::U4, (16, 16)),
        ("784x10-w8-x4", 10, W::I8, E::U4, (28, 28)),
        ("1000x7-w8-x4", 7, W::I8, E::U4, (40, 25)),
    ]
};

/// Layers that a quick measurement takes: one of each kernel.
pub const QUICK: [&str; 4] = ["784x32-w8-x4", "784x32-w4-x4", "784x32-w8-x8", "784x32-f32"];

/// Networks that are trained on this computer, with 8 bits and in single precision: other engines run their shape too.
pub const TRAINED: [&str; 2] = ["784-32-10-w8-x8", "784-32-10-f32"];

/// Shape that engines are compared with on this computer.
pub const HOST_WORK: &str = "784-32-10";

/// Committed models.
pub const MODELS: [&str; 3] = ["digits", OF_CLASSIC, "teaching"];

/// The network of other engines' figures without its front end: four layers, 4-bit weights and activations.
pub const CLASSIC: &str = "256-64-64-64-10-w4-x4";

/// The model that is [`CLASSIC`] behind a front end.
pub const OF_CLASSIC: &str = "classic";

/// Programs of `tests/peers/m4`, the layers that they are comparable with, and their kernels.
pub const PEER_PROGRAMS: [(&str, &str, &str); 3] = [
    ("embedded-nn-s8", "784x32-w8-x8", "embedded-nn fully_connected_s8"),
    ("embedded-nn-s4", "784x32-w4-x8", "embedded-nn fully_connected_s4"),
    ("microflow", "784x32-w8-x8", "microflow fully_connected i8"),
];

/// Names of everything that has a row.
pub fn names() -> impl Iterator<Item = &'static str> {
    let layers = LAYERS.iter().map(|layer| layer.0);
    let peers = PEER_PROGRAMS.iter().map(|program| program.1);
    layers.chain(TRAINED).chain(MODELS).chain(peers).chain([CLASSIC])
}
