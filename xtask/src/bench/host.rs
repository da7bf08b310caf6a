//! Latency and throughput on this computer, of networks whose types are known at compile time, as on a board.

use std::hint::black_box;
use std::time::Instant;

use sinapse::reduce::{Half, Reduce};
use sinapse::{Dense, I4, I8, Identity, Network, Pixel, Relu, U4, U8, layers};
use sinapse_trainer::model::{Blob, Model, Scores};

use super::measure::Bench;
use super::row::Row;
use super::work::{self, Work};
use crate::Failure;

type Digits = Network<
    layers![
        Reduce<784, 28, 2, Half, 144, U4>,
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

/// Measures four networks.
///
/// # Errors
///
/// A model of another shape, or logits that differ from those of any shape.
pub fn measure(bench: &Bench<'_>) -> Result<Vec<Row>, Failure> {
    let mut rows = Vec::new();
    macro_rules! network {
        ($name:expr, $work:expr, $network:ty, $scores:path) => {
            if bench.selection.has_work($name) {
                let work = &$work;
                let blob = leaked(work)?;
                let network = <$network>::load(blob.bytes())?;
                let mut scratch = <$network>::SCRATCH;
                let pictures = work.pictures.of(bench.test);
                let pictures: Vec<_> = pictures.images.pixels.as_chunks().0.iter().collect();
                let model = Model::load(blob)?;
                for picture in &pictures {
                    if model.scores(*picture) != $scores(network.logits(picture, &mut scratch).to_vec()) {
                        return Err(format!("{}: the typed network and the one of any shape differ", $name).into());
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
                let throughput = (threads * RUNS * pictures.len()) as f64 / start.elapsed().as_secs_f64();
                rows.push(row($name, sinapse::kernel::selected(), 1e9 * seconds / pictures.len() as f64, throughput));
            }
        };
    }
    let digits = work::committed("digits")?;
    network!("digits", digits.whole, Digits, Scores::I32);
    let all = work::committed(work::OF_CLASSIC)?.prefixes.pop().ok_or("a model without layers")?;
    network!(work::CLASSIC, all, Classic, Scores::I32);
    network!("784-32-10-w8-x8", work::trained("784-32-10-w8-x8")?, EightBits, Scores::I32);
    network!("784-32-10-f32", work::trained("784-32-10-f32")?, Float, Scores::F32);
    Ok(rows)
}

/// A blob for as long as this program runs: the networks borrow from it.
fn leaked(work: &Work) -> Result<&'static Blob, Failure> {
    Ok(Box::leak(Box::new(Blob::read(&work.blob)?)))
}

fn row(work: &str, kernel: &str, latency_ns: f64, images_per_second: f64) -> Row {
    Row {
        work: work.into(),
        core: std::env::consts::ARCH.into(),
        machine: "host".into(),
        kernel: kernel.into(),
        latency_ns: Some((10.0 * latency_ns).round() / 10.0),
        images_per_second: Some(images_per_second.round()),
        ..Row::default()
    }
}
