//! Errors of a search.

use std::path::PathBuf;

use crate::atomic_file::WriteError;
use crate::recipe::RecipeError;

/// Why a search cannot go on.
#[derive(Debug, thiserror::Error)]
pub enum SearchError {
    /// A file of the folder cannot be written.
    #[error(transparent)]
    Unwritable(#[from] WriteError),
    /// A file of the folder cannot be read.
    #[error("{}: {source}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// The system's reason.
        source: std::io::Error,
    },
    /// A file of the folder is not what it should be.
    #[error("{}: {reason}; remove the file to run the trial again", path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// The folder is of another search.
    #[error("{} holds a search with another {what}; give another folder with --out", path.display())]
    Another {
        /// The folder.
        path: PathBuf,
        /// What differs.
        what: &'static str,
    },
    /// A recipe of the folder cannot be used.
    #[error(transparent)]
    Recipe(#[from] RecipeError),
    /// Nothing can be tried.
    #[error("no network fits the budget of {0}")]
    Budget(String),
}
