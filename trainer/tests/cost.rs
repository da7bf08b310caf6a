//! The model beside what `cargo xtask bench --json` measured, over 1,000 test images of MNIST and for an input without zeros.

use sinapse::Description;
use sinapse::activation::ActivationKind::Identity;
use sinapse::description::LayerDescription;
use sinapse::element::ElementFormat as E;
use sinapse::weight::WeightFormat as W;
use sinapse_trainer::cost::{Activity, Core, full, program_bytes, ram_bytes, time};

/// Most relative error of cycles and instructions.
const TIME: f64 = 0.08;
/// Of flash.
const FLASH: f64 = 0.09;
/// Of RAM.
const RAM: f64 = 0.12;

/// Means over the images' pixels.
const PIXELS_U4: Activity =
    Activity { inputs: 784.0, nonzero: 134.0, tops: 57.7, levels: 1443.9, words: 51.8, rows: 28.0, pairs: 91.5 };
const PIXELS_U8: Activity =
    Activity { inputs: 784.0, nonzero: 142.4, tops: 5.5, levels: 24443.1, words: 53.7, rows: 28.4, pairs: 95.5 };
const PIXELS_F32: Activity =
    Activity { inputs: 784.0, nonzero: 142.4, tops: 0.0, levels: 142.4, words: 53.7, rows: 28.4, pairs: 95.5 };
/// The same pictures as 16 × 16 pixels.
const SMALL_U4: Activity =
    Activity { inputs: 256.0, nonzero: 74.2, tops: 11.7, levels: 636.7, words: 29.9, rows: 13.8, pairs: 53.3 };

/// Inputs, outputs, formats, what the images give to do; mean and without zeros on M4, M0 and RV32; flash and RAM on M4 and M0.
type Row = (u16, u16, W, E, Activity, [u64; 3], [u64; 3], [usize; 2], [usize; 2]);

#[rustfmt::skip]
const ROWS: [Row; 8] = [
    (784, 32, W::I8, E::U4, PIXELS_U4, [11_238, 22_233, 17_165], [40_856, 112_065, 87_554], [12_620, 11_244], [1_884, 2_088]),
    (784, 32, W::I4, E::U4, PIXELS_U4, [10_552, 17_116, 15_044], [48_717, 83_092, 75_124], [11_928, 10_836], [1_852, 2_064]),
    (784, 32, W::I2, E::U4, PIXELS_U4, [10_572, 16_831, 15_048], [48_806, 81_465, 75_141], [11_784, 10_708], [1_852, 2_064]),
    (784, 32, W::I8, E::U8, PIXELS_U8, [12_244, 115_026, 70_561], [46_984, 580_193, 357_361], [10_596, 8_740], [1_588, 1_124]),
    (784, 32, W::F32, E::F32, PIXELS_F32, [23_670, 1_694_523, 664_961], [117_252, 8_629_503, 3_426_425], [9_860, 10_136], [1_716, 1_120]),
    (784, 64, W::I8, E::U4, PIXELS_U4, [19_129, 39_247, 29_800], [72_874, 203_790, 157_871], [12_544, 11_140], [1_948, 2_168]),
    (256, 64, W::I4, E::U4, SMALL_U4, [11_020, 18_117, 14_966], [30_914, 52_490, 45_660], [11_884, 10_720], [1_916, 2_128]),
    (784, 10, W::I8, E::U4, PIXELS_U4, [9_491, 15_637, 11_758], [50_112, 76_544, 57_230], [11_728, 11_048], [1_884, 2_104]),
];

fn assert_near(predicted: f64, measured: f64, most: f64, what: &str) {
    let error = predicted / measured - 1.0;
    assert!(error.abs() < most, "{what}: predicted {predicted}, measured {measured}: {:.1} %", 100.0 * error);
}

#[test]
fn layers_cost_what_was_measured() {
    for (inputs, outputs, weights, input, activity, means, dense, flash, ram) in ROWS {
        let output = if weights == W::F32 { E::F32 } else { E::I32 };
        let description =
            Description::of_layer(inputs, input, LayerDescription { outputs, weights, activation: Identity, output });
        for ((core, mean), dense) in Core::ALL.into_iter().zip(means).zip(dense) {
            let what = format!("{description} on {core:?}");
            assert_near(time(core, &description, &[activity]) as f64, mean as f64, TIME, &what);
            assert_near(time(core, &description, &full(&description)) as f64, dense as f64, TIME, &what);
        }
        for ((core, flash), ram) in [Core::M4, Core::M0].into_iter().zip(flash).zip(ram) {
            let what = format!("{description} on {core:?}");
            assert_near(program_bytes(core, &description).unwrap() as f64, flash as f64, FLASH, &what);
            assert_near(ram_bytes(core, &description).unwrap() as f64, ram as f64, RAM, &what);
        }
    }
}
