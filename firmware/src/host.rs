//! Semihosting: arguments, files and exit codes through the debugger or emulator.

use embedded_io::{ErrorType, Read};
use heapless::CString;
use semihosting::io::Read as _;

/// Capacity for the command line, in bytes.
const COMMAND_LINE: usize = 256;

/// Ends the program; the emulator exits with the same code.
pub fn exit(code: ExitCode) -> ! {
    semihosting::process::exit(code as i32)
}

/// Exit code of the program.
#[derive(Clone, Copy)]
pub enum ExitCode {
    /// Success.
    Success = 0,
    /// A kernel differs from the reference.
    #[allow(dead_code)] // used by the program `kernels` alone
    Differs = 1,
    /// Invalid arguments, files or blob.
    Refused = 2,
    /// The core faulted.
    Fault = 3,
    /// The program panicked.
    Panic = 101,
}

/// A path on the host.
pub type Path = CString<COMMAND_LINE>;

/// Paths of a data set on the host.
pub struct Files {
    /// IDX file of pictures.
    pub images: Path,
    /// IDX file of labels.
    pub labels: Path,
}

/// Parses the command line; `None` if it asks for no data set.
///
/// # Errors
///
/// A message for an unknown argument, a missing value, one file without the other, or a path that is too long.
pub fn files() -> Result<Option<Files>, &'static str> {
    // A host that does not know the call passes no arguments, like a board without a debugger.
    let Ok(arguments) = semihosting::experimental::env::args::<COMMAND_LINE>() else { return Ok(None) };
    let mut arguments = (&arguments).into_iter().skip(1);
    let (mut images, mut labels) = (Path::new(), Path::new());
    while let Some(name) = arguments.next() {
        let path = match name {
            Ok("--images") => &mut images,
            Ok("--labels") => &mut labels,
            _ => return Err("unknown argument: expected --images PATH --labels PATH, or none"),
        };
        let Some(Ok(value)) = arguments.next() else { return Err("a path must follow --images and --labels") };
        *path = Path::new();
        path.extend_from_bytes(value.as_bytes()).map_err(|_| "a path is too long")?;
    }
    match (images.as_bytes().is_empty(), labels.as_bytes().is_empty()) {
        (true, true) => Ok(None),
        (false, false) => Ok(Some(Files { images, labels })),
        _ => Err("--images and --labels go together"),
    }
}

/// A file on the host, open for reading.
pub struct File(semihosting::fs::File);

impl File {
    /// Opens a file; `None` if the host cannot.
    pub fn open(path: &Path) -> Option<Self> {
        semihosting::fs::File::open(path.as_c_str()).ok().map(File)
    }
}

/// Error of a failed read on the host.
#[derive(Clone, Copy, Debug)]
pub struct HostError;

impl core::fmt::Display for HostError {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("the host could not read")
    }
}
impl core::error::Error for HostError {}
impl embedded_io::Error for HostError {
    fn kind(&self) -> embedded_io::ErrorKind {
        embedded_io::ErrorKind::Other
    }
}

impl ErrorType for File {
    type Error = HostError;
}

impl Read for File {
    fn read(&mut self, bytes: &mut [u8]) -> Result<usize, HostError> {
        self.0.read(bytes).map_err(|_| HostError)
    }
}
