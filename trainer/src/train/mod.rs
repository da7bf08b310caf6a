//! Training: `f32` first, then with the board's arithmetic in the forward pass.

pub mod adam;
pub mod augment;
mod export;
pub mod gemm;
pub mod parameters;
pub mod pass;
pub mod quantizer;
pub mod schedule;

use std::sync::atomic::{AtomicBool, Ordering};

use rand::seq::SliceRandom;
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rayon::prelude::*;
use sinapse::description::Reduction;
use sinapse::reduce::reduce;

use crate::data::Dataset;
use crate::formats::description_of;
use crate::recipe::{Activation, Arithmetic, Recipe};
use adam::{Adam, Step};
pub use export::Exported;
use export::Exporter;
use parameters::Layout;
use pass::{Shard, Weights};
use quantizer::{QuantizedLayer, initialize_scales, quantize, through_rounding};

/// What a training works on.
#[derive(Clone, Copy)]
pub struct Task<'a> {
    /// What to train, and how.
    pub recipe: &'a Recipe,
    /// Name of the data, for the blob.
    pub data: &'a str,
    /// Images to learn from.
    pub training: &'a Dataset,
    /// Images that choose the best epoch.
    pub validation: &'a Dataset,
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

/// Trains as the recipe says; a raised `interrupted` ends it after the current batch with the best model so far.
pub fn train(task: Task<'_>, observer: &mut dyn Observer, interrupted: &AtomicBool) -> Exported {
    let recipe = task.recipe;
    let integer = recipe.network.arithmetic == Arithmetic::Integer;
    let settings = &recipe.training;
    let mut trainer = Trainer::new(task);
    let mut best: Option<Exported> = None;

    let quantised_epochs = if integer { settings.quantised_epochs } else { 0 };
    let epochs = settings.epochs + quantised_epochs;
    for epoch in 0..epochs {
        let quantised = epoch >= settings.epochs;
        if epoch == settings.epochs || epoch == 0 {
            trainer.start_phase(quantised);
        }
        let phase = if quantised {
            Phase { epoch: epoch - settings.epochs, epochs: quantised_epochs, rate: settings.quantised_learning_rate }
        } else {
            Phase { epoch, epochs: settings.epochs, rate: settings.learning_rate }
        };
        let loss = trainer.run_epoch(epoch, phase, observer, interrupted);
        let stopping = interrupted.load(Ordering::Relaxed);
        let exported = trainer.export(quantised);
        observer.epoch(&EpochReport {
            epoch: epoch + 1,
            epochs,
            quantised,
            loss,
            images: task.validation.images.count,
            correct: exported.validation_correct,
        });
        // A float phase only prepares an integer network: what counts is what the board would compute.
        if (quantised || !integer) && best.as_ref().is_none_or(|best| exported.beats(best)) {
            best = Some(exported);
        }
        if stopping {
            break;
        }
    }
    best.unwrap_or_else(|| {
        trainer.start_phase(integer);
        trainer.export(integer)
    })
}

/// One stretch of a training with a learning rate curve of its own.
#[derive(Clone, Copy)]
struct Phase {
    epoch: u32,
    epochs: u32,
    rate: f32,
}

struct Trainer<'a> {
    task: Task<'a>,
    exporter: Exporter<'a>,
    layout: Layout,
    parameters: Vec<f32>,
    adam: Adam,
    shards: Vec<Shard>,
    quantised: bool,
}

impl<'a> Trainer<'a> {
    fn new(task: Task<'a>) -> Self {
        let network = &task.recipe.network;
        let layout = Layout::of(network);
        let variance = match network.activation {
            Activation::Relu => 2.0,
            Activation::Sigmoid => 1.0,
        };
        let parameters = layout.initial(task.recipe.seed, variance);
        let adam = Adam::new(&layout, &parameters);
        let shards = (0..rayon::current_num_threads()).map(|_| Shard::new(&layout)).collect();
        Trainer { task, exporter: Exporter::new(task), layout, parameters, adam, shards, quantised: false }
    }

    /// Begins the `f32` phase, or the quantised one from the averaged `f32` weights.
    fn start_phase(&mut self, quantised: bool) {
        self.quantised = quantised;
        if quantised {
            self.parameters.copy_from_slice(&self.adam.average);
            let tops = self.hidden_tops();
            let description = description_of(&self.task.recipe.network, false);
            initialize_scales(&description, &self.layout, &mut self.parameters, &tops);
        }
        self.adam = Adam::new(&self.layout, &self.parameters);
    }

    /// What 99.5 % of the hidden activations do not exceed, per layer, on the first thousand images.
    fn hidden_tops(&mut self) -> Vec<f32> {
        let description = description_of(&self.task.recipe.network, true);
        let images = &self.task.training.images;
        let count = images.count.min(1_000);
        let shard = &mut self.shards[0];
        let first: Vec<u32> = (0..count as u32).collect();
        gather(self.task, &first, 0, false, shard);
        shard.forward(Weights {
            description: &description,
            layout: &self.layout,
            parameters: &self.parameters,
            quantized: None,
        });
        let top = |index| {
            let mut values = shard.outputs(index).to_vec();
            values.sort_by(f32::total_cmp);
            values[(values.len() - 1) * 995 / 1000]
        };
        (0..self.layout.layers.len()).map(top).collect()
    }

