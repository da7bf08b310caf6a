//! The kernels for vectors that this computer's CPU does not have, compared with the reference in `tests/vectors`.

use std::path::Path;
use std::process::Command;

use crate::toolchain::{self, Route};
use crate::{Failure, shell};

/// A target with kernels for vectors, and what runs its programs.
struct Vectors {
    target: &'static str,
    /// Linker of the route that builds `core` from source.
    linker: &'static str,
    file: &'static str,
    runner: &'static str,
    arguments: &'static [&'static str],
}

/// Loads the file that is named last; its answer is the exit code.
const IN_NODE: &str = "WebAssembly.instantiate(require('fs').readFileSync(process.argv[1])) \
                       .then(({ instance }) => process.exit(instance.exports.check() === 0 ? 0 : 1))";

const VECTORS: [Vectors; 2] = [
    Vectors {
        target: "aarch64-unknown-none",
        linker: "ld.lld",
        file: "sinapse-vectors",
        runner: "qemu-aarch64",
        arguments: &[],
    },
    Vectors {
        target: "wasm32-unknown-unknown",
        linker: "wasm-ld",
        file: "sinapse-vectors.wasm",
        runner: "node",
        arguments: &["-e", IN_NODE],
    },
];

/// Builds and runs the comparison for every target that is set up, and names the others.
///
/// # Errors
///
/// A build that fails, or sums that differ.
pub fn compare() -> Result<(), Failure> {
    for vectors in &VECTORS {
        let Vectors { target, linker, file, runner, arguments } = vectors;
        let Some(route) = Route::ready_for(target)? else {
            println!("{target}: NOT TESTED: there is no toolchain for it (`rustup target add {target}`)");
            continue;
        };
        if shell::ask(Command::new(runner).arg("--version")).is_none() {
            println!("{target}: NOT TESTED: `{runner}`, which runs its programs, is not installed");
            continue;
        }
        let mut build = route.cargo("build", target);
        build.current_dir(shell::root().join("tests").join("vectors")).args(["--quiet", "--release", "--locked"]);
        if route == Route::Debian {
            build.env(toolchain::linker_variable(target), linker);
        }
        shell::run(&mut build)?;
        let program = route.folder().join(target).join("release").join(file);
        run(runner, arguments, &program)
            .map_err(|error| format!("{target}: {error}: sums differ from the reference's, or the program failed"))?;
        println!("{target}, in {runner}: all sums equal the reference's");
    }
    Ok(())
}

fn run(runner: &str, arguments: &[&str], program: &Path) -> Result<(), Failure> {
    shell::run(Command::new(runner).args(arguments).arg(program))
}
