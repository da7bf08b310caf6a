//! A network in training: parameters, optimiser state, and the steps of an epoch.

use std::sync::atomic::{AtomicBool, Ordering};

use rayon::prelude::*;

use super::batch::loader::{DataLoader, EpochPlan};
use super::checkpoint::{Checkpoint, Fingerprint};
use super::export::{Exported, Exporter};
use super::optimizer::adam::{Adam, Hyperparameters};
use super::optimizer::schedule;
use super::optimizer::update::{Batch, StepContext, update};
use super::pass::{BLOCK, Dropout, InputBlock, Loss, Pass, Weights};
use super::task::{Observer, Task};
use crate::parameters::{Chunk, ParameterLayout};
use crate::quantize::{LayerCalibration, QuantizedLayer, initialize_scales, quantize_into};
use crate::recipe::description_of;
use crate::recipe::{ActivationRecipe, Training};

/// Multiplications per step below which a second thread costs more than it gains.
const WORTH_THREADS: usize = 3_000_000;

/// A phase of a training, with a learning-rate schedule of its own.
#[derive(Clone, Copy)]
pub struct Phase {
    /// Epoch within the phase.
    pub epoch: u32,
    /// Number of epochs in the phase.
    pub epochs: u32,
    /// Whether the forward pass uses the board's arithmetic.
    pub quantised: bool,
    /// Peak learning rate.
    pub rate: f32,
}

impl Phase {
    /// Returns the phase of epoch `epoch` of a training.
    pub fn at(training: &Training, epoch: u32, quantised_epochs: u32) -> Phase {
        match epoch.checked_sub(training.epochs) {
            None => Phase { epoch, epochs: training.epochs, quantised: false, rate: training.learning_rate },
            Some(epoch) => {
                let rate = training.quantised_learning_rate;
                Phase { epoch, epochs: quantised_epochs, quantised: true, rate }
            }
        }
    }
}

/// A network in training.
pub struct Trainer<'a> {
    task: Task<'a>,
    exporter: Exporter<'a>,
    loader: DataLoader<'a>,
    layout: ParameterLayout,
    chunks: Vec<Chunk>,
    parameters: Vec<f32>,
    adam: Adam,
    passes: Vec<Pass>,
    inputs: Vec<InputBlock>,
    quantized: Vec<QuantizedLayer>,
    quantised: bool,
}

impl<'a> Trainer<'a> {
    /// Creates a network with random weights.
    pub fn new(task: Task<'a>) -> Self {
        let network = &task.recipe.network;
        let layout = ParameterLayout::new(network);
        let variance = match network.activation {
            ActivationRecipe::Relu => 2.0,
            ActivationRecipe::Sigmoid => 1.0,
        };
        let parameters = layout.initialize(task.recipe.seed, variance);
        let adam = Adam::new(&parameters, task.recipe.training.averaging > 0.0);
        Trainer {
            task,
            exporter: Exporter::new(task),
            loader: DataLoader::new(task),
            chunks: layout.chunks(),
            layout,
            parameters,
            adam,
            passes: Vec::new(),
            inputs: Vec::new(),
            quantized: Vec::new(),
            quantised: false,
        }
    }

    /// Begins the `f32` phase, or the quantised phase from the averaged `f32` weights.
    pub fn start_phase(&mut self, quantised: bool) {
        self.quantised = quantised;
        if quantised {
            self.parameters = self.adam.averaged(&self.parameters).to_vec();
            let calibration = self.calibrate();
            let description = description_of(&self.task.recipe.network, false);
            initialize_scales(&description, &self.layout, &mut self.parameters, &calibration);
        }
        self.adam = Adam::new(&self.parameters, self.task.recipe.training.averaging > 0.0);
    }

    /// Captures the state after `epochs` epochs.
    pub fn checkpoint(&self, fingerprint: &Fingerprint, epochs: u32, best: &Option<Exported>) -> Checkpoint {
        Checkpoint {
            fingerprint: fingerprint.clone(),
            epochs,
            parameters: self.parameters.clone(),
            momentum: self.adam.momentum.clone(),
            variance: self.adam.variance.clone(),
            average: self.adam.average.clone(),
            steps: self.adam.steps,
            best: best.clone(),
        }
    }

    /// Restores a state of the `f32` or of the quantised phase.
    pub fn restore(&mut self, state: Checkpoint, quantised: bool) {
        self.quantised = quantised;
        self.parameters = state.parameters;
        let Checkpoint { momentum, variance, average, steps, .. } = state;
        self.adam = Adam { momentum, variance, average, steps };
    }

