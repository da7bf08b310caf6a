//! IDX files, raw or gzip: the format of MNIST (LeCun, Cortes and Burges, "The MNIST database of handwritten digits").

use std::fs::File;
use std::io::{BufReader, Read};
use std::path::Path;

use flate2::read::MultiGzDecoder;

use super::dataset::{Images, MAX_SIDE};
use super::error::DataError;
use crate::atomic_file::{WriteError, write_atomically};

const IMAGES_MAGIC: u32 = 0x0000_0803;
const LABELS_MAGIC: u32 = 0x0000_0801;
/// Reads an IDX file of images.
///
/// # Errors
///
/// Returns an error for anything but a complete IDX file with at least one image.
pub fn read_images(path: &Path) -> Result<Images, DataError> {
    let (sizes, pixels) = read(path, IMAGES_MAGIC, "images", 3)?;
    let (count, height, width) = (sizes[0], sizes[1], sizes[2]);
    Ok(Images { pixels, count: count as usize, width: width as usize, height: height as usize })
}

/// Reads an IDX file of labels.
///
/// # Errors
///
/// Returns an error for anything but a complete IDX file with at least one label.
pub fn read_labels(path: &Path) -> Result<Vec<u8>, DataError> {
    Ok(read(path, LABELS_MAGIC, "labels", 1)?.1)
}

/// Checks that all labels of `path` are below `classes`; `by` names the origin of this limit.
///
/// # Errors
///
/// Returns the first label out of range.
pub fn check_labels(path: &Path, labels: &[u8], classes: usize, by: &'static str) -> Result<(), DataError> {
    match labels.iter().position(|&label| usize::from(label) >= classes) {
        None => Ok(()),
        Some(index) => {
            let most = classes.saturating_sub(1).min(255) as u8;
            Err(DataError::WrongLabel { path: path.into(), index, label: labels[index], most, by })
        }
    }
}

/// Writes images as a raw IDX file.
///
/// # Errors
///
/// Returns an error if the file cannot be written; an old one is untouched then.
pub fn write_images(path: &Path, images: &Images) -> Result<(), WriteError> {
    let sizes = [images.count as u32, images.height as u32, images.width as u32];
    write_atomically(path, &encode(IMAGES_MAGIC, &sizes, &images.pixels))
}

/// Writes labels as a raw IDX file.
///
/// # Errors
///
/// Returns an error if the file cannot be written; an old one is untouched then.
pub fn write_labels(path: &Path, labels: &[u8]) -> Result<(), WriteError> {
    write_atomically(path, &encode(LABELS_MAGIC, &[labels.len() as u32], labels))
}

fn encode(magic: u32, sizes: &[u32], data: &[u8]) -> Vec<u8> {
    let header = std::iter::once(&magic).chain(sizes).flat_map(|word| word.to_be_bytes());
    header.chain(data.iter().copied()).collect()
}

/// Reads dimensions and data of an IDX file with this number of dimensions.
fn read(path: &Path, magic: u32, what: &'static str, dimensions: usize) -> Result<(Vec<u32>, Vec<u8>), DataError> {
    let mut bytes = open(path)?;
    let mut header = vec![0; 4 * (1 + dimensions)];
    let read = fill(&mut bytes, &mut header).map_err(|source| DataError::Gzip { path: path.into(), source })?;
    if read == 0 {
        return Err(DataError::Empty { path: path.into(), what: "the file has no bytes" });
    }
    let words: Vec<u32> =
        header.as_chunks::<4>().0.iter().take(read / 4).map(|word| u32::from_be_bytes(*word)).collect();
    match words.first() {
        Some(&found) if found != magic => {
            return Err(DataError::WrongMagic { path: path.into(), found, expected: magic, what });
        }
        _ if words.len() <= dimensions => {
            return Err(DataError::WrongLength { path: path.into(), found: 0, expected: header.len() as u64 });
        }
        _ => {}
    }
    let sizes = words[1..].to_vec();
    if sizes[0] == 0 {
        return Err(DataError::Empty { path: path.into(), what });
    }
    if let [_, height, width] = sizes[..]
        && !((1..=MAX_SIDE).contains(&height) && (1..=MAX_SIDE).contains(&width))
    {
        return Err(DataError::WrongSize { path: path.into(), width, height });
    }
    let expected: u64 = sizes.iter().map(|&size| u64::from(size)).product();
    // Memory is allocated as bytes arrive, so a header that promises too much costs nothing.
    let mut data = Vec::new();
    let found = bytes.take(expected.saturating_add(1)).read_to_end(&mut data);
    let found = found.map_err(|source| DataError::Gzip { path: path.into(), source })? as u64;
    if found != expected {
        return Err(DataError::WrongLength { path: path.into(), found, expected });
    }
    Ok((sizes, data))
}

