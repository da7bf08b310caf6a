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
const RAM: f64 = 0.08;

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
    (784, 32, W::I8, E::U4, PIXELS_U4, [9_959, 20_115, 16_432], [34_892, 103_844, 80_943], [5_332, 3_844], [1_436, 1_184]),
    (784, 32, W::I4, E::U4, PIXELS_U4, [8_877, 16_162, 14_779], [31_203, 81_951, 71_840], [5_248, 3_860], [1_508, 1_176]),
    (784, 32, W::I2, E::U4, PIXELS_U4, [9_403, 15_906, 14_776], [44_545, 80_443, 71_842], [4_360, 3_876], [1_176, 1_176]),
    (784, 32, W::I8, E::U8, PIXELS_U8, [11_638, 26_306, 22_340], [46_374, 130_951, 110_190], [5_488, 4_008], [916, 1_080]),
    (784, 32, W::F32, E::F32, PIXELS_F32, [22_584, 1_683_203, 663_898], [113_697, 8_574_535, 3_425_349], [4_924, 5_408], [1_148, 592]),
    (784, 64, W::I8, E::U4, PIXELS_U4, [16_495, 35_475, 28_667], [60_843, 190_765, 150_778], [5_000, 3_868], [1_556, 1_312]),
    (256, 64, W::I4, E::U4, SMALL_U4, [9_198, 16_346, 14_132], [27_435, 50_948, 44_337], [4_008, 3_652], [1_296, 1_304]),
    (784, 10, W::I8, E::U4, PIXELS_U4, [8_359, 13_009, 12_252], [43_058, 63_313, 56_146], [4_288, 3_956], [1_264, 1_256]),
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
