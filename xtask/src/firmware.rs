//! Building the firmware around a model, and its size on the chip.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Command;

use object::{Object, ObjectSection, SectionFlags, SectionKind};
use serde::Serialize;

use crate::failure::Failure;
use crate::machine::Machine;
use crate::toolchain::Route;
use crate::workspaces::FIRMWARE;
use crate::{install, shell};

/// A program for a machine, with a model compiled in.
pub struct Firmware {
    /// The ELF file, a copy that no other build overwrites.
    pub elf: PathBuf,
    /// Its size.
    pub sizes: Sizes,
}

impl Firmware {
    /// File for the output of the serial port, unique to this process: a program may run several times at once.
    pub fn serial_file(&self) -> PathBuf {
        self.elf.with_extension(format!("{}.serial", std::process::id()))
    }
}

/// Sizes on the chip, in bytes.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Sizes {
    /// Everything in flash.
    pub flash_bytes: u64,
    /// Flash without the blob and the compiled-in pictures.
    pub program_bytes: u64,
    /// Static RAM, without the stack.
    pub ram_bytes: u64,
}

/// Builds the firmware for a machine, set-up included.
///
/// # Errors
///
/// A model that cannot be read, or a failed set-up or build.
pub fn build(machine: &Machine, model: &Path) -> Result<Firmware, Failure> {
    build_program(machine, model, "sinapse-firmware")
}

/// Builds one of the firmware's programs for a machine.
///
/// # Errors
///
/// Same as [`build`].
pub fn build_program(machine: &Machine, model: &Path, program: &str) -> Result<Firmware, Failure> {
    let blob = fs::read(model).map_err(|error| format!("{}: cannot be read: {error}", model.display()))?;
    if let Err(reason) = sinapse::blob::rust_type(&blob) {
        return Err(format!("{}: refused: {reason}", model.display()).into());
    }
    let model = fs::canonicalize(model)?;
    let route = install::ready(machine)?;

    // Builds of a folder write the same file: one at a time, and each keeps a copy.
    fs::create_dir_all(folder(route, machine))?;
    let lock = File::create(folder(route, machine).join("build.lock"))?;
    lock.lock()?;
    if !built(route, machine, program).exists() {
        eprintln!("building {program} for {} (half a minute the first time)", machine.name);
    }
    let mut command = cargo(route, "build", machine);
    shell::run(command.args(["--quiet", "--release", "--bin", program]).env("SINAPSE_MODEL", &model))
        .map_err(|error| format!("the firmware cannot be built for {}: {error}", machine.name))?;
    let built = built(route, machine, program);
    let bytes = fs::read(&built).map_err(|error| format!("{}: {error}", built.display()))?;
    let stem = model.file_stem().unwrap_or_default().to_string_lossy();
    let elf = shell::target().join("firmware").join(format!(
        "{}-{stem}-{:08x}.elf",
        machine.name,
        sinapse::blob::crc::crc32(&bytes)
    ));
    let temporary = elf.with_extension("tmp");
    fs::write(&temporary, &bytes)?;
    fs::rename(&temporary, &elf)?;
    drop(lock);

    let sizes = sizes(&bytes, carried_bytes(&model)?)?;
    Ok(Firmware { elf, sizes })
}

/// A cargo command for the firmware on a machine.
pub fn cargo(route: Route, subcommand: &str, machine: &Machine) -> Command {
    cargo_into(&folder(route, machine), route, subcommand, machine)
}

/// A cargo command for the firmware on a machine, which builds into a folder.
pub fn cargo_into(folder: &Path, route: Route, subcommand: &str, machine: &Machine) -> Command {
    let mut command = route.cargo(subcommand, FIRMWARE, machine.target, folder);
    command.args(["--no-default-features", "--features", machine.board]);
    if let Some(cpu) = machine.cpu {
        let mut flags = inherited_flags();
        flags.extend(["-C".to_owned(), format!("target-cpu={cpu}")]);
        command.env("CARGO_ENCODED_RUSTFLAGS", flags.join("\u{1f}"));
    }
    command
}

/// Compiler flags of the caller's environment: cargo reads only one variable, and ours would hide them.
fn inherited_flags() -> Vec<String> {
    let words = |name: &str, separator: char| {
        let text = std::env::var(name).ok()?;
        Some(text.split(separator).filter(|word| !word.is_empty()).map(str::to_owned).collect())
    };
    words("CARGO_ENCODED_RUSTFLAGS", '\u{1f}').or_else(|| words("RUSTFLAGS", ' ')).unwrap_or_default()
}

/// Folder for builds for a machine; cores that share a target do not overwrite each other's work.
fn folder(route: Route, machine: &Machine) -> PathBuf {
    match machine.cpu {
        Some(cpu) => route.folder(FIRMWARE).join(cpu),
        None => route.folder(FIRMWARE),
    }
}

/// Path of a program that was built for a machine.
pub fn built(route: Route, machine: &Machine, program: &str) -> PathBuf {
    folder(route, machine).join(machine.target).join("release").join(program)
}

/// File of the compiled-in digits.
pub fn pictures() -> PathBuf {
    shell::root().join("firmware").join("digits.idx")
}

/// Size of the blob and the compiled-in digits, which do not count as program.
pub fn carried_bytes(model: &Path) -> Result<u64, Failure> {
    Ok(fs::metadata(model)?.len() + fs::metadata(pictures())?.len())
}

/// Sums the sections that are loaded or reserved.
pub fn sizes(elf: &[u8], carried_bytes: u64) -> Result<Sizes, Failure> {
    let file = object::File::parse(elf)?;
    let (mut flash_bytes, mut ram_bytes) = (0, 0);
    for section in file.sections() {
        let SectionFlags::Elf { sh_flags } = section.flags() else { continue };
        if sh_flags & u64::from(object::elf::SHF_ALLOC) == 0 {
            continue; // debug information and log strings stay on the host
        }
        // `riscv-rt` turns all remaining RAM into a section for the stack.
        if section.name().is_ok_and(|name| name == ".stack") {
            continue;
        }
        let writable = sh_flags & u64::from(object::elf::SHF_WRITE) != 0;
        let zeroed = section.kind() == SectionKind::UninitializedData;
        // Initialised variables count twice: their values are copied from flash at reset.
        ram_bytes += if writable { section.size() } else { 0 };
        flash_bytes += if zeroed { 0 } else { section.size() };
    }
    let program_bytes = flash_bytes.saturating_sub(carried_bytes);
    Ok(Sizes { flash_bytes, program_bytes, ram_bytes })
}