    /// Calibrates the quantiser on the first thousand images of an epoch: per layer, the 99.5th percentile of the
    /// hidden activations and the sum of squares of each input.
    fn calibrate(&mut self) -> Vec<LayerCalibration> {
        let description = description_of(&self.task.recipe.network, true);
        let epoch = self.loader.epoch(0);
        let first = &epoch.order[..epoch.order.len().min(1_024)];
        let values = DataLoader::pixel_values(self.task.recipe, false);
        self.loader.prepare(&epoch, first, &values, &mut self.inputs);
        let weights =
            Weights { description: &description, layout: &self.layout, parameters: &self.parameters, quantized: None };
        let mut outputs = vec![Vec::new(); self.layout.layers.len()];
        let sizes = self.layout.layers.iter().map(|layer| vec![0.0f32; layer.inputs]);
        let mut squares: Vec<Vec<f32>> = sizes.collect();
        let mut pass = Pass::new(self.layout.layers.len());
        for input in &self.inputs {
            pass.forward(weights, input, None);
            for image in 0..input.labels.len() {
                input.by_image.row(image).for_each(|(i, value)| squares[0][i] += value * value);
            }
            for (index, outputs) in outputs.iter_mut().enumerate() {
                outputs.extend_from_slice(pass.outputs(index));
                if let Some(squares) = squares.get_mut(index + 1) {
                    let rows = pass.outputs(index).chunks_exact(squares.len());
                    rows.for_each(|row| squares.iter_mut().zip(row).for_each(|(sum, value)| *sum += value * value));
                }
            }
        }
        if self.task.recipe.training.learned_scales {
            // Learned scales converge from any nearby start.
            squares.iter_mut().for_each(Vec::clear);
        }
        let range = |values: &mut Vec<f32>| {
            values.sort_by(f32::total_cmp);
            values.get(values.len().saturating_sub(1) * 995 / 1000).copied().unwrap_or(1.0)
        };
        outputs
            .iter_mut()
            .zip(squares)
            .map(|(outputs, input_squares)| LayerCalibration { range: range(outputs), input_squares })
            .collect()
    }

    /// Runs one epoch over the training images and returns the mean loss.
    pub fn run_epoch(
        &mut self,
        epoch: u32,
        phase: Phase,
        observer: &mut dyn Observer,
        interrupted: &AtomicBool,
    ) -> f32 {
        let task = self.task;
        let plan = self.loader.epoch(epoch);
        let values = DataLoader::pixel_values(task.recipe, self.quantised);
        let batches = plan.order.len() / plan.batch;
        let blocks = plan.batch.div_ceil(BLOCK);
        let mut inputs = std::mem::take(&mut self.inputs);
        let (mut loss, mut done) = (0.0f64, 0);
        'epoch: for group in DataLoader::groups(&plan) {
            self.loader.prepare(&plan, group, &values, &mut inputs);
            for batch in inputs.chunks(blocks) {
                let progress = phase.epoch as usize * batches + done;
                let rate = phase.rate * schedule::cosine(progress, phase.epochs as usize * batches);
                loss += f64::from(self.step(&plan, batch, rate, epoch as usize * batches + done));
                done += 1;
                observer.images(done * plan.batch, plan.order.len());
                if interrupted.load(Ordering::Relaxed) {
                    break 'epoch;
                }
            }
        }
        self.inputs = inputs;
        (loss / (done * plan.batch) as f64) as f32
    }

    /// Takes one step with a batch and returns the sum of its losses.
    fn step(&mut self, plan: &EpochPlan, batch: &[InputBlock], rate: f32, number: usize) -> f32 {
        let recipe = self.task.recipe;
        let settings = &recipe.training;
        let description = description_of(&recipe.network, !self.quantised);
        let in_parallel = self.layout.length * plan.batch > WORTH_THREADS && rayon::current_num_threads() > 1;
        if self.quantised {
            quantize_into(&description, &self.layout, &self.parameters, in_parallel, &mut self.quantized);
        }
        let weights = Weights {
            description: &description,
            layout: &self.layout,
            parameters: &self.parameters,
            quantized: self.quantised.then_some(&self.quantized),
        };
        let (soft_target_weight, temperature) =
            recipe.distillation.as_ref().map_or((0.0, 1.0), |d| (d.weight, d.temperature));
        let (label_smoothing, activity_penalty) = (settings.label_smoothing, settings.activity_penalty);
        let loss = Loss { label_smoothing, soft_target_weight, temperature, activity_penalty };
        let dropout_rate = if self.quantised { 0.0 } else { settings.dropout };
        let run = |(index, (pass, input)): (usize, (&mut Pass, &InputBlock))| {
            let seed = recipe.seed ^ ((number * batch.len() + index) as u64).wrapping_mul(0xd134_2543_de82_ef95);
            let dropout = (dropout_rate > 0.0).then_some(Dropout { rate: dropout_rate, seed });
            pass.forward_backward(weights, input, loss, plan.batch, dropout);
        };
        self.passes.resize_with(batch.len(), || Pass::new(self.layout.layers.len()));
        if in_parallel {
            self.passes.par_iter_mut().zip(batch).enumerate().for_each(run);
        } else {
            self.passes.iter_mut().zip(batch).enumerate().for_each(run);
        }
        // No damping at the peak rate, when all weights move; full damping as the rate reaches zero.
        let annealed = 1.0 - rate / settings.quantised_learning_rate;
        let context = StepContext {
            damping: (!settings.learned_scales).then_some(settings.damping * annealed * rate),
            description: &description,
            layout: &self.layout,
            chunks: &self.chunks,
            quantized: self.quantised.then_some(&self.quantized),
            in_parallel,
        };
        let step =
            Hyperparameters { learning_rate: rate, weight_decay: settings.weight_decay, averaging: settings.averaging };
        let batch = Batch { inputs: batch, passes: &self.passes };
        update(context, batch, &mut self.parameters, &mut self.adam, step);
        self.passes.iter().map(|pass| pass.loss).sum()
    }

    /// Exports the averaged weights as a blob, with its score on the validation images.
    pub fn export(&self, quantised: bool) -> Exported {
        self.exporter.export(&self.layout, self.adam.averaged(&self.parameters), quantised)
    }
}
