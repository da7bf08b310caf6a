//! Helpers of several test files: random networks, blobs of them, real or drawn images.

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use sinapse::Description;
use sinapse::blob::{LayerBytes, Logits, Provenance, encode};
use sinapse::format::{ActivationKind, ElementFormat, LayerDescription, WeightFormat};
use sinapse_trainer::input::{self, Dataset, Part, Source};

/// Provenance of blobs that tests make.
pub const PROVENANCE: Provenance<'static> = Provenance {
    program: "test",
    recipe: "random",
    data: "none",
    seed: 1,
    validation_images: 2,
    validation_correct: 1,
};

/// A layer in words, for descriptions.
pub const fn layer(
    outputs: u16,
    weights: WeightFormat,
    activation: ActivationKind,
    output: ElementFormat,
) -> LayerDescription {
    LayerDescription::dense(outputs, weights, activation, output)
}

/// A description from its parts.
///
/// # Panics
///
/// If there are more layers than a blob can describe.
pub fn description(inputs: u16, input: ElementFormat, layers: &[LayerDescription]) -> Description {
    let empty = Description::new(inputs, input);
    layers.iter().fold(empty, |whole, layer| whole.with(*layer).expect("at most MAX_LAYERS layers"))
}

/// A small network of both integer weight formats: 4 pixels (2 × 2), 2 hidden neurons, 2 classes.
pub fn tiny_description() -> Description {
    use ActivationKind::{Identity, Relu};
    let hidden = layer(2, WeightFormat::I4, Relu, ElementFormat::U4);
    let last = layer(2, WeightFormat::I8, Identity, ElementFormat::I32);
    description(4, ElementFormat::U4, &[hidden, last])
}

/// The blob of the worked example in `docs/format.md`.
pub fn tiny_blob() -> Vec<u8> {
    let hidden = LayerBytes {
        pre_shift: 0,
        shift: 4,
        multipliers: vec![3, 0],
        bias: [5i32, -6].iter().flat_map(|bias| bias.to_le_bytes()).collect(),
        // Columns of four inputs: (1, −1), (2, −2), (7, −7), (0, 3); the other six nibbles are padding.
        weights: [0x79, 0x6a, 0x1f, 0xb8].iter().flat_map(|pair| [*pair, 0x88, 0x88, 0x88]).collect(),
    };
    let last = LayerBytes {
        bias: [100i32, 200].iter().flat_map(|bias| bias.to_le_bytes()).collect(),
        weights: vec![0x8a, 0x76, 0x80, 0x80, 0x01, 0xff, 0x80, 0x80],
        ..LayerBytes::default()
    };
    let logits = Logits { step: 0.5, reject_margin: 3 };
    encode(&tiny_description(), (2, 2), logits, &PROVENANCE, &[hidden, last])
}

/// Random weights within their format, small biases, and a rescaling that fits every such layer of up to 1,000 inputs.
pub fn random_blob(description: &Description, seed: u64) -> Vec<u8> {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let formats = description.layers().iter().enumerate();
    let layers: Vec<LayerBytes> = formats
        .map(|(index, format)| {
            let outputs = usize::from(format.outputs);
            random_layer(&mut rng, description.inputs_of(index), outputs, format, description.input_of(index))
        })
        .collect();
    let logits = Logits { step: 1.0, reject_margin: 0 };
    let size = description.preprocessing.map_or((description.inputs, 1), |whole| (whole.width, whole.height));
    encode(description, size, logits, &PROVENANCE, &layers)
}

fn random_layer(
    rng: &mut ChaCha8Rng,
    inputs: usize,
    outputs: usize,
    format: &LayerDescription,
    input: ElementFormat,
) -> LayerBytes {
    if format.weights == WeightFormat::F32 {
        let mut numbers = |count: usize| (0..count).map(|_| rng.random_range(-1.0f32..1.0)).collect::<Vec<_>>();
        return LayerBytes::of_f32(&numbers(inputs * outputs), &numbers(outputs));
    }
    let limit = format.weights.limit() as i8;
    let weights: Vec<i8> = (0..inputs * outputs).map(|_| rng.random_range(-limit..=limit)).collect();
    let last = format.activation == ActivationKind::Identity;
    LayerBytes {
        pre_shift: if last { 0 } else { 10 },
        shift: if last { 0 } else { 12 },
        multipliers: if last {
            Vec::new()
        } else {
            (0..outputs).flat_map(|_| rng.random_range(1_000u16..4_000).to_le_bytes()).collect()
        },
        bias: (0..outputs).flat_map(|_| rng.random_range(-1_000i32..1_000).to_le_bytes()).collect(),
        weights: LayerBytes::rows(&weights, outputs, format.weights, input),
    }
}

/// A random image with as many zeros as a digit has, and sometimes none, or nothing else.
pub fn random_image(pixels: usize, seed: u64) -> Vec<u8> {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let share = [0.0, 0.2, 0.5, 1.0][seed as usize % 4];
    (0..pixels).map(|_| if rng.random_bool(share) { rng.random() } else { 0 }).collect()
}

/// The test images: MNIST where the tests find it, else drawn digits, and says so.
///
/// # Panics
///
/// If a folder that was named explicitly cannot be read.
pub fn test_images() -> (Source, Dataset) {
    let source = input::locate(None).unwrap_or_else(|error| panic!("{error}"));
    let dataset = input::load(&source, Part::Test).unwrap_or_else(|error| panic!("{error}"));
    println!("test images: {source}");
    (source, dataset)
}

/// The README's example, compiled as a documentation test.
#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
pub struct Readme;
