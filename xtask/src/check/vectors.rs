//! Kernels for vector units that this computer's CPU does not have, compared with the reference by `tests/vectors`.

use std::path::Path;
use std::process::Command;

use crate::failure::Failure;
use crate::shell;
use crate::toolchain::Route;
use crate::workspaces::VECTORS as WORKSPACE;

/// A target with vector kernels, and the program that runs its binaries.
struct Comparison {
    target: &'static str,
    file: &'static str,
    runner: &'static str,
    arguments: &'static [&'static str],
}

/// Loads the file that is named last; its result is the exit code.
const IN_NODE: &str = "WebAssembly.instantiate(require('fs').readFileSync(process.argv[1])) \
                       .then(({ instance }) => process.exit(instance.exports.check() === 0 ? 0 : 1))";

const COMPARISONS: [Comparison; 2] = [
    Comparison { target: "aarch64-unknown-none", file: "sinapse-vectors", runner: "qemu-aarch64", arguments: &[] },
    Comparison {
        target: "wasm32-unknown-unknown",
        file: "sinapse-vectors.wasm",
        runner: "node",
        arguments: &["-e", IN_NODE],
    },
];

/// Builds and runs the comparison for every target that is set up, and reports the others.
///
/// # Errors
///
/// A build that fails, or sums that differ.
pub fn compare() -> Result<(), Failure> {
    for Comparison { target, file, runner, arguments } in &COMPARISONS {
        let Some(route) = Route::ready_for(target)? else {
            println!("{target}: NOT TESTED: there is no toolchain for it (`rustup target add {target}`)");
            continue;
        };
        if shell::ask(Command::new(runner).arg("--version")).is_none() {
            println!("{target}: NOT TESTED: `{runner}`, which runs its programs, is not installed");
            continue;
        }
        let folder = route.folder(WORKSPACE);
        let mut build = route.cargo("build", WORKSPACE, target, &folder);
        // Its configuration enables vectors; flags of the caller's environment would override it.
        build.env_remove("RUSTFLAGS").env_remove("CARGO_ENCODED_RUSTFLAGS");
        shell::run(build.args(["--quiet", "--release", "--locked"]))?;
        let program = folder.join(target).join("release").join(file);
        run(runner, arguments, &program)
            .map_err(|error| format!("{target}: {error}: sums differ from the reference's, or the program failed"))?;
        println!("{target}, in {runner}: all sums equal the reference's");
    }
    Ok(())
}

fn run(runner: &str, arguments: &[&str], program: &Path) -> Result<(), Failure> {
    shell::run(Command::new(runner).args(arguments).arg(program))
}
