//! Export of parameters as a blob, scored on the validation images.

use serde::{Deserialize, Serialize};
use sinapse::blob::{LayerBytes, Logits, Provenance, encode};
use sinapse::format::LayerDescription;

use super::task::Task;
use crate::model::{Blob, Evaluate, Model};
use crate::parameters::ParameterLayout;
use crate::quantize::{QuantizedLayer, quantize};
use crate::recipe::description_of;

/// Fraction of the misclassified validation images whose margin falls below that of "unknown" …
const REJECTED_ERRORS: f32 = 0.5;
/// … unless this fraction of all images would be rejected.
const REJECTED_IMAGES: f32 = 0.05;

/// Step in which margins of `f32` networks are counted.
const F32_STEP: f32 = 1.0 / 1024.0;

/// An exported network.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Exported {
    /// The blob.
    pub blob: Vec<u8>,
    /// Number of validation images that it classifies correctly.
    pub validation_correct: usize,
}

/// The constant inputs of every export in a training.
pub struct Exporter<'a> {
    task: Task<'a>,
    recipe_text: String,
}

impl<'a> Exporter<'a> {
    /// Prepares the exports of a training.
    pub fn new(task: Task<'a>) -> Self {
        Exporter { task, recipe_text: task.recipe.summary() }
    }

    /// Exports parameters as a blob and scores it on the validation images with the core's own arithmetic.
    pub fn export(&self, layout: &ParameterLayout, parameters: &[f32], quantised: bool) -> Exported {
        let unscored = self.encode(layout, parameters, quantised, Score::default());
        let score = self.score(&unscored);
        let blob = self.encode(layout, parameters, quantised, score);
        Exported { blob, validation_correct: score.correct }
    }

    fn encode(&self, layout: &ParameterLayout, parameters: &[f32], quantised: bool, score: Score) -> Vec<u8> {
        let description = description_of(&self.task.recipe.network, !quantised);
        let (layers, step) = if quantised {
            let quantized = quantize(&description, layout, parameters);
            let step = quantized.last().map_or(1.0, |last| last.scales[0] * last.input_step);
            // A shift ensemble sums the logits of its passes, it does not average them.
            let step = step / f32::from(description.passes());
            let layers = quantized.iter().zip(description.layers()).enumerate();
            let bytes = |(index, (layer, format)): (usize, (&QuantizedLayer, &LayerDescription))| {
                layer.to_bytes(format.weights, description.input_of(index))
            };
            (layers.map(bytes).collect(), step)
        } else {
            let to_bytes = |layer: &crate::parameters::LayerParameters| {
                LayerBytes::of_f32(&parameters[layer.weights.clone()], &parameters[layer.bias.clone()])
            };
            (layout.layers.iter().map(to_bytes).collect::<Vec<_>>(), F32_STEP)
        };
        let all = self.task.recipe.training.all_images;
        let provenance = Provenance {
            program: concat!("sinapse ", env!("CARGO_PKG_VERSION")),
            recipe: &self.recipe_text,
            data: self.task.data,
            seed: self.task.recipe.seed,
            // Accuracy on images that the network was trained on would be meaningless.
            validation_images: if all { 0 } else { self.task.validation.images.count as u32 },
            validation_correct: if all { 0 } else { score.correct as u32 },
        };
        let images = &self.task.training.images;
        let logits = Logits { step, reject_margin: score.reject_margin };
        encode(&description, (images.width as u16, images.height as u16), logits, &provenance, &layers)
    }

    fn score(&self, blob: &[u8]) -> Score {
        let blob = Blob::new(blob);
        let validation = self.task.validation;
        // Only a training that diverged exports numbers that the loader refuses: it classifies nothing correctly.
        let Ok(model) = Model::load(&blob) else { return Score::default() };
        let scores = model.scores_of_all(&validation.images.pixels);
        let labelled = scores.iter().zip(&validation.labels);
        let mut margins: Vec<(f64, bool)> = labelled
            .map(|(scores, &label)| (scores.margin_steps(model.logits), scores.class() == usize::from(label)))
            .collect();
        margins.sort_by(|a, b| a.0.total_cmp(&b.0));
        let errors = margins.iter().filter(|(_, right)| !right).count();
        let rejected_errors_wanted = (errors as f32 * REJECTED_ERRORS).ceil() as usize;
        let max_rejected = (margins.len() as f32 * REJECTED_IMAGES) as usize;
        let mut rejected_errors = 0;
        let threshold = margins.iter().take(max_rejected).find(|(_, right)| {
            rejected_errors += usize::from(!right);
            rejected_errors >= rejected_errors_wanted
        });
        let reject_margin = threshold.or(margins.get(max_rejected)).map_or(0, |(margin, _)| *margin as u32);
        Score { correct: margins.len() - errors, reject_margin }
    }
}

#[derive(Clone, Copy, Default)]
struct Score {
    correct: usize,
    reject_margin: u32,
}
