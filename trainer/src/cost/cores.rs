//! Processor cores of the model.

use super::coefficients::Coefficients;
use super::tables;

/// Modelled cores: one for each class of kernels.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Core {
    /// Cortex-M4, with DSP extension and floating-point unit.
    M4,
    /// Cortex-M0.
    M0,
    /// RV32IMC.
    Rv32,
}

impl Core {
    /// All cores.
    pub const ALL: [Core; 3] = [Core::M4, Core::M0, Core::Rv32];

    /// Display name.
    pub fn name(self) -> &'static str {
        match self {
            Core::M4 => "Cortex-M4",
            Core::M0 => "Cortex-M0",
            Core::Rv32 => "RV32IMC",
        }
    }

    /// Unit of its modelled times.
    pub fn unit(self) -> &'static str {
        match self {
            Core::M4 | Core::M0 => "cycles",
            Core::Rv32 => "instructions",
        }
    }

    /// Cost table.
    pub fn coefficients(self) -> &'static Coefficients {
        match self {
            Core::M4 => &tables::M4,
            Core::M0 => &tables::M0,
            Core::Rv32 => &tables::RV32,
        }
    }
}
