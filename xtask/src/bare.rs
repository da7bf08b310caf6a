//! The least program around the network, looked into: what must not be in it, and its size.

use std::fs;
use std::path::Path;

use object::{Object, ObjectSection, ObjectSymbol};

use crate::machine::{MACHINES, Machine};
use crate::{Failure, bench, firmware, setup, shell, target_eval};

/// What no name of a function may contain in a program around an integer network: panics, allocation, soft floats.
const UNWANTED: [&str; 10] = [
    "panicking",
    "alloc",
    "__aeabi_f",
    "__aeabi_d",
    "__aeabi_i2f",
    "__aeabi_i2d",
    "__addsf3",
    "__mulsf3",
    "__divsf3",
    "expf",
];

/// Builds and checks the program for each machine that can be set up.
///
/// # Errors
///
/// A program that does not link, because a panic can be reached, or has in it what it must not.
pub fn check() -> Result<(), Failure> {
    // 4-bit weights need no instruction of the extension, 8-bit ones use it where it is.
    let eight_bits = bench::work::all()?.into_iter().find(|work| work.name == "784x32-w8-x4").ok_or("no such layer")?;
    for machine in &MACHINES {
        // Cores with the extension; the others must do without its instructions.
        let dsp = ["m4", "m7", "m33", "m55"].contains(&machine.short);
        let name = machine.name;
        let route = match setup::ready(machine) {
            Ok(route) => route,
            Err(error) => {
                println!("{name}: NOT TESTED: {error}");
                continue;
            }
        };
        for (model, dsp) in [(&target_eval::default_model(), false), (&eight_bits.blob, dsp)] {
            let mut command = firmware::cargo(route, "build", machine);
            command.args(["--quiet", "--release", "--bin", "bare"]);
            shell::run(command.env("SINAPSE_MODEL", model))
                .map_err(|error| format!("{error}: where a panic can be reached, the program does not link"))?;
            let elf = firmware::built(route, machine, "bare");
            look_into(machine, model, &fs::read(elf)?, dsp)?;
        }
    }
    Ok(())
}

fn look_into(machine: &Machine, model: &Path, elf: &[u8], dsp: bool) -> Result<(), Failure> {
    let file = object::File::parse(elf)?;
    for symbol in file.symbols() {
        let name = symbol.name().unwrap_or_default();
        if let Some(unwanted) = UNWANTED.iter().find(|unwanted| name.contains(**unwanted)) {
            return Err(format!("{}: the program has `{name}`: no `{unwanted}` is wanted", machine.name).into());
        }
    }
    let text = file.section_by_name(".text").ok_or("a program without code")?;
    if file.architecture() == object::Architecture::Arm && has_dsp(text.data()?) != dsp {
        let expected = if dsp { "expected" } else { "not expected" };
        return Err(format!("{}: instructions of the DSP extension are {expected}", machine.name).into());
    }
    let sizes = firmware::sizes(elf, firmware::carried_bytes(model)?)?;
    println!(
        "{} ({}), {}: no panic, no allocation, no soft float; DSP instructions: {}; {} bytes of program, {} of static RAM",
        machine.name,
        machine.target,
        model.file_stem().unwrap_or_default().display(),
        if dsp { "yes" } else { "none" },
        sizes.program_bytes,
        sizes.ram_bytes
    );
    Ok(())
}

/// Whether `UXTB16` is in the code, the instruction of the extension that the kernels use.
///
/// Source: Arm, "Armv7-M Architecture Reference Manual", A7.7.223: `11111010 00111111 | 1111 Rd 10 rotate Rm`.
fn has_dsp(text: &[u8]) -> bool {
    let halfwords: Vec<u16> = text.as_chunks().0.iter().map(|&bytes| u16::from_le_bytes(bytes)).collect();
    halfwords.windows(2).any(|pair| pair[0] == 0xFA3F && pair[1] & 0xF0C0 == 0xF080)
}

#[cfg(test)]
mod tests {
    use super::has_dsp;

    #[test]
    fn uxtb16_is_found_with_and_without_rotation() {
        let code = |pair: [u16; 2]| pair.map(u16::to_le_bytes).concat();
        assert!(has_dsp(&code([0xFA3F, 0xFC86]))); // uxtb16 r12, r6
        assert!(has_dsp(&code([0xFA3F, 0xF696]))); // uxtb16 r6, r6, ror #8
        assert!(!has_dsp(&code([0xFA1F, 0xF686]))); // uxth.w r6, r6
    }
}
