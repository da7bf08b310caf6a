//! `cargo xtask test`: all checks and tests, on this computer and in QEMU, in steps that can be run alone.

mod bare;
mod examples;
mod lint;
mod machines;
mod miri;
mod publish;
mod thumb;
mod vectors;

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use crate::failure::Failure;
use crate::machine::MACHINES;
use crate::{bench, data, digits_svg, install, shell, toolchain, workspaces};

/// Environment variable by which tests find this program.
const SELF_VARIABLE: &str = "SINAPSE_XTASK";

/// Arguments of `test`.
#[derive(clap::Args)]
pub struct Arguments {
    /// Steps to run, in the order of --list [default: all].
    #[arg(value_name = "STEP")]
    steps: Vec<String>,
    /// Print the names of all steps, one per line, and what each does.
    #[arg(long)]
    list: bool,
}

/// A part of the test that can be run alone.
struct Step {
    name: &'static str,
    description: &'static str,
    run: fn() -> Result<(), Failure>,
}

const STEPS: [Step; 16] = [
    Step { name: "packages", description: "Fetch packages that are not in cargo's cache", run: fetch },
    Step { name: "format", description: "Check the formatting of all workspaces", run: format },
    Step { name: "structure", description: "Check imports, and lengths of files, functions and lines", run: structure },
    Step {
        name: "lints",
        description: "Lint what runs on this computer with clippy, and the documentation",
        run: lint::host,
    },
    Step {
        name: "targets",
        description: "Lint firmware and module for every board and WebAssembly",
        run: lint::targets,
    },
    Step { name: "firmware", description: "Test the firmware's library on this computer", run: test_firmware },
    Step { name: "release", description: "Build `sinapse` as released, and name the test images", run: build_release },
    Step {
        name: "host",
        description: "Test all crates on this computer, and the firmware in QEMU",
        run: test_workspace,
    },
    Step {
        name: "publish",
        description: "Pack the packages, and test them from the packed files",
        run: publish::check,
    },
    Step { name: "miri", description: "Test the core under Miri, which finds undefined behaviour", run: miri::check },
    Step { name: "vectors", description: "Compare NEON and simd128 kernels with the reference", run: vectors::compare },
    Step {
        name: "bare",
        description: "Inspect the smallest program on each core: no panic, its size",
        run: bare::check,
    },
    Step { name: "examples", description: "Build the examples for their boards: their sizes", run: examples::check },
    Step {
        name: "picture",
        description: "Compare the README's picture with the firmware's digits, in a browser",
        run: digits_svg::check,
    },
    Step {
        name: "machines",
        description: "Compare logits on all machines with this computer's",
        run: machines::compare,
    },
    Step { name: "bench", description: "Run a quick benchmark, which checks its results", run: bench::quick },
];

/// Runs the command: every step that was asked for, also after one has failed, and a summary.
///
/// # Errors
///
/// A name that is not a step, a failed set-up, or the names of the steps that have failed.
pub fn run(arguments: Arguments) -> Result<(), Failure> {
    if arguments.list {
        STEPS.iter().for_each(|step| println!("{:<10}{}", step.name, step.description));
        return Ok(());
    }
    let steps = chosen(&arguments.steps)?;
    if steps.len() == STEPS.len() {
        println!("== set-up");
        let machine = &MACHINES[0];
        let route = install::ready(machine)?;
        println!("{} with {}; host {}", machine.target, route.name(), toolchain::host()?);
    }
    let mut results: Vec<(&str, Duration, bool)> = Vec::new();
    for step in &steps {
        println!("\n== {}: {}", step.name, step.description);
        let start = Instant::now();
        let result = (step.run)();
        if let Err(failure) = &result {
            eprintln!("error: {failure}");
        }
        results.push((step.name, start.elapsed(), result.is_ok()));
    }

    println!("\n== summary");
    for (name, time, passed) in &results {
        let verdict = if *passed { "passed" } else { "FAILED" };
        println!("{verdict}  {name:<10} {:>6.1} s", time.as_secs_f64());
    }
    let failed: Vec<_> = results.iter().filter(|result| !result.2).map(|result| result.0).collect();
    if failed.is_empty() { Ok(()) } else { Err(format!("these steps have failed: {}", failed.join(", ")).into()) }
}

