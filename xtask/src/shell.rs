//! Running programs, and where things are.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;

use crate::failure::Failure;

/// Root of the repository.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap_or(Path::new(".")).to_path_buf()
}

/// Folder for build output.
pub fn target() -> PathBuf {
    // A relative CARGO_TARGET_DIR is relative to the folder where cargo was called.
    let chosen = std::env::var_os("CARGO_TARGET_DIR").map(PathBuf::from).unwrap_or_else(|| root().join("target"));
    std::path::absolute(&chosen).unwrap_or(chosen)
}

/// A command for the cargo that runs this program, in the repository.
pub fn cargo() -> Command {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.current_dir(root());
    command
}

/// The `sinapse` program in the repository's folder, built as released but without downloads; built on the first call.
///
/// # Errors
///
/// A failed build.
pub fn sinapse() -> Result<Command, Failure> {
    static BUILT: OnceLock<()> = OnceLock::new();
    let program = target().join("release").join(format!("sinapse{}", std::env::consts::EXE_SUFFIX));
    if BUILT.get().is_none() {
        if !program.exists() {
            eprintln!("building the trainer, `sinapse` (about two minutes the first time)");
        }
        run(cargo().args(["build", "--quiet", "--release", "--package", "sinapse-trainer", "--no-default-features"]))?;
        let _ = BUILT.set(());
    }
    let mut command = Command::new(program);
    command.current_dir(root());
    Ok(command)
}

/// Runs a command whose output goes to this terminal.
///
/// # Errors
///
/// A program that cannot be started, or an exit code other than 0.
pub fn run(command: &mut Command) -> Result<(), Failure> {
    let status = command.status().map_err(|error| cannot_start(command, &error))?;
    if status.success() { Ok(()) } else { Err(format!("`{}` failed ({status})", line(command)).into()) }
}

/// Runs a command whose errors go to this terminal, and returns its output.
///
/// # Errors
///
/// Same as [`run`].
pub fn output(command: &mut Command) -> Result<String, Failure> {
    let output = command.stderr(Stdio::inherit()).output().map_err(|error| cannot_start(command, &error))?;
    if !output.status.success() {
        return Err(format!("`{}` failed ({})", line(command), output.status).into());
    }
    Ok(String::from_utf8(output.stdout)?)
}

/// Returns a program's output if it can be started and succeeds; shows nothing.
pub fn ask(command: &mut Command) -> Option<String> {
    let output = command.stderr(Stdio::null()).stdin(Stdio::null()).output().ok()?;
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

/// Formats a command as one would type it.
pub fn line(command: &Command) -> String {
    let program = Path::new(command.get_program());
    let program = program.file_name().unwrap_or(program.as_os_str());
    let words: Vec<_> = std::iter::once(program).chain(command.get_args()).map(OsStr::to_string_lossy).collect();
    words.join(" ")
}

fn cannot_start(command: &Command, error: &std::io::Error) -> String {
    format!("`{}` cannot be started: {error}", line(command))
}
