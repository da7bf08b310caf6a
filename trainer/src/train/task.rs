//! What a training is given, and how it reports progress.

use std::path::Path;

use super::teacher::Teachers;
use crate::input::Dataset;
use crate::recipe::Recipe;

/// What a training works on.
#[derive(Clone, Copy)]
pub struct Task<'a> {
    /// What to train, and how.
    pub recipe: &'a Recipe,
    /// Name of the data, for the blob.
    pub data: &'a str,
    /// Images to learn from.
    pub training: &'a Dataset,
    /// Images that choose the best epoch; with `training.all_images` they are learned from, too, and choose nothing.
    pub validation: &'a Dataset,
    /// Whom to learn from.
    pub teachers: &'a Teachers,
}

/// Where a training is kept while it runs.
#[derive(Clone, Copy, Default)]
pub struct CheckpointOptions<'a> {
    /// File of the state after an epoch; none: nothing is kept.
    pub path: Option<&'a Path>,
    /// Go on from there.
    pub resume: bool,
}

/// State of a training after an epoch.
#[derive(Clone, Copy, Debug, serde::Serialize)]
pub struct EpochReport {
    /// Epochs done.
    pub epoch: u32,
    /// Epochs in all.
    pub epochs: u32,
    /// Whether the forward pass was the board's.
    pub quantised: bool,
    /// Mean loss over the training images.
    pub loss: f32,
    /// Validation images.
    pub images: usize,
    /// Of these, read right by the blob as it would be written now.
    pub correct: usize,
}

/// Who wants to know how a training goes.
pub trait Observer {
    /// After a batch: images done in this epoch.
    fn images(&mut self, done: usize, of: usize);
    /// After an epoch.
    fn epoch(&mut self, report: &EpochReport);
}
