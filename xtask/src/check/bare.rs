//! Inspects the smallest program around a network: no panics, allocation or soft floats in it, and its size.

use std::fs;
use std::path::Path;

use object::{Object, ObjectSymbol};

use super::thumb;
use crate::failure::Failure;
use crate::machine::{MACHINES, Machine};
use crate::toolchain::Route;
use crate::{bench, firmware, install, shell, target_eval};

/// Parts of symbol names that a program around an integer network must not have: panics, allocation, soft floats.
const UNWANTED: [&str; 17] = [
    "panicking",
    "alloc",
    "expf",
    // Soft floats on Arm.
    "__aeabi_f",
    "__aeabi_d",
    "__aeabi_i2f",
    "__aeabi_i2d",
    // Soft floats on every other core.
    "__addsf3",
    "__subsf3",
    "__mulsf3",
    "__divsf3",
    "__adddf3",
    "__subdf3",
    "__muldf3",
    "__divdf3",
    "__float",
    "__fix",
];

/// Cores with the DSP extension; programs for the others must not contain its instructions.
const WITH_DSP: [&str; 4] = ["m4", "m7", "m33", "m55"];

/// Largest program around an included `digits`, without blob and pictures, on the cores that have a limit.
const INCLUDED_BYTES: [(&str, u64); 2] = [("m4", 4_608), ("m0", 4_608)];

/// Builds and checks the programs for each machine that can be set up.
///
/// # Errors
///
/// A program that does not link, because a panic can be reached, or that contains something unwanted.
pub fn check() -> Result<(), Failure> {
    // Kernels for 8-bit weights use the extension where there is one; those for 4-bit weights need not.
    let eight_bits = bench::work::layer_named("784x32-w8-x4")?;
    // With every step of preprocessing.
    let ensemble = bench::work::with_shift_ensemble("nano")?;
    let default = target_eval::default_model();
    for machine in &MACHINES {
        let route = match install::ready(machine) {
            Ok(route) => route,
            Err(error) => {
                println!("{}: NOT TESTED: {error}", machine.name);
                continue;
            }
        };
        for (model, uses_dsp) in [(&default, false), (&ensemble, false), (&eight_bits.blob, true)] {
            let bytes = inspect(route, machine, "bare", model, uses_dsp)?;
            if model != &default {
                continue;
            }
            let included = inspect(route, machine, "included", model, uses_dsp)?;
            if included >= bytes {
                return Err(format!(
                    "{}: an included network takes {included} bytes, a loaded one {bytes}",
                    machine.name
                )
                .into());
            }
            let limit = INCLUDED_BYTES.iter().find(|(core, _)| *core == machine.short);
            if let Some((_, limit)) = limit
                && included > *limit
            {
                return Err(
                    format!("{}: {included} bytes around an included network, at most {limit}", machine.name).into()
                );
            }
        }
    }
    Ok(())
}

/// Builds one of the smallest programs with a model and looks into it; returns its bytes without blob and pictures.
fn inspect(route: Route, machine: &Machine, program: &str, model: &Path, uses_dsp: bool) -> Result<u64, Failure> {
    let mut command = firmware::cargo(route, "build", machine);
    command.args(["--quiet", "--release", "--bin", program]);
    shell::run(command.env("SINAPSE_MODEL", model))
        .map_err(|error| format!("{error}: where a panic can be reached, the program does not link"))?;
    look_into(machine, program, model, &fs::read(firmware::built(route, machine, program))?, uses_dsp)
}

fn look_into(machine: &Machine, program: &str, model: &Path, elf: &[u8], uses_dsp: bool) -> Result<u64, Failure> {
    let name = machine.name;
    let file = object::File::parse(elf)?;
    for symbol in file.symbols() {
        let symbol = symbol.name().unwrap_or_default();
        if let Some(unwanted) = UNWANTED.iter().find(|unwanted| symbol.contains(**unwanted)) {
            return Err(format!("{name}: the program has `{symbol}`: no `{unwanted}` is wanted").into());
        }
    }
    let dsp = match file.architecture() {
        object::Architecture::Arm => thumb::dsp_instructions(&file).map_err(|error| format!("{name}: {error}"))?,
        _ => Vec::new(),
    };
    let has_extension = WITH_DSP.contains(&machine.short);
    if let (false, Some(address)) = (has_extension, dsp.first()) {
        return Err(format!("{name}: an instruction of the DSP extension at {address:#x}: its core has none").into());
    }
    if has_extension && uses_dsp && dsp.is_empty() {
        return Err(
            format!("{name}: no instruction of the DSP extension, which its kernel for 8-bit weights uses").into()
        );
    }
    let sizes = firmware::sizes(elf, firmware::carried_bytes(model)?)?;
    println!(
        "{name} ({}), {program}, {}: no panic, no allocation, no soft float; {} DSP instructions; {} bytes of \
         program, {} of static RAM",
        machine.target,
        model.file_stem().unwrap_or_default().display(),
        dsp.len(),
        sizes.program_bytes,
        sizes.ram_bytes
    );
    Ok(sizes.program_bytes)
}
