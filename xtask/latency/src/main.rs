//! Measures networks whose types are known at compile time, as on a board: latency on one thread, throughput on all.
//!
//! ```text
//! sinapse-latency NAME BLOB IMAGES [NAME BLOB IMAGES]…
//! ```
//!
//! Prints a JSON list with one object per network. A program of its own, because it is compiled for speed while the
//! rest of `xtask` is compiled fast.

use std::hint::black_box;
use std::time::Instant;

use serde_json::{Value, json};
use sinapse::dynamic::{Blob, Model, Scores};
use sinapse::layer::downscale::{Downscale, Half};
use sinapse::{Dense, I4, I8, Identity, Network, Pixel, Relu, U4, U8, layers};

type Failure = Box<dyn std::error::Error>;

type Digits = Network<
    layers![
        Downscale<784, 28, 2, Half, 144, U4>,
        Dense<'static, 144, 112, Pixel<U4>, I4, Relu<U4>>,
        Dense<'static, 112, 48, U4, I4, Relu<U4>>,
        Dense<'static, 48, 10, U4, I4, Identity>,
    ],
>;

type Classic = Network<
    layers![
        Dense<'static, 256, 64, Pixel<U4>, I4, Relu<U4>>,
        Dense<'static, 64, 64, U4, I4, Relu<U4>>,
        Dense<'static, 64, 64, U4, I4, Relu<U4>>,
        Dense<'static, 64, 10, U4, I4, Identity>,
    ],
>;

type EightBits =
    Network<layers![Dense<'static, 784, 32, Pixel<U8>, I8, Relu<U8>>, Dense<'static, 32, 10, U8, I8, Identity>]>;

type Float =
    Network<layers![Dense<'static, 784, 32, Pixel<f32>, f32, Relu<f32>>, Dense<'static, 32, 10, f32, f32, Identity>]>;

/// Runs over the images; the fastest counts, because everything else on a computer only adds time.
const RUNS: usize = 50;

/// Bytes before the pixels of an IDX file of images.
const IDX_HEADER: usize = 16;

/// Checks a network against the one of run-time shape and measures it.
macro_rules! measure {
    ($name:expr, $blob:expr, $pixels:expr, $network:ty, $scores:path) => {{
        let network = <$network>::load($blob.bytes())?;
        let mut scratch = <$network>::SCRATCH;
        let pictures: Vec<_> = $pixels.as_chunks().0.iter().collect();
        let model = Model::load($blob)?;
        for picture in &pictures {
            if model.scores(*picture) != $scores(network.logits(picture, &mut scratch).to_vec()) {
                return Err(format!("{}: the typed network and the one of run-time shape differ", $name).into());
            }
        }
        let time = |scratch: &mut _| {
            let start = Instant::now();
            for picture in &pictures {
                black_box(network.classify(black_box(picture), scratch));
            }
            start.elapsed().as_secs_f64()
        };
        let seconds = (0..RUNS).map(|_| time(&mut scratch)).fold(f64::INFINITY, f64::min);
        let threads = std::thread::available_parallelism().map_or(1, usize::from);
        let start = Instant::now();
        std::thread::scope(|scope| {
            for _ in 0..threads {
                scope.spawn(|| {
                    let mut scratch = <$network>::SCRATCH;
                    for _ in 0..RUNS {
                        black_box(time(&mut scratch));
                    }
                });
            }
        });
        let images = (threads * RUNS * pictures.len()) as f64;
        json!({
            "work": $name,
            "kernel": sinapse::kernel::selected(),
            "latency_ns": 1e9 * seconds / pictures.len() as f64,
            "images_per_second": images / start.elapsed().as_secs_f64(),
        })
    }};
}

fn main() -> Result<(), Failure> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let measured: Vec<Value> = arguments.as_chunks().0.iter().map(measure).collect::<Result<_, _>>()?;
    println!("{}", Value::from(measured));
    Ok(())
}

fn measure([name, blob, images]: &[String; 3]) -> Result<Value, Failure> {
    // Networks borrow from their blob for as long as the program runs.
    let blob: &'static Blob = Box::leak(Box::new(Blob::new(&std::fs::read(blob)?)));
    let images = std::fs::read(images)?;
    let pixels = images.get(IDX_HEADER..).ok_or("a file of images without its header")?;
    Ok(match name.as_str() {
        "digits" => measure!(name, blob, pixels, Digits, Scores::I32),
        "256-64-64-64-10-w4-x4" => measure!(name, blob, pixels, Classic, Scores::I32),
        "784-32-10-w8-x8" => measure!(name, blob, pixels, EightBits, Scores::I32),
        "784-32-10-f32" => measure!(name, blob, pixels, Float, Scores::F32),
        _ => return Err(format!("no network is called {name}").into()),
    })
}
