//! `cargo xtask run`: the firmware in QEMU, with its log on the terminal.

use std::path::PathBuf;

use crate::failure::Failure;
use crate::machine::{self, MACHINES};
use crate::qemu::{self, Guest};
use crate::{firmware, target_eval};

/// Arguments of `run`.
#[derive(clap::Args)]
pub struct Arguments {
    /// Blob file [default: models/digits.postcard].
    #[arg(long, value_name = "FILE")]
    model: Option<PathBuf>,
    /// Machine that QEMU emulates.
    #[arg(long, value_name = "NAME", default_value = MACHINES[0].name)]
    machine: String,
    /// Arguments of the firmware: --images PATH --labels PATH, or none to see the compiled-in digits.
    #[arg(last = true)]
    arguments: Vec<String>,
}

/// Runs the command.
///
/// # Errors
///
/// A failed set-up or build, or an error of the firmware.
pub fn run(arguments: Arguments) -> Result<(), Failure> {
    let machine = machine::named(&arguments.machine)?;
    let model = arguments.model.unwrap_or_else(target_eval::default_model);
    let firmware = firmware::build(machine, &model)?;
    let serial = firmware.serial_file();
    let words: Vec<&str> = arguments.arguments.iter().map(String::as_str).collect();
    let folder = std::env::current_dir()?;
    let guest =
        Guest { machine, elf: &firmware.elf, folder: &folder, arguments: &words, serial: &serial, plugin: None };
    qemu::boot(&guest, |line| println!("{line}"))?;
    let sent = std::fs::read_to_string(&serial).unwrap_or_default();
    if !sent.trim().is_empty() {
        println!("serial port: {}", sent.trim());
    }
    Ok(())
}
