//! Goals of the engine, next to the figures of others.

use std::fmt::Write as _;

use super::catalogue::{CLASSIC, HOST_WORK};
use super::row::Row;

/// A column of the report.
#[derive(Clone, Copy, Debug)]
enum Column {
    CyclesMean,
    CyclesDense,
    InstructionsMean,
    InstructionsDense,
    Flash,
    /// Static RAM and stack, without the scratch.
    BesideScratch,
}

impl Column {
    fn of(self, row: &Row) -> Option<u64> {
        match self {
            Column::CyclesMean => row.cycles_mean,
            Column::CyclesDense => row.cycles_dense,
            Column::InstructionsMean => row.instructions_mean,
            Column::InstructionsDense => row.instructions_dense,
            Column::Flash => row.flash_bytes,
            Column::BesideScratch => Some(row.ram_bytes? + row.stack_bytes? - row.scratch_bytes?),
        }
    }

    fn name(self) -> &'static str {
        match self {
            Column::CyclesMean => "modelled cycles",
            Column::CyclesDense => "modelled cycles, no zeros",
            Column::InstructionsMean => "instructions",
            Column::InstructionsDense => "instructions, no zeros",
            Column::Flash => "bytes of flash",
            Column::BesideScratch => "bytes of RAM and stack besides the scratch",
        }
    }
}

/// Work, core, column, upper limit, and the figures of other engines.
type Goal = (&'static str, &'static str, Column, u64, &'static str);

const GOALS: [Goal; 13] = [
    ("784x32-w8-x4", "m4", Column::CyclesMean, 10_000, "CMSIS-NN s8 60,900; embedded-nn 144,000; microflow 973,000"),
    ("784x32-w4-x4", "m4", Column::CyclesMean, 9_000, "CMSIS-NN s4 137,000"),
    ("784x32-w8-x8", "m4", Column::CyclesMean, 14_000, "CMSIS-NN s8 60,900"),
    ("784x32-w8-x8", "m4", Column::CyclesDense, 50_000, "CMSIS-NN s8 60,900"),
    ("784x32-f32", "m4", Column::CyclesMean, 26_000, "CMSIS-NN f32 252,000"),
    (CLASSIC, "m4", Column::CyclesMean, 16_000, "BitNetMCU 244,000; CMSIS-NN s8 layers 72,000"),
    (CLASSIC, "m0", Column::CyclesMean, 40_000, "BitNetMCU 429,000"),
    (CLASSIC, "rv32", Column::InstructionsMean, 36_000, ""),
    ("784x32-w8-x8", "m55", Column::InstructionsDense, 4_500, "CMSIS-NN, GCC 12,500"),
    // 6 KiB of program, 1 KiB of RAM besides the scratch.
    ("digits", "m4", Column::Flash, 6 * 1024, "embedded-nn about 1,100 for its kernels alone"),
    ("digits", "m0", Column::Flash, 6 * 1024, "embedded-nn about 1,100 for its kernels alone"),
    ("digits", "m4", Column::BesideScratch, 1024, ""),
    ("digits", "m0", Column::BesideScratch, 1024, ""),
];

/// Kernels of other engines on this computer, and how many times faster than the fastest the integer network must be.
const RATIOS: [(&str, &[&str], f64); 2] =
    [("ONNX Runtime", &["onnxruntime"], 10.0), ("the fastest Rust engine", &["tract", "candle"], 3.0)];

/// Formats a table of all goals whose rows were measured.
pub fn table(rows: &[Row]) -> String {
    let mut table =
        "| work | core | figure | measured | goal | | others |\n| --- | --- | --- | --- | --- | --- | --- |\n"
            .to_owned();
    for (work, core, column, most, others) in GOALS {
        // Other engines have rows of their own under the same work.
        let ours = |row: &&Row| row.work == work && row.core == core && !is_peer(row);
        let Some(value) = rows.iter().filter(ours).find_map(|row| column.of(row)) else { continue };
        let verdict = if value <= most { "met" } else { "missed" };
        let _ = writeln!(table, "| {work} | {core} | {} | {value} | ≤ {most} | {verdict} | {others} |", column.name());
    }
    for (name, kernels, minimum) in RATIOS {
        let Some((ratio, kernel)) = ratio(rows, kernels) else { continue };
        let verdict = if ratio >= minimum { "met" } else { "missed" };
        let _ = writeln!(
            table,
            "| {HOST_WORK} | {} | times faster than {name} | {ratio:.1} | ≥ {minimum} | {verdict} | {kernel} |",
            std::env::consts::ARCH
        );
    }
    table
}

/// Returns the latency of the fastest other engine divided by that of our integer network, and its kernel.
fn ratio<'a>(rows: &'a [Row], kernels: &[&str]) -> Option<(f64, &'a str)> {
    let host = || rows.iter().filter(|row| row.work.starts_with(HOST_WORK) && row.machine == "host");
    let ours = host().filter(|row| row.kernel.starts_with("sinapse") && row.work.contains("-w8"));
    let ours = ours.filter_map(|row| row.latency_ns).fold(f64::INFINITY, f64::min);
    let peers = host().filter(|row| kernels.iter().any(|kernel| row.kernel.starts_with(kernel)));
    let fastest = peers.filter_map(|row| Some((row.latency_ns?, row.kernel.as_str())));
    let (latency, kernel) = fastest.min_by(|a, b| a.0.total_cmp(&b.0))?;
    ours.is_finite().then_some((latency / ours, kernel))
}

/// True if a row belongs to another engine.
fn is_peer(row: &Row) -> bool {
    ["microflow", "embedded-nn", "onnxruntime", "tract", "candle"].iter().any(|peer| row.kernel.starts_with(peer))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(work: &str, core: &str, kernel: &str) -> Row {
        Row { work: work.into(), core: core.into(), kernel: kernel.into(), machine: "host".into(), ..Row::default() }
    }

    #[test]
    fn a_goal_that_is_missed_is_called_so() {
        let row = |cycles| Row { cycles_mean: Some(cycles), ..row("784x32-f32", "m4", "columns/fpu") };
        assert!(table(&[row(26_000)]).contains("| 26000 | ≤ 26000 | met |"));
        assert!(table(&[row(26_001)]).contains("| 26001 | ≤ 26000 | missed |"));
    }

    #[test]
    fn the_row_of_another_engine_meets_no_goal() {
        let peer = Row { cycles_mean: Some(1), ..row("784x32-w8-x4", "m4", "microflow") };
        assert!(!table(&[peer]).contains("784x32"));
    }

    #[test]
    fn the_fastest_of_the_others_is_compared_with() {
        let at = |work: &str, kernel: &str, ns| Row { latency_ns: Some(ns), ..row(work, "x86_64", kernel) };
        let rows = [
            at("784-32-10-w8-x8", "sinapse", 100.0),
            at("784-32-10-f32", "tract", 500.0),
            at("784-32-10-f32", "candle", 299.0),
        ];
        let table = table(&rows);
        assert!(
            table.contains("| times faster than the fastest Rust engine | 3.0 | ≥ 3 | missed | candle |"),
            "{table}"
        );
    }
}
