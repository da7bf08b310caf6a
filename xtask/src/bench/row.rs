//! Rows of the report.

use serde::Serialize;
use sinapse::format::Layout;

use super::bare::Bare;
use super::measure::Costs;
use super::work::Work;
use crate::failure::Failure;
use crate::machine::Machine;

/// A row of the report; figures that a machine does not provide are absent.
#[derive(Clone, Debug, Default, Serialize)]
#[serde(default)]
pub struct Row {
    /// A layer, `784x32-w8-x4` (inputs, outputs, bits of weights and inputs), or a model's name.
    pub work: String,
    /// `m0`, `m3`, `m4`, `m7`, `m33`, `m55`, `rv32`, `x86_64`.
    pub core: String,
    /// QEMU's machine, or `host`.
    pub machine: String,
    /// The kernel that was selected, or the name of another engine.
    pub kernel: String,
    /// Executed instructions per image, and for an input without zeros.
    pub instructions_mean: Option<u64>,
    pub instructions_max: Option<u64>,
    pub instructions_dense: Option<u64>,
    /// Modelled cycles of a Cortex-M4.
    pub cycles_mean: Option<u64>,
    pub cycles_max: Option<u64>,
    pub cycles_dense: Option<u64>,
    /// The smallest program around the blob: loader, kernels, loop, without blob and pictures.
    pub flash_bytes: Option<u64>,
    /// Its static RAM, with the scratch.
    pub ram_bytes: Option<u64>,
    /// The scratch: activations, accumulators and the nonzero list.
    pub scratch_bytes: Option<u64>,
    /// Its deepest stack.
    pub stack_bytes: Option<u64>,
    /// Time of one image, one after the other on one thread: on the host alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub latency_ns: Option<f64>,
    /// Images per second, all threads at work: on the host alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub images_per_second: Option<f64>,
}

impl Row {
    /// From what was counted, and from the smallest program where it was measured.
    ///
    /// # Errors
    ///
    /// Nothing was counted.
    pub fn of_device(
        work: &str,
        kernel: &str,
        machine: &Machine,
        costs: &Costs,
        bare: Option<Bare>,
    ) -> Result<Row, Failure> {
        // The timing model is the M4's; the M0 is close enough: both load in two cycles and multiply in one.
        let cycles = |cycles: u64| matches!(machine.short, "m0" | "m4").then_some(cycles);
        let images = costs.summary()?;
        Ok(Row {
            work: work.into(),
            core: machine.short.into(),
            machine: machine.name.into(),
            kernel: kernel.into(),
            instructions_mean: Some(images.mean.instructions),
            instructions_max: Some(images.max.instructions),
            instructions_dense: Some(costs.dense.instructions),
            cycles_mean: cycles(images.mean.cycles),
            cycles_max: cycles(images.max.cycles),
            cycles_dense: cycles(costs.dense.cycles),
            flash_bytes: bare.map(|bare| bare.flash_bytes),
            ram_bytes: bare.map(|bare| bare.ram_bytes),
            scratch_bytes: bare.map(|bare| bare.scratch_bytes),
            stack_bytes: bare.map(|bare| bare.stack_bytes),
            ..Row::default()
        })
    }
}

/// Name of the kernel that runs a work's first layer, which takes most of the time, on a core.
pub fn kernel(work: &Work, core: &str) -> &'static str {
    match (work.layout, core) {
        (Some(Layout::Columns), _) => "columns",
        (Some(Layout::Tiles), _) => "tiles",
        (None, "m4" | "m7" | "m33" | "m55") => "columns/fpu",
        (None, _) => "columns/axpy",
    }
}
