//! One trial: from a recipe to a line of JSON.

use std::path::Path;
use std::sync::atomic::AtomicBool;
use std::time::Instant;

use serde::{Deserialize, Serialize};

use crate::cost::{self, Core};
use crate::input::Split;
use crate::model::{Blob, Model};
use crate::recipe::Recipe;
use crate::train::Teachers;
use crate::train::{CheckpointOptions, EpochReport, Exported, Observer, Task, TrainError, train};

/// Number of validation images for activity counts.
const SAMPLE: usize = 1_000;

/// Result of a trial.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TrialResult {
    /// Key of the recipe.
    pub key: String,
    /// Layer widths.
    pub shape: String,
    /// Sizes and formats of all layers.
    pub layers: String,
    /// Flash of weights, biases and multipliers.
    pub weight_bytes: u64,
    /// RAM of the activations between the layers.
    pub scratch_bytes: u64,
    /// Mean modelled Cortex-M4 cycles per image.
    pub cycles: u64,
    /// Fraction of the validation images that the blob classifies correctly.
    pub validation_accuracy: f64,
    /// Number of validation images.
    pub validation_images: u64,
    /// Number of them classified correctly.
    pub validation_correct: u64,
    /// Data and its split.
    pub data: String,
    /// Seed of all random numbers.
    pub seed: u64,
    /// Duration of the training.
    pub seconds: f64,
}

struct Silent;

impl Observer for Silent {
    fn images(&mut self, _: usize, _: usize) {}
    fn epoch(&mut self, _: &EpochReport) {}
}

/// Trains a recipe and measures the blob on the validation images; `data` names them.
///
/// With a checkpoint, a killed trial resumes; an unusable checkpoint is ignored.
///
/// # Errors
///
/// Returns an error if a checkpoint cannot be written. A diverging training is a result: it classifies nothing.
pub fn run_trial(
    key: &str,
    recipe: &Recipe,
    data: &str,
    split: &Split,
    teachers: &Teachers,
    checkpoint: Option<&Path>,
) -> Result<TrialResult, TrainError> {
    let begin = Instant::now();
    let task = Task { recipe, data, training: &split.training, validation: &split.validation, teachers };
    let run =
        |resume| train(task, CheckpointOptions { path: checkpoint, resume }, &mut Silent, &AtomicBool::new(false));
    let trained = match run(checkpoint.is_some_and(Path::exists)) {
        Err(TrainError::Checkpoint(_)) => run(false),
        trained => trained,
    };
    let exported = match trained {
        Err(TrainError::Diverged { .. }) => Exported { blob: Vec::new(), validation_correct: 0 },
        trained => trained?,
    };
    let blob = Blob::new(&exported.blob);
    let images = split.validation.labels.len();
    let mut result = TrialResult {
        key: key.into(),
        shape: recipe.network.shape.to_string(),
        layers: crate::recipe::description_of(&recipe.network, false).to_string(),
        weight_bytes: 0,
        scratch_bytes: 0,
        cycles: 0,
        validation_accuracy: exported.validation_correct as f64 / images as f64,
        validation_images: images as u64,
        validation_correct: exported.validation_correct as u64,
        data: data.into(),
        seed: recipe.seed,
        seconds: begin.elapsed().as_secs_f64(),
    };
    // A training that diverged has no network, or numbers that the loader refuses: its costs are unknown.
    if let Ok(model) = Model::load(&blob) {
        let pixels = &split.validation.images.pixels;
        let sample = &pixels[..pixels.len().min(SAMPLE * model.description.picture_pixels())];
        result.weight_bytes = model.weight_bytes() as u64;
        result.scratch_bytes = model.scratch_bytes() as u64;
        result.cycles = cost::time(Core::M4, &model.description, &cost::activities(&model, sample));
    }
    Ok(result)
}
