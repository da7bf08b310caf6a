//! Compares the logits of every emulated core and of WebAssembly with this computer's, over all test images, and the
//! plugin's instruction counts with the board's.

use std::path::{Path, PathBuf};

use crate::bench::count::{self, Regions, Summary};
use crate::bench::work;
use crate::data::TestFiles;
use crate::failure::Failure;
use crate::firmware::{self, Firmware};
use crate::machine::{MACHINES, Machine};
use crate::qemu::{self, Guest};
use crate::toolchain::Route;
use crate::{data, install, model, shell, target_eval, wasm};

/// Images over which single layers and instruction counts are compared.
const FEW_IMAGES: usize = 100;

/// Maximum number of instructions that a board's own counter counts outside the region: both marks, the call's
/// arguments, a started tick, and reading the counter, which costs less in an empty region, where everything may stay
/// in registers.
const OWN_INSTRUCTIONS: u64 = 32;

/// Inputs of the comparison: the firmware's network over all images, and layers of all other formats over the first.
struct Comparison {
    model: PathBuf,
    all: TestFiles,
    few: TestFiles,
    /// Checksum of the model's logits over all images.
    expected: String,
    /// Name, blob, and checksum of the logits over the first images.
    layers: Vec<(String, PathBuf, String)>,
    plugin: PathBuf,
}

/// Compares the firmware's network and single layers on every machine and under Node; reports machines that cannot be
/// set up.
///
/// # Errors
///
/// A failed build or run, different logits, or counts that do not agree.
pub fn compare() -> Result<(), Failure> {
    let comparison = Comparison::new()?;
    println!("this computer: logits CRC-32 {}", comparison.expected);
    let (mut equal, mut missing) = (0, 0);
    let mut note = |name: &str, result: Result<String, Failure>| {
        let text = result.map_err(|error| format!("{name}: {error}"))?;
        println!("{name}: {text}");
        equal += 1;
        Ok::<_, Failure>(())
    };
    // A machine that is missing does not prevent tests of the others.
    for machine in &MACHINES {
        match install::ready(machine) {
            Ok(_) => {
                eprintln!("{} layers on {} (a minute)", comparison.layers.len() + 1, machine.name);
                note(&format!("{} ({})", machine.name, machine.core), comparison.on(machine))?;
            }
            Err(error) => {
                println!("{}: NOT TESTED: {error}", machine.name);
                missing += 1;
            }
        }
    }
    match install::webassembly() {
        Ok(route) => {
            eprintln!("{} layers in WebAssembly", comparison.layers.len() + 1);
            note("WebAssembly (simd128)", comparison.under_node(route))?;
        }
        Err(error) => {
            println!("WebAssembly: NOT TESTED: {error}");
            missing += 1;
        }
    }
    println!("equal on {equal} machines, {missing} not tested");
    Ok(())
}

impl Comparison {
    fn new() -> Result<Self, Failure> {
        let model = target_eval::default_model();
        let (source, test) = data::test_images(None)?;
        let mut first = test.clone();
        first.truncate(FEW_IMAGES);
        let layers = work::of_whole_pictures()?.into_iter().filter(|work| work.layout.is_some() && work.blob != model);
        Ok(Comparison {
            all: data::write_files(&test, source.text.clone())?,
            few: data::write_files(&first, source.text)?,
            expected: model::checksum(&model, &test.pixels)?,
            layers: layers
                .map(|work| model::checksum(&work.blob, &first.pixels).map(|expected| (work.name, work.blob, expected)))
                .collect::<Result<_, _>>()?,
            plugin: count::build()?,
            model,
        })
    }

    /// Compares everything on an emulated machine; returns a summary.
    fn on(&self, machine: &'static Machine) -> Result<String, Failure> {
        let kernels = kernels(machine)?;
        let firmware = firmware::build(machine, &self.model)?;
        let report = target_eval::evaluate_files(machine, &firmware, &self.model, &self.all, None)?;
        same(&report.logits_crc32, &self.expected)?;
        let counts = compare_counts(machine, &firmware, &self.model, &self.few, &self.plugin)?;
        for (name, blob, expected) in &self.layers {
            let firmware = firmware::build(machine, blob)?;
            let report = target_eval::evaluate_files(machine, &firmware, blob, &self.few, None)?;
            same(&report.logits_crc32, expected).map_err(|error| format!("{name}: {error}"))?;
        }
        Ok(format!("{}, {} layers too; {kernels}; {counts}", self.expected, self.layers.len()))
    }

    /// Compares everything in WebAssembly; returns a summary.
    fn under_node(&self, route: Route) -> Result<String, Failure> {
        let report = wasm::evaluate(route, &self.model, &self.all)?;
        same(&report.logits_crc32, &self.expected)?;
        for (name, blob, expected) in &self.layers {
            let report = wasm::evaluate(route, blob, &self.few)?;
            same(&report.logits_crc32, expected).map_err(|error| format!("{name}: {error}"))?;
        }
        let version = install::node_version().unwrap_or_default();
        let (layers, correct, images) = (self.layers.len(), report.correct, report.images);
        Ok(format!("{}, {layers} layers too; {correct} of {images} right under Node {version}", self.expected))
    }
}

/// Compares kernels with the reference on a machine, over shapes that no network above has; returns the last log line.
fn kernels(machine: &'static Machine) -> Result<String, Failure> {
    let program = firmware::build_program(machine, &target_eval::default_model(), "kernels")?;
    let (folder, serial) = (shell::target().join("firmware"), program.serial_file());
    let guest = Guest { machine, elf: &program.elf, folder: &folder, arguments: &[], serial: &serial, plugin: None };
    let mut said = String::new();
    qemu::boot(&guest, |line| line.clone_into(&mut said))?;
    Ok(said)
}

fn same(found: &str, expected: &str) -> Result<(), Failure> {
    if found == expected { Ok(()) } else { Err(format!("logits CRC-32 {found}, expected {expected}").into()) }
}

/// Compares the plugin's counts with the board's own over the same images, so that an error in one is found.
fn compare_counts(
    machine: &'static Machine,
    firmware: &Firmware,
    model: &Path,
    files: &TestFiles,
    plugin: &Path,
) -> Result<String, Failure> {
    let regions = Regions::new(plugin)?;
    let own = target_eval::evaluate_files(machine, firmware, model, files, Some(regions.argument()))?;
    let counted = Summary::of(&regions.read(own.images as usize)?).ok_or("no image was measured")?;
    for (what, own, counted) in [
        ("mean", own.instructions_mean, counted.mean.instructions),
        ("max", own.instructions_max, counted.max.instructions),
    ] {
        if u64::from(own).abs_diff(counted) > OWN_INSTRUCTIONS {
            return Err(format!("the plugin counts {counted} instructions ({what}), the board {own}").into());
        }
    }
    Ok(format!("{} instructions per image, {} by its own counter", counted.mean.instructions, own.instructions_mean))
}
