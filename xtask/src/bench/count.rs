//! The counting plugin for QEMU: builds it and reads its report.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};

use crate::failure::Failure;
use crate::shell;

/// Cost of a region.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cost {
    /// Executed instructions, exact.
    pub instructions: u64,
    /// Cycles of a Cortex-M4, modelled.
    pub cycles: u64,
}

impl Cost {
    /// Returns the excess over another cost, at least 0.
    pub fn beyond(self, other: Cost) -> Cost {
        Cost {
            instructions: self.instructions.saturating_sub(other.instructions),
            cycles: self.cycles.saturating_sub(other.cycles),
        }
    }
}

/// Mean and maximum over several regions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Summary {
    /// Mean, rounded to the nearest integer.
    pub mean: Cost,
    /// Maximum of each figure.
    pub max: Cost,
}

impl Summary {
    /// Summarises costs; `None` if there are none.
    pub fn of(costs: &[Cost]) -> Option<Summary> {
        let count = costs.len() as u64;
        let of = |part: fn(&Cost) -> u64| {
            let sum: u64 = costs.iter().map(part).sum();
            Some(((sum + count / 2).checked_div(count)?, costs.iter().map(part).max()?))
        };
        let ((instructions, most_instructions), (cycles, most_cycles)) = (of(|c| c.instructions)?, of(|c| c.cycles)?);
        Some(Summary {
            mean: Cost { instructions, cycles },
            max: Cost { instructions: most_instructions, cycles: most_cycles },
        })
    }
}

/// Builds the plugin and returns the path of its library.
///
/// # Errors
///
/// A failed build.
pub fn build() -> Result<PathBuf, Failure> {
    shell::run(shell::cargo().args(["build", "--quiet", "--release", "--package", "sinapse-counter"]))?;
    let name = format!("{}sinapse_counter{}", std::env::consts::DLL_PREFIX, std::env::consts::DLL_SUFFIX);
    Ok(shell::target().join("release").join(name))
}

/// A report that the plugin will write.
pub struct Regions {
    plugin: PathBuf,
    file: PathBuf,
}

impl Regions {
    /// Chooses a report file that no other run writes.
    pub fn new(plugin: &Path) -> Result<Self, Failure> {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let name = format!("regions-{}-{}", std::process::id(), NUMBER.fetch_add(1, Ordering::Relaxed));
        let file = shell::target().join("firmware").join(name);
        Ok(Regions { plugin: plugin.to_owned(), file })
    }

    /// Argument of QEMU's `-plugin`.
    pub fn argument(&self) -> String {
        let escape = |path: &Path| path.display().to_string().replace(',', ",,");
        format!("{},out={}", escape(&self.plugin), escape(&self.file))
    }

    /// Reads the report of `count` regions.
    ///
    /// # Errors
    ///
    /// No report, or one with another number of regions.
    pub fn read(self, count: usize) -> Result<Vec<Cost>, Failure> {
        let report = fs::read_to_string(&self.file)
            .map_err(|error| format!("{}: {error}: QEMU has not loaded the plugin", self.file.display()))?;
        fs::remove_file(&self.file)?;
        let costs = report.lines().map(parse).collect::<Option<Vec<_>>>().ok_or("the plugin's report is damaged")?;
        if costs.len() != count {
            return Err(format!("{} regions were counted, expected {count}", costs.len()).into());
        }
        Ok(costs)
    }
}

fn parse(line: &str) -> Option<Cost> {
    let (instructions, cycles) = line.split_once(' ')?;
    Some(Cost { instructions: instructions.parse().ok()?, cycles: cycles.parse().ok()? })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_report_gives_means_and_maxima() {
        let costs: Vec<Cost> = "10 20\n13 16\n".lines().map(|line| parse(line).unwrap()).collect();
        let summary = Summary::of(&costs).unwrap();
        assert_eq!(summary.mean, Cost { instructions: 12, cycles: 18 });
        assert_eq!(summary.max, Cost { instructions: 13, cycles: 20 });
        assert_eq!(Summary::of(&[]), None);
    }
}
