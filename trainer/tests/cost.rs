//! The cost model against `cargo xtask bench --json`: means over 1,000 test images of MNIST, and inputs without zeros.

use std::path::Path;

use sinapse::Description;
use sinapse::format::ActivationKind::Identity;
use sinapse::format::{ElementFormat as E, LayerDescription, WeightFormat as W};
use sinapse_trainer::cost::{Activity, Core, full, program_bytes, ram_bytes, stack_bytes, time};
use sinapse_trainer::model::{self, Model};

/// Largest relative error of cycles and instructions.
const TIME: f64 = 0.08;
/// Largest relative error of flash.
const FLASH: f64 = 0.09;
/// Largest relative error of the stack; static RAM is exact.
const STACK: f64 = 0.08;

// Mean activities of the images' pixels.
const PIXELS_U4: Activity =
    Activity { inputs: 784.0, nonzero: 134.0, saturated: 57.7, levels: 1443.9, words: 51.8, rows: 28.0, pairs: 91.5 };
const PIXELS_U8: Activity =
    Activity { inputs: 784.0, nonzero: 142.4, saturated: 5.5, levels: 24443.1, words: 53.7, rows: 28.4, pairs: 95.5 };
const PIXELS_F32: Activity =
    Activity { inputs: 784.0, nonzero: 142.4, saturated: 0.0, levels: 142.4, words: 53.7, rows: 28.4, pairs: 95.5 };
/// The same pictures as 16 × 16 pixels.
const SMALL_U4: Activity =
    Activity { inputs: 256.0, nonzero: 74.2, saturated: 11.7, levels: 636.7, words: 29.9, rows: 13.8, pairs: 53.3 };

/// Measurements of one layer.
struct Row {
    inputs: u16,
    outputs: u16,
    weights: W,
    input: E,
    /// Mean activity over the images.
    activity: Activity,
    /// Mean time over the images, on M4, M0 and RV32.
    mean: [u64; 3],
    /// Time of an input without zeros, on M4, M0 and RV32.
    dense: [u64; 3],
    /// Bytes on M4 and M0.
    flash: [usize; 2],
    /// Bytes on M4 and M0.
    ram: [usize; 2],
    /// Bytes on M4 and M0.
    stack: [usize; 2],
}

const ROWS: [Row; 8] = [
    Row {
        inputs: 784,
        outputs: 32,
        weights: W::I8,
        input: E::U4,
        activity: PIXELS_U4,
        mean: [9_970, 20_058, 16_262],
        dense: [34_872, 103_787, 80_773],
        flash: [5_516, 3_752],
        ram: [972, 972],
        stack: [464, 480],
    },
    Row {
        inputs: 784,
        outputs: 32,
        weights: W::I4,
        input: E::U4,
        activity: PIXELS_U4,
        mean: [8_850, 15_868, 14_494],
        dense: [31_164, 80_433, 70_947],
        flash: [5_428, 3_764],
        ram: [972, 972],
        stack: [504, 488],
    },
    Row {
        inputs: 784,
        outputs: 32,
        weights: W::I2,
        input: E::U4,
        activity: PIXELS_U4,
        mean: [9_203, 15_609, 14_490],
        dense: [43_518, 78_907, 70_946],
        flash: [4_592, 3_780],
        ram: [972, 972],
        stack: [456, 496],
    },
    Row {
        inputs: 784,
        outputs: 32,
        weights: W::I8,
        input: E::U8,
        activity: PIXELS_U8,
        mean: [11_647, 26_296, 20_661],
        dense: [46_403, 130_934, 102_331],
        flash: [5_644, 4_016],
        ram: [524, 652],
        stack: [472, 488],
    },
    Row {
        inputs: 784,
        outputs: 32,
        weights: W::F32,
        input: E::F32,
        activity: PIXELS_F32,
        mean: [22_470, 1_683_936, 663_898],
        dense: [113_407, 8_577_506, 3_425_349],
        flash: [4_816, 5_380],
        ram: [972, 4],
        stack: [456, 564],
    },
    Row {
        inputs: 784,
        outputs: 64,
        weights: W::I8,
        input: E::U4,
        activity: PIXELS_U4,
        mean: [16_551, 35_413, 28_497],
        dense: [60_841, 190_703, 150_608],
        flash: [5_184, 3_772],
        ram: [972, 972],
        stack: [592, 608],
    },
    Row {
        inputs: 256,
        outputs: 64,
        weights: W::I4,
        input: E::U4,
        activity: SMALL_U4,
        mean: [8_905, 15_907, 13_758],
        dense: [26_861, 50_073, 43_721],
        flash: [4_236, 3_548],
        ram: [972, 972],
        stack: [584, 616],
    },
    Row {
        inputs: 784,
        outputs: 10,
        weights: W::I8,
        input: E::U4,
        activity: PIXELS_U4,
        mean: [8_006, 12_811, 10_873],
        dense: [40_982, 62_517, 49_508],
        flash: [4_400, 3_828],
        ram: [972, 972],
        stack: [408, 404],
    },
];

fn assert_near(predicted: f64, measured: f64, most: f64, what: &str) {
    let error = predicted / measured - 1.0;
    assert!(error.abs() < most, "{what}: predicted {predicted}, measured {measured}: {:.1} %", 100.0 * error);
}

#[test]
fn layers_cost_what_was_measured() {
    for Row { inputs, outputs, weights, input, activity, mean, dense, flash, ram, stack } in ROWS {
        let output = if weights == W::F32 { E::F32 } else { E::I32 };
        let description =
            Description::of_layer(inputs, input, LayerDescription::dense(outputs, weights, Identity, output));
        for ((core, mean), dense) in Core::ALL.into_iter().zip(mean).zip(dense) {
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

/// `nano` as a shift ensemble: flash and static RAM on M4 and M0, as `cargo xtask test` reports them for the bare
/// program.
#[test]
fn a_shift_ensemble_takes_the_flash_and_ram_that_were_measured() {
    let blob = model::read(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../models/nano.postcard")).unwrap();
    let viewed = Model::load(&blob).unwrap().description.with_shift_ensemble().unwrap();
    for (core, flash) in [(Core::M4, 6_964), (Core::M0, 6_572)] {
        assert_near(program_bytes(core, &viewed).unwrap() as f64, f64::from(flash), FLASH, "flash");
        assert_eq!(ram_bytes(core, &viewed), Some(1_936));
    }
}
