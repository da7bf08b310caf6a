//! Limits on the networks of a search.

use serde::{Deserialize, Serialize};

use super::trial::TrialResult;

/// Limits on a network.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Budget {
    /// Bytes of weights, biases and multipliers.
    pub flash_bytes: Option<u64>,
    /// Bytes of activations between the layers.
    pub ram_bytes: Option<u64>,
    /// Mean modelled Cortex-M4 cycles per image.
    pub cycles: Option<u64>,
}

impl Budget {
    /// Whether a result is within the limits.
    pub fn holds(&self, result: &TrialResult) -> bool {
        self.allows(result.weight_bytes, result.scratch_bytes, result.cycles)
    }

    /// Whether these costs are within the limits.
    pub fn allows(&self, flash: u64, ram: u64, cycles: u64) -> bool {
        let within = |most: Option<u64>, found| most.is_none_or(|most| found <= most);
        within(self.flash_bytes, flash) && within(self.ram_bytes, ram) && within(self.cycles, cycles)
    }

    /// Describes the limits.
    pub fn describe(&self) -> String {
        let part = |most: Option<u64>, unit| most.map(|most| format!("{most} {unit}"));
        let parts = [
            part(self.flash_bytes, "bytes of flash"),
            part(self.ram_bytes, "bytes of RAM"),
            part(self.cycles, "cycles"),
        ];
        parts.into_iter().flatten().collect::<Vec<_>>().join(", ")
    }
}
