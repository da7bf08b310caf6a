//! `docs/performance.md`, and the table on the terminal.

use std::fmt::Write as _;

use super::goals;
use super::row::Row;
use crate::shell;

/// Formats the whole document; `unavailable` lists the engines that could not be measured, with the reasons.
pub fn of(rows: &[Row], images: &str, unavailable: &[String]) -> String {
    let mut text = format!(
        "# Performance\n\n\
         Written by `cargo xtask bench`, over {images}: from 28 × 28 pixels in memory to the class, everything\n\
         included. Every result was checked against this computer's while it was measured.\n\n\
         Instructions are exact, counted by the project's QEMU plugin. Cycles are modelled by the timing table of\n\
         the Cortex-M4 with zero-wait-state memory (`xtask/counter/src/cycles.rs`). Time depends on the input,\n\
         because zeros are skipped: *dense* is an input without zeros.\n\n\
         Flash, RAM and stack are those of the smallest program around the blob (`firmware/src/bin/bare.rs`:\n\
         loader, kernels, loop), without the blob and the pictures. RAM is its static RAM, most of it the\n\
         network's scratch: activations, accumulators, and the list of a layer's inputs.\n\n\
         `256-…` networks and layers read 16 × 16 pixels; `reduce` is the cost of downscaling 28 × 28 to these. A\n\
         layer, `digits/1`, is the difference of two networks, one a layer longer than the other: it includes the\n\
         requantisation of its inputs, and the search for the largest of its outputs instead of the shorter\n\
         network's. Its *dense* is that of a picture without zeros, not of hidden activations without them.\n\
         `1000x7` reads the pixels of the images in pieces of 1,000.\n\n\
         On the host, latency is that of one image after the other on one thread; images per second are those of\n\
         all threads. Named engines are those of `tests/peers`, all in one run, one thread each; ONNX Runtime is\n\
         called from Python, whose share of the time is included.\n\n\
         ## Against the goals\n\n"
    );
    text += &goals::table(rows);
    text += "\n## All rows\n\n";
    text += &table(rows);
    if !unavailable.is_empty() {
        text += "\nNot measured:\n\n";
        let root = shell::root().display().to_string();
        for reason in unavailable {
            // On one line, without paths of this computer.
            let reason = reason.replace(&root, ".").replace('\n', " ");
            let _ = writeln!(text, "* {reason}");
        }
    }
    text
}

/// Formats all rows as a table.
pub fn table(rows: &[Row]) -> String {
    let mut table = "| work | core | machine | kernel | instructions: mean | max | dense | cycles: mean | max | dense \
                     | flash | RAM | of it scratch | stack | latency | images per second |\n\
                     | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- \
                     | --- | --- | --- | --- | --- | --- |\n"
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
            row.scratch_bytes,
            row.stack_bytes,
        ];
        for count in counts {
            let _ = write!(table, " {} |", count.map_or_else(|| "–".into(), |count| count.to_string()));
        }
        let latency = row.latency_ns.map_or_else(|| "–".into(), |ns| format!("{ns:.1} ns"));
        let throughput = row.images_per_second.map_or_else(|| "–".into(), |images| format!("{images:.0}"));
        let _ = writeln!(table, " {latency} | {throughput} |");
    }
    table
}
