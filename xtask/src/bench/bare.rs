//! Size, RAM and stack depth of the smallest program around a network, `firmware/src/bin/bare.rs`.
//!
//! The program neither ends nor prints, so QEMU's monitor copies its RAM while it runs. The stack is painted before
//! `main`: words that have lost their paint were in use.

use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::time::Duration;

use object::{Object, ObjectSymbol};
use sinapse::dynamic::Model;

use super::work::Work;
use crate::failure::Failure;
use crate::machine::Machine;
use crate::{firmware, model, shell};

/// Cores on which the program is measured: those with goals.
const CORES: [&str; 2] = ["m4", "m0"];
/// Pattern that `cortex-m-rt` paints the stack with.
const PAINT: u32 = 0xCCCC_CCCC;
/// Answer of a program whose blob is refused.
const REFUSED: u32 = 255;
/// Maximum number of copies of RAM, one every 20 ms, until the program has given several answers.
const COPIES: usize = 500;

/// Sizes of the smallest program.
#[derive(Clone, Copy, Debug)]
pub struct Bare {
    /// Flash, without blob and pictures.
    pub flash_bytes: u64,
    /// Static RAM, including the scratch.
    pub ram_bytes: u64,
    /// The network's scratch.
    pub scratch_bytes: u64,
    /// Deepest stack.
    pub stack_bytes: u64,
}

/// Builds the program and runs it until it has given two different answers, and checks all of them.
///
/// Returns `None` for cores on which it is not measured.
///
/// # Errors
///
/// A program that does not build or run, or a wrong answer.
pub fn measure(work: &Work, machine: &'static Machine) -> Result<Option<Bare>, Failure> {
    if !CORES.contains(&machine.short) {
        return Ok(None);
    }
    let built = firmware::build_program(machine, &work.blob, "bare")?;
    let program = fs::read(&built.elf)?;
    let memory = Memory::of(&program)?;
    let answers = answers(work)?;
    let several = answers.iter().any(|answer| *answer != answers[0]);
    let mut emulator = Emulator::start(machine, &built.elf)?;
    let (mut first, mut last) = (None, None);
    for _ in 0..COPIES {
        std::thread::sleep(Duration::from_millis(20));
        let copy = emulator.copy(&memory)?;
        let Some(answer) = word(&copy, memory.answer - memory.start) else { continue };
        if answer == REFUSED || (first.is_some() || answer != 0) && !answers.contains(&answer) {
            return Err(format!("{} on {}: the bare program answers {answer}", work.name, machine.name).into());
        }
        // The variable is 0 before the first answer, so only a nonzero value proves that there was one.
        first = first.or((answer != 0).then_some(answer));
        if first.is_some_and(|first| !several || first != answer) {
            last = Some(copy);
            break;
        }
    }
    let copy = last.ok_or_else(|| format!("{} on {}: the bare program gives no answers", work.name, machine.name))?;
    let stack = copy.get((memory.stack_end - memory.start) as usize..).unwrap_or_default();
    let painted = stack.as_chunks().0.iter().take_while(|word| u32::from_le_bytes(**word) == PAINT).count();
    if painted == 0 {
        return Err(format!("{} on {}: the stack has no paint left", work.name, machine.name).into());
    }
    Ok(Some(Bare {
        flash_bytes: built.sizes.program_bytes,
        ram_bytes: built.sizes.ram_bytes,
        scratch_bytes: memory.scratch_bytes,
        stack_bytes: (stack.len() - 4 * painted) as u64,
    }))
}

/// Computes the expected classes of the pictures that the program cycles through.
fn answers(work: &Work) -> Result<Vec<u32>, Failure> {
    let blob = model::read(&work.blob)?;
    let model = Model::load(&blob)?;
    let pictures = fs::read(firmware::pictures())?;
    let pictures = pictures.get(16..).unwrap_or_default().chunks_exact(model.description.picture_pixels());
    let answers: Vec<u32> = pictures.map(|picture| model.scores(picture).class() as u32).collect();
    if answers.iter().all(|answer| *answer == 0) {
        return Err(format!("{}: no picture has another answer than 0", work.name).into());
    }
    Ok(answers)
}

/// Addresses in the program's RAM.
struct Memory {
    start: u32,
    answer: u32,
    stack_end: u32,
    stack_start: u32,
    scratch_bytes: u64,
}

impl Memory {
    fn of(elf: &[u8]) -> Result<Memory, Failure> {
        let file = object::File::parse(elf)?;
        let find = |is: &dyn Fn(&str) -> bool| {
            let symbol = file.symbols().find(|symbol| symbol.name().is_ok_and(is));
            symbol.and_then(|symbol| u32::try_from(symbol.address()).ok())
        };
        let named = |name: &str| find(&|found| found == name).ok_or(format!("the bare program has no symbol {name}"));
        let is_scratch = |name: &str| name.contains("SCRATCH");
        let scratch = file.symbols().find(|symbol| symbol.name().is_ok_and(is_scratch));
        // A single layer whose kernel needs no workspace has no scratch.
        let scratch_bytes = scratch.map_or(0, |scratch| scratch.size());
        let answer = find(&|name| name.contains("ANSWER")).ok_or("the bare program has no ANSWER")?;
        let (stack_end, stack_start) = (named("_stack_end")?, named("_stack_start")?);
        Ok(Memory { start: answer.min(stack_end), answer, stack_end, stack_start, scratch_bytes })
    }
}

fn word(bytes: &[u8], at: u32) -> Option<u32> {
    bytes.get(at as usize..)?.first_chunk().map(|word| u32::from_le_bytes(*word))
}

/// QEMU, controlled through its monitor.
struct Emulator {
    child: Child,
    monitor: ChildStdin,
    copies: u32,
}

impl Emulator {
    fn start(machine: &Machine, elf: &Path) -> Result<Emulator, Failure> {
        let mut command = Command::new(machine.qemu);
        command.args(machine.options);
        command.args(["-display", "none", "-serial", "null", "-monitor", "stdio", "-kernel"]);
        command.arg(elf).stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
        let mut child = command.spawn().map_err(|error| format!("{} cannot be started: {error}", machine.qemu))?;
        let monitor = child.stdin.take().ok_or("QEMU's monitor has no input")?;
        Ok(Emulator { child, monitor, copies: 0 })
    }

    /// Copies RAM from `memory.start` up to the stack's start.
    fn copy(&mut self, memory: &Memory) -> Result<Vec<u8>, Failure> {
        let file = shell::target().join("bench").join(format!("ram-{}-{}", std::process::id(), self.copies));
        self.copies += 1;
        let size = memory.stack_start - memory.start;
        // The program is stopped meanwhile, so that answer and stack belong together. `memsave` takes the core's
        // addresses; the physical ones of `pmemsave` do not reach all memory of some systems on a chip.
        let save = format!("stop\nmemsave {:#x} {size:#x} \"{}\"\ncont\n", memory.start, file.display());
        self.monitor.write_all(save.as_bytes())?;
        self.monitor.flush()?;
        for _ in 0..500 {
            std::thread::sleep(Duration::from_millis(10));
            if fs::metadata(&file).is_ok_and(|found| found.len() == u64::from(size)) {
                let copy = fs::read(&file)?;
                fs::remove_file(&file)?;
                return Ok(copy);
            }
        }
        Err("QEMU's monitor did not copy the RAM within 5 s".into())
    }
}

impl Drop for Emulator {
    fn drop(&mut self) {
        let _ = self.child.kill(); // it may have ended
        let _ = self.child.wait();
    }
}
