//! Modelled cycles of an instruction on a Cortex-M4, given the previous one.
//!
//! | instruction | cycles |
//! | --- | --- |
//! | data processing, multiplication, DSP, other floating point | 1 |
//! | load | 2, or 1 right behind a load or store whose result is not its address |
//! | store | 1 |
//! | several registers | 1 + their number |
//! | division | 7 (silicon: 2 to 12) |
//! | `VMLA`, `VFMA` | 3 |
//! | `VDIV`, `VSQRT` | 14 |
//! | load or store whose address was computed by the instruction just before | + 1 |
//! | floating point that needs the result of the one just before | + 1 |
//! | first instruction behind a taken branch | + 1, + 2 where the target came from a register or memory |

use crate::instruction::{Instruction, Kind};

/// Models the cycles of `instruction` after `last`, the previous one in the same region.
pub fn of(instruction: &Instruction, last: Option<&Instruction>) -> u64 {
    let own = match instruction.kind {
        Kind::Untimed => return 0,
        Kind::Plain | Kind::Store | Kind::Jump | Kind::Float => 1,
        Kind::Load if last.is_some_and(|last| pipelines(last, instruction)) => 1,
        Kind::Load => 2,
        Kind::Multiple(registers) => 1 + u64::from(registers),
        Kind::Divide => 7,
        Kind::FloatMultiplyAdd => 3,
        Kind::FloatDivide => 14,
    };
    let Some(last) = last else { return own };
    own + u64::from(waits_for_address(last, instruction))
        + u64::from(waits_for_float(last, instruction))
        + branch(last, instruction)
}

/// Returns whether a load overlaps the access before it.
fn pipelines(last: &Instruction, load: &Instruction) -> bool {
    matches!(last.kind, Kind::Load | Kind::Store) && load.address_registers.first() != Some(&last.target)
}

fn waits_for_address(last: &Instruction, instruction: &Instruction) -> bool {
    matches!(instruction.kind, Kind::Load | Kind::Store | Kind::Multiple(_))
        && last.kind == Kind::Plain
        && !last.target.is_empty()
        && instruction.address_registers.contains(&last.target)
}

fn waits_for_float(last: &Instruction, instruction: &Instruction) -> bool {
    // All operands including the target: an accumulator is read, too.
    let mut operands = instruction.text.split(|c: char| !c.is_ascii_alphanumeric()).skip(1);
    last.kind == Kind::Float
        && matches!(instruction.kind, Kind::Float | Kind::FloatMultiplyAdd)
        && !last.target.is_empty()
        && operands.any(|operand| operand == last.target)
}

fn branch(last: &Instruction, instruction: &Instruction) -> u64 {
    if last.address + last.size == instruction.address {
        return 0;
    }
    match last.kind {
        Kind::Multiple(_) | Kind::Load => 2,
        Kind::Jump if last.text.starts_with("bx") || last.text.starts_with("blx") => 2,
        _ => 1,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::instruction::Architecture;

    /// Cycles of all lines, one after the other in memory.
    fn cycles(lines: &[&str]) -> Vec<u64> {
        let instructions: Vec<_> = lines
            .iter()
            .enumerate()
            .map(|(index, text)| Instruction::new(Architecture::Arm, 2 * index as u32, &[0, 0], text))
            .collect();
        (0..lines.len())
            .map(|index| of(&instructions[index], index.checked_sub(1).map(|last| &instructions[last])))
            .collect()
    }

    #[test]
    fn loads_one_behind_the_other_overlap_unless_one_is_the_address_of_the_next() {
        assert_eq!(cycles(&["ldr r0, [r1]", "ldr r2, [r1, #4]", "ldr r3, [r2]"]), [2, 1, 2]);
    }

    #[test]
    fn an_address_computed_just_before_costs_a_cycle() {
        assert_eq!(cycles(&["add r0, r1", "ldr r2, [r0]"]), [1, 3]);
        assert_eq!(cycles(&["add r0, r1", "str r2, [r3, r0]"]), [1, 2]);
    }

    #[test]
    fn several_registers_cost_one_each_and_one() {
        assert_eq!(cycles(&["push {r4-r7, lr}", "ldrd r0, r1, [r2]"]), [6, 3]);
    }

    #[test]
    fn a_taken_branch_costs_its_refill() {
        let branch = Instruction::new(Architecture::Arm, 0, &[0, 0], "bne #0x100");
        let ret = Instruction::new(Architecture::Arm, 0, &[0, 0], "bx lr");
        let there = Instruction::new(Architecture::Arm, 0x100, &[0, 0], "adds r0, #1");
        assert_eq!((of(&there, Some(&branch)), of(&there, Some(&ret))), (2, 3));
    }

    #[test]
    fn a_float_result_is_late_by_one() {
        assert_eq!(cycles(&["vmul.f32 s0, s1, s2", "vadd.f32 s3, s3, s0", "vadd.f32 s4, s4, s5"]), [1, 2, 1]);
    }
}
