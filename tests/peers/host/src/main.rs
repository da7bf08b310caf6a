//! Latency of 784-32-10 in Sinapse, tract and candle: one image after the other, one thread, the fastest of many runs.
//!
//! `peers-host INTEGER.postcard FLOAT.postcard FOLDER IMAGES`, called by `cargo xtask bench`; prints JSON.

mod candle;
mod ours;
mod tract;

use std::error::Error;
use std::fs;
use std::path::Path;
use std::time::Instant;

/// Any error; `main` prints it on one line.
type Failure = Box<dyn Error>;

/// Pixels, hidden neurons, classes.
const IN: usize = 784;
const HIDDEN: usize = 32;
const OUT: usize = 10;

/// Runs over all images; engines alternate, so that disturbances affect all alike.
const RUNS: usize = 50;

/// A trained network in single precision, weights `[input][output]`.
struct Weights {
    first: Vec<f32>,       // [IN][HIDDEN]
    first_bias: Vec<f32>,  // [HIDDEN]
    second: Vec<f32>,      // [HIDDEN][OUT]
    second_bias: Vec<f32>, // [OUT]
}

/// An engine that classifies one image, given by its index.
struct Engine {
    kernel: &'static str,
    format: &'static str,
    classify: Box<dyn FnMut(usize) -> Result<usize, Failure>>,
    fastest_ns: f64,
}

impl Engine {
    fn new(
        kernel: &'static str,
        format: &'static str,
        classify: impl FnMut(usize) -> Result<usize, Failure> + 'static,
    ) -> Engine {
        Engine { kernel, format, classify: Box::new(classify), fastest_ns: f64::INFINITY }
    }
}

fn main() {
    match run() {
        Ok(json) => println!("{json}"),
        Err(error) => {
            eprintln!("error: {error}");
            std::process::exit(2);
        }
    }
}

fn run() -> Result<String, Failure> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [integer, float, folder, images] = &arguments[..] else {
        return Err("usage: peers-host INTEGER.postcard FLOAT.postcard FOLDER IMAGES".into());
    };
    let images = pictures(images)?;
    let weights = weights(&floats(&Path::new(folder).join("weights.f32"))?)?;
    let logits = floats(&Path::new(folder).join("logits.f32"))?;
    let logits = logits.as_chunks::<OUT>().0;
    if logits.len() != images.len() {
        return Err(format!("{folder}: logits of {} images, expected {}", logits.len(), images.len()).into());
    }

    let mut engines = vec![
        ours::integer(integer, images)?,
        ours::float(float, images, logits)?,
        tract::engine(&weights, images, logits)?,
        candle::engine(&weights, images, logits)?,
    ];
    for _ in 0..RUNS {
        for engine in &mut engines {
            let start = Instant::now();
            for image in 0..images.len() {
                std::hint::black_box((engine.classify)(image)?);
            }
            let ns = start.elapsed().as_nanos() as f64 / images.len() as f64;
            engine.fastest_ns = engine.fastest_ns.min(ns);
        }
    }
    let row = |engine: &Engine| {
        let &Engine { kernel, format, fastest_ns, .. } = engine;
        serde_json::json!({ "kernel": kernel, "format": format, "latency_ns": fastest_ns })
    };
    Ok(serde_json::Value::from(engines.iter().map(row).collect::<Vec<_>>()).to_string())
}

/// Reads the pictures of an IDX file, for the rest of the program.
fn pictures(path: &str) -> Result<&'static [[u8; IN]], Failure> {
    let file = fs::read(path).map_err(|error| format!("{path}: {error}"))?.leak();
    let (header, pixels) = file.split_at_checked(16).ok_or_else(|| format!("{path}: not an IDX file"))?;
    if header[..4] != [0, 0, 8, 3] || header[8..] != [0, 0, 0, 28, 0, 0, 0, 28] {
        return Err(format!("{path}: not an IDX file of 28 x 28 pictures").into());
    }
    Ok(pixels.as_chunks().0)
}

fn floats(path: &Path) -> Result<Vec<f32>, Failure> {
    let bytes = fs::read(path).map_err(|error| format!("{}: {error}", path.display()))?;
    Ok(bytes.as_chunks().0.iter().map(|bytes| f32::from_le_bytes(*bytes)).collect())
}

fn weights(numbers: &[f32]) -> Result<Weights, Failure> {
    let sizes = [IN * HIDDEN, HIDDEN, HIDDEN * OUT, OUT];
    if numbers.len() != sizes.iter().sum::<usize>() {
        return Err(format!("{} weights, expected those of 784-32-10", numbers.len()).into());
    }
    let mut rest = numbers;
    let mut take = |size: usize| {
        let (first, more) = rest.split_at(size);
        rest = more;
        first.to_vec()
    };
    let [first, first_bias, second, second_bias] = sizes.map(&mut take);
    Ok(Weights { first, first_bias, second, second_bias })
}

/// Converts pixels to 0..=1 before the clock starts, in favour of the engines that read floats.
fn real(image: &[u8; IN]) -> Vec<f32> {
    image.iter().map(|&pixel| f32::from(pixel) / 255.0).collect()
}

/// Fails if logits differ from ours.
fn check(engine: &str, image: usize, found: &[f32], expected: &[f32; OUT]) -> Result<(), Failure> {
    let near = |(found, expected): (&f32, &f32)| (found - expected).abs() <= 1e-3 * (1.0 + expected.abs());
    if found.len() == OUT && found.iter().zip(expected).all(near) {
        return Ok(());
    }
    Err(format!("{engine}: image {image}: logits {found:?}, expected {expected:?}").into())
}

fn argmax(logits: &[f32]) -> usize {
    let best = logits.iter().enumerate().max_by(|a, b| a.1.total_cmp(b.1));
    best.map_or(0, |(class, _)| class)
}
