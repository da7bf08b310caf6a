//! Counts instructions between the marks.

use std::io::{self, Write};

use crate::cycles;
use crate::instruction::{Instruction, Mark};

/// Executions of an instruction within regions, and their cycles.
#[derive(Clone, Copy, Default)]
struct Executed {
    times: u64,
    cycles: u64,
}

/// All translated instructions, and the running region.
pub struct Regions<W> {
    out: W,
    instructions: Vec<(Instruction, Executed)>,
    /// Instructions and cycles of the running region.
    running: Option<Executed>,
    /// Number of the previous instruction in this region.
    last: Option<usize>,
}

impl<W: Write> Regions<W> {
    /// Writes a line to `out` for each region.
    pub fn new(out: W) -> Self {
        Regions { out, instructions: Vec::new(), running: None, last: None }
    }

    /// Registers an instruction and returns its number.
    pub fn add(&mut self, instruction: Instruction) -> usize {
        self.instructions.push((instruction, Executed::default()));
        self.instructions.len() - 1
    }

    /// Counts an execution of an instruction.
    pub fn execute(&mut self, number: usize) -> io::Result<()> {
        match self.instructions[number].0.mark {
            Some(Mark::Start) => {
                self.running = Some(Executed::default());
                self.last = None;
            }
            Some(Mark::Stop) => {
                if let Some(region) = self.running.take() {
                    writeln!(self.out, "{} {}", region.times, region.cycles)?;
                }
            }
            None => {
                if let Some(region) = &mut self.running {
                    let last = self.last.map(|last| &self.instructions[last].0);
                    let cycles = cycles::of(&self.instructions[number].0, last);
                    for count in [region, &mut self.instructions[number].1] {
                        count.times += 1;
                        count.cycles += cycles;
                    }
                    self.last = Some(number);
                }
            }
        }
        Ok(())
    }

    /// Flushes the report, and writes every executed instruction to `profile` in order of address.
    pub fn finish(&mut self, profile: Option<&mut dyn Write>) -> io::Result<()> {
        self.out.flush()?;
        let Some(profile) = profile else { return Ok(()) };
        self.instructions.sort_by_key(|(instruction, _)| instruction.address);
        for (instruction, count) in self.instructions.iter().filter(|(_, count)| count.times > 0) {
            let (Executed { times, cycles }, Instruction { address, text, .. }) = (count, instruction);
            writeln!(profile, "{address:08x} {times:>10} {cycles:>10}  {text}")?;
        }
        profile.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::instruction::Architecture;

    #[test]
    fn only_what_stands_between_the_marks_is_counted() {
        let mut out = Vec::new();
        let mut regions = Regions::new(&mut out);
        let start = regions.add(Instruction::new(Architecture::Arm, 0, &[0xC9, 0x46], "mov sb, sb"));
        let load = regions.add(Instruction::new(Architecture::Arm, 2, &[0, 0], "ldr r0, [r1]"));
        let stop = regions.add(Instruction::new(Architecture::Arm, 4, &[0xD2, 0x46], "mov sl, sl"));
        for number in [load, start, load, stop, load, start, stop] {
            regions.execute(number).unwrap();
        }
        let mut profile = Vec::new();
        regions.finish(Some(&mut profile)).unwrap();
        assert_eq!(String::from_utf8(out).unwrap(), "1 2\n0 0\n");
        assert_eq!(String::from_utf8(profile).unwrap(), "00000002          1          2  ldr r0, [r1]\n");
    }
}
