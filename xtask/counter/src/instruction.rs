//! Properties of an instruction that its timing depends on, read from its disassembly.

/// Classes of instructions with the same timing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Any instruction of a core whose timing is not modelled.
    Untimed,
    /// Data processing, multiplication, DSP, and branches.
    Plain,
    Load,
    Store,
    /// Load or store of several registers.
    Multiple(u32),
    Divide,
    /// Branch to a register, or call.
    Jump,
    /// Floating point.
    Float,
    FloatMultiplyAdd,
    FloatDivide,
}

/// Instruction set of the guest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Architecture {
    Arm,
    RiscV,
}

impl Architecture {
    /// `mov r9, r9` and `mov r10, r10`; `slti x0, x0, 1` and `slti x0, x0, 2`.
    fn mark(self, bytes: &[u8]) -> Option<Mark> {
        match (self, bytes) {
            (Architecture::Arm, [0xC9, 0x46]) | (Architecture::RiscV, [0x13, 0x20, 0x10, 0x00]) => Some(Mark::Start),
            (Architecture::Arm, [0xD2, 0x46]) | (Architecture::RiscV, [0x13, 0x20, 0x20, 0x00]) => Some(Mark::Stop),
            _ => None,
        }
    }
}

/// Marks of a region.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mark {
    Start,
    Stop,
}

/// An instruction of the guest.
#[derive(Debug)]
pub struct Instruction {
    /// Address, and size in bytes: together the address of the next instruction unless this one branches.
    pub address: u32,
    pub size: u32,
    pub mark: Option<Mark>,
    pub kind: Kind,
    /// First operand, which most instructions write.
    pub target: String,
    /// Registers that make up the address of a load or store.
    pub address_registers: Vec<String>,
    pub text: String,
}

impl Instruction {
    /// Parses an instruction from its bytes and disassembly.
    pub fn new(architecture: Architecture, address: u32, bytes: &[u8], text: &str) -> Self {
        let (mnemonic, operands) = text.split_once([' ', '\t']).unwrap_or((text, ""));
        let target = word(operands.trim_start_matches([' ', '\t', '{']));
        let in_brackets = operands.split_once('[').map_or("", |(_, rest)| rest);
        // A base, and an index or second base behind the first comma.
        let address_registers = in_brackets.split(',').take(2).map(|part| word(part.trim_start()));
        Instruction {
            address,
            size: bytes.len() as u32,
            mark: architecture.mark(bytes),
            kind: if architecture == Architecture::Arm { kind(mnemonic, operands) } else { Kind::Untimed },
            target: target.to_owned(),
            address_registers: address_registers.filter(|name| !name.is_empty()).map(str::to_owned).collect(),
            text: text.to_owned(),
        }
    }
}

/// The register name at the start of `text`.
fn word(text: &str) -> &str {
    let end = text.find(|c: char| !(c.is_ascii_lowercase() || c.is_ascii_digit())).unwrap_or(text.len());
    &text[..end]
}

fn kind(mnemonic: &str, operands: &str) -> Kind {
    let starts = |prefixes: &[&str]| prefixes.iter().any(|prefix| mnemonic.starts_with(prefix));
    if starts(&["ldrd", "strd"]) {
        Kind::Multiple(2)
    } else if starts(&["ldm", "stm", "push", "pop", "vldm", "vstm", "vpush", "vpop"]) {
        Kind::Multiple(registers(operands))
    } else if starts(&["ldr", "vldr"]) {
        Kind::Load
    } else if starts(&["str", "vstr"]) {
        Kind::Store
    } else if starts(&["sdiv", "udiv"]) {
        Kind::Divide
    } else if starts(&["vdiv", "vsqrt"]) {
        Kind::FloatDivide
    } else if starts(&["vfma", "vfms", "vmla", "vmls", "vfnm", "vnml"]) {
        Kind::FloatMultiplyAdd
    } else if mnemonic.starts_with('v') {
        Kind::Float
    } else if starts(&["bx", "bl"]) {
        Kind::Jump
    } else {
        Kind::Plain
    }
}

/// Registers in `{r4, r6-r8, lr}`.
fn registers(operands: &str) -> u32 {
    let list = operands.split_once('{').and_then(|(_, rest)| rest.split_once('}')).map_or("", |(list, _)| list);
    let number = |name: &str| name.trim().trim_start_matches(|c: char| c.is_ascii_alphabetic()).parse::<u32>().ok();
    list.split(',')
        .map(|part| match part.split_once('-') {
            Some((first, last)) => number(last).unwrap_or(0) + 1 - number(first).unwrap_or(0),
            None => 1,
        })
        .sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> Instruction {
        Instruction::new(Architecture::Arm, 0, &[0, 0], text)
    }

    #[test]
    fn address_registers_are_those_in_the_brackets() {
        assert_eq!(of("ldr.w r0, [r1, r2, lsl #2]").address_registers, ["r1", "r2"]);
        assert_eq!(of("ldr r5, [r0], #4").address_registers, ["r0"]);
        assert_eq!(of("add r2, sb").address_registers, [""; 0]);
    }

    #[test]
    fn registers_of_a_list_are_counted_with_its_ranges() {
        assert_eq!(of("push {r4, r5, r6, r7, lr}").kind, Kind::Multiple(5));
        assert_eq!(of("ldm.w r0!, {r1-r4}").kind, Kind::Multiple(4));
        assert_eq!(of("vldmia r0!, {s16-s23}").kind, Kind::Multiple(8));
        assert_eq!(of("ldrd r0, r1, [r2], #8").kind, Kind::Multiple(2));
    }

    #[test]
    fn marks_are_known_by_their_bytes_on_each_architecture() {
        let mark = |architecture, bytes: &[u8]| Instruction::new(architecture, 0, bytes, "").mark;
        assert_eq!(mark(Architecture::Arm, &[0xC9, 0x46]), Some(Mark::Start));
        assert_eq!(mark(Architecture::Arm, &[0xD2, 0x46]), Some(Mark::Stop));
        assert_eq!(mark(Architecture::Arm, &[0xC0, 0x46]), None); // mov r8, r8
        assert_eq!(mark(Architecture::RiscV, &0x0010_2013u32.to_le_bytes()), Some(Mark::Start));
        assert_eq!(mark(Architecture::RiscV, &0x0020_2013u32.to_le_bytes()), Some(Mark::Stop));
        assert_eq!(mark(Architecture::RiscV, &[0xC9, 0x46]), None); // c.li a3, 18
    }
}
