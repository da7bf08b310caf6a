//! The core's own tests under Miri, which finds undefined behaviour. Miri does not run assembly or instructions of one CPU:
//! the core's build script leaves these kernels out there.

use std::process::Command;

use crate::failure::Failure;
use crate::shell;

/// Miri comes with nightly toolchains.
const TOOLCHAIN: &str = "nightly";

/// Runs them where Miri is installed, and says so where it is not.
///
/// # Errors
///
/// A test that fails.
pub fn check() -> Result<(), Failure> {
    let candidates: [fn() -> Command; 2] = [shell::cargo, nightly];
    let answers = |cargo: &fn() -> Command| shell::ask(cargo().args(["miri", "--version"])).is_some();
    let Some(cargo) = candidates.into_iter().find(answers) else {
        println!(
            "NOT TESTED: Miri is not installed (`rustup toolchain install {TOOLCHAIN} --component miri,rust-src`)"
        );
        return Ok(());
    };
    shell::run(cargo().args(["miri", "test", "--quiet", "--package", "sinapse", "--lib"]))
}

/// A nightly cargo, whatever toolchain runs this program.
fn nightly() -> Command {
    let mut command = Command::new("rustup");
    command.current_dir(shell::root()).args(["run", TOOLCHAIN, "cargo"]);
    for variable in ["CARGO", "RUSTC", "RUSTUP_TOOLCHAIN"] {
        command.env_remove(variable);
    }
    command
}