    /// One pass over the training images; returns the mean loss.
    fn run_epoch(&mut self, epoch: u32, phase: Phase, observer: &mut dyn Observer, interrupted: &AtomicBool) -> f32 {
        let recipe = self.task.recipe;
        let count = self.task.training.images.count;
        let batch = recipe.training.batch.min(count);
        let mut rng = ChaCha8Rng::seed_from_u64(recipe.seed);
        rng.set_stream(u64::from(epoch) + 1);
        let mut order: Vec<u32> = (0..count as u32).collect();
        order.shuffle(&mut rng);
        let variation_seed = rng.next_u64();

        let batches = count / batch;
        let description = description_of(&recipe.network, !self.quantised);
        let mut loss = 0.0f64;
        for (index, chosen) in order.chunks_exact(batch).enumerate() {
            let quantized = self.quantised.then(|| quantize(&description, &self.layout, &self.parameters));
            let weights = Weights {
                description: &description,
                layout: &self.layout,
                parameters: &self.parameters,
                quantized: quantized.as_deref(),
            };
            let per_shard = batch.div_ceil(self.shards.len());
            let task = self.task;
            let used = batch.div_ceil(per_shard);
            self.shards[..used].par_iter_mut().zip(chosen.par_chunks(per_shard)).for_each(|(shard, chosen)| {
                gather(task, chosen, variation_seed, true, shard);
                shard.run(weights, batch, recipe.training.label_smoothing);
            });
            loss += self.shards[..used].iter().map(|shard| f64::from(shard.loss)).sum::<f64>();
            let progress = phase.epoch as usize * batches + index;
            let rate = phase.rate * schedule::cosine(progress, phase.epochs as usize * batches);
            self.update(used, &description, quantized.as_deref(), rate);
            observer.images((index + 1) * batch, count);
            if interrupted.load(Ordering::Relaxed) {
                break;
            }
        }
        (loss / (batches * batch) as f64) as f32
    }

    fn update(
        &mut self,
        used: usize,
        description: &sinapse::Description,
        quantized: Option<&[QuantizedLayer]>,
        learning_rate: f32,
    ) {
        let settings = &self.task.recipe.training;
        let step = Step { learning_rate, weight_decay: settings.weight_decay, averaging: settings.averaging };
        let Some(quantized) = quantized else {
            let gradients: Vec<&[f32]> = self.shards[..used].iter().map(|shard| shard.gradient.as_slice()).collect();
            self.adam.step(&mut self.parameters, &gradients, step);
            return;
        };
        let (first, others) = self.shards[..used].split_at_mut(1);
        let gradient = &mut first[0].gradient;
        for other in others {
            for (total, part) in gradient.iter_mut().zip(&other.gradient) {
                *total += part;
            }
        }
        for (index, layer) in self.layout.layers.iter().enumerate() {
            let format = description.layers()[index].weights;
            through_rounding(layer, format, &quantized[index], &self.parameters, gradient);
        }
        self.adam.step(&mut self.parameters, &[gradient], step);
    }

    /// The averaged weights as a blob, with its score on the validation images.
    fn export(&self, quantised: bool) -> Exported {
        self.exporter.export(&self.layout, &self.adam.average, quantised)
    }
}

/// Copies the chosen images to a shard, varied anew where the recipe says so, reduced as the network reads them.
///
/// The variation depends on seed, epoch and image alone, not on the threads.
fn gather(task: Task<'_>, chosen: &[u32], variation_seed: u64, varied: bool, shard: &mut Shard) {
    let images = &task.training.images;
    let pixels = images.width * images.height;
    let reduction = task.recipe.network.reduction.map(Reduction::from);
    let inputs = task.recipe.network.shape.0[0];
    shard.images.resize(chosen.len() * inputs, 0);
    shard.labels.clear();
    let mut variation = vec![0; pixels];
    for (&index, out) in chosen.iter().zip(shard.images.chunks_exact_mut(inputs)) {
        let mut image = &images.pixels[index as usize * pixels..][..pixels];
        if let Some(augmentation) = task.recipe.augmentation.as_ref().filter(|_| varied) {
            let mut rng = ChaCha8Rng::seed_from_u64(variation_seed);
            rng.set_stream(u64::from(index));
            augment::vary(augmentation, &mut rng, image, images.width, images.height, &mut variation);
            image = &variation;
        }
        match reduction {
            Some(reduction) => reduce(image, images.width, usize::from(reduction.crop), reduction.scale, out),
            None => out.copy_from_slice(image),
        }
        shard.labels.push(task.training.labels[index as usize]);
    }
}
