//! Images and labels: where they come from, and reading them.

mod download;
mod error;
pub mod idx;
mod source;
mod split;

pub use download::{MIRRORS, download};
pub use error::DataError;
pub use idx::Images;
pub use source::{Report, Source, cache_folder, load, locate, provenance_name, report};
pub use split::{Split, SplitRule, WRITERS_FILE, split};

/// The two parts of a data set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// To learn from, and to choose by its validation split.
    Train,
    /// To report, and for nothing else.
    Test,
}

/// Images with their labels.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dataset {
    /// The pictures.
    pub images: Images,
    /// One class a picture.
    pub labels: Vec<u8>,
}
