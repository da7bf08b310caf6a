//! The network in WebAssembly, run by Node.

use std::path::{Path, PathBuf};
use std::process::Command;

use serde::Deserialize;

use crate::data::{self, TestFiles};
use crate::failure::Failure;
use crate::shell;
use crate::toolchain::{Route, WASM_TARGET as TARGET};
use crate::workspaces::WASM as WORKSPACE;

/// Output of `wasm/evaluate.mjs`.
#[derive(Deserialize)]
pub struct Report {
    /// Number of images.
    pub images: u32,
    /// Images whose class is their label.
    pub correct: u32,
    /// CRC-32 of all logits, computed as on every other machine.
    pub logits_crc32: String,
}

/// A cargo command for the module, which builds into a folder.
pub fn cargo_into(folder: &Path, route: Route, subcommand: &str) -> Command {
    let mut command = route.cargo(subcommand, WORKSPACE, TARGET, folder);
    // Its configuration enables vectors; flags of the caller's environment would override it.
    command.env_remove("RUSTFLAGS").env_remove("CARGO_ENCODED_RUSTFLAGS");
    command
}

/// Builds the module for a model's network and runs all images of two files through it.
///
/// # Errors
///
/// A failed build, or an error of the script.
pub fn evaluate(route: Route, model: &Path, files: &TestFiles) -> Result<Report, Failure> {
    let module = build(route, model)?;
    let mut node = Command::new("node");
    node.arg(shell::root().join(WORKSPACE).join("evaluate.mjs")).arg(module).arg(model);
    node.args([data::IMAGES, data::LABELS].map(|name| files.folder.join(name)));
    Ok(serde_json::from_str(&shell::output(&mut node)?)?)
}

fn build(route: Route, model: &Path) -> Result<PathBuf, Failure> {
    let model = std::fs::canonicalize(model)?;
    shell::run(
        cargo_into(&route.folder(WORKSPACE), route, "build").args(["--quiet", "--release"]).env("SINAPSE_MODEL", model),
    )
    .map_err(|error| format!("the module cannot be built for {TARGET}: {error}"))?;
    Ok(route.folder(WORKSPACE).join(TARGET).join("release").join("sinapse_wasm.wasm"))
}
