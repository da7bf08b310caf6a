//! The core's own tests under Miri, which finds undefined behaviour. Miri does not run assembly or CPU intrinsics: the
//! core's build script leaves such kernels out.

use std::process::Command;

use crate::failure::Failure;
use crate::shell;

/// Miri comes with nightly toolchains.
const TOOLCHAIN: &str = "nightly";

/// Runs the tests, or reports that Miri is not installed.
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

/// A command for the nightly cargo, whichever toolchain runs this program.
fn nightly() -> Command {
    let mut command = Command::new("rustup");
    command.current_dir(shell::root()).args(["run", TOOLCHAIN, "cargo"]);
    for variable in ["CARGO", "RUSTC", "RUSTUP_TOOLCHAIN"] {
        command.env_remove(variable);
    }
    command
}
