//! The machines that the firmware runs on.

use crate::failure::Failure;

/// A machine that QEMU emulates, and how to build for it.
#[derive(Debug)]
pub struct Machine {
    /// QEMU's name, or a clearer one where that is too general.
    pub name: &'static str,
    /// Its core.
    pub core: &'static str,
    /// Short name of the core, as in reports.
    pub short: &'static str,
    /// Rust target.
    pub target: &'static str,
    /// `target-cpu`, if the core has extensions that the target leaves out.
    pub cpu: Option<&'static str>,
    /// Board of the firmware: a Cargo feature and a file in `firmware/src/board`.
    pub board: &'static str,
    /// QEMU program that emulates it.
    pub qemu: &'static str,
    /// Options that choose the machine.
    pub options: &'static [&'static str],
    /// Virtual time of one instruction, `2^icount_shift` ns, which drives the board's counter.
    pub icount_shift: &'static str,
}

impl Machine {
    /// An Arm machine, whose timer advances by 64 ns per instruction.
    const fn arm(options: &'static [&'static str; 2], core: &'static str, short: &'static str) -> Machine {
        Machine {
            name: options[1],
            core,
            short,
            target: "thumbv7em-none-eabihf",
            cpu: None,
            board: "mps2",
            qemu: "qemu-system-arm",
            options,
            icount_shift: "6",
        }
    }
}

/// All machines; the first is the default.
pub static MACHINES: [Machine; 8] = [
    Machine::arm(&["-M", "mps2-an386"], "Cortex-M4F", "m4"),
    // Faults where the other M4 does not: writes to flash, accesses outside of memory.
    Machine { board: "netduinoplus2", ..Machine::arm(&["-M", "netduinoplus2"], "Cortex-M4F", "m4") },
    Machine { target: "thumbv6m-none-eabi", board: "microbit", ..Machine::arm(&["-M", "microbit"], "Cortex-M0", "m0") },
    Machine { target: "thumbv7m-none-eabi", ..Machine::arm(&["-M", "mps2-an385"], "Cortex-M3", "m3") },
    Machine::arm(&["-M", "mps2-an500"], "Cortex-M7", "m7"),
    Machine {
        target: "thumbv8m.main-none-eabihf",
        cpu: Some("cortex-m33"),
        board: "an505",
        ..Machine::arm(&["-M", "mps2-an505"], "Cortex-M33", "m33")
    },
    Machine {
        target: "thumbv8m.main-none-eabihf",
        cpu: Some("cortex-m55"),
        board: "an547",
        ..Machine::arm(&["-M", "mps3-an547"], "Cortex-M55", "m55")
    },
    Machine {
        name: "virt-ibex",
        core: "RV32IMC",
        short: "rv32",
        target: "riscv32imc-unknown-none-elf",
        cpu: None,
        board: "virt",
        qemu: "qemu-system-riscv32",
        options: &["-M", "virt", "-bios", "none", "-cpu", "lowrisc-ibex"],
        icount_shift: "0",
    },
];

/// Looks up a machine by name.
///
/// # Errors
///
/// An unknown name; the message lists the known ones.
pub fn named(name: &str) -> Result<&'static Machine, Failure> {
    MACHINES.iter().find(|machine| machine.name == name).ok_or_else(|| {
        let names: Vec<_> = MACHINES.iter().map(|machine| machine.name).collect();
        format!("machine `{name}` is unknown; expected one of {}", names.join(", ")).into()
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::shell;

    #[test]
    fn every_machine_has_a_name_of_its_own_a_board_and_a_memory_map() {
        for (index, machine) in MACHINES.iter().enumerate() {
            assert!(
                MACHINES[..index].iter().all(|other| other.name != machine.name),
                "{} is listed twice",
                machine.name
            );
            for (folder, kind) in [("src/board", "rs"), ("memory", "x")] {
                let file = shell::root().join("firmware").join(folder).join(machine.board).with_extension(kind);
                assert!(file.is_file(), "{}: {} is missing", machine.name, file.display());
            }
        }
    }
}
