//! What is measured: single layers of the sizes that other engines publish, and the committed models.

use std::path::PathBuf;

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use sinapse::Description;
use sinapse::activation::ActivationKind;
use sinapse::blob::{Logits, Provenance};
use sinapse::description::LayerDescription;
use sinapse::element::ElementFormat;
use sinapse::weight::WeightFormat;
use sinapse_trainer::blob::{LayerBytes, encode};

use crate::{Failure, data, shell};

/// A blob to measure.
pub struct Work {
    /// As rows call it.
    pub name: String,
    /// Its file.
    pub blob: PathBuf,
    /// Whether sums are `f32`.
    pub real: bool,
}

/// Inputs of the single layers: MNIST's pixels.
const INPUTS: u16 = 784;

/// Committed models.
const MODELS: [&str; 2] = ["digits", "teaching"];

/// All of them.
///
/// # Errors
///
/// A blob that cannot be written.
pub fn all() -> Result<Vec<Work>, Failure> {
    use {ElementFormat as E, WeightFormat as W};
    let layers = [
        ("784x32-w8-x4", 32, W::I8, E::U4),
        ("784x32-w4-x4", 32, W::I4, E::U4),
        ("784x32-w2-x4", 32, W::I2, E::U4),
        ("784x32-w8-x8", 32, W::I8, E::U8),
        ("784x32-f32", 32, W::F32, E::F32),
    ];
    let mut all = layers
        .map(|(name, outputs, weights, input)| layer(name, outputs, weights, input))
        .into_iter()
        .collect::<Result<Vec<_>, _>>()?;
    all.extend(MODELS.map(|name| Work {
        name: name.to_owned(),
        blob: shell::root().join("models").join(name).with_extension("postcard"),
        real: name == "teaching",
    }));
    Ok(all)
}

/// A layer of random weights, all of them used: its cost does not depend on their values.
fn layer(name: &str, outputs: u16, weights: WeightFormat, input: ElementFormat) -> Result<Work, Failure> {
    let real = weights == WeightFormat::F32;
    let output = if real { ElementFormat::F32 } else { ElementFormat::I32 };
    let format = LayerDescription { outputs, weights, activation: ActivationKind::Identity, output };
    let description = Description::new(INPUTS, input).with(format).ok_or("a layer that no network has")?;
    let mut rng = ChaCha8Rng::seed_from_u64(1);
    let size = usize::from(INPUTS) * usize::from(outputs);
    let bytes = if real {
        let mut numbers = |count: usize| (0..count).map(|_| rng.random_range(-0.1f32..0.1)).collect::<Vec<_>>();
        LayerBytes::of_f32(&numbers(size), &numbers(usize::from(outputs)))
    } else {
        let limit = weights.limit() as i8;
        let values: Vec<i8> = (0..size).map(|_| rng.random_range(-limit..=limit)).collect();
        LayerBytes {
            bias: (0..outputs).flat_map(|_| rng.random_range(-1000i32..1000).to_le_bytes()).collect(),
            weights: LayerBytes::rows(&values, usize::from(outputs), weights, input),
            ..LayerBytes::default()
        }
    };
    let provenance = Provenance {
        program: "cargo xtask bench",
        recipe: "random",
        data: "none",
        seed: 1,
        validation_images: 0,
        validation_correct: 0,
    };
    let blob = encode(&description, (28, 28), Logits { step: 1.0, reject_margin: 0 }, &provenance, &[bytes]);
    let folder = shell::target().join("bench");
    std::fs::create_dir_all(&folder)?;
    let path = folder.join(name).with_extension("postcard");
    data::write(&path, &blob)?;
    Ok(Work { name: name.to_owned(), blob: path, real })
}
