//! `cargo xtask test`: all checks and tests, on the host and in QEMU.

use std::process::Command;
use std::time::{Duration, Instant};

use sinapse_trainer::data;

use crate::machine::{MACHINES, Machine};
use crate::toolchain::Route;
use crate::{Failure, bare, bench, firmware, machines, miri, setup, shell, vectors};

/// The environment variable by which tests find this program.
const SELF_VARIABLE: &str = "SINAPSE_XTASK";

type Step<'a> = (&'static str, Box<dyn FnOnce() -> Result<(), Failure> + 'a>);

/// Runs the command: every step, also after one has failed, and a summary.
///
/// # Errors
///
/// A failed set-up, or the names of the steps that have failed.
pub fn run() -> Result<(), Failure> {
    let machine = &MACHINES[0];
    println!("== set-up");
    let route = setup::ready(machine)?;
    let host = host_target()?;
    println!("{} by way of {}; host {host}", machine.target, route.name());
    let source = data::locate(None)?;
    println!("data: {source}");

    let steps: [Step; 12] = [
        ("packages", Box::new(|| fetch(&host, machine))),
        ("format", Box::new(format)),
        ("lints, host", Box::new(lint_host)),
        ("lints, firmware", Box::new(|| lint_firmware(route, machine))),
        ("tests, firmware's library", Box::new(|| test_firmware(&host))),
        ("release build", Box::new(build_release)),
        ("tests, host and QEMU", Box::new(test_workspace)),
        ("Miri", Box::new(miri::check)),
        ("vectors of other CPUs", Box::new(vectors::compare)),
        ("bare program", Box::new(bare::check)),
        ("equal logits on all machines", Box::new(machines::compare)),
        ("bench, quick", Box::new(bench::quick)),
    ];
    let mut results: Vec<(&str, Duration, Option<String>)> = Vec::new();
    for (name, step) in steps {
        println!("\n== {name}");
        let start = Instant::now();
        let failure = step().err().map(|error| error.to_string());
        if let Some(failure) = &failure {
            eprintln!("error: {failure}");
        }
        results.push((name, start.elapsed(), failure));
    }

    println!("\n== summary (data: {source})");
    for (name, time, failure) in &results {
        let verdict = if failure.is_none() { "passed" } else { "FAILED" };
        println!("{verdict}  {name:<28} {:>6.1} s", time.as_secs_f64());
    }
    let failed: Vec<_> = results.iter().filter(|result| result.2.is_some()).map(|result| result.0).collect();
    if failed.is_empty() { Ok(()) } else { Err(format!("these steps have failed: {}", failed.join("; ")).into()) }
}

/// The target of the computer that runs the tests.
fn host_target() -> Result<String, Failure> {
    let rustc = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let answer = shell::output(Command::new(rustc).current_dir(shell::root()).arg("-vV"))?;
    let host = answer.lines().find_map(|line| line.strip_prefix("host: "));
    Ok(host.ok_or("`rustc -vV` does not name the host")?.to_owned())
}

/// Downloads what is not in cargo's cache, first of all: a missing network shows here, with its remedy.
fn fetch(host: &str, machine: &Machine) -> Result<(), Failure> {
    for folder in [".", "firmware", "tests/vectors"] {
        let mut command = shell::cargo();
        command.current_dir(shell::root().join(folder)).args(["fetch", "--quiet", "--locked", "--target", host]);
        if folder == "firmware" {
            command.args(["--target", machine.target]);
        }
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
    shell::run(shell::cargo().args(["fmt", "--all", "--check"]))?;
    for folder in ["firmware", "tests/vectors"] {
        shell::run(shell::cargo().current_dir(shell::root().join(folder)).args(["fmt", "--check"]))?;
    }
    Ok(())
}

fn lint_host() -> Result<(), Failure> {
    shell::run(shell::cargo().args(["clippy", "--quiet", "--workspace", "--all-targets", "--", "-D", "warnings"]))
}

fn lint_firmware(route: Route, machine: &Machine) -> Result<(), Failure> {
    if route == Route::Debian && !std::path::Path::new("/usr/bin/cargo-clippy").exists() {
        setup::install_packages(&["rust-web-clippy"])?;
    }
    let mut command = firmware::cargo(route, "clippy", machine);
    shell::run(command.args(["--quiet", "--release", "--", "-D", "warnings"]))
}

fn test_firmware(host: &str) -> Result<(), Failure> {
    let mut command = shell::cargo();
    command.current_dir(shell::root().join("firmware")).args(["test", "--quiet", "--lib", "--target", host]);
    shell::run(command.arg("--target-dir").arg(shell::target().join("firmware").join("host")))
}

/// The `sinapse` program as people run it.
fn build_release() -> Result<(), Failure> {
    shell::run(shell::cargo().args(["build", "--quiet", "--release", "--package", "sinapse-trainer"]))
}

fn test_workspace() -> Result<(), Failure> {
    let mut command = shell::cargo();
    command.args(["test", "--workspace"]).env(SELF_VARIABLE, std::env::current_exe()?);
    shell::run(&mut command)
}
