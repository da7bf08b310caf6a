//! `cargo xtask test`: all checks and tests, on the host and in QEMU.

use std::collections::BTreeSet;
use std::process::Command;
use std::time::{Duration, Instant};

use crate::machine::{MACHINES, Machine};
use crate::toolchain::Route;
use crate::{Failure, bare, bench, data, firmware, machines, miri, setup, shell, vectors, wasm};

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

    let steps: [Step; 12] = [
        ("packages", Box::new(|| fetch(&host))),
        ("format", Box::new(format)),
        ("lints, host", Box::new(lint_host)),
        ("lints, firmware and WebAssembly", Box::new(lint_targets)),
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

    println!("\n== summary ");
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
fn fetch(host: &str) -> Result<(), Failure> {
    let machines: BTreeSet<&str> = MACHINES.iter().map(|machine| machine.target).collect();
    let workspaces = [
        (".", BTreeSet::new()),
        ("firmware", machines),
        (wasm::WORKSPACE, [wasm::TARGET].into()),
        (vectors::WORKSPACE, BTreeSet::new()),
    ];
    for (folder, targets) in workspaces {
        let mut command = shell::cargo();
        command.current_dir(shell::root().join(folder)).args(["fetch", "--quiet", "--locked", "--target", host]);
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
    shell::run(shell::cargo().args(["fmt", "--all", "--check"]))?;
    // The peers are not built here, but their formatting needs nothing that is not there.
    for folder in ["firmware", wasm::WORKSPACE, vectors::WORKSPACE, bench::PEERS] {
        shell::run(shell::cargo().current_dir(shell::root().join(folder)).args(["fmt", "--all", "--check"]))?;
    }
    Ok(())
}

fn lint_host() -> Result<(), Failure> {
    shell::run(shell::cargo().args(["clippy", "--quiet", "--workspace", "--all-targets", "--", "-D", "warnings"]))
}

/// Code that is not compiled is not linted: once for each board, and so for each core that has its own kernel.
fn lint_targets() -> Result<(), Failure> {
    let boards = |machine: &&Machine| (machine.target, machine.cpu, machine.board);
    let mut seen = BTreeSet::new();
    for machine in MACHINES.iter().filter(|machine| seen.insert(boards(machine))) {
        match setup::ready(machine) {
            Ok(route) => lint(route, &mut firmware::cargo(route, "clippy", machine))?,
            Err(error) => println!("{}: NOT LINTED: {error}", machine.name),
        }
    }
    match wasm::ready() {
        Ok(route) => lint(route, &mut wasm::cargo(route, "clippy")),
        Err(error) => {
            println!("WebAssembly: NOT LINTED: {error}");
            Ok(())
        }
    }
}

fn lint(route: Route, command: &mut Command) -> Result<(), Failure> {
    if route == Route::Debian && !std::path::Path::new("/usr/bin/cargo-clippy").exists() {
        setup::install_packages(&["rust-web-clippy"])?;
    }
    shell::run(command.args(["--quiet", "--release", "--", "-D", "warnings"]))
}

fn test_firmware(host: &str) -> Result<(), Failure> {
    let mut command = shell::cargo();
    command.current_dir(shell::root().join("firmware")).args(["test", "--quiet", "--lib", "--target", host]);
    shell::run(command.arg("--target-dir").arg(shell::target().join("firmware").join("host")))
}

/// The `sinapse` program as people run it.
fn build_release() -> Result<(), Failure> {
    println!("data: {}", data::test_images(None)?.0.text);
    Ok(())
}

fn test_workspace() -> Result<(), Failure> {
    let mut command = shell::cargo();
    command.args(["test", "--workspace"]).env(SELF_VARIABLE, std::env::current_exe()?);
    shell::run(&mut command)
}
