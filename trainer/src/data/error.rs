//! What can be wrong with data.

use std::path::PathBuf;

/// Why images or labels cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum DataError {
    /// A folder that was named does not exist, or is no folder.
    #[error("data folder {} (given by {given_by}): {reason}; expected a folder with the four MNIST files", path.display())]
    NoFolder {
        /// The folder.
        path: PathBuf,
        /// `--data` or `$SINAPSE_DATA`.
        given_by: &'static str,
        /// What is there instead.
        reason: &'static str,
    },
    /// Neither the raw file nor its gzip version is there.
    #[error("data folder {}: no {name} and no {name}.gz", folder.display())]
    Missing {
        /// The folder.
        folder: PathBuf,
        /// Name of the raw file.
        name: String,
    },
    /// The system cannot read the file.
    #[error("{}: {source}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// The system's reason.
        source: std::io::Error,
    },
    /// The gzip stream is damaged.
    #[error("{}: damaged gzip: {source}", path.display())]
    Gzip {
        /// The file.
        path: PathBuf,
        /// What the decoder says.
        source: std::io::Error,
    },
    /// The file has no bytes, or its header says that nothing follows.
    #[error("{}: empty: {what}", path.display())]
    Empty {
        /// The file.
        path: PathBuf,
        /// What there is none of.
        what: &'static str,
    },
    /// Not an IDX file of the kind needed.
    #[error("{}, byte 0: magic number 0x{found:08x}, expected 0x{expected:08x} (IDX {what})", path.display())]
    WrongMagic {
        /// The file.
        path: PathBuf,
        /// Number found.
        found: u32,
        /// Number expected.
        expected: u32,
        /// Kind expected.
        what: &'static str,
    },
    /// Fewer or more bytes than the header says.
    #[error("{}: {found} bytes after the header, its header says {expected}", path.display())]
    WrongLength {
        /// The file.
        path: PathBuf,
        /// Bytes found.
        found: u64,
        /// Bytes expected.
        expected: u64,
    },
    /// Pictures of no or absurd size.
    #[error("{}, byte 8: pictures of {width} × {height}, allowed are 1 × 1 to 4096 × 4096", path.display())]
    WrongSize {
        /// The file.
        path: PathBuf,
        /// Width.
        width: u32,
        /// Height.
        height: u32,
    },
    /// Not as many labels as images.
    #[error("{} has {images} images, {} has {labels} labels: expected equal counts", images_path.display(), labels_path.display())]
    CountsDiffer {
        /// File of the images.
        images_path: PathBuf,
        /// Number of images.
        images: usize,
        /// File of the labels.
        labels_path: PathBuf,
        /// Number of labels.
        labels: usize,
    },
    /// A label that is no class.
    #[error("{}, label {index}: {label}, expected at most {most}", path.display())]
    WrongLabel {
        /// The file.
        path: PathBuf,
        /// Position, from 0.
        index: usize,
        /// Label found.
        label: u8,
        /// Largest label allowed.
        most: u8,
    },
    /// A line of the list of validation images that names none.
    #[error("{}, line {line}: {reason}", path.display())]
    WrongSplit {
        /// The file.
        path: PathBuf,
        /// Line, from 1.
        line: usize,
        /// What is wrong there, and what is expected.
        reason: String,
    },
    /// Too few images to keep some for validation.
    #[error("{found} training images, expected more than the {needed} of the validation split")]
    TooFew {
        /// Images found.
        found: usize,
        /// Size of the validation split.
        needed: usize,
    },
    /// Neither mirror gave the file.
    #[error("cannot download {file}: {reason}; place the four MNIST files in {} yourself, or name their folder with --data", folder.display())]
    Download {
        /// Name of the file.
        file: String,
        /// What the last mirror answered.
        reason: String,
        /// The cache folder.
        folder: PathBuf,
    },
    /// A downloaded file cannot be written.
    #[error("cannot write {}: {source}", path.display())]
    Unwritable {
        /// The file.
        path: PathBuf,
        /// The system's reason.
        source: std::io::Error,
    },
}
