//! Location of the data.

use std::fmt;
use std::path::{Path, PathBuf};

use super::class_folders;
use super::error::DataError;

/// Source of the images.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    /// Folder given by `--data`.
    Folder(PathBuf),
    /// Folder given by `$SINAPSE_DATA`.
    Environment(PathBuf),
    /// Cache folder of downloads.
    Cache(PathBuf),
    /// Digits drawn by the program.
    Drawn,
}

/// Environment variable with a data folder.
pub const VARIABLE: &str = "SINAPSE_DATA";

/// File names of MNIST: images and labels of the training part, then of the test part.
pub const FILES: [&str; 4] =
    ["train-images-idx3-ubyte", "train-labels-idx1-ubyte", "t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte"];

impl Source {
    /// Folder of the images; `None` for drawn digits.
    pub fn folder(&self) -> Option<&Path> {
        match self {
            Source::Drawn => None,
            Source::Folder(path) | Source::Environment(path) | Source::Cache(path) => Some(path),
        }
    }

    /// Whether the images are PNG files in class folders; IDX files take precedence.
    pub fn is_pictures(&self) -> bool {
        let idx = |folder: &Path| FILES.iter().any(|name| find(folder, name).is_ok());
        self.folder().is_some_and(|folder| !idx(folder) && class_folders::is_picture_folder(folder))
    }
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Source::Folder(path) => write!(f, "{} (given by --data)", path.display()),
            Source::Environment(path) => write!(f, "{} (given by ${VARIABLE})", path.display()),
            Source::Cache(path) => write!(f, "{} (downloaded)", path.display()),
            Source::Drawn => {
                f.write_str("drawn digits (no MNIST found: `sinapse data --download`, --data DIR or $SINAPSE_DATA)")
            }
        }
    }
}

/// Locates the data: `--data`, else `$SINAPSE_DATA`, else the cache folder, else drawn digits.
///
/// # Errors
///
/// Returns an error if a folder given by the user does not exist: it is never silently skipped.
pub fn locate(explicit: Option<&Path>) -> Result<Source, DataError> {
    let named = |path: &Path, given_by| {
        let reason = match path.metadata() {
            Ok(metadata) if metadata.is_dir() => return Ok(()),
            Ok(_) => "is not a folder",
            Err(_) => "does not exist or cannot be read",
        };
        Err(DataError::NoFolder { path: path.into(), given_by, reason })
    };
    if let Some(path) = explicit {
        return named(path, "--data").map(|()| Source::Folder(path.into()));
    }
    if let Some(path) = std::env::var_os(VARIABLE).filter(|value| !value.is_empty()).map(PathBuf::from) {
        return named(&path, "$SINAPSE_DATA").map(|()| Source::Environment(path));
    }
    match cache_folder() {
        Some(path) if FILES.iter().all(|name| find(&path, name).is_ok()) => Ok(Source::Cache(path)),
        _ => Ok(Source::Drawn),
    }
}

/// `$XDG_CACHE_HOME/sinapse/mnist`, else `~/.cache/sinapse/mnist`; `%LOCALAPPDATA%` on Windows.
pub fn cache_folder() -> Option<PathBuf> {
    let variable = |name| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    let base = variable("XDG_CACHE_HOME")
        .or_else(|| variable("LOCALAPPDATA"))
        .or_else(|| variable("HOME").map(|home| home.join(".cache")))?;
    Some(base.join("sinapse").join("mnist"))
}

/// Finds the raw file, else its gzip version, else the only file with this suffix: some sets name their files
/// `emnist-letters-train-…` and `…-test-…`.
pub(super) fn find(folder: &Path, name: &str) -> Result<PathBuf, DataError> {
    let exact = [folder.join(name), folder.join(format!("{name}.gz"))];
    if let Some(path) = exact.into_iter().find(|path| path.exists()) {
        return Ok(path);
    }
    let ends = |path: &PathBuf| {
        let file = path.file_name().unwrap_or_default().to_string_lossy();
        let file = file.strip_suffix(".gz").unwrap_or(&file);
        let rest = file.strip_suffix(name).or_else(|| file.strip_suffix(&name.replace("t10k-", "test-")));
        rest.is_some_and(|rest| rest.is_empty() || rest.ends_with('-'))
    };
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path());
    let mut like: Vec<PathBuf> = entries.filter(ends).collect();
    like.sort();
    match &like[..] {
        [] => Err(DataError::Missing { folder: folder.into(), name: name.into() }),
        [only] => Ok(only.clone()),
        [first, second, ..] => {
            Err(DataError::Ambiguous { first: first.clone(), second: second.clone(), name: name.into() })
        }
    }
}
