//! Packs the packages as for a registry, and builds and tests them from the packed files alone.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::Value;

use crate::failure::Failure;
use crate::shell;

/// Files that every package must hold.
const FILES: [&str; 4] = ["Cargo.toml", "LICENSE-APACHE", "LICENSE-MIT", "README.md"];

/// Files that the engine's documentation, tests and example read.
const ENGINE_FILES: [&str; 3] = ["examples/classify.rs", "examples/nano.postcard", "tests/tiny.postcard"];

const ENGINE: &str = "sinapse";
const TRAINER: &str = "sinapse-trainer";

/// A package of the main workspace that may be published.
struct Package {
    name: String,
    version: String,
}

impl Package {
    /// Name of its archive, and of the folder in it.
    fn stem(&self) -> String {
        format!("{}-{}", self.name, self.version)
    }
}

/// Packs, unpacks, builds and tests the packages; the registry's packages come from cargo's cache.
///
/// # Errors
///
/// A package that cargo refuses, that lacks a file, or that does not work without the repository around it.
pub fn check() -> Result<(), Failure> {
    let packages = published()?;
    let mut pack = shell::cargo();
    // Builds are checked below, all of them in one workspace, which compiles common dependencies once.
    pack.args(["package", "--quiet", "--no-verify", "--allow-dirty"]).arg("--target-dir").arg(shell::target());
    pack.args(packages.iter().flat_map(|package| ["--package", &package.name]));
    shell::run(&mut pack)?;

    let folder = shell::target().join("publish");
    fs::create_dir_all(&folder)?;
    for package in &packages {
        let unpacked = folder.join(package.stem());
        if unpacked.exists() {
            fs::remove_dir_all(&unpacked)?; // files that are no longer packed
        }
        let archive = shell::target().join("package").join(package.stem()).with_added_extension("crate");
        // Not with the archive's times, which are all the same: cargo would not see that files have changed.
        shell::run(Command::new("tar").arg("-xzmf").arg(&archive).arg("-C").arg(&folder))?;
        let engine: &[&str] = if package.name == ENGINE { &ENGINE_FILES } else { &[] };
        if let Some(file) = FILES.iter().chain(engine).find(|file| !unpacked.join(file).is_file()) {
            return Err(format!("the package {} lacks {file}", package.name).into());
        }
        println!("{}: {} bytes packed", package.stem(), fs::metadata(archive)?.len());
    }

    fs::write(folder.join("Cargo.toml"), workspace(&packages))?;
    fs::copy(shell::root().join("Cargo.lock"), folder.join("Cargo.lock"))?;
    shell::run(cargo(&folder).args(["test", "--quiet", "--package", ENGINE, "--features", "alloc"]))?;
    shell::run(cargo(&folder).args(["check", "--quiet", "--package", TRAINER, "--no-default-features"]))?;
    println!("the packed {ENGINE} passes its tests; the packed {TRAINER} compiles");
    Ok(())
}

/// A cargo command in the workspace of the unpacked packages.
fn cargo(folder: &Path) -> Command {
    let mut command = shell::cargo();
    command.current_dir(folder).env("CARGO_TARGET_DIR", folder.join("target"));
    command
}

/// Manifest of a workspace in which the packages find each other, as if they were in the registry.
fn workspace(packages: &[Package]) -> String {
    let stems: Vec<_> = packages.iter().map(Package::stem).collect();
    let mut text = format!("[workspace]\nresolver = \"3\"\nmembers = {stems:?}\n\n[patch.crates-io]\n");
    for package in packages {
        text.push_str(&format!("{} = {{ path = {:?} }}\n", package.name, package.stem()));
    }
    text.push_str("\n[profile.dev]\ndebug = false\n");
    text
}

/// Asks cargo for the packages that their manifests do not keep from being published.
fn published() -> Result<Vec<Package>, Failure> {
    let answer = shell::output(shell::cargo().args(["metadata", "--no-deps", "--format-version", "1"]))?;
    let metadata: Value = serde_json::from_str(&answer)?;
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let packages = metadata["packages"].as_array().ok_or("`cargo metadata` names no packages")?;
    let published = packages.iter().filter(|package| package["publish"].is_null());
    let packages: Vec<_> =
        published.map(|package| Package { name: text(&package["name"]), version: text(&package["version"]) }).collect();
    let names: BTreeSet<&str> = packages.iter().map(|package| package.name.as_str()).collect();
    match [ENGINE, TRAINER].iter().find(|name| !names.contains(**name)) {
        None => Ok(packages),
        Some(name) => Err(format!("{name} is kept from being published").into()),
    }
}
