//! The same logits on every emulated core and in WebAssembly as on this computer, over all test images; and counts that agree.

use std::path::Path;

use sinapse::crc::Crc32;
use sinapse_trainer::data::{self as datasets, Dataset, Images, Part};
use sinapse_trainer::model::{Blob, Model};

use crate::bench::count::{self, Regions};
use crate::data::TestFiles;
use crate::firmware::{self, Firmware};
use crate::machine::{MACHINES, Machine};
use crate::{Failure, data, setup, target_eval, wasm};

/// Images over which the plugin and the board's own counter are compared.
const COUNTED_IMAGES: usize = 100;

/// What a board's own counter counts beside the region: reading itself, both marks, a tick begun.
const OWN_INSTRUCTIONS: u64 = 8;

/// The firmware's network on every machine and under Node; those that cannot be set up are named.
///
/// # Errors
///
/// A build or a run that fails, different logits, or counts that do not agree.
pub fn compare() -> Result<(), Failure> {
    let model = target_eval::default_model();
    let source = datasets::locate(None)?;
    let test = datasets::load(&source, Part::Test)?;
    let expected = checksum(&model, &test.images)?;
    println!("this computer: logits CRC-32 {expected}");
    let all = data::write_files(&test.images, &test.labels, source.to_string())?;
    let few = first(&test, COUNTED_IMAGES);
    let few = data::write_files(&few.images, &few.labels, source.to_string())?;
    let plugin = count::build()?;

    let (mut equal, mut missing) = (0, 0);
    // What needs no set-up or can have it is tested; a machine without a network still tests the others.
    for machine in &MACHINES {
        if let Err(error) = setup::ready(machine) {
            println!("{}: NOT TESTED: {error}", machine.name);
            missing += 1;
            continue;
        }
        let firmware = firmware::build(machine, &model)?;
        let report = target_eval::evaluate_files(machine, &firmware, &model, &all, None)?;
        same(machine.name, &report.logits_crc32, &expected)?;
        let counts = compare_counts(machine, &firmware, &model, &few, &plugin)?;
        println!("{} ({}): {}; {counts}", machine.name, machine.core, report.logits_crc32);
        equal += 1;
    }
    match wasm::ready() {
        Err(error) => {
            println!("WebAssembly: NOT TESTED: {error}");
            missing += 1;
        }
        Ok(route) => {
            let report = wasm::evaluate(route, &model, &all)?;
            same("WebAssembly", &report.logits_crc32, &expected)?;
            println!(
                "WebAssembly (simd128, Node {}): {}; {} of {} right",
                wasm::node_version().unwrap_or_default(),
                report.logits_crc32,
                report.correct,
                report.images
            );
            equal += 1;
        }
    }
    println!("equal on {equal} machines, {missing} not tested");
    Ok(())
}

fn same(name: &str, found: &str, expected: &str) -> Result<(), Failure> {
    if found == expected { Ok(()) } else { Err(format!("{name}: logits CRC-32 {found}, expected {expected}").into()) }
}

/// The plugin and the board's own counter, over the same images: one must not be wrong alone.
fn compare_counts(
    machine: &'static Machine,
    firmware: &Firmware,
    model: &Path,
    files: &TestFiles,
    plugin: &Path,
) -> Result<String, Failure> {
    let regions = Regions::new(plugin)?;
    let own = target_eval::evaluate_files(machine, firmware, model, files, Some(regions.argument()))?;
    let counted = regions.read(own.images as usize)?;
    for (what, own, counted) in [
        ("mean", own.instructions_mean, counted.mean.instructions),
        ("max", own.instructions_max, counted.max.instructions),
    ] {
        if u64::from(own).abs_diff(counted) > OWN_INSTRUCTIONS {
            return Err(format!(
                "{}: the plugin counts {counted} instructions ({what}), the board {own}",
                machine.name
            )
            .into());
        }
    }
    Ok(format!("{} instructions an image, {} by its own counter", counted.mean.instructions, own.instructions_mean))
}

fn first(test: &Dataset, count: usize) -> Dataset {
    let count = count.min(test.labels.len());
    let pixels = test.images.pixels[..count * test.images.width * test.images.height].to_vec();
    Dataset { images: Images { pixels, count, ..test.images }, labels: test.labels[..count].to_vec() }
}

fn checksum(model: &Path, images: &Images) -> Result<String, Failure> {
    let blob = Blob::read(model)?;
    let model = Model::load(&blob)?;
    let mut crc = Crc32::new();
    model.scores_of_all(&images.pixels).iter().for_each(|scores| scores.checksum(&mut crc));
    Ok(format!("{:08x}", crc.finish()))
}
