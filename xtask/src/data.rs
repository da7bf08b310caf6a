//! Images and labels: the test images that `sinapse` finds, and raw IDX files for the firmware to read.

use std::fs;
use std::path::{Path, PathBuf};

use serde::Deserialize;

use crate::failure::Failure;
use crate::shell;

/// File of the images in a folder of [`TestFiles`].
pub const IMAGES: &str = "images.idx";
/// File of the labels in a folder of [`TestFiles`].
pub const LABELS: &str = "labels.idx";

/// Magic numbers of IDX files.
const IMAGES_MAGIC: u32 = 0x0803;
const LABELS_MAGIC: u32 = 0x0801;

/// Grey images of one size, with their labels.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dataset {
    /// `[count][height][width]`, 0 background to 255 ink.
    pub pixels: Vec<u8>,
    /// Pixels in a row.
    pub width: usize,
    /// Rows.
    pub height: usize,
    /// One class per image.
    pub labels: Vec<u8>,
}

impl Dataset {
    /// Keeps the first `count` images, or all if there are fewer.
    pub fn truncate(&mut self, count: usize) {
        self.labels.truncate(count);
        self.pixels.truncate(self.labels.len() * self.width * self.height);
    }
}

/// Origin of images, as `sinapse data --write --json` reports it.
#[derive(Clone, Debug, Deserialize)]
pub struct Source {
    /// Origin as a sentence.
    #[serde(rename = "source")]
    pub text: String,
    /// True for digits drawn by the program.
    pub drawn: bool,
}

/// Raw files of some images.
pub struct TestFiles {
    /// Folder with [`IMAGES`] and [`LABELS`].
    pub folder: PathBuf,
    /// Number of images and where they come from.
    pub source: String,
}

/// Reads the test images that `sinapse` chooses: those of `folder`, of `$SINAPSE_DATA`, of the cache, or drawn digits.
///
/// # Errors
///
/// Data that `sinapse` refuses.
pub fn test_images(folder: Option<&Path>) -> Result<(Source, Dataset), Failure> {
    let mut arguments = vec!["--part".into(), "test".into()];
    if let Some(folder) = folder {
        arguments.extend(["--data".into(), folder.as_os_str().to_owned()]);
    }
    ask_sinapse("t10k", &arguments)
}

/// Draws digits, whatever other data there is: the training part of `sinapse`'s drawn digits.
///
/// # Errors
///
/// A failed build of `sinapse`.
pub fn drawn_digits() -> Result<Dataset, Failure> {
    Ok(ask_sinapse("train", &["--part".into(), "train".into(), "--drawn".into()])?.1)
}

fn ask_sinapse(part: &str, arguments: &[std::ffi::OsString]) -> Result<(Source, Dataset), Failure> {
    // A folder of this process: others may write other data at the same time.
    let folder = shell::target().join("firmware").join("data").join(format!("{part}-{}", std::process::id()));
    let mut sinapse = shell::sinapse()?;
    sinapse.args(["data", "--json", "--write"]).arg(&folder).args(arguments);
    let source = serde_json::from_str(&shell::output(&mut sinapse)?)?;
    let images = fs::read(folder.join(format!("{part}-images-idx3-ubyte")))?;
    let labels = fs::read(folder.join(format!("{part}-labels-idx1-ubyte")))?;
    fs::remove_dir_all(&folder)?;
    Ok((source, decode(&images, &labels).ok_or("`sinapse data` has written damaged files")?))
}

fn decode(images: &[u8], labels: &[u8]) -> Option<Dataset> {
    let size = |at: usize| Some(u32::from_be_bytes(*images.get(at..)?.first_chunk()?) as usize);
    let (height, width) = (size(8)?, size(12)?);
    Some(Dataset { pixels: images.get(16..)?.to_vec(), width, height, labels: labels.get(8..)?.to_vec() })
}

/// Finds the test images as the trainer does and writes them as raw IDX files.
///
/// # Errors
///
/// Those of [`test_images`], and files that cannot be written.
pub fn write_test_files(folder: Option<&Path>) -> Result<TestFiles, Failure> {
    let (source, test) = test_images(folder)?;
    write_files(&test, source.text)
}

/// Writes images and their labels as raw IDX files.
///
/// # Errors
///
/// A file that cannot be written.
pub fn write_files(images: &Dataset, source: String) -> Result<TestFiles, Failure> {
    let count = u32::try_from(images.labels.len())?;
    let size = [u32::try_from(images.height)?, u32::try_from(images.width)?];
    let labels = idx(LABELS_MAGIC, &[count], &images.labels);
    let images = idx_images(&[count, size[0], size[1]], &images.pixels);
    // Named by content: concurrent runs with other data do not disturb each other.
    let name =
        format!("{:08x}", sinapse::blob::crc::crc32(&images) ^ sinapse::blob::crc::crc32(&labels).rotate_left(1));
    let folder = shell::target().join("firmware").join("data").join(name);
    fs::create_dir_all(&folder)?;
    write(&folder.join(IMAGES), &images)?;
    write(&folder.join(LABELS), &labels)?;
    Ok(TestFiles { folder, source })
}

/// Encodes images, `[count, height, width]`, as an IDX file.
pub fn idx_images(sizes: &[u32; 3], pixels: &[u8]) -> Vec<u8> {
    idx(IMAGES_MAGIC, sizes, pixels)
}

/// Encodes an IDX file: big-endian magic number and sizes, then the bytes.
fn idx(magic: u32, sizes: &[u32], bytes: &[u8]) -> Vec<u8> {
    let mut file: Vec<u8> = std::iter::once(&magic).chain(sizes).flat_map(|number| number.to_be_bytes()).collect();
    file.extend_from_slice(bytes);
    file
}

/// Writes a file under a temporary name first, so that no reader sees half of it.
pub fn write(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    let temporary = path.with_extension(format!("{}.tmp", std::process::id()));
    fs::write(&temporary, bytes).map_err(|error| format!("{}: {error}", temporary.display()))?;
    fs::rename(&temporary, path).map_err(|error| format!("{}: {error}", path.display()))?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn written_images_are_read_back() {
        let images = idx_images(&[2, 3, 2], &[7; 12]);
        let dataset = decode(&images, &idx(LABELS_MAGIC, &[2], &[4, 5])).unwrap();
        assert_eq!(dataset, Dataset { pixels: vec![7; 12], width: 2, height: 3, labels: vec![4, 5] });
        assert_eq!(decode(&images[..10], &[]), None);
    }
}
