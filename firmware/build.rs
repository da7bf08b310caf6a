//! Chooses the board's memory map.

use std::path::Path;
use std::{env, fs};

/// Boards, as their Cargo features are called.
const BOARDS: [&str; 1] = ["mps2"];

fn main() {
    if let Err(message) = memory() {
        // Cargo shows this line as the reason why the build stopped.
        println!("cargo::error={message}");
    }
}

/// Copies the board's memory map to where the linker looks, and asks for the linker scripts.
fn memory() -> Result<(), String> {
    println!("cargo::rerun-if-changed=build.rs");
    // The library's tests run on a host, without a board.
    if env::var("CARGO_CFG_TARGET_OS").as_deref() != Ok("none") {
        return Ok(());
    }
    let out = env::var_os("OUT_DIR").ok_or("cargo did not set OUT_DIR")?;
    let out = Path::new(&out);
    let enabled: Vec<_> = BOARDS.iter().filter(|board| env::var_os(feature(board)).is_some()).collect();
    let [board] = enabled[..] else {
        return Err(format!("exactly one board feature of {BOARDS:?} must be enabled, found {enabled:?}"));
    };
    let script = format!("memory/{board}.x");
    println!("cargo::rerun-if-changed={script}");
    fs::copy(&script, out.join("memory.x")).map_err(|error| format!("{script}: {error}"))?;
    println!("cargo::rustc-link-search={}", out.display());
    for argument in ["--nmagic", "-Tlink.x", "-Tdefmt.x"] {
        println!("cargo::rustc-link-arg-bins={argument}");
    }
    Ok(())
}

fn feature(board: &str) -> String {
    format!("CARGO_FEATURE_{}", board.to_uppercase())
}