/// Returns the steps of these names, in the order of [`STEPS`]; all of them without a name.
fn chosen(names: &[String]) -> Result<Vec<&'static Step>, Failure> {
    if let Some(name) = names.iter().find(|name| STEPS.iter().all(|step| step.name != **name)) {
        let known: Vec<_> = STEPS.iter().map(|step| step.name).collect();
        return Err(format!("no step is called `{name}`; there are {}", known.join(", ")).into());
    }
    Ok(STEPS.iter().filter(|step| names.is_empty() || names.iter().any(|name| name == step.name)).collect())
}

/// Downloads what is not in cargo's cache, first of all: a missing network shows here, with its remedy.
fn fetch() -> Result<(), Failure> {
    let host = toolchain::host()?;
    let machines: BTreeSet<&str> = MACHINES.iter().map(|machine| machine.target).collect();
    let folders = [
        (".", BTreeSet::new()),
        (workspaces::FIRMWARE, machines),
        (workspaces::WASM, [toolchain::WASM_TARGET].into()),
        (workspaces::VECTORS, BTreeSet::new()),
    ];
    let examples = workspaces::EXAMPLES.iter().map(|example| (example.folder, [example.target].into()));
    for (folder, targets) in folders.into_iter().chain(examples) {
        let mut command = shell::cargo();
        command.current_dir(shell::root().join(folder)).args(["fetch", "--quiet", "--locked", "--target", &host]);
        targets.iter().for_each(|target| {
            command.args(["--target", target]);
        });
        shell::run(&mut command).map_err(|error| {
            format!(
                "{error}: if the package registry cannot be reached, run this once on a network, or copy the folder \
                 `registry` of another computer's CARGO_HOME (by default ~/.cargo)"
            )
        })?;
    }
    Ok(())
}

fn format() -> Result<(), Failure> {
    // The peers are not built here, but rustfmt needs no packages.
    let folders = [".", workspaces::FIRMWARE, workspaces::WASM, workspaces::VECTORS, workspaces::PEERS];
    for folder in folders.into_iter().chain(workspaces::EXAMPLES.iter().map(|example| example.folder)) {
        shell::run(shell::cargo().current_dir(shell::root().join(folder)).args(["fmt", "--all", "--check"]))?;
    }
    Ok(())
}

fn structure() -> Result<(), Failure> {
    shell::run(shell::cargo().args(["test", "--quiet", "--package", "xtask", "--test", "structure"]))
}

fn test_firmware() -> Result<(), Failure> {
    let mut command = shell::cargo();
    command.current_dir(shell::root().join(workspaces::FIRMWARE));
    command.args(["test", "--quiet", "--lib", "--target", &toolchain::host()?]);
    shell::run(command.arg("--target-dir").arg(lint::folder(toolchain::Route::Rustup, workspaces::FIRMWARE)))
}

/// Builds the `sinapse` program that the other steps run.
fn build_release() -> Result<(), Failure> {
    println!("data: {}", data::test_images(None)?.0.text);
    Ok(())
}

fn test_workspace() -> Result<(), Failure> {
    let mut command = shell::cargo();
    command.args(["test", "--workspace"]).env(SELF_VARIABLE, std::env::current_exe()?);
    shell::run(&mut command)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(asked: &[&str]) -> Result<Vec<&'static str>, String> {
        let asked: Vec<String> = asked.iter().map(|&name| name.to_owned()).collect();
        let steps = chosen(&asked).map_err(|error| error.to_string())?;
        Ok(steps.iter().map(|step| step.name).collect())
    }

    #[test]
    fn steps_run_in_their_order_and_all_of_them_without_a_name() {
        assert_eq!(names(&["miri", "format"]).unwrap(), ["format", "miri"]);
        assert_eq!(names(&[]).unwrap().len(), STEPS.len());
    }

    #[test]
    fn an_unknown_step_is_refused_with_the_names_of_all() {
        let refused = names(&["format", "lint"]).unwrap_err();
        assert!(refused.starts_with("no step is called `lint`; there are packages, format, structure,"), "{refused}");
    }
}
