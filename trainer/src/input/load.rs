//! Loading the images and labels of a source.

use std::path::Path;

use sha2::{Digest, Sha256};

use super::classes::class_names;
use super::dataset::{Dataset, Images, Part};
use super::error::DataError;
use super::idx::{self, read_images, read_labels};
use super::source::{FILES, Source, find};
use super::{class_folders, drawn};
use crate::atomic_file::WriteError;

/// SHA-256 of MNIST's pixels and labels: of [`FILES`] without their headers.
const MNIST_SHA256: [&str; 4] = [
    "741c988805d008ac6e4c904b69001ba184c24b2c540a4ef403f4c71b676cf757",
    "1feba77c54802fa5339a11837ea4b2866434b83314ec45192930f1df69120c13",
    "6d87418db22cc8025d05968bec9bd5c3932904b23485740db143a061a2c9d161",
    "ddeff807876a9661a1110d45c266c86239a3a1b7d37da0c3716a7a683c852ff5",
];

/// Drawn digits: number and seed of each part.
const DRAWN_TRAINING: (usize, u64) = (60_000, 1);
const DRAWN_TEST: (usize, u64) = (10_000, 2);

/// Loads the images and labels of one part.
///
/// # Errors
///
/// Returns an error for missing, damaged or inconsistent files.
pub fn load(source: &Source, part: Part) -> Result<Dataset, DataError> {
    let Some(folder) = source.folder() else { return Ok(draw(part)) };
    if source.is_pictures() {
        return class_folders::load(folder, part);
    }
    let (images_path, labels_path) = (find(folder, images_file(part))?, find(folder, labels_file(part))?);
    let images = read_images(&images_path)?;
    let labels = read_labels(&labels_path)?;
    if images.count != labels.len() {
        let (images, labels) = (images.count, labels.len());
        return Err(DataError::CountsDiffer { images_path, images, labels_path, labels });
    }
    if let Some(names) = class_names(source)? {
        idx::check_labels(&labels_path, &labels, names.len(), "the names in classes.txt")?;
    }
    Ok(Dataset { images, labels })
}

/// Writes one part into a folder, as raw IDX files with MNIST's names.
///
/// # Errors
///
/// Returns an error if a file cannot be written.
pub fn write_part(folder: &Path, part: Part, dataset: &Dataset) -> Result<(), WriteError> {
    idx::write_images(&folder.join(images_file(part)), &dataset.images)?;
    idx::write_labels(&folder.join(labels_file(part)), &dataset.labels)
}

/// Checks that every label is below the network's number of classes.
///
/// # Errors
///
/// Returns the first label out of range, with its file.
pub fn check_labels(source: &Source, part: Part, dataset: &Dataset, classes: usize) -> Result<(), DataError> {
    let name = labels_file(part);
    let path = match source.folder() {
        Some(folder) if source.is_pictures() => folder.into(),
        Some(folder) => find(folder, name)?,
        None => name.into(),
    };
    idx::check_labels(&path, &dataset.labels, classes, "the network's outputs")
}

fn images_file(part: Part) -> &'static str {
    if part == Part::Train { FILES[0] } else { FILES[2] }
}

fn labels_file(part: Part) -> &'static str {
    if part == Part::Train { FILES[1] } else { FILES[3] }
}

fn draw(part: Part) -> Dataset {
    let (count, seed) = match part {
        Part::Train => DRAWN_TRAINING,
        Part::Test => DRAWN_TEST,
    };
    let (pictures, labels) = drawn::dataset(count, seed);
    let pixels = pictures.into_flattened();
    Dataset { images: Images { pixels, count, width: 28, height: 28 }, labels }
}

/// Name of the data in a blob's provenance: "MNIST" if training images and labels are exactly MNIST's.
pub fn provenance_name(source: &Source, training: &Dataset) -> String {
    match source {
        Source::Drawn => "drawn digits".into(),
        _ if is_mnist(training, 0) => "MNIST".into(),
        Source::Folder(path) | Source::Environment(path) | Source::Cache(path) => {
            let name = path.file_name().unwrap_or(path.as_os_str());
            let kind = if source.is_pictures() { "PNG" } else { "IDX" };
            format!("{kind} files in {}", name.to_string_lossy())
        }
    }
}

/// Whether pixels and labels are those of MNIST's files `first` and `first + 1`.
pub(super) fn is_mnist(dataset: &Dataset, first: usize) -> bool {
    let hex = |bytes: &[u8]| Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    hex(&dataset.images.pixels) == MNIST_SHA256[first] && hex(&dataset.labels) == MNIST_SHA256[first + 1]
}