/// Opens a file, decompressing it if it starts with gzip's magic number, whatever its name.
fn open(path: &Path) -> Result<Box<dyn Read>, DataError> {
    let unreadable = |source| DataError::Unreadable { path: path.into(), source };
    let mut start = [0; 2];
    let length = fill(&mut File::open(path).map_err(unreadable)?, &mut start).map_err(unreadable)?;
    let file = BufReader::new(File::open(path).map_err(unreadable)?);
    let gzip = length == 2 && start == [0x1f, 0x8b];
    Ok(if gzip { Box::new(MultiGzDecoder::new(file)) } else { Box::new(file) })
}

/// Fills `buffer` as far as the input reaches.
fn fill(bytes: &mut impl Read, buffer: &mut [u8]) -> std::io::Result<usize> {
    let mut filled = 0;
    while filled < buffer.len() {
        match bytes.read(&mut buffer[filled..]) {
            Ok(0) => break,
            Ok(count) => filled += count,
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(filled)
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    fn refusal(bytes: &[u8]) -> String {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(bytes).unwrap();
        read_images(file.path()).unwrap_err().to_string()
    }

    #[test]
    fn written_images_and_labels_are_read_back() {
        let folder = tempfile::tempdir().unwrap();
        let images = Images { pixels: (0..24).collect(), count: 2, width: 4, height: 3 };
        write_images(&folder.path().join("i"), &images).unwrap();
        write_labels(&folder.path().join("l"), &[3, 9]).unwrap();
        assert_eq!(read_images(&folder.path().join("i")).unwrap(), images);
        assert_eq!(read_labels(&folder.path().join("l")).unwrap(), [3, 9]);
    }

    #[test]
    fn gzip_is_recognised_by_content() {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        encoder.write_all(&encode(LABELS_MAGIC, &[2], &[1, 2])).unwrap();
        let bytes = encoder.finish().unwrap();
        file.write_all(&bytes).unwrap();
        assert_eq!(read_labels(file.path()).unwrap(), [1, 2]);
        let cut = refusal(&bytes[..bytes.len() - 9]);
        assert!(cut.contains("damaged gzip"), "{cut}");
    }

    #[test]
    fn bad_files_are_refused_with_found_and_expected() {
        assert!(refusal(b"").contains("empty: the file has no bytes"));
        assert!(refusal(&encode(IMAGES_MAGIC, &[0, 28, 28], b"")).contains("empty: images"));
        assert!(refusal(&encode(LABELS_MAGIC, &[1], b"x")).contains("0x00000801, expected 0x00000803"));
        assert!(
            refusal(&encode(IMAGES_MAGIC, &[2, 2, 2], b"1234567"))
                .contains("7 bytes after the header, its header says 8")
        );
        assert!(
            refusal(&encode(IMAGES_MAGIC, &[1, 2, 2], b"12345"))
                .contains("5 bytes after the header, its header says 4")
        );
        assert!(refusal(&encode(IMAGES_MAGIC, &[1, 0, 2], b"")).contains("pictures of 2 × 0"));
        assert!(refusal(&encode(IMAGES_MAGIC, &[u32::MAX, 4096, 4096], b"")).contains("0 bytes after the header"));
        assert!(refusal(&IMAGES_MAGIC.to_be_bytes()).contains("its header says 16"));
    }

    #[test]
    fn a_label_beyond_the_classes_is_named_with_its_place() {
        let message = check_labels(Path::new("l"), &[1, 10, 2], 10, "the network's outputs").unwrap_err().to_string();
        assert!(message.contains("l, label 1: 10, expected at most 9 (the network's outputs)"), "{message}");
    }
}
