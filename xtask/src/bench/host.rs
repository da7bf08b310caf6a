//! Latency on this computer, of a network whose type is known at compile time, as on a board.

use std::hint::black_box;
use std::time::Instant;

use sinapse::reduce::{Half, Reduce};
use sinapse::{Dense, I4, Identity, Network, Pixel, Relu, U4, layers};
use sinapse_trainer::data::Dataset;
use sinapse_trainer::model::{Blob, Model, Scores};

use super::row::Row;
use crate::{Failure, shell};

type Digits = Network<
    layers![
        Reduce<784, 28, 2, Half, 144, U4>,
        Dense<'static, 144, 112, Pixel<U4>, I4, Relu<U4>>,
        Dense<'static, 112, 48, U4, I4, Relu<U4>>,
        Dense<'static, 48, 10, U4, I4, Identity>,
    ],
>;

/// Runs over the images; the fastest counts, because everything else on a computer only adds time.
const RUNS: usize = 50;

/// Measures `digits`.
///
/// # Errors
///
/// A model of another shape, or logits that differ from those of any shape.
pub fn measure(test: &Dataset) -> Result<Row, Failure> {
    let blob = Blob::read(&shell::root().join("models").join("digits.postcard"))?;
    // The network borrows from the blob for as long as this program runs.
    let blob: &'static Blob = Box::leak(Box::new(blob));
    let network = Digits::load(blob.bytes())?;
    let model = Model::load(blob)?;
    let images: Vec<&[u8; 784]> = test.images.pixels.as_chunks().0.iter().collect();
    let mut scratch = Digits::SCRATCH;
    for image in &images {
        let logits = network.logits(image, &mut scratch);
        if model.scores(image.as_slice()) != Scores::I32(logits.to_vec()) {
            return Err("the typed network and the one of any shape differ".into());
        }
    }
    let mut fastest = f64::INFINITY;
    for _ in 0..RUNS {
        let start = Instant::now();
        for image in &images {
            black_box(network.classify(black_box(image), &mut scratch));
        }
        fastest = fastest.min(start.elapsed().as_nanos() as f64 / images.len() as f64);
    }
    Ok(Row {
        work: "digits".into(),
        core: std::env::consts::ARCH.into(),
        machine: "host".into(),
        kernel: "lanes".into(),
        latency_ns: Some((10.0 * fastest).round() / 10.0),
        ..Row::default()
    })
}
