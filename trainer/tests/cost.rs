//! The model beside what `cargo xtask bench --json` measured, over 1,000 test images of MNIST and for an input without zeros.

use std::path::Path;

use sinapse::Description;
use sinapse::activation::ActivationKind::Identity;
use sinapse::description::LayerDescription;
use sinapse::element::ElementFormat as E;
use sinapse::weight::WeightFormat as W;
use sinapse_trainer::cost::{Activity, Core, full, program_bytes, ram_bytes, stack_bytes, time};
use sinapse_trainer::model::{self, Model};

/// Most relative error of cycles and instructions.
const TIME: f64 = 0.08;
/// Of flash.
const FLASH: f64 = 0.09;
/// Of the stack; static RAM is exact.
const STACK: f64 = 0.08;

/// Means over the images' pixels.
const PIXELS_U4: Activity =
    Activity { inputs: 784.0, nonzero: 134.0, saturated: 57.7, levels: 1443.9, words: 51.8, rows: 28.0, pairs: 91.5 };
const PIXELS_U8: Activity =
    Activity { inputs: 784.0, nonzero: 142.4, saturated: 5.5, levels: 24443.1, words: 53.7, rows: 28.4, pairs: 95.5 };
const PIXELS_F32: Activity =
    Activity { inputs: 784.0, nonzero: 142.4, saturated: 0.0, levels: 142.4, words: 53.7, rows: 28.4, pairs: 95.5 };
/// The same pictures as 16 × 16 pixels.
const SMALL_U4: Activity =
    Activity { inputs: 256.0, nonzero: 74.2, saturated: 11.7, levels: 636.7, words: 29.9, rows: 13.8, pairs: 53.3 };

/// Inputs, outputs, formats, what the images give to do; mean and without zeros on M4, M0 and RV32; flash, RAM and stack on M4 and M0.
type Row = (u16, u16, W, E, Activity, [u64; 3], [u64; 3], [usize; 2], [usize; 2], [usize; 2]);

#[rustfmt::skip]
const ROWS: [Row; 8] = [
    (784, 32, W::I8, E::U4, PIXELS_U4, [9_970, 20_058, 16_262], [34_872, 103_787, 80_773], [5_516, 3_752], [972, 972], [464, 480]),
    (784, 32, W::I4, E::U4, PIXELS_U4, [8_850, 15_868, 14_494], [31_164, 80_433, 70_947], [5_428, 3_764], [972, 972], [504, 488]),
    (784, 32, W::I2, E::U4, PIXELS_U4, [9_203, 15_609, 14_490], [43_518, 78_907, 70_946], [4_592, 3_780], [972, 972], [456, 496]),
    (784, 32, W::I8, E::U8, PIXELS_U8, [11_647, 26_296, 20_661], [46_403, 130_934, 102_331], [5_644, 4_016], [524, 652], [472, 488]),
    (784, 32, W::F32, E::F32, PIXELS_F32, [22_470, 1_683_936, 663_898], [113_407, 8_577_506, 3_425_349], [4_816, 5_380], [972, 4], [456, 564]),
    (784, 64, W::I8, E::U4, PIXELS_U4, [16_551, 35_413, 28_497], [60_841, 190_703, 150_608], [5_184, 3_772], [972, 972], [592, 608]),
    (256, 64, W::I4, E::U4, SMALL_U4, [8_905, 15_907, 13_758], [26_861, 50_073, 43_721], [4_236, 3_548], [972, 972], [584, 616]),
    (784, 10, W::I8, E::U4, PIXELS_U4, [8_006, 12_811, 10_873], [40_982, 62_517, 49_508], [4_400, 3_828], [972, 972], [408, 404]),
];

fn assert_near(predicted: f64, measured: f64, most: f64, what: &str) {
    let error = predicted / measured - 1.0;
    assert!(error.abs() < most, "{what}: predicted {predicted}, measured {measured}: {:.1} %", 100.0 * error);
}

#[test]
fn layers_cost_what_was_measured() {
    for (inputs, outputs, weights, input, activity, means, dense, flash, ram, stack) in ROWS {
        let output = if weights == W::F32 { E::F32 } else { E::I32 };
        let description =
            Description::of_layer(inputs, input, LayerDescription { outputs, weights, activation: Identity, output });
        for ((core, mean), dense) in Core::ALL.into_iter().zip(means).zip(dense) {
            let what = format!("{description} on {core:?}");
            assert_near(time(core, &description, &[activity]) as f64, mean as f64, TIME, &what);
            assert_near(time(core, &description, &full(&description)) as f64, dense as f64, TIME, &what);
        }
        for (((core, flash), ram), stack) in [Core::M4, Core::M0].into_iter().zip(flash).zip(ram).zip(stack) {
            let what = format!("{description} on {core:?}");
            assert_near(program_bytes(core, &description).unwrap() as f64, flash as f64, FLASH, &what);
            assert_eq!(ram_bytes(core, &description), Some(ram), "{what}");
            assert_near(stack_bytes(core, &description).unwrap() as f64, stack as f64, STACK, &what);
        }
    }
}

/// `nano` with five views: program and static RAM on M4 and M0, as `cargo xtask test` says them of the bare program.
#[test]
fn five_views_take_the_flash_and_ram_that_were_measured() {
    let blob = model::read(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../models/nano.postcard")).unwrap();
    let viewed = Model::load(&blob).unwrap().description.in_views().unwrap();
    for (core, flash) in [(Core::M4, 6_964), (Core::M0, 6_572)] {
        assert_near(program_bytes(core, &viewed).unwrap() as f64, f64::from(flash), FLASH, "flash");
        assert_eq!(ram_bytes(core, &viewed), Some(1_936));
    }
}
