//! tract, candle and ONNX Runtime on one thread of this computer, next to ours with the same weights and images.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde::Deserialize;
use sinapse::dynamic::{Model, Scores};

use crate::bench::catalogue::{HOST_WORK, TRAINED};
use crate::bench::measure::Bench;
use crate::bench::row::Row;
use crate::bench::work::{self, Work};
use crate::failure::Failure;
use crate::workspaces::PEERS as WORKSPACE;
use crate::{data, model, shell};

/// Exit code of the script if Python has no ONNX Runtime.
const NOT_INSTALLED: i32 = 3;

/// A program's measurement.
#[derive(Deserialize)]
struct Measured {
    /// The engine.
    kernel: String,
    /// `f32`, `w8-x8`.
    format: String,
    latency_ns: f64,
}

pub fn measure(bench: &Bench<'_>, unavailable: &mut Vec<String>) -> Result<Vec<Row>, Failure> {
    let (integer, float) = (work::trained(TRAINED[0])?, work::trained(TRAINED[1])?);
    let files = data::write_files(bench.test, bench.note.to_owned())?;
    let raw = write_raw(bench, &float)?;

    let images = files.folder.join(data::IMAGES);
    let mut measured = Vec::new();
    eprintln!("tract and candle on this computer");
    match build() {
        Ok(mut program) => {
            program.args([&integer.blob, &float.blob, &raw, &images]);
            measured.extend(parse(&shell::output(&mut program)?)?);
        }
        Err(error) => unavailable.push(format!("tract and candle: {error}")),
    }
    eprintln!("ONNX Runtime on this computer");
    match onnx_runtime(&raw, &images)? {
        Ok(json) => measured.extend(parse(&json)?),
        Err(reason) => unavailable.push(format!("ONNX Runtime: {reason}")),
    }
    Ok(measured.into_iter().map(row).collect())
}

/// Builds the program that measures tract, candle and ours on one thread.
fn build() -> Result<Command, Failure> {
    let target = shell::target().join(WORKSPACE).join("host");
    let mut cargo = shell::cargo();
    cargo.current_dir(shell::root().join(WORKSPACE)).args([
        "build",
        "--quiet",
        "--locked",
        "--release",
        "--package",
        "peers-host",
    ]);
    shell::run(cargo.arg("--target-dir").arg(&target))?;
    let name = format!("peers-host{}", std::env::consts::EXE_SUFFIX);
    let mut program = Command::new(target.join("release").join(name));
    // candle would distribute one image over all cores, which takes ten times as long.
    program.env("RAYON_NUM_THREADS", "1");
    Ok(program)
}

/// Runs ONNX Runtime's script; returns its output, or the reason why there is no ONNX Runtime.
fn onnx_runtime(raw: &Path, images: &Path) -> Result<Result<String, String>, Failure> {
    let python = std::env::var_os("SINAPSE_PYTHON").unwrap_or_else(|| "python3".into());
    let mut command = Command::new(&python);
    command.arg(shell::root().join(WORKSPACE).join("onnx_runtime.py")).args([raw, images]);
    let said = match command.output() {
        Ok(said) => said,
        Err(error) => return Ok(Err(format!("{} cannot be started: {error}", python.display()))),
    };
    let complaint = String::from_utf8_lossy(&said.stderr).trim().to_owned();
    match said.status.code() {
        Some(0) => Ok(Ok(String::from_utf8(said.stdout)?)),
        Some(NOT_INSTALLED) => Ok(Err(complaint)),
        _ => Err(format!("`{}` failed ({}): {complaint}", shell::line(&command), said.status).into()),
    }
}

fn parse(json: &str) -> Result<Vec<Measured>, Failure> {
    Ok(serde_json::from_str(json)?)
}

fn row(measured: Measured) -> Row {
    Row {
        work: format!("{HOST_WORK}-{}", measured.format),
        core: std::env::consts::ARCH.into(),
        machine: "host".into(),
        kernel: measured.kernel,
        latency_ns: Some((10.0 * measured.latency_ns).round() / 10.0),
        ..Row::default()
    }
}

/// Writes the engines' input, little-endian `f32`, and returns its folder: `weights.f32` has for each layer the weights
/// `[input][output]` and the biases; `logits.f32` has our logits of every image, to compare theirs with.
fn write_raw(bench: &Bench<'_>, float: &Work) -> Result<PathBuf, Failure> {
    let blob = model::read(&float.blob)?;
    let model = Model::load(&blob)?;
    let folder = shell::target().join("bench").join(HOST_WORK);
    fs::create_dir_all(&folder)?;
    let weights: Vec<u8> = model.layers.iter().flat_map(|layer| [layer.weights, layer.bias].concat()).collect();
    write(&folder, "weights.f32", &weights)?;
    let mut logits = Vec::new();
    for image in bench.test.pixels.chunks_exact(model.description.picture_pixels()) {
        let Scores::F32(scores) = model.scores(image) else { return Err("a float network gives integers".into()) };
        logits.extend(scores.into_iter().flat_map(f32::to_le_bytes));
    }
    write(&folder, "logits.f32", &logits)?;
    Ok(folder)
}

fn write(folder: &Path, name: &str, bytes: &[u8]) -> Result<(), Failure> {
    data::write(&folder.join(name), bytes)
}
