//! Generates the peers' layer at random: as constants, and as a TensorFlow Lite file for microflow's macro.

use std::path::Path;
use std::{env, fs};

#[path = "src/layer.rs"]
mod layer;
#[path = "build/tflite.rs"]
mod tflite;

fn main() {
    for file in ["build.rs", "build/tflite.rs", "src/layer.rs", "memory.x"] {
        println!("cargo::rerun-if-changed={file}");
    }
    let out = env::var_os("OUT_DIR").unwrap_or_default();
    if let Err(error) = write(Path::new(&out)) {
        println!("cargo::error={error}");
    }
    println!("cargo::rustc-link-search={}", out.display());
    for argument in ["--nmagic", "-Tlink.x"] {
        println!("cargo::rustc-link-arg-bins={argument}");
    }
}

fn write(out: &Path) -> std::io::Result<()> {
    // `[output][input]`, and `[output]` in steps of `INPUT_SCALE · WEIGHT_SCALE`.
    let weights: Vec<i8> =
        draw(1).take(layer::IN * layer::OUT).map(|number| ((number % 255) as i32 - 127) as i8).collect();
    let bias: Vec<i32> = draw(2).take(layer::OUT).map(|number| (number % 20_001) as i32 - 10_000).collect();
    let model = out.join("layer.tflite");
    fs::write(&model, tflite::fully_connected(&weights, &bias))?;
    let s4: Vec<i8> = weights.iter().map(|weight| weight / 16).collect();
    // embedded-nn's nibble order: the first weight is the lower nibble.
    let s4: Vec<i8> = s4.chunks_exact(2).map(|pair| pair[0] & 15 | pair[1] << 4).collect();
    fs::write(
        out.join("constants.rs"),
        format!(
            "/// `[output][input]`.\npub static WEIGHTS: [i8; {}] = {weights:?};\n\
             /// Pairs of 4-bit weights: the upper halves of [`WEIGHTS`].\npub static WEIGHTS_S4: [i8; {}] = {s4:?};\n\
             /// `[output]`.\npub static BIAS: [i32; {}] = {bias:?};\n",
            weights.len(),
            s4.len(),
            bias.len()
        ),
    )?;
    // The macro needs a literal path.
    fs::write(
        out.join("microflow.rs"),
        format!("/// The layer, compiled by microflow's macro.\n#[microflow::model({model:?})]\npub struct Layer;\n"),
    )?;
    fs::copy("memory.x", out.join("memory.x")).map(|_| ())
}

/// Returns the upper 31 bits of a linear congruential generator (D. Knuth's MMIX).
fn draw(seed: u64) -> impl Iterator<Item = u32> {
    let step =
        |state: &u64| Some(state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407));
    std::iter::successors(Some(seed), step).skip(1).map(|state| (state >> 33) as u32)
}
