//! Clippy on everything that is compiled for this computer, for boards and for WebAssembly.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::process::Command;

use crate::failure::Failure;
use crate::machine::{MACHINES, Machine};
use crate::toolchain::Route;
use crate::{firmware, install, shell, wasm, workspaces};

/// Packages whose documentation is read by their users.
const DOCUMENTED: [&str; 4] = ["sinapse", "sinapse-format", "sinapse-macros", "sinapse-trainer"];

/// Lints the main workspace, and the documentation of the packages that are published.
///
/// # Errors
///
/// A lint that is not clean.
pub fn host() -> Result<(), Failure> {
    shell::run(shell::cargo().args(["clippy", "--quiet", "--workspace", "--all-targets", "--", "-D", "warnings"]))?;
    let mut document = shell::cargo();
    document.args(["doc", "--quiet", "--no-deps"]).args(DOCUMENTED.iter().flat_map(|name| ["--package", name]));
    shell::run(document.env("RUSTDOCFLAGS", "-D warnings"))
}

/// Lints firmware and module, once for each board and so for each core that has its own kernel: code that is not
/// compiled is not linted. Names what cannot be set up.
///
/// # Errors
///
/// A lint that is not clean.
pub fn targets() -> Result<(), Failure> {
    let boards = |machine: &&Machine| (machine.target, machine.cpu, machine.board);
    let mut seen = BTreeSet::new();
    for machine in MACHINES.iter().filter(|machine| seen.insert(boards(machine))) {
        let (board, target, cpu) = (machine.board, machine.target, machine.cpu.unwrap_or("its default core"));
        match install::ready(machine) {
            Ok(route) => {
                println!("{board} on {target}, {cpu}");
                let folder = folder(route, workspaces::FIRMWARE);
                lint(route, &mut firmware::cargo_into(&folder, route, "clippy", machine))?;
            }
            Err(error) => println!("{}: NOT LINTED: {error}", machine.name),
        }
    }
    match install::webassembly() {
        Ok(route) => {
            println!("WebAssembly");
            lint(route, &mut wasm::cargo_into(&folder(route, workspaces::WASM), route, "clippy"))
        }
        Err(error) => {
            println!("WebAssembly: NOT LINTED: {error}");
            Ok(())
        }
    }
}

/// The folder for all lints of a workspace: macros and build scripts, most of the work, are compiled once for all
/// targets. Code is checked and not generated, so the profile that compiles these fastest does.
pub fn folder(route: Route, workspace: &str) -> PathBuf {
    route.folder(workspace).join("lint")
}

fn lint(route: Route, command: &mut Command) -> Result<(), Failure> {
    if route == Route::Debian && !std::path::Path::new("/usr/bin/cargo-clippy").exists() {
        install::install_packages(&["rust-web-clippy"])?;
    }
    shell::run(command.args(["--quiet", "--", "-D", "warnings"]))
}
