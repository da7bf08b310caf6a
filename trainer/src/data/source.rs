//! Which data is used, and why.

use std::fmt;
use std::path::{Path, PathBuf};

use serde::Serialize;
use sha2::{Digest, Sha256};

use super::idx::{Images, read_images, read_labels};
use super::{DataError, Dataset, Part};
use crate::drawn;

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
    let (images, labels) = match part {
        Part::Train => (FILES[0], FILES[1]),
        Part::Test => (FILES[2], FILES[3]),
    };
    let (images_path, labels_path) = (find(folder, images)?, find(folder, labels)?);
    let images = read_images(&images_path)?;
    let labels = read_labels(&labels_path, 10)?;
    if images.count != labels.len() {
        let (images, labels) = (images.count, labels.len());
        return Err(DataError::CountsDiffer { images_path, images, labels_path, labels });
    }
    Ok(Dataset { images, labels })
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

/// The raw file, else the gzip one.
fn find(folder: &Path, name: &str) -> Result<PathBuf, DataError> {
    let raw = folder.join(name);
    let gzip = folder.join(format!("{name}.gz"));
    match (raw.exists(), gzip.exists()) {
        (true, _) => Ok(raw),
        (false, true) => Ok(gzip),
        (false, false) => Err(DataError::Missing { folder: folder.into(), name: name.into() }),
    }
}

/// What the data is called in a blob: "MNIST" where training images and labels are exactly those.
pub fn provenance_name(source: &Source, training: &Dataset) -> String {
    match source {
        Source::Drawn => "drawn digits".into(),
        _ if is_mnist(training, 0) => "MNIST".into(),
        Source::Folder(path) | Source::Environment(path) | Source::Cache(path) => {
            let name = path.file_name().unwrap_or(path.as_os_str());
            format!("IDX files in {}", name.to_string_lossy())
        }
    }
}

/// Whether pixels and labels are MNIST's, of the files `first` and `first + 1`.
fn is_mnist(dataset: &Dataset, first: usize) -> bool {
    let hex = |bytes: &[u8]| Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    hex(&dataset.images.pixels) == MNIST_SHA256[first] && hex(&dataset.labels) == MNIST_SHA256[first + 1]
}

/// What `sinapse data` reports.
#[derive(Clone, Debug, Serialize)]
pub struct Report {
    /// The chosen source, as a sentence.
    pub source: String,
    /// Places that were looked at, in order of precedence, with what was found.
    pub candidates: Vec<Candidate>,
    /// Training part.
    pub training: PartReport,
    /// Test part.
    pub test: PartReport,
}

/// One place where data could be.
#[derive(Clone, Debug, Serialize)]
pub struct Candidate {
    /// The place.
    pub place: String,
    /// What was found.
    pub found: String,
}

/// One part of the data.
#[derive(Clone, Debug, Serialize)]
pub struct PartReport {
    /// Number of images.
    pub images: usize,
    /// Pixels in a row.
    pub width: usize,
    /// Rows.
    pub height: usize,
    /// Images per class.
    pub per_class: Vec<usize>,
    /// Whether these are exactly MNIST's images and labels.
    pub is_mnist: bool,
}

/// Which data would be used, and why.
///
/// # Errors
///
/// As [`locate`] and [`load`].
pub fn report(explicit: Option<&Path>) -> Result<Report, DataError> {
    let source = locate(explicit)?;
    let part = |part, first| -> Result<PartReport, DataError> {
        let dataset = load(&source, part)?;
        let mut per_class = vec![0; 10];
        dataset.labels.iter().for_each(|&label| per_class[usize::from(label)] += 1);
        let is_mnist = is_mnist(&dataset, first);
        let Images { count, width, height, .. } = dataset.images;
        Ok(PartReport { images: count, width, height, per_class, is_mnist })
    };
    Ok(Report {
        candidates: candidates(explicit),
        training: part(Part::Train, 0)?,
        test: part(Part::Test, 2)?,
        source: source.to_string(),
    })
}

fn candidates(explicit: Option<&Path>) -> Vec<Candidate> {
    let files = |folder: &Path| {
        let count = FILES.iter().filter(|name| find(folder, name).is_ok()).count();
        format!("{}: {count} of 4 files", folder.display())
    };
    let variable = std::env::var_os(VARIABLE).filter(|value| !value.is_empty()).map(PathBuf::from);
    let found = |folder: Option<&Path>| folder.map_or("not given".into(), files);
    let cache = cache_folder();
    [
        ("--data", found(explicit)),
        ("$SINAPSE_DATA", found(variable.as_deref())),
        ("cache folder", found(cache.as_deref())),
        ("drawn digits", "always there".into()),
    ]
    .map(|(place, found)| Candidate { place: place.into(), found })
    .into()
}
