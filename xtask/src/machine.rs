//! The machines that the firmware runs on.

use crate::failure::Failure;

/// A machine of QEMU, and how to build for it.
#[derive(Debug)]
pub struct Machine {
    /// QEMU's name, but for the machine that says too little.
    pub name: &'static str,
    /// What it has inside.
    pub core: &'static str,
    /// The same in short, as reports call it.
    pub short: &'static str,
    /// Rust's name of the instruction set.
    pub target: &'static str,
    /// The core as the compiler calls it, where the target leaves out what this one has.
    pub cpu: Option<&'static str>,
    /// The firmware's board: a Cargo feature and a file in `firmware/src/board`.
    pub board: &'static str,
    /// QEMU's program.
    pub qemu: &'static str,
    /// How QEMU is told which machine to be.
    pub options: &'static [&'static str],
    /// One instruction takes `2^icount_shift` ns: what the board's counter counts by.
    pub icount_shift: &'static str,
}

impl Machine {
    /// A machine of Arm's, whose timer counts 64 ns an instruction.
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

/// All of them; the first is the default.
pub static MACHINES: [Machine; 8] = [
    Machine::arm(&["-M", "mps2-an386"], "Cortex-M4F", "m4"),
    // Refuses what the other M4 ignores: writes to flash, accesses beside the memories.
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

/// The machine of that name.
///
/// # Errors
///
/// A name that is not in the table; the message lists those that are.
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
            assert!(MACHINES[..index].iter().all(|other| other.name != machine.name), "{} stands twice", machine.name);
            for (folder, kind) in [("src/board", "rs"), ("memory", "x")] {
                let file = shell::root().join("firmware").join(folder).join(machine.board).with_extension(kind);
                assert!(file.is_file(), "{}: {} is missing", machine.name, file.display());
            }
        }
    }
}
