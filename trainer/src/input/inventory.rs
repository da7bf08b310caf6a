//! What `sinapse data` tells.

use std::path::{Path, PathBuf};

use serde::Serialize;

use super::classes::class_names;
use super::dataset::{Dataset, Images, Part};
use super::error::DataError;
use super::load::{is_mnist, load};
use super::source::{FILES, Source, VARIABLE, cache_folder, find, locate};
use super::split::split;

/// What `sinapse data` reports.
#[derive(Clone, Debug, Serialize)]
pub struct Report {
    /// The chosen source, as a sentence.
    pub source: String,
    /// Places that were looked at, in order of precedence, with what was found.
    pub candidates: Vec<Candidate>,
    /// Names of the classes, where the data has names.
    pub classes: Option<Vec<String>>,
    /// Images of the training part that validate.
    pub validation_images: usize,
    /// How these were chosen.
    pub validation: String,
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
    let (training, test) = (load(&source, Part::Train)?, load(&source, Part::Test)?);
    let classes = class_names(&source)?;
    let named = classes.as_ref().map_or(0, Vec::len);
    let most = training.labels.iter().chain(&test.labels).max().map_or(0, |&label| usize::from(label) + 1);
    let part = |dataset: &Dataset, first| {
        let mut per_class = vec![0; named.max(most)];
        dataset.labels.iter().for_each(|&label| per_class[usize::from(label)] += 1);
        let Images { count, width, height, .. } = dataset.images;
        PartReport { images: count, width, height, per_class, is_mnist: is_mnist(dataset, first) }
    };
    let (of_training, of_test) = (part(&training, 0), part(&test, 2));
    let split = split(&source, training)?;
    Ok(Report {
        candidates: candidates(explicit),
        classes,
        validation_images: split.validation.labels.len(),
        validation: split.rule.to_string(),
        training: of_training,
        test: of_test,
        source: source.to_string(),
    })
}

fn candidates(explicit: Option<&Path>) -> Vec<Candidate> {
    let files = |folder: &Path| {
        if Source::Folder(folder.into()).is_pictures() {
            return format!("{}: class-named folders", folder.display());
        }
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
