//! Models in files, and evaluating one on all cores.

use std::path::{Path, PathBuf};

use rayon::prelude::*;
use sinapse::blob::LoadError;
pub use sinapse::dynamic::{Blob, LayerInput, Model, Scores, scratch_bytes};

/// A model file that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ModelError {
    /// The file cannot be read.
    #[error("model {}: {source}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// The system's reason.
        source: std::io::Error,
    },
    /// The file is not a sound blob.
    #[error("model {}: {source}", path.display())]
    Refused {
        /// The file.
        path: PathBuf,
        /// The core's reason.
        source: Box<LoadError>,
    },
    /// The images are not of the size that the network reads.
    #[error("the model reads images of {width} × {height} pixels, found {found_width} × {found_height}")]
    WrongImageSize {
        /// Width that the model reads.
        width: usize,
        /// Height that the model reads.
        height: usize,
        /// Width found.
        found_width: usize,
        /// Height found.
        found_height: usize,
    },
}

/// Reads a blob file.
///
/// # Errors
///
/// [`ModelError::Unreadable`].
pub fn read(path: &Path) -> Result<Blob, ModelError> {
    let bytes = std::fs::read(path).map_err(|source| ModelError::Unreadable { path: path.into(), source })?;
    Ok(Blob::new(&bytes))
}

/// Loads a blob, naming its file in the error.
///
/// # Errors
///
/// [`ModelError::Refused`].
pub fn load<'a>(blob: &'a Blob, path: &Path) -> Result<Model<'a>, ModelError> {
    Model::load(blob).map_err(|source| ModelError::Refused { path: path.into(), source: Box::new(source) })
}

/// Checks that a model reads pictures of this size.
///
/// # Errors
///
/// [`ModelError::WrongImageSize`].
pub fn check_size(model: &Model<'_>, width: usize, height: usize) -> Result<(), ModelError> {
    if model.size == (width, height) {
        return Ok(());
    }
    let (model_width, model_height) = model.size;
    Err(ModelError::WrongImageSize {
        width: model_width,
        height: model_height,
        found_width: width,
        found_height: height,
    })
}

/// Evaluates a model on all cores.
pub trait Evaluate {
    /// Scores of all images, `[images][pixels]`, in order.
    fn scores_of_all(&self, images: &[u8]) -> Vec<Scores>;
    /// Counts the images that get their label.
    fn correct(&self, images: &[u8], labels: &[u8]) -> usize;
}

impl Evaluate for Model<'_> {
    fn scores_of_all(&self, images: &[u8]) -> Vec<Scores> {
        images.par_chunks_exact(self.description.picture_pixels()).map(|image| self.scores(image)).collect()
    }

    fn correct(&self, images: &[u8], labels: &[u8]) -> usize {
        let images = images.par_chunks_exact(self.description.picture_pixels());
        images.zip(labels).filter(|(image, label)| self.scores(image).class() == usize::from(**label)).count()
    }
}
