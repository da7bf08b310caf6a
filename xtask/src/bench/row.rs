//! One measurement.

use serde::Serialize;

use super::count::Summary;
use super::work::Work;
use crate::machine::Machine;
use crate::target_eval::Report;

/// A row of the report; what a machine does not tell is absent.
#[derive(Debug, Default, Serialize)]
#[serde(default)]
pub struct Row {
    /// A layer, `784x32-w8-x4` (inputs, outputs, bits of weights and inputs), or a model's name.
    pub work: String,
    /// `m0`, `m3`, `m4`, `m7`, `m33`, `m55`, `rv32`, `x86_64`.
    pub core: String,
    /// QEMU's machine, or `host`.
    pub machine: String,
    /// The kernel that was selected.
    pub kernel: String,
    /// Executed instructions an image, and for an input without zeros.
    pub instructions_mean: Option<u64>,
    pub instructions_max: Option<u64>,
    pub instructions_dense: Option<u64>,
    /// Modelled cycles of a Cortex-M4.
    pub cycles_mean: Option<u64>,
    pub cycles_max: Option<u64>,
    pub cycles_dense: Option<u64>,
    /// The firmware without the blob and its pictures, logging and file reading included.
    pub flash_bytes: Option<u64>,
    /// Static RAM.
    pub ram_bytes: Option<u64>,
    /// Deepest stack.
    pub stack_bytes: Option<u64>,
    /// Time of one image, one after the other on one thread.
    pub latency_ns: Option<f64>,
}

impl Row {
    /// From what was counted over images and for an input without zeros.
    pub fn of_device(work: &Work, machine: &Machine, images: &Summary, dense: &Summary, report: &Report) -> Row {
        // The model is the M4's, and near enough an M0's: both have loads of two cycles and multiply in one.
        let cycles = |cycles: u64| matches!(machine.short, "m0" | "m4").then_some(cycles);
        Row {
            work: work.name.clone(),
            core: machine.short.into(),
            machine: machine.name.into(),
            kernel: match (work.real, machine.short) {
                (false, _) => "lanes",
                (true, "m0" | "m3" | "rv32") => "skip",
                (true, _) => "float",
            }
            .into(),
            instructions_mean: Some(images.mean.instructions),
            instructions_max: Some(images.max.instructions),
            instructions_dense: Some(dense.mean.instructions),
            cycles_mean: cycles(images.mean.cycles),
            cycles_max: cycles(images.max.cycles),
            cycles_dense: cycles(dense.mean.cycles),
            flash_bytes: Some(report.sizes.program_bytes),
            ram_bytes: Some(report.sizes.ram_bytes),
            stack_bytes: Some(u64::from(report.stack_bytes)),
            latency_ns: None,
        }
    }
}
