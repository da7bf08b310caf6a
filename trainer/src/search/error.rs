//! Errors of a search.

use std::path::PathBuf;

use crate::atomic_file::WriteError;
use crate::recipe::RecipeError;

/// A search that cannot continue.
#[derive(Debug, thiserror::Error)]
pub enum SearchError {
    /// A file cannot be written.
    #[error(transparent)]
    Unwritable(#[from] WriteError),
    /// A file cannot be read.
    #[error("{}: {source}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// The I/O error.
        source: std::io::Error,
    },
    /// A file has invalid content.
    #[error("{}: {reason}; remove the file to run the trial again", path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// The problem.
        reason: String,
    },
    /// The folder belongs to another search.
    #[error("{} holds a search with another {what}; give another folder with --out", path.display())]
    Another {
        /// The folder.
        path: PathBuf,
        /// The setting that differs.
        what: &'static str,
    },
    /// A recipe is invalid.
    #[error(transparent)]
    Recipe(#[from] RecipeError),
    /// No network is within the limits.
    #[error("no network fits the budget of {0}")]
    Budget(String),
}
