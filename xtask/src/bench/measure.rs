//! Counts the cost of a network on a machine, and checks its results.

use std::path::Path;

use super::count::{Cost, Regions, Summary};
use super::selection::Selection;
use super::work::Work;
use crate::data::{self, Dataset, TestFiles};
use crate::failure::Failure;
use crate::machine::Machine;
use crate::{firmware, model, target_eval};

/// Settings of a measurement.
pub struct Bench<'a> {
    /// The first test images.
    pub test: &'a Dataset,
    /// Description of the images.
    pub note: &'a str,
    /// The counting plugin.
    pub plugin: &'a Path,
    /// True to measure fewer images, works and cores.
    pub quick: bool,
    /// Works and cores to measure.
    pub selection: &'a Selection,
}

/// Cost of a work.
#[derive(Clone, Debug)]
pub struct Costs {
    /// For each image.
    pub images: Vec<Cost>,
    /// For an input without zeros.
    pub dense: Cost,
}

impl Costs {
    /// Returns the excess over another work's cost for the same images.
    pub fn beyond(&self, other: &Costs) -> Costs {
        let images = self.images.iter().zip(&other.images).map(|(cost, other)| cost.beyond(*other)).collect();
        Costs { images, dense: self.dense.beyond(other.dense) }
    }

    /// Mean and maximum over the images.
    ///
    /// # Errors
    ///
    /// No images.
    pub fn summary(&self) -> Result<Summary, Failure> {
        Summary::of(&self.images).ok_or_else(|| "no image was measured".into())
    }
}

impl Bench<'_> {
    /// Runs the images, and an input without zeros, through the firmware around a work.
    ///
    /// # Errors
    ///
    /// A build or run that fails, or logits that differ from those of this computer.
    pub fn count(&self, work: &Work, machine: &'static Machine) -> Result<Costs, Failure> {
        eprintln!("{} on {}", work.name, machine.name);
        let firmware = firmware::build(machine, &work.blob)?;
        let mut counted = Vec::new();
        for images in [work.pictures.of(self.test), work.pictures.dense()] {
            let files: TestFiles = data::write_files(&images, self.note.to_owned())?;
            let regions = Regions::new(self.plugin)?;
            let argument = Some(regions.argument());
            let report = target_eval::evaluate_files(machine, &firmware, &work.blob, &files, argument)?;
            let expected = model::checksum(&work.blob, &images.pixels)?;
            if report.logits_crc32 != expected {
                let (name, found) = (machine.name, &report.logits_crc32);
                return Err(format!("{} on {name}: logits CRC-32 {found}, expected {expected}", work.name).into());
            }
            counted.push(regions.read(images.labels.len())?);
        }
        let dense = counted.pop().and_then(|dense| dense.first().copied()).ok_or("no dense input was measured")?;
        Ok(Costs { images: counted.pop().unwrap_or_default(), dense })
    }
}
