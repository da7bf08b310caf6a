//! Measures the latency of one image on this computer, 784-32-10 in several number formats: the first 1,000 test images
//! and the same without zeros. `RUSTFLAGS='--cfg sinapse_kernel="columns"'` measures another kernel.
//!
//! ```text
//! cargo run --release --package sinapse-tests --example latency
//! ```

use std::hint::black_box;
use std::time::Instant;

use sinapse::dynamic::{Blob, Model, Scores};
use sinapse::format::ActivationKind::{Identity, Relu};
use sinapse::format::{ElementFormat, WeightFormat};
use sinapse::{Dense, I2, I4, I8, Network, Pixel, U4, U8, layers};
use sinapse_tests::{description, layer, random_blob, test_images};

/// Runs over the images; the fastest counts, because everything else on a computer only adds time.
const RUNS: usize = 200;

/// Checks and measures 784-32-10 with random weights `$weight`, pixels and hidden activations `$level`.
macro_rules! measure {
    ($images:expr, $weight:ident $weights:ident, $level:ident $levels:ident, $logit:ident $logits:ident) => {{
        type Digits<'a> = Network<
            layers![
                Dense<'a, 784, 32, Pixel<$level>, $weight, sinapse::Relu<$level>>,
                Dense<'a, 32, 10, $level, $weight, sinapse::Identity>,
            ],
        >;
        let hidden = layer(32, WeightFormat::$weights, Relu, ElementFormat::$levels);
        let last = layer(10, WeightFormat::$weights, Identity, ElementFormat::$logits);
        let blob = Blob::new(&random_blob(&description(784, ElementFormat::$levels, &[hidden, last]), 7));
        let network = Digits::load(blob.bytes()).expect("a blob of this shape");
        let model = Model::load(&blob).expect("a sound blob");
        let mut scratch = Digits::SCRATCH;
        let latencies_ns = $images.each_ref().map(|images| {
            for image in images {
                let logits: [$logit; 10] = network.logits(image, &mut scratch);
                assert_eq!(model.scores(image), Scores::$logits(logits.to_vec()));
            }
            (0..RUNS).fold(f64::INFINITY, |fastest, _| {
                let start = Instant::now();
                for image in images {
                    black_box(network.classify(black_box(image), &mut scratch));
                }
                fastest.min(start.elapsed().as_nanos() as f64 / images.len() as f64)
            })
        });
        let [digits, full] = latencies_ns;
        println!(
            "weights {:<3}, levels {:<3} {digits:>10.0} ns {full:>10.0} ns",
            stringify!($weight),
            stringify!($level)
        );
    }};
}

fn main() {
    let (_, test) = test_images();
    let digits: Vec<[u8; 784]> = test.images.pixels.as_chunks().0.iter().take(1_000).copied().collect();
    let full = digits.iter().map(|image| image.map(|pixel| pixel | 0x10)).collect();
    println!("kernel: {}", sinapse::kernel::selected());
    println!("{:<23} {:>13} {:>13}", "784-32-10, one image", "digits", "no zeros");
    let images = [digits, full];
    measure!(images, I8 I8, U4 U4, i32 I32);
    measure!(images, I8 I8, U8 U8, i32 I32);
    measure!(images, I4 I4, U4 U4, i32 I32);
    measure!(images, I2 I2, U4 U4, i32 I32);
    measure!(images, f32 F32, f32 F32, f32 F32);
}
