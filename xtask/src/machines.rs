//! The same logits on every emulated core as on this computer, over all test images.

use std::path::Path;

use sinapse::crc::Crc32;
use sinapse_trainer::data::{self as datasets, Part};
use sinapse_trainer::model::{Blob, Model};

use crate::machine::MACHINES;
use crate::{Failure, setup, target_eval};

/// The firmware's network on every machine; those that cannot be set up are named.
///
/// # Errors
///
/// A build or a run that fails, or different logits.
pub fn compare() -> Result<(), Failure> {
    let model = target_eval::default_model();
    let expected = host_checksum(&model)?;
    println!("this computer: logits CRC-32 {expected}");
    let mut missing = 0;
    for machine in &MACHINES {
        // What needs no set-up or can have it is tested; a machine without a network still tests the others.
        if let Err(error) = setup::ready(machine) {
            println!("{}: NOT TESTED: {error}", machine.name);
            missing += 1;
            continue;
        }
        let report = target_eval::evaluate(machine, &model, None)?;
        println!("{} ({}): {}", machine.name, machine.core, report.logits_crc32);
        if report.logits_crc32 != expected {
            return Err(format!("{}: logits CRC-32 {}, expected {expected}", machine.name, report.logits_crc32).into());
        }
    }
    println!("equal on {} machines, {missing} not tested", MACHINES.len() - missing);
    Ok(())
}

fn host_checksum(model: &Path) -> Result<String, Failure> {
    let blob = Blob::read(model)?;
    let model = Model::load(&blob)?;
    let test = datasets::load(&datasets::locate(None)?, Part::Test)?;
    let mut crc = Crc32::new();
    model.scores_of_all(&test.images.pixels).iter().for_each(|scores| scores.checksum(&mut crc));
    Ok(format!("{:08x}", crc.finish()))
}
