//! Selects the board's memory map and generates the type of the compiled-in network.

use std::path::Path;
use std::{env, fs};

/// Names of the boards' Cargo features.
const BOARDS: [&str; 6] = ["mps2", "an505", "an547", "microbit", "netduinoplus2", "virt"];

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    // The library's tests run on a host, without a board and without a blob.
    if env::var("CARGO_CFG_TARGET_OS").as_deref() != Ok("none") {
        return;
    }
    let out = env::var_os("OUT_DIR").unwrap_or_default();
    if let Err(message) = memory(Path::new(&out)).and_then(|()| model(Path::new(&out))) {
        // Cargo stops the build and shows this message.
        println!("cargo::error={message}");
    }
}

/// Copies the board's memory map to where the linker finds it, and passes it the linker scripts.
fn memory(out: &Path) -> Result<(), String> {
    let enabled: Vec<_> = BOARDS.iter().filter(|board| env::var_os(feature(board)).is_some()).collect();
    let [board] = enabled[..] else {
        return Err(format!("exactly one board feature of {BOARDS:?} must be enabled, found {enabled:?}"));
    };
    let script = format!("memory/{board}.x");
    println!("cargo::rerun-if-changed={script}");
    fs::copy(&script, out.join("memory.x")).map_err(|error| format!("{script}: {error}"))?;
    // Would list the names of a chip's interrupts.
    fs::write(out.join("device.x"), "").map_err(|error| format!("device.x: {error}"))?;
    println!("cargo::rustc-link-search={}", out.display());
    for argument in ["--nmagic", "-Tlink.x"] {
        println!("cargo::rustc-link-arg-bins={argument}");
    }
    // The bare program does not log: it is linked without the logger's script.
    println!("cargo::rerun-if-changed=memory/no-log.x");
    fs::copy("memory/no-log.x", out.join("no-log.x")).map_err(|error| format!("no-log.x: {error}"))?;
    println!("cargo::rustc-link-arg-bin=sinapse-firmware=-Tdefmt.x");
    println!("cargo::rustc-link-arg-bin=kernels=-Tdefmt.x");
    println!("cargo::rustc-link-arg-bin=bare=-Tno-log.x");
    println!("cargo::rustc-link-arg-bin=included=-Tno-log.x");
    Ok(())
}

fn feature(board: &str) -> String {
    format!("CARGO_FEATURE_{}", board.to_uppercase())
}

/// Writes `model.rs`: the blob named by `SINAPSE_MODEL`, and the type of its network.
fn model(out: &Path) -> Result<(), String> {
    println!("cargo::rerun-if-env-changed=SINAPSE_MODEL");
    let path = env::var("SINAPSE_MODEL").unwrap_or_else(|_| "../models/digits.postcard".into());
    println!("cargo::rerun-if-changed={path}");
    let blob = fs::read(&path).map_err(|error| format!("the model {path} cannot be read: {error}"))?;
    let refused = |error| format!("the model {path} is refused: {error}");
    let network = sinapse::blob::rust_type(&blob).map_err(refused)?;
    let reader = sinapse::blob::Reader::open(&blob).map_err(refused)?;
    let (width, height) = (reader.head().width, reader.head().height);
    let path = fs::canonicalize(&path).map_err(|error| format!("{path}: {error}"))?;
    let source = format!(
        "/// Type of the network in the blob.\n\
         pub type Net = {network};\n\n\
         /// Width of its input picture, in pixels.\n\
         #[allow(dead_code)]\npub const WIDTH: usize = {width};\n\
         /// Height of its input picture, in pixels.\n\
         #[allow(dead_code)]\npub const HEIGHT: usize = {height};\n\n\
         /// The blob, in flash.\n\
         pub static BLOB: &[u8] = &sinapse::include_model!(Net, {path:?}).0;\n"
    );
    fs::write(out.join("model.rs"), source).map_err(|error| format!("model.rs: {error}"))?;
    let source = format!("sinapse::include_network!(static INCLUDED: Included = {path:?});\n");
    fs::write(out.join("included.rs"), source).map_err(|error| format!("included.rs: {error}"))
}
