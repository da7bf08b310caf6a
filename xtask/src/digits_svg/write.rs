//! Making the picture: the firmware answers in QEMU, and its log becomes the labels.

use std::fs;

use super::draw::{Answer, svg};
use super::layout::{self, PIXELS};
use crate::failure::Failure;
use crate::machine::MACHINES;
use crate::qemu::{self, Guest};
use crate::{data, firmware, shell, target_eval};

/// Boots the firmware and writes `docs/digits.svg`.
///
/// # Errors
///
/// A failed boot, a log without an answer for each digit, or a file that cannot be written.
pub fn write() -> Result<(), Failure> {
    let machine = &MACHINES[0];
    let model = target_eval::default_model();
    let firmware = firmware::build(machine, &model)?;
    let (folder, serial) = (shell::root(), firmware.serial_file());
    let guest = Guest { machine, elf: &firmware.elf, folder: &folder, arguments: &[], serial: &serial, plugin: None };
    let mut answers = Vec::new();
    qemu::boot(&guest, |line| answers.extend(Answer::parse(line)))?;
    let digits = fs::read(firmware::pictures())?;
    let digits: &[[u8; PIXELS]] = digits.get(16..).unwrap_or_default().as_chunks().0;
    if answers.len() != digits.len() {
        return Err(format!("the firmware logged {} answers for {} digits", answers.len(), digits.len()).into());
    }
    let name = model.file_stem().unwrap_or_default().display().to_string();
    let source = format!("the network `{name}` on a {}", machine.core);
    let path = layout::file();
    data::write(&path, svg(digits, &answers, &source).as_bytes())?;
    println!("wrote {}", path.display());
    Ok(())
}
