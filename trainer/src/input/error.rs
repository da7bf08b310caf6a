//! What can be wrong with data.

use std::path::PathBuf;

/// Why images or labels cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum DataError {
    /// A folder that was named does not exist, or is no folder.
    #[error("data folder {} (given by {given_by}): {reason}; expected a folder with four IDX files or one of class-named folders of PNG files", path.display())]
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
    /// The file is no PNG.
    #[error("{}: not a readable PNG: {source}", path.display())]
    NoPicture {
        /// The file.
        path: PathBuf,
        /// What the decoder says.
        source: image::ImageError,
    },
    /// Pictures of several sizes.
    #[error(
        "{} has {} × {} pixels, {} has {} × {}: expected pictures of one size",
        path.display(), found.0, found.1, first.display(), expected.0, expected.1
    )]
    MixedSizes {
        /// The file that differs.
        path: PathBuf,
        /// Its width and height.
        found: (u32, u32),
        /// The first file.
        first: PathBuf,
        /// Width and height of the first file.
        expected: (u32, u32),
    },
    /// A class that cannot be learned.
    #[error("class folder {}: no PNG files; add some or remove the folder", path.display())]
    EmptyClass {
        /// The folder.
        path: PathBuf,
    },
    /// A class of the test part that is none of the training part.
    #[error("class folder {}: no such class in the training part", path.display())]
    UnknownClass {
        /// The folder.
        path: PathBuf,
    },
    /// More classes than labels can name.
    #[error("{}: {found} classes, allowed are 1 to 256", path.display())]
    TooManyClasses {
        /// Folder of the classes, or list of their names.
        path: PathBuf,
        /// Number found.
        found: usize,
    },
    /// A list of names that is not of the model beside it.
    #[error("{}: {found} names, the network has {classes} outputs", path.display())]
    WrongNames {
        /// The file.
        path: PathBuf,
        /// Names found.
        found: usize,
        /// Outputs of the network.
        classes: usize,
    },
    /// Several sets in one folder.
    #[error("{} and {}: both could be {name}; expected one data set a folder", first.display(), second.display())]
    Ambiguous {
        /// A file.
        first: PathBuf,
        /// Another.
        second: PathBuf,
        /// The name that both end in.
        name: String,
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
    #[error("{}, label {index}: {label}, expected at most {most} ({by})", path.display())]
    WrongLabel {
        /// The file.
        path: PathBuf,
        /// Position, from 0.
        index: usize,
        /// Label found.
        label: u8,
        /// Largest label allowed.
        most: u8,
        /// What allows no more.
        by: &'static str,
    },
    /// A line of a list that cannot be used.
    #[error("{}, line {line}: {reason}", path.display())]
    WrongLine {
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
