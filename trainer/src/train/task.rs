//! Inputs of a training, and its progress reports.

use std::path::Path;

use super::teacher::Teachers;
use crate::input::Dataset;
use crate::recipe::Recipe;

/// Inputs of a training.
#[derive(Clone, Copy)]
pub struct Task<'a> {
    /// Network and hyperparameters.
    pub recipe: &'a Recipe,
    /// Name of the data, for the blob's provenance.
    pub data: &'a str,
    /// Training images.
    pub training: &'a Dataset,
    /// Images that select the best epoch; with `training.all_images` they are trained on too, and select nothing.
    pub validation: &'a Dataset,
    /// Teachers for knowledge distillation.
    pub teachers: &'a Teachers,
}

/// Location of a training's checkpoint.
#[derive(Clone, Copy, Default)]
pub struct CheckpointOptions<'a> {
    /// File of the checkpoint; `None` writes none.
    pub path: Option<&'a Path>,
    /// Whether to resume from it.
    pub resume: bool,
}

/// Result of an epoch.
#[derive(Clone, Copy, Debug, serde::Serialize)]
pub struct EpochReport {
    /// Epochs completed.
    pub epoch: u32,
    /// Total number of epochs.
    pub epochs: u32,
    /// Whether the forward pass used the board's arithmetic.
    pub quantised: bool,
    /// Mean loss over the training images.
    pub loss: f32,
    /// Number of validation images.
    pub images: usize,
    /// Number of them that the blob of this epoch classifies correctly.
    pub correct: usize,
}

/// Receives progress reports of a training.
pub trait Observer {
    /// Called after each batch with the number of images processed in this epoch.
    fn images(&mut self, done: usize, of: usize);
    /// Called after each epoch.
    fn epoch(&mut self, report: &EpochReport);
}
