//! From files to images and labels: data sets, photographs, and digits drawn by the program.

mod class_folders;
mod classes;
#[cfg(feature = "download")]
mod download;
pub mod drawn;
mod error;
pub mod idx;
mod inventory;
pub mod photo;
mod source;
mod split;

pub use classes::{CLASSES_FILE, class_names, names_of_blob, write_names_beside};
#[cfg(feature = "download")]
pub use download::{MIRRORS, download};
pub use error::DataError;
pub use idx::Images;
pub use inventory::{Report, report};
pub use source::{Source, cache_folder, check_labels, load, locate, provenance_name, write_part};
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
