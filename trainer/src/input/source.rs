//! Which data is used, and why.

use std::fmt;
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use super::drawn;
use super::idx::{self, Images, read_images, read_labels};
use super::{DataError, Dataset, Part, class_folders, class_names};
use crate::atomic_file::WriteError;

/// Where images come from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    /// A folder named on the command line.
    Folder(PathBuf),
    /// The folder that `$SINAPSE_DATA` names.
    Environment(PathBuf),
    /// The cache folder, filled by a download.
    Cache(PathBuf),
    /// Digits drawn by the program.
    Drawn,
}

/// Environment variable that names a folder.
pub const VARIABLE: &str = "SINAPSE_DATA";

/// The four files: images and labels of the training part, then of the test part.
pub const FILES: [&str; 4] =
    ["train-images-idx3-ubyte", "train-labels-idx1-ubyte", "t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte"];

/// SHA-256 of pixels and labels of MNIST, of [`FILES`] without their headers.
const MNIST_SHA256: [&str; 4] = [
    "741c988805d008ac6e4c904b69001ba184c24b2c540a4ef403f4c71b676cf757",
    "1feba77c54802fa5339a11837ea4b2866434b83314ec45192930f1df69120c13",
    "6d87418db22cc8025d05968bec9bd5c3932904b23485740db143a061a2c9d161",
    "ddeff807876a9661a1110d45c266c86239a3a1b7d37da0c3716a7a683c852ff5",
];

/// Drawn digits: numbers and seeds of the two parts.
const DRAWN_TRAINING: (usize, u64) = (60_000, 1);
const DRAWN_TEST: (usize, u64) = (10_000, 2);

impl Source {
    /// The folder that the images are in; none for drawn ones.
    pub fn folder(&self) -> Option<&Path> {
        match self {
            Source::Drawn => None,
            Source::Folder(path) | Source::Environment(path) | Source::Cache(path) => Some(path),
        }
    }

    /// Whether the images are PNG files in class-named folders; IDX files, where there are some, come first.
    pub fn is_pictures(&self) -> bool {
        let idx = |folder: &Path| FILES.iter().any(|name| find(folder, name).is_ok());
        self.folder().is_some_and(|folder| !idx(folder) && class_folders::is_picture_folder(folder))
    }
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Source::Folder(path) => write!(f, "{} (given by --data)", path.display()),
            Source::Environment(path) => write!(f, "{} (given by ${VARIABLE})", path.display()),
            Source::Cache(path) => write!(f, "{} (downloaded)", path.display()),
            Source::Drawn => {
                f.write_str("drawn digits (no MNIST found: `sinapse data --download`, --data DIR or $SINAPSE_DATA)")
            }
        }
    }
}

/// Chooses the data: `--data`, else `$SINAPSE_DATA`, else the cache folder, else drawn digits.
///
/// # Errors
///
/// A folder that was named but is not there: it is never passed over in silence.
pub fn locate(explicit: Option<&Path>) -> Result<Source, DataError> {
    let named = |path: &Path, given_by| {
        let reason = match path.metadata() {
            Ok(metadata) if metadata.is_dir() => return Ok(()),
            Ok(_) => "is no folder",
            Err(_) => "does not exist or cannot be read",
        };
        Err(DataError::NoFolder { path: path.into(), given_by, reason })
    };
    if let Some(path) = explicit {
        return named(path, "--data").map(|()| Source::Folder(path.into()));
    }
    if let Some(path) = std::env::var_os(VARIABLE).filter(|value| !value.is_empty()).map(PathBuf::from) {
        return named(&path, "$SINAPSE_DATA").map(|()| Source::Environment(path));
    }
    match cache_folder() {
        Some(path) if FILES.iter().all(|name| find(&path, name).is_ok()) => Ok(Source::Cache(path)),
        _ => Ok(Source::Drawn),
    }
}

/// `$XDG_CACHE_HOME/sinapse/mnist`, else `~/.cache/sinapse/mnist`; `%LOCALAPPDATA%` on Windows.
pub fn cache_folder() -> Option<PathBuf> {
    let variable = |name| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    let base = variable("XDG_CACHE_HOME")
        .or_else(|| variable("LOCALAPPDATA"))
        .or_else(|| variable("HOME").map(|home| home.join(".cache")))?;
    Some(base.join("sinapse").join("mnist"))
}

/// Images and labels of one part.
///
/// # Errors
///
/// Whatever is wrong with the files.
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

/// Writes one part into a folder, as raw IDX files named as MNIST's.
///
/// # Errors
///
/// A file that cannot be written.
pub fn write_part(folder: &Path, part: Part, dataset: &Dataset) -> Result<(), WriteError> {
    idx::write_images(&folder.join(images_file(part)), &dataset.images)?;
    idx::write_labels(&folder.join(labels_file(part)), &dataset.labels)
}

/// Checks that a network with `classes` outputs can give every label.
///
/// # Errors
///
/// The first label beyond, with its file.
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

/// The raw file, else the gzip one, else the only one that ends so: sets name their files `emnist-letters-train-…`, `test-…`.
pub(super) fn find(folder: &Path, name: &str) -> Result<PathBuf, DataError> {
    let exact = [folder.join(name), folder.join(format!("{name}.gz"))];
    if let Some(path) = exact.into_iter().find(|path| path.exists()) {
        return Ok(path);
    }
    let ends = |path: &PathBuf| {
        let file = path.file_name().unwrap_or_default().to_string_lossy();
        let file = file.strip_suffix(".gz").unwrap_or(&file);
        let rest = file.strip_suffix(name).or_else(|| file.strip_suffix(&name.replace("t10k-", "test-")));
        rest.is_some_and(|rest| rest.is_empty() || rest.ends_with('-'))
    };
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path());
    let mut like: Vec<PathBuf> = entries.filter(ends).collect();
    like.sort();
    match &like[..] {
        [] => Err(DataError::Missing { folder: folder.into(), name: name.into() }),
        [only] => Ok(only.clone()),
        [first, second, ..] => {
            Err(DataError::Ambiguous { first: first.clone(), second: second.clone(), name: name.into() })
        }
    }
}

/// What the data is called in a blob: "MNIST" where training images and labels are exactly those.
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

/// Whether pixels and labels are MNIST's, of the files `first` and `first + 1`.
pub(super) fn is_mnist(dataset: &Dataset, first: usize) -> bool {
    let hex = |bytes: &[u8]| Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    hex(&dataset.images.pixels) == MNIST_SHA256[first] && hex(&dataset.labels) == MNIST_SHA256[first + 1]
}
