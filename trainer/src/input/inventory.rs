//! The report of `sinapse data`.

use std::path::{Path, PathBuf};

use serde::Serialize;

use super::classes::class_names;
use super::dataset::{Dataset, Images, Part};
use super::error::DataError;
use super::load::{is_mnist, load};
use super::source::{FILES, Source, VARIABLE, cache_folder, find, locate};
use super::split::split;

/// The data that would be used, and why.
#[derive(Clone, Debug, Serialize)]
pub struct Inventory {
    /// The chosen source, in words.
    pub source: String,
    /// Places searched, in order of precedence, with what was found there.
    pub candidates: Vec<Place>,
    /// Class names; `None` if they are just numbers.
    pub classes: Option<Vec<String>>,
    /// Number of validation images, which are part of the training images.
    pub validation_images: usize,
    /// Rule by which these were chosen.
    pub validation: String,
    /// Training part.
    pub training: PartInventory,
    /// Test part.
    pub test: PartInventory,
}

/// A place where data may be.
#[derive(Clone, Debug, Serialize)]
pub struct Place {
    /// Name of the place.
    pub place: String,
    /// Findings there.
    pub found: String,
}

/// One part of the data.
#[derive(Clone, Debug, Serialize)]
pub struct PartInventory {
    /// Number of images.
    pub images: usize,
    /// Width in pixels.
    pub width: usize,
    /// Height in pixels.
    pub height: usize,
    /// Images per class.
    pub per_class: Vec<usize>,
    /// Whether images and labels are exactly MNIST's.
    pub is_mnist: bool,
}

/// Reports which data would be used, and why.
///
/// # Errors
///
/// Returns the errors of [`locate`] and [`load`].
pub fn inventory(explicit: Option<&Path>) -> Result<Inventory, DataError> {
    let source = locate(explicit)?;
    let (training, test) = (load(&source, Part::Train)?, load(&source, Part::Test)?);
    let classes = class_names(&source)?;
    let named = classes.as_ref().map_or(0, Vec::len);
    let most = training.labels.iter().chain(&test.labels).max().map_or(0, |&label| usize::from(label) + 1);
    let part = |dataset: &Dataset, first| {
        let mut per_class = vec![0; named.max(most)];
        dataset.labels.iter().for_each(|&label| per_class[usize::from(label)] += 1);
        let Images { count, width, height, .. } = dataset.images;
        PartInventory { images: count, width, height, per_class, is_mnist: is_mnist(dataset, first) }
    };
    let (of_training, of_test) = (part(&training, 0), part(&test, 2));
    let split = split(&source, training)?;
    Ok(Inventory {
        candidates: candidates(explicit),
        classes,
        validation_images: split.validation.labels.len(),
        validation: split.rule.to_string(),
        training: of_training,
        test: of_test,
        source: source.to_string(),
    })
}

fn candidates(explicit: Option<&Path>) -> Vec<Place> {
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
    .map(|(place, found)| Place { place: place.into(), found })
    .into()
}
