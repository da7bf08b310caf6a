//! Errors in image data.

use std::path::PathBuf;

/// Images or labels that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum DataError {
    /// A folder given by the user is missing or not a folder.
    #[error(
        "data folder {} (given by {given_by}): {reason}; \
         expected a folder with four IDX files, or with one folder of PNG files per class",
        path.display()
    )]
    NoFolder {
        /// The folder.
        path: PathBuf,
        /// `--data` or `$SINAPSE_DATA`.
        given_by: &'static str,
        /// The problem with the path.
        reason: &'static str,
    },
    /// Neither the raw file nor its gzip version exists.
    #[error("data folder {}: no {name} and no {name}.gz", folder.display())]
    Missing {
        /// The folder.
        folder: PathBuf,
        /// Name of the raw file.
        name: String,
    },
    /// The file or folder cannot be read.
    #[error("{}: {source}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// The I/O error.
        source: std::io::Error,
    },
    /// The gzip stream is damaged.
    #[error("{}: damaged gzip: {source}", path.display())]
    Gzip {
        /// The file.
        path: PathBuf,
        /// The decoder's error.
        source: std::io::Error,
    },
    /// The file is empty, or its header promises no data.
    #[error("{}: empty: {what}", path.display())]
    Empty {
        /// The file.
        path: PathBuf,
        /// The missing content.
        what: &'static str,
    },
    /// Not an IDX file of the expected kind.
    #[error("{}, byte 0: magic number 0x{found:08x}, expected 0x{expected:08x} (IDX {what})", path.display())]
    WrongMagic {
        /// The file.
        path: PathBuf,
        /// Number found.
        found: u32,
        /// Number expected.
        expected: u32,
        /// Expected kind.
        what: &'static str,
    },
    /// The length differs from that in the header.
    #[error("{}: {found} bytes after the header, its header says {expected}", path.display())]
    WrongLength {
        /// The file.
        path: PathBuf,
        /// Bytes found.
        found: u64,
        /// Bytes expected.
        expected: u64,
    },
    /// Pictures of zero or excessive size.
    #[error("{}, byte 8: pictures of {width} × {height}, allowed are 1 × 1 to 4096 × 4096", path.display())]
    WrongSize {
        /// The file.
        path: PathBuf,
        /// Width.
        width: u32,
        /// Height.
        height: u32,
    },
    /// Not a readable PNG file.
    #[error("{}: not a readable PNG: {source}", path.display())]
    NoPicture {
        /// The file.
        path: PathBuf,
        /// The decoder's error.
        source: image::ImageError,
    },
    /// Pictures of different sizes.
    #[error(
        "{} has {} × {} pixels, {} has {} × {}: expected pictures of equal size",
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
    /// A class without images.
    #[error("class folder {}: no PNG files; add some or remove the folder", path.display())]
    EmptyClass {
        /// The folder.
        path: PathBuf,
    },
    /// A test class that the training part lacks.
    #[error("class folder {}: no such class in the training part", path.display())]
    UnknownClass {
        /// The folder.
        path: PathBuf,
    },
    /// More classes than labels can represent.
    #[error("{}: {found} classes, allowed are 1 to 256", path.display())]
    TooManyClasses {
        /// Folder of the classes, or list of their names.
        path: PathBuf,
        /// Number found.
        found: usize,
    },
    /// A list of names longer than the model has outputs.
    #[error("{}: {found} names, the network has {classes} outputs", path.display())]
    WrongNames {
        /// The file.
        path: PathBuf,
        /// Names found.
        found: usize,
        /// Outputs of the network.
        classes: usize,
    },
    /// Several data sets in one folder.
    #[error("{} and {}: both could be {name}; expected one data set per folder", first.display(), second.display())]
    Ambiguous {
        /// One file.
        first: PathBuf,
        /// Another file.
        second: PathBuf,
        /// The suffix of both names.
        name: String,
    },
    /// The numbers of images and labels differ.
    #[error(
        "{} has {images} images, {} has {labels} labels: expected equal numbers",
        images_path.display(), labels_path.display()
    )]
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
    /// A label out of range.
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
        /// Origin of that limit.
        by: &'static str,
    },
    /// An invalid line in a list.
    #[error("{}, line {line}: {reason}", path.display())]
    WrongLine {
        /// The file.
        path: PathBuf,
        /// Line, from 1.
        line: usize,
        /// The problem, and what is expected.
        reason: String,
    },
    /// Too few images for a validation split.
    #[error("{found} training images, expected more than the {needed} of the validation split")]
    TooFew {
        /// Images found.
        found: usize,
        /// Size of the validation split.
        needed: usize,
    },
    /// No mirror provided the file.
    #[error(
        "cannot download {file}: {reason}; place the four MNIST files in {} yourself, or give their folder with --data",
        folder.display()
    )]
    Download {
        /// Name of the file.
        file: String,
        /// Response of the last mirror.
        reason: String,
        /// The cache folder.
        folder: PathBuf,
    },
    /// A downloaded file cannot be written.
    #[error("cannot write {}: {source}", path.display())]
    Unwritable {
        /// The file.
        path: PathBuf,
        /// The I/O error.
        source: std::io::Error,
    },
}
