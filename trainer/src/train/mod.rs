//! Training: `f32` first, then with the board's arithmetic in the forward pass.

mod batch;
mod checkpoint;
mod export;
mod optimizer;
mod pass;
pub mod teacher;
mod trainer;

use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use crate::atomic_file::WriteError;
use crate::input::Dataset;
use crate::recipe::{Arithmetic, Recipe};
use checkpoint::{Checkpoint, CheckpointError, Origin};
pub use export::Exported;
use teacher::Teachers;
use trainer::{Phase, Trainer};

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
pub struct Keeping<'a> {
    /// File of the state after an epoch; none: nothing is kept.
    pub checkpoint: Option<&'a Path>,
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

/// Why a training ends without a network.
#[derive(Debug, thiserror::Error)]
pub enum TrainError {
    /// The checkpoint cannot be used.
    #[error(transparent)]
    Checkpoint(#[from] CheckpointError),
    /// The state cannot be kept.
    #[error("{0}; the last good checkpoint is as it was, --resume goes on from it")]
    Write(#[from] WriteError),
    /// The numbers have left all bounds.
    #[error("training diverged in epoch {epoch}: the loss is {loss}; a smaller {key} may help")]
    Diverged {
        /// Epoch, from 1.
        epoch: u32,
        /// Its mean loss.
        loss: f32,
        /// Key of the recipe.
        key: &'static str,
    },
}

/// The state is written after an epoch, but so seldom that writing takes at most one part in so many of the time.
const CHECKPOINT_SHARE: u32 = 20;

/// Trains as the recipe says; a raised `interrupted` ends it after the current batch with the best model so far.
///
/// A training that is interrupted or killed goes on from its checkpoint to the same blob, to the bit: an epoch depends
/// on the state before it, the seed and its number, not on threads or time.
///
/// # Errors
///
/// Checkpoints that cannot be written, or read where they must be; a training that diverges.
pub fn train(
    task: Task<'_>,
    keeping: Keeping<'_>,
    observer: &mut dyn Observer,
    interrupted: &AtomicBool,
) -> Result<Exported, TrainError> {
    let recipe = task.recipe;
    let integer = recipe.network.arithmetic == Arithmetic::Integer;
    let mut trainer = Trainer::new(task);
    let mut best: Option<Exported> = None;
    let origin = Origin::of(task);
    let mut first = 0;
    if let Some(path) = keeping.checkpoint.filter(|_| keeping.resume) {
        let state = Checkpoint::read(path, &origin)?;
        first = state.epochs;
        best = state.best.clone();
        trainer.restore(state, first.saturating_sub(1) >= recipe.training.epochs);
    }

    let quantised_epochs = if integer { recipe.training.quantised_epochs } else { 0 };
    let epochs = recipe.training.epochs + quantised_epochs;
    let (mut kept, mut writing) = (Instant::now(), Duration::ZERO);
    for epoch in first..epochs {
        let phase = Phase::of(&recipe.training, epoch, quantised_epochs);
        if phase.epoch == 0 {
            trainer.start_phase(phase.quantised);
        }
        let loss = trainer.run_epoch(epoch, phase, observer, interrupted);
        let stopping = interrupted.load(Ordering::Relaxed);
        if !loss.is_finite() {
            let key = if phase.quantised { "training.quantised_learning_rate" } else { "training.learning_rate" };
            return Err(TrainError::Diverged { epoch: epoch + 1, loss, key });
        }
        let exported = trainer.export(phase.quantised);
        observer.epoch(&EpochReport {
            epoch: epoch + 1,
            epochs,
            quantised: phase.quantised,
            loss,
            images: task.validation.images.count,
            correct: exported.validation_correct,
        });
        // A float phase only prepares an integer network: what counts is what the board would compute. Images that
        // the network learns from cannot choose: then the last epoch counts.
        let better =
            |best: &Exported| recipe.training.all_images || exported.validation_correct > best.validation_correct;
        if (phase.quantised || !integer) && best.as_ref().is_none_or(better) {
            best = Some(exported);
        }
        if stopping {
            // The epoch was cut short: the checkpoint stays at its beginning.
            break;
        }
        if let Some(path) = keeping.checkpoint
            && epoch + 1 < epochs
            && kept.elapsed() >= writing * CHECKPOINT_SHARE
        {
            kept = Instant::now();
            trainer.checkpoint(&origin, epoch + 1, &best).write(path)?;
            writing = kept.elapsed();
        }
    }
    Ok(best.unwrap_or_else(|| {
        trainer.start_phase(integer);
        trainer.export(integer)
    }))
}

/// Times epochs of a training, without validation and export.
pub fn time_epochs(task: Task<'_>, quantised: bool, count: u32) -> Vec<Duration> {
    struct Nobody;
    impl Observer for Nobody {
        fn images(&mut self, _: usize, _: usize) {}
        fn epoch(&mut self, _: &EpochReport) {}
    }
    let mut trainer = Trainer::new(task);
    trainer.start_phase(false);
    if quantised {
        trainer.start_phase(true);
    }
    let timed = |epoch| {
        let phase = Phase { epoch, epochs: count, quantised, rate: task.recipe.training.learning_rate };
        let start = Instant::now();
        trainer.run_epoch(epoch, phase, &mut Nobody, &AtomicBool::new(false));
        start.elapsed()
    };
    (0..count).map(timed).collect()
}
