//! Booting a program in QEMU and reading its log.

use std::io::Read;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::thread;
use std::time::{Duration, Instant};

use defmt_decoder::{DecodeError, Table};

use crate::failure::Failure;
use crate::machine::Machine;

/// Limit of a run: enough for ten thousand images on a slow laptop.
const TIMEOUT: Duration = Duration::from_secs(600);

/// A program, and the machine and files that it runs with.
pub struct Guest<'a> {
    /// QEMU's machine.
    pub machine: &'a Machine,
    /// The program.
    pub elf: &'a Path,
    /// Its working folder.
    pub folder: &'a Path,
    /// Arguments, passed through semihosting and separated by spaces; files are relative to `folder`.
    pub arguments: &'a [&'a str],
    /// File for the output of the serial port.
    pub serial: &'a Path,
    /// A QEMU plugin and its arguments.
    pub plugin: Option<String>,
}

/// Boots a program and passes each line of its log to `show` until the program ends.
///
/// # Errors
///
/// QEMU cannot be started or takes too long, or the firmware ends with a code other than 0; the message then has the
/// firmware's error.
pub fn boot(guest: &Guest<'_>, mut show: impl FnMut(&str)) -> Result<(), Failure> {
    let (machine, elf) = (guest.machine, guest.elf);
    let program = std::fs::read(elf).map_err(|error| format!("{}: {error}", elf.display()))?;
    let table = Table::parse(&program)?.ok_or("the firmware has no log texts: it was linked without defmt.x")?;
    let mut child = Running(start(guest)?);
    let log = chunks(child.0.stdout.take().ok_or("QEMU's output is not captured")?);
    let complaints = chunks(child.0.stderr.take().ok_or("QEMU's errors are not there")?);

    let mut decoder = table.new_stream_decoder();
    let mut last_error = None;
    let deadline = Instant::now() + TIMEOUT;
    loop {
        match log.recv_timeout(deadline.saturating_duration_since(Instant::now())) {
            Ok(bytes) => decoder.received(&bytes),
            Err(RecvTimeoutError::Disconnected) => break,
            Err(RecvTimeoutError::Timeout) => {
                return Err(format!("{} did not end within {} s", machine.name, TIMEOUT.as_secs()).into());
            }
        }
        loop {
            match decoder.decode() {
                Ok(frame) => {
                    let line = frame.display_message().to_string();
                    match frame.level().map(|level| level.as_str()) {
                        Some("error") => last_error = Some(line),
                        _ => show(&line),
                    }
                }
                Err(DecodeError::UnexpectedEof) => break,
                Err(DecodeError::Malformed) => return Err("the firmware's log cannot be decoded".into()),
            }
        }
    }
    let status = child.0.wait()?;
    if status.success() {
        return Ok(());
    }
    let complaints: Vec<u8> = complaints.into_iter().flatten().collect();
    let complaints = String::from_utf8_lossy(&complaints);
    let reason = last_error.as_deref().unwrap_or(complaints.trim());
    Err(format!("the firmware on {} ended with {status}: {reason}", machine.name).into())
}

fn start(guest: &Guest<'_>) -> Result<Child, Failure> {
    let &Guest { machine, elf, folder, arguments, serial, ref plugin } = guest;
    let mut semihosting = "enable=on,target=native,arg=firmware".to_owned();
    for argument in arguments {
        if argument.contains(' ') {
            return Err(
                format!("`{argument}`: semihosting separates arguments by spaces; use a path without any").into()
            );
        }
        semihosting += &format!(",arg={}", argument.replace(',', ",,")); // QEMU's escape of a comma
    }
    let mut command = Command::new(machine.qemu);
    command.current_dir(folder).args(machine.options).args(["-display", "none", "-monitor", "none"]);
    command.arg("-icount").arg(format!("shift={}", machine.icount_shift));
    command.arg("-serial").arg(format!("file:{}", serial.display().to_string().replace(',', ",,")));
    command.args(["-semihosting-config", &semihosting]).arg("-kernel").arg(elf);
    if let Some(plugin) = plugin {
        command.arg("-plugin").arg(plugin);
    }
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command.spawn().map_err(|error| format!("{} cannot be started: {error}", machine.qemu).into())
}

/// A process that is killed when its owner is dropped.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill(); // it may have ended
        let _ = self.0.wait();
    }
}

/// Reads a stream in a thread of its own, so that a full pipe never blocks the process.
fn chunks(mut stream: impl Read + Send + 'static) -> Receiver<Vec<u8>> {
    let (sender, receiver) = channel();
    thread::spawn(move || {
        let mut buffer = [0; 4096];
        while let Ok(count) = stream.read(&mut buffer) {
            if count == 0 || sender.send(buffer[..count].to_vec()).is_err() {
                break;
            }
        }
    });
    receiver
}
