//! The network in WebAssembly, run by Node.

use std::path::{Path, PathBuf};
use std::process::Command;

use serde::Deserialize;

use crate::data::{self, TestFiles};
use crate::toolchain::Route;
use crate::{Failure, setup, shell};

/// Rust's name of the instruction set.
pub const TARGET: &str = "wasm32-unknown-unknown";

/// The folder of its workspace.
pub const WORKSPACE: &str = "wasm";

/// What `wasm/evaluate.mjs` prints.
#[derive(Deserialize)]
pub struct Report {
    /// Number of images.
    pub images: u32,
    /// Images whose class is their label.
    pub correct: u32,
    /// As of every other machine.
    pub logits_crc32: String,
}

/// Makes sure of target and Node.
///
/// # Errors
///
/// What is missing and cannot be installed, with the command to run.
pub fn ready() -> Result<Route, Failure> {
    if node_version().is_none() {
        return Err(
            "Node is missing; run: apt-get install nodejs (Debian), brew install node (macOS), or see nodejs.org"
                .into(),
        );
    }
    setup::target(TARGET)
}

/// What Node says about itself.
pub fn node_version() -> Option<String> {
    shell::ask(Command::new("node").arg("--version"))
}

/// A cargo command for the module.
pub fn cargo(route: Route, subcommand: &str) -> Command {
    let mut command = route.cargo(subcommand, WORKSPACE, TARGET, &route.folder(WORKSPACE));
    // Its own configuration asks for vectors; flags of whoever called would displace it.
    command.env_remove("RUSTFLAGS").env_remove("CARGO_ENCODED_RUSTFLAGS");
    command
}

/// Builds the module for a model's network and runs all images of two files through it.
///
/// # Errors
///
/// A failed build, or the script's own complaint.
pub fn evaluate(route: Route, model: &Path, files: &TestFiles) -> Result<Report, Failure> {
    let module = build(route, model)?;
    let mut node = Command::new("node");
    node.arg(shell::root().join(WORKSPACE).join("evaluate.mjs")).arg(module).arg(model);
    node.args([data::IMAGES, data::LABELS].map(|name| files.folder.join(name)));
    Ok(serde_json::from_str(&shell::output(&mut node)?)?)
}

fn build(route: Route, model: &Path) -> Result<PathBuf, Failure> {
    let model = std::fs::canonicalize(model)?;
    shell::run(cargo(route, "build").args(["--quiet", "--release"]).env("SINAPSE_MODEL", model))
        .map_err(|error| format!("the module cannot be built for {TARGET}: {error}"))?;
    Ok(route.folder(WORKSPACE).join(TARGET).join("release").join("sinapse_wasm.wasm"))
}
