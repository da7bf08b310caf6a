//! Two routes to a bare-metal target: a toolchain with the target's `core` library, or one that builds it from source.

use std::path::Path;
use std::process::Command;

use crate::failure::Failure;
use crate::shell;

/// Minor version of the oldest compiler that builds the project.
const OLDEST_MINOR: u32 = 95;

/// Rust's name of WebAssembly's instruction set.
pub const WASM_TARGET: &str = "wasm32-unknown-unknown";

/// Asks the compiler for the target of this computer.
///
/// # Errors
///
/// A compiler that does not answer.
pub fn host() -> Result<String, Failure> {
    let rustc = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let answer = shell::output(Command::new(rustc).current_dir(shell::root()).arg("-vV"))?;
    let host = answer.lines().find_map(|line| line.strip_prefix("host: "));
    Ok(host.ok_or("`rustc -vV` does not name the host")?.to_owned())
}

/// A way to build for a target.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Route {
    /// The current toolchain, with a library from `rustup target add`.
    Rustup,
    /// Debian's toolchain in `/usr/bin`, which builds `core` from source.
    Debian,
}

/// Reads the route that `SINAPSE_TOOLCHAIN` forces, `rustup` or `debian`; tests use both.
///
/// # Errors
///
/// Any other value.
pub fn forced() -> Result<Option<Route>, Failure> {
    match std::env::var("SINAPSE_TOOLCHAIN").as_deref() {
        Err(_) | Ok("") => Ok(None),
        Ok("rustup") => Ok(Some(Route::Rustup)),
        Ok("debian") => Ok(Some(Route::Debian)),
        Ok(other) => Err(format!("SINAPSE_TOOLCHAIN is `{other}`; expected `rustup` or `debian`").into()),
    }
}

impl Route {
    /// Returns the first allowed route that is ready for a target.
    ///
    /// # Errors
    ///
    /// Same as [`forced`].
    pub fn ready_for(target: &str) -> Result<Option<Route>, Failure> {
        let forced = forced()?;
        let allowed = |route: &Route| forced.is_none_or(|forced| forced == *route);
        Ok([Route::Rustup, Route::Debian].into_iter().filter(allowed).find(|route| route.is_ready(target)))
    }

    fn is_ready(self, target: &str) -> bool {
        match self {
            Route::Rustup => {
                let rustc = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
                let mut question = Command::new(rustc);
                question.current_dir(shell::root()).args(["--print", "target-libdir", "--target", target]);
                shell::ask(&mut question).is_some_and(|folder| Path::new(&folder).is_dir())
            }
            Route::Debian => {
                let ask = |arguments: &[&str]| shell::ask(debian(&mut Command::new("/usr/bin/rustc")).args(arguments));
                let sources = |sysroot: String| Path::new(&sysroot).join("lib/rustlib/src/rust/library/core");
                ask(&["--version"]).is_some_and(|version| is_new_enough(&version))
                    && ask(&["--print", "sysroot"]).map(sources).is_some_and(|sources| sources.is_dir())
                    && exists("/usr/bin/cargo")
                    && Path::new("/usr/bin").join(Route::linker(target)).exists()
            }
        }
    }

    /// A cargo command in a workspace of the repository, with the options that target, folder and route need.
    pub fn cargo(self, subcommand: &str, workspace: &str, target: &str, folder: &Path) -> Command {
        let mut command = match self {
            Route::Rustup => shell::cargo(),
            Route::Debian => Command::new("/usr/bin/cargo"),
        };
        command.current_dir(shell::root().join(workspace));
        command.args([subcommand, "--target", target]).arg("--target-dir").arg(folder);
        if self == Route::Debian {
            let linker = format!("CARGO_TARGET_{}_LINKER", target.to_uppercase().replace(['-', '.'], "_"));
            debian(&mut command).arg("-Zbuild-std=core").env(linker, Route::linker(target));
        }
        command
    }

    /// Debian's linker for a target.
    fn linker(target: &str) -> &'static str {
        if target.starts_with("wasm32") { "wasm-ld" } else { "ld.lld" }
    }

    /// Folder for this route's builds of a workspace; in a shared one, each route would overwrite the other's work.
    pub fn folder(self, workspace: &str) -> std::path::PathBuf {
        shell::target().join(workspace).join(self.name())
    }

    /// Name of the route in `SINAPSE_TOOLCHAIN`.
    pub fn name(self) -> &'static str {
        match self {
            Route::Rustup => "rustup",
            Route::Debian => "debian",
        }
    }
}

/// Clears a command's environment of the toolchain that runs this program, so that it finds Debian's.
fn debian(command: &mut Command) -> &mut Command {
    for variable in ["RUSTUP_TOOLCHAIN", "CARGO", "RUSTC_WRAPPER", "RUSTC_WORKSPACE_WRAPPER", "LD_LIBRARY_PATH"] {
        command.env_remove(variable);
    }
    let path = std::env::var("PATH").unwrap_or_default();
    let path = format!("/usr/bin:{path}");
    command.env("PATH", path).env("RUSTC", "/usr/bin/rustc").env("RUSTC_BOOTSTRAP", "1")
}

/// True if `rustc 1.96.0 (…)` is at least the oldest version.
fn is_new_enough(version: &str) -> bool {
    let number = version.strip_prefix("rustc ").unwrap_or(version);
    let mut parts = number.split(['.', ' ', '-']).map_while(|part| part.parse::<u32>().ok());
    (parts.next(), parts.next()) >= (Some(1), Some(OLDEST_MINOR))
}

fn exists(path: &str) -> bool {
    Path::new(path).exists()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_compilers_from_the_oldest_version_on_are_used() {
        assert!(is_new_enough("rustc 1.96.0 (ac68faa20 2026-05-25) (built from a source tarball)"));
        assert!(is_new_enough("rustc 1.95.0-nightly (ac68faa20 2026-01-01)"));
        assert!(!is_new_enough("rustc 1.63.0"));
        assert!(!is_new_enough("no compiler"));
    }
}
