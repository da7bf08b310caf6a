//! `cargo xtask target-eval`: all test images through the firmware in QEMU.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::data::TestFiles;
use crate::failure::Failure;
use crate::firmware::{self, Firmware, Sizes};
use crate::machine::{self, MACHINES, Machine};
use crate::qemu::{self, Guest};
use crate::{data, shell};

/// Arguments of `target-eval`.
#[derive(clap::Args)]
pub struct Arguments {
    /// Blob file [default: models/digits.postcard].
    #[arg(long, value_name = "FILE")]
    model: Option<PathBuf>,
    /// Machine that QEMU emulates.
    #[arg(long, value_name = "NAME", default_value = MACHINES[0].name)]
    machine: String,
    /// Folder with the MNIST files [default: $SINAPSE_DATA, the cache folder, drawn digits].
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
    /// Print one JSON object.
    #[arg(long)]
    json: bool,
}

/// The firmware's `result` line.
#[derive(Deserialize)]
struct Measured {
    images: u32,
    correct: u32,
    logits_crc32: String,
    unit: String,
    mean: u32,
    max: u32,
    stack_bytes: u32,
}

/// Results of a model on a machine.
#[derive(Serialize)]
pub struct Report {
    /// QEMU's name.
    pub machine: &'static str,
    /// Core of the machine.
    pub core: &'static str,
    /// Blob file.
    pub model: String,
    /// Origin of the images.
    pub data: String,
    /// Number of images.
    pub images: u32,
    /// Images whose class is their label.
    pub correct: u32,
    /// Share of correct images, 0..=1.
    pub accuracy: f64,
    /// CRC-32 of all logits of all images in order, little-endian; hexadecimal.
    pub logits_crc32: String,
    /// Mean instructions per image.
    pub instructions_mean: u32,
    /// Maximum instructions for one image.
    pub instructions_max: u32,
    /// Flash and static RAM of the program.
    #[serde(flatten)]
    pub sizes: Sizes,
    /// Deepest stack, in bytes.
    pub stack_bytes: u32,
}

/// Runs the command.
///
/// # Errors
///
/// A failed set-up or build, bad data, or an error of the firmware.
pub fn run(arguments: Arguments) -> Result<(), Failure> {
    let model = arguments.model.unwrap_or_else(default_model);
    let report = evaluate(machine::named(&arguments.machine)?, &model, arguments.data.as_deref())?;
    if arguments.json {
        println!("{}", serde_json::to_string(&report)?);
    } else {
        print(&report);
    }
    Ok(())
}

/// The network that the firmware carries.
pub fn default_model() -> PathBuf {
    shell::root().join("models").join("digits.postcard")
}

/// Builds the firmware with a model and runs all test images through it.
///
/// # Errors
///
/// Same as [`run`].
pub fn evaluate(machine: &'static Machine, model: &Path, folder: Option<&Path>) -> Result<Report, Failure> {
    let firmware = firmware::build(machine, model)?;
    let files = data::write_test_files(folder)?;
    evaluate_files(machine, &firmware, model, &files, None)
}

/// Runs all images of two files through built firmware.
///
/// # Errors
///
/// An error of the firmware.
pub fn evaluate_files(
    machine: &'static Machine,
    firmware: &Firmware,
    model: &Path,
    files: &TestFiles,
    plugin: Option<String>,
) -> Result<Report, Failure> {
    let arguments = ["--images", data::IMAGES, "--labels", data::LABELS];
    let serial = firmware.serial_file();
    let mut measured = None;
    let guest =
        Guest { machine, elf: &firmware.elf, folder: &files.folder, arguments: &arguments, serial: &serial, plugin };
    qemu::boot(&guest, |line| match line.strip_prefix("result ") {
        Some(json) => measured = Some(serde_json::from_str::<Measured>(json)),
        None => eprintln!("{line}"),
    })?;
    let measured = measured.ok_or("the firmware ended without a result")??;
    if measured.unit != "instructions" {
        return Err(format!("the firmware counted {}; expected instructions under QEMU", measured.unit).into());
    }
    Ok(Report {
        machine: machine.name,
        core: machine.core,
        model: model.display().to_string(),
        data: files.source.clone(),
        images: measured.images,
        correct: measured.correct,
        accuracy: f64::from(measured.correct) / f64::from(measured.images),
        logits_crc32: measured.logits_crc32,
        instructions_mean: measured.mean,
        instructions_max: measured.max,
        sizes: firmware.sizes,
        stack_bytes: measured.stack_bytes,
    })
}

fn print(report: &Report) {
    println!("machine       {} ({})", report.machine, report.core);
    println!("model         {}", report.model);
    println!("data          {}", report.data);
    let percent = 100.0 * report.accuracy;
    println!("accuracy      {percent:.2} %  ({} of {} images)", report.correct, report.images);
    println!("logits CRC-32 {}", report.logits_crc32);
    println!("instructions  {} per image, at most {}", report.instructions_mean, report.instructions_max);
    let Sizes { flash_bytes, program_bytes, ram_bytes } = report.sizes;
    println!("flash         {flash_bytes} bytes, {program_bytes} of them program");
    println!("RAM           {ram_bytes} bytes static, {} bytes deepest stack", report.stack_bytes);
}
