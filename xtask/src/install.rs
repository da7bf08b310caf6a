//! `cargo xtask setup`: installs bare-metal targets and QEMU, by rustup or Debian's packages.

use std::path::Path;
use std::process::Command;

use crate::failure::Failure;
use crate::machine::{MACHINES, Machine};
use crate::shell;
use crate::toolchain::{self, Route};

/// Debian's toolchain, with the sources of the standard library.
const TOOLCHAIN_PACKAGES: [&str; 5] = ["rustc-web", "cargo-web", "rust-web-src", "rust-web-clippy", "lld"];

/// Sets up all machines; the other commands set up what they need themselves.
///
/// # Errors
///
/// Something that the default machine needs and that cannot be installed, with the command to run. Other machines are
/// reported.
pub fn run() -> Result<(), Failure> {
    let mut missing = 0;
    for (index, machine) in MACHINES.iter().enumerate() {
        match ready(machine) {
            Ok(route) => {
                println!("{} ({}): {} {}", machine.name, machine.core, machine.target, origin(route));
                println!("    {}", emulator(machine).unwrap_or_default());
            }
            Err(error) if index == 0 => return Err(error),
            Err(error) => {
                println!("{} ({}): missing: {error}", machine.name, machine.core);
                missing += 1;
            }
        }
    }
    match webassembly() {
        Ok(route) => {
            println!("WebAssembly: {} {}", toolchain::WASM_TARGET, origin(route));
            println!("    Node {}", node_version().unwrap_or_default());
        }
        Err(error) => {
            println!("WebAssembly: missing: {error}");
            missing += 1;
        }
    }
    match missing {
        0 => println!("everything is installed"),
        _ => println!("everything is installed for the default machine; {missing} others will not be tested"),
    }
    Ok(())
}

fn origin(route: Route) -> &'static str {
    match route {
        Route::Rustup => "with the library of the current toolchain",
        Route::Debian => "with a library built from source by Debian's toolchain in /usr/bin",
    }
}

/// Ensures that a machine's target and emulator are installed; silent if they are.
///
/// # Errors
///
/// Something that is missing and cannot be installed, with the command to run.
pub fn ready(machine: &Machine) -> Result<Route, Failure> {
    let route = target(machine.target)?;
    if emulator(machine).is_none() {
        install_emulator(machine)?;
    }
    Ok(route)
}

/// Ensures that Node and WebAssembly's target are installed; silent if they are.
///
/// # Errors
///
/// Same as [`ready`].
pub fn webassembly() -> Result<Route, Failure> {
    if node_version().is_none() {
        return Err(
            "Node is missing; run: apt-get install nodejs (Debian), brew install node (macOS), or see nodejs.org"
                .into(),
        );
    }
    target(toolchain::WASM_TARGET)
}

/// Asks Node for its version.
pub fn node_version() -> Option<String> {
    shell::ask(Command::new("node").arg("--version"))
}

/// Ensures that a target is installed; silent if it is.
///
/// # Errors
///
/// Same as [`ready`].
pub fn target(target: &str) -> Result<Route, Failure> {
    match Route::ready_for(target)? {
        Some(route) => Ok(route),
        None => install_target(target),
    }
}

/// Returns the first line of the emulator's `--version`.
fn emulator(machine: &Machine) -> Option<String> {
    let answer = shell::ask(Command::new(machine.qemu).arg("--version"))?;
    answer.lines().next().map(str::to_owned)
}

/// Installs a target with rustup, else Debian's packages.
fn install_target(target: &str) -> Result<Route, Failure> {
    let forced = toolchain::forced()?;
    let mut tried = Vec::new();
    if forced != Some(Route::Debian) {
        eprintln!("setup: adding {target} with rustup");
        match shell::run(Command::new("rustup").current_dir(shell::root()).args(["target", "add", target])) {
            Ok(()) => tried.push("rustup added the target, but rustc does not find it".to_owned()),
            Err(error) => tried.push(error.to_string()),
        }
    }
    if let Some(route) = Route::ready_for(target)? {
        return Ok(route);
    }
    if forced != Some(Route::Rustup) {
        eprintln!("setup: rustup cannot; taking Debian's toolchain, which builds the library from source");
        match install_packages(&TOOLCHAIN_PACKAGES) {
            Ok(()) => tried.push("Debian's toolchain is older than this project needs".to_owned()),
            Err(error) => tried.push(error.to_string()),
        }
    }
    Route::ready_for(target)?.ok_or_else(|| {
        format!(
            "there is no way to build for {target}: {}\nwith a network, run: rustup target add {target}",
            tried.join("; ")
        )
        .into()
    })
}

fn install_emulator(machine: &Machine) -> Result<(), Failure> {
    if cfg!(target_os = "macos") {
        return Err(format!("{} is missing; run: brew install qemu", machine.qemu).into());
    }
    let package = match machine.qemu {
        "qemu-system-arm" => "qemu-system-arm",
        _ => "qemu-system-misc",
    };
    eprintln!("setup: {} is missing", machine.qemu);
    install_packages(&[package])?;
    match emulator(machine) {
        Some(_) => Ok(()),
        None => Err(format!("{} still cannot be started after installing {package}", machine.qemu).into()),
    }
}

/// Installs Debian packages as root.
///
/// # Errors
///
/// No Debian, not root (the message has the command to run), or `apt-get` fails.
pub fn install_packages(packages: &[&str]) -> Result<(), Failure> {
    if !Path::new("/usr/bin/apt-get").exists() {
        return Err(format!("there is no apt-get to install {}", packages.join(" ")).into());
    }
    let install = format!("apt-get install -y --no-install-recommends {}", packages.join(" "));
    if shell::ask(Command::new("id").arg("-u")).as_deref() != Some("0") {
        return Err(format!("not root; run: sudo apt-get update && sudo {install}").into());
    }
    eprintln!("setup: apt-get update && {install}");
    // A failed update leaves the previous lists, which may be enough.
    let _ = apt(&["update"]);
    let mut arguments = vec!["install", "-y", "--no-install-recommends"];
    arguments.extend(packages);
    apt(&arguments)
}

/// Runs `apt-get` with its output on the error stream, because ours may be JSON.
fn apt(arguments: &[&str]) -> Result<(), Failure> {
    let mut command = Command::new("apt-get");
    command.args(["-q"]).args(arguments).env("DEBIAN_FRONTEND", "noninteractive").stdout(std::io::stderr());
    shell::run(&mut command)
}
