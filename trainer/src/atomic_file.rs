//! Atomic writing of files.

use std::io::Write;
use std::path::{Path, PathBuf};

/// A file that could not be written.
#[derive(Debug, thiserror::Error)]
#[error("cannot write {}: {source}", path.display())]
pub struct WriteError {
    path: PathBuf,
    source: std::io::Error,
}

/// Writes to a temporary file in the same folder and renames it: the old file remains until the new one is complete.
///
/// # Errors
///
/// Returns an error if the folder is missing or read-only, or the disk full; an old file is untouched then.
pub fn write_atomically(path: &Path, bytes: &[u8]) -> Result<(), WriteError> {
    let failed = |source| WriteError { path: path.into(), source };
    let mut file = temporary_beside(path).map_err(failed)?;
    file.write_all(bytes).and_then(|()| file.as_file().sync_all()).map_err(failed)?;
    file.persist(path).map_err(|error| failed(error.error))?;
    Ok(())
}

/// Fails early where [`write_atomically`] would fail after an hour of training.
///
/// # Errors
///
/// Returns an error if the path is a folder, or its folder is missing or read-only.
pub fn check_writable(path: &Path) -> Result<(), WriteError> {
    let failed = |source| WriteError { path: path.into(), source };
    if path.is_dir() {
        return Err(failed(std::io::ErrorKind::IsADirectory.into()));
    }
    temporary_beside(path).map(drop).map_err(failed)
}

fn temporary_beside(path: &Path) -> std::io::Result<tempfile::NamedTempFile> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut builder = tempfile::Builder::new();
    #[cfg(unix)]
    {
        // Temporary files are private by default, but a model is an ordinary file.
        use std::os::unix::fs::PermissionsExt;
        builder.permissions(std::fs::Permissions::from_mode(0o644));
    }
    builder.prefix(".sinapse-").suffix(".tmp").tempfile_in(folder)
}
