//! `docs/performance.md`, and the table on the terminal.

use std::fmt::Write as _;

use super::row::Row;

/// Work, whether the input has no zeros, most modelled M4 cycles, and what others take.
const GOALS: [(&str, bool, u64, &str); 5] = [
    ("784x32-w8-x4", false, 10_000, "CMSIS-NN s8 60,900; embedded-nn 144,000; microflow 973,000"),
    ("784x32-w4-x4", false, 9_000, "CMSIS-NN s4 137,000"),
    ("784x32-w8-x8", false, 14_000, "CMSIS-NN s8 60,900"),
    ("784x32-w8-x8", true, 50_000, "CMSIS-NN s8 60,900"),
    ("784x32-f32", false, 26_000, "CMSIS-NN f32 252,000"),
];

/// The whole document.
pub fn of(rows: &[Row], images: &str) -> String {
    let mut text = format!(
        "# Performance\n\n\
         Written by `cargo xtask bench`, over {images}: from 28 × 28 pixels in memory to the class, everything included. Every result was checked \
         against this computer's while it was measured.\n\n\
         Instructions are exact, counted by the project's plugin in QEMU. Cycles are modelled after the timing table of the Cortex-M4 with memory \
         that never waits (`xtask/counter/src/cycles.rs`). Time depends on the input, because zeros are skipped: *dense* is an input without zeros. \
         Flash is the firmware without the blob and its pictures, with logging and file reading.\n\n\
         ## Against the goals\n\n\
         | work | input | modelled M4 cycles | goal | | others |\n| --- | --- | --- | --- | --- | --- |\n"
    );
    for (work, dense, most, others) in GOALS {
        let Some(row) = rows.iter().find(|row| row.work == work && row.core == "m4") else { continue };
        let Some(cycles) = (if dense { row.cycles_dense } else { row.cycles_mean }) else { continue };
        let (input, verdict) = (if dense { "dense" } else { "mean" }, if cycles <= most { "met" } else { "missed" });
        let _ = writeln!(text, "| {work} | {input} | {cycles} | ≤ {most} | {verdict} | {others} |");
    }
    text += "\n## All rows\n\n";
    text += &table(rows);
    text
}

/// All rows.
pub fn table(rows: &[Row]) -> String {
    let mut table = "| work | core | machine | kernel | instructions: mean | max | dense | cycles: mean | max | dense | flash | RAM | stack | latency |\n\
                     | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |\n"
        .to_owned();
    for row in rows {
        let _ = write!(table, "| {} | {} | {} | {} |", row.work, row.core, row.machine, row.kernel);
        let counts = [
            row.instructions_mean,
            row.instructions_max,
            row.instructions_dense,
            row.cycles_mean,
            row.cycles_max,
            row.cycles_dense,
            row.flash_bytes,
            row.ram_bytes,
            row.stack_bytes,
        ];
        for count in counts {
            let _ = write!(table, " {} |", count.map_or_else(|| "–".into(), |count| count.to_string()));
        }
        let _ = writeln!(table, " {} |", row.latency_ns.map_or_else(|| "–".into(), |ns| format!("{ns:.1} ns")));
    }
    table
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_goal_that_is_missed_is_called_so() {
        let row =
            |cycles| Row { work: "784x32-f32".into(), core: "m4".into(), cycles_mean: Some(cycles), ..Row::default() };
        assert!(of(&[row(26_000)], "images").contains("| 26000 | ≤ 26000 | met |"));
        assert!(of(&[row(26_001)], "images").contains("| 26001 | ≤ 26000 | missed |"));
    }
}
