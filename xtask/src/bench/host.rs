//! Latency and throughput on this computer, of networks whose types are known at compile time, as on a board:
//! `xtask/latency` measures them, compiled for speed.

use std::ffi::OsString;

use serde::Deserialize;

use super::catalogue::{CLASSIC, OF_CLASSIC, TRAINED};
use super::measure::Bench;
use super::row::Row;
use super::work;
use crate::failure::Failure;
use crate::{data, shell};

/// One network, as the program reports it.
#[derive(Deserialize)]
struct Measured {
    work: String,
    kernel: String,
    latency_ns: f64,
    images_per_second: f64,
}

/// Measures four networks.
///
/// # Errors
///
/// A model of another shape, or logits that differ from those of the network of run-time shape.
pub fn measure(bench: &Bench<'_>) -> Result<Vec<Row>, Failure> {
    let mut arguments: Vec<OsString> = Vec::new();
    let mut add = |name: &str, work: work::Work| {
        let files = data::write_files(&work.pictures.of(bench.test), bench.note.to_owned())?;
        arguments.extend([name.into(), work.blob.into(), files.folder.join(data::IMAGES).into()]);
        Ok::<_, Failure>(())
    };
    if bench.selection.has_work("digits") {
        add("digits", work::committed("digits")?.whole)?;
    }
    if bench.selection.has_work(CLASSIC) {
        add(CLASSIC, work::committed(OF_CLASSIC)?.prefixes.pop().ok_or("a model without layers")?)?;
    }
    for name in TRAINED.into_iter().filter(|name| bench.selection.has_work(name)) {
        add(name, work::trained(name)?)?;
    }
    let mut cargo = shell::cargo();
    cargo.args(["run", "--quiet", "--release", "--package", "sinapse-latency", "--"]).args(arguments);
    let measured: Vec<Measured> = serde_json::from_str(&shell::output(&mut cargo)?)?;
    Ok(measured.into_iter().map(row).collect())
}

fn row(measured: Measured) -> Row {
    Row {
        work: measured.work,
        core: std::env::consts::ARCH.into(),
        machine: "host".into(),
        kernel: measured.kernel,
        latency_ns: Some((10.0 * measured.latency_ns).round() / 10.0),
        images_per_second: Some(measured.images_per_second.round()),
        ..Row::default()
    }
}
