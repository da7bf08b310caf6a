//! The machines that the firmware runs on.

use crate::Failure;

/// A machine of QEMU, and how to build for it.
#[derive(Debug)]
pub struct Machine {
    /// Our name.
    pub name: &'static str,
    /// QEMU's name.
    pub emulated: &'static str,
    /// What it has inside.
    pub core: &'static str,
    /// The same in short, as reports call it.
    pub short: &'static str,
    /// Rust's name of the instruction set.
    pub target: &'static str,
    /// The firmware's board: a Cargo feature and a file in `firmware/src/board`.
    pub board: &'static str,
    /// QEMU's program.
    pub qemu: &'static str,
}

/// All of them; the first is the default.
pub static MACHINES: [Machine; 6] = [
    Machine {
        name: "mps2-an386",
        emulated: "mps2-an386",
        core: "Cortex-M4F",
        short: "m4",
        target: "thumbv7em-none-eabihf",
        board: "mps2",
        qemu: "qemu-system-arm",
    },
    Machine {
        name: "mps2-an385",
        emulated: "mps2-an385",
        core: "Cortex-M3",
        short: "m3",
        target: "thumbv7m-none-eabi",
        board: "mps2",
        qemu: "qemu-system-arm",
    },
    Machine {
        name: "mps2-an500",
        emulated: "mps2-an500",
        core: "Cortex-M7",
        short: "m7",
        target: "thumbv7em-none-eabihf",
        board: "mps2",
        qemu: "qemu-system-arm",
    },
    Machine {
        name: "mps2-an505",
        emulated: "mps2-an505",
        core: "Cortex-M33",
        short: "m33",
        target: "thumbv8m.main-none-eabihf",
        board: "an505",
        qemu: "qemu-system-arm",
    },
    Machine {
        name: "mps3-an547",
        emulated: "mps3-an547",
        core: "Cortex-M55",
        short: "m55",
        target: "thumbv8m.main-none-eabihf",
        board: "an547",
        qemu: "qemu-system-arm",
    },
    // Code for an M0 in an emulator that counts: QEMU's own machine of that core has no timer that we use.
    Machine {
        name: "armv6m-on-an386",
        emulated: "mps2-an386",
        core: "Cortex-M0 code",
        short: "m0",
        target: "thumbv6m-none-eabi",
        board: "mps2",
        qemu: "qemu-system-arm",
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
