//! The test images as raw IDX files, for the firmware to read.

use std::fs;
use std::path::{Path, PathBuf};

use sinapse_trainer::data::{self, Images, Part};

use crate::{Failure, shell};

/// Names within the folder.
pub const IMAGES: &str = "images.idx";
/// Names within the folder.
pub const LABELS: &str = "labels.idx";

/// Raw files of a data set's test part.
pub struct TestFiles {
    /// Folder with [`IMAGES`] and [`LABELS`].
    pub folder: PathBuf,
    /// What the images are and where they come from.
    pub source: String,
}

/// Finds the data as the trainer does, and writes the test part as raw IDX files.
///
/// # Errors
///
/// As the trainer's data.
pub fn write_test_files(folder: Option<&Path>) -> Result<TestFiles, Failure> {
    let source = data::locate(folder)?;
    let test = data::load(&source, Part::Test)?;
    write_files(&test.images, &test.labels, source.to_string())
}

/// Writes images and their labels as raw IDX files.
///
/// # Errors
///
/// A file that cannot be written.
pub fn write_files(images: &Images, labels: &[u8], source: String) -> Result<TestFiles, Failure> {
    let count = u32::try_from(labels.len())?;
    let size = [u32::try_from(images.height)?, u32::try_from(images.width)?];
    let images = idx(0x0803, &[count, size[0], size[1]], &images.pixels);
    let labels = idx(0x0801, &[count], labels);
    // Named by content: runs side by side with other data do not disturb each other.
    let name = format!("{:08x}", sinapse::crc::crc32(&images) ^ sinapse::crc::crc32(&labels).rotate_left(1));
    let folder = shell::target().join("firmware").join("data").join(name);
    fs::create_dir_all(&folder)?;
    write(&folder.join(IMAGES), &images)?;
    write(&folder.join(LABELS), &labels)?;
    Ok(TestFiles { folder, source })
}

/// An IDX file: big-endian magic number and sizes, then the bytes.
pub fn idx(magic: u32, sizes: &[u32], bytes: &[u8]) -> Vec<u8> {
    let mut file: Vec<u8> = std::iter::once(&magic).chain(sizes).flat_map(|number| number.to_be_bytes()).collect();
    file.extend_from_slice(bytes);
    file
}

/// Writes a file under a temporary name first: no reader sees half of it.
pub fn write(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    let temporary = path.with_extension(format!("{}.tmp", std::process::id()));
    fs::write(&temporary, bytes).map_err(|error| format!("{}: {error}", temporary.display()))?;
    fs::rename(&temporary, path).map_err(|error| format!("{}: {error}", path.display()))?;
    Ok(())
}
