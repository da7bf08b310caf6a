//! The whole training: epochs, validation, checkpoints.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use super::checkpoint::{Checkpoint, Fingerprint};
use super::error::TrainError;
use super::export::Exported;
use super::task::{CheckpointOptions, EpochReport, Observer, Task};
use super::trainer::{Phase, Trainer};
use crate::recipe::Arithmetic;

/// A checkpoint is written after an epoch, but so rarely that writing takes at most one part in this many of the time.
const CHECKPOINT_SHARE: u32 = 20;

/// Trains as the recipe says; raising `interrupted` stops after the current batch with the best model so far.
///
/// An interrupted or killed training resumes from its checkpoint and gives the same blob, bit for bit: an epoch depends
/// only on the state before it, the seed and its number, not on threads or time.
///
/// # Errors
///
/// Returns an error if a checkpoint cannot be written, or cannot be read on resuming, or if the training diverges.
pub fn train(
    task: Task<'_>,
    options: CheckpointOptions<'_>,
    observer: &mut dyn Observer,
    interrupted: &AtomicBool,
) -> Result<Exported, TrainError> {
    let recipe = task.recipe;
    let integer = recipe.network.arithmetic == Arithmetic::Integer;
    let mut trainer = Trainer::new(task);
    let mut best: Option<Exported> = None;
    let fingerprint = Fingerprint::new(task);
    let mut first = 0;
    if let Some(path) = options.path.filter(|_| options.resume) {
        let state = Checkpoint::read(path, &fingerprint)?;
        first = state.epochs;
        best = state.best.clone();
        trainer.restore(state, first.saturating_sub(1) >= recipe.training.epochs);
    }

    let quantised_epochs = if integer { recipe.training.quantised_epochs } else { 0 };
    let epochs = recipe.training.epochs + quantised_epochs;
    let (mut kept, mut writing) = (Instant::now(), Duration::ZERO);
    for epoch in first..epochs {
        let phase = Phase::at(&recipe.training, epoch, quantised_epochs);
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
        // The `f32` phase only prepares an integer network; the board's arithmetic decides which epoch is best. Images
        // that are trained on cannot choose, so with `all_images` the last epoch is exported.
        let better =
            |best: &Exported| recipe.training.all_images || exported.validation_correct > best.validation_correct;
        if (phase.quantised || !integer) && best.as_ref().is_none_or(better) {
            best = Some(exported);
        }
        if stopping {
            // The epoch was cut short: the checkpoint remains at its beginning.
            break;
        }
        if let Some(path) = options.path
            && epoch + 1 < epochs
            && kept.elapsed() >= writing * CHECKPOINT_SHARE
        {
            kept = Instant::now();
            trainer.checkpoint(&fingerprint, epoch + 1, &best).write(path)?;
            writing = kept.elapsed();
        }
    }
    Ok(best.unwrap_or_else(|| {
        trainer.start_phase(integer);
        trainer.export(integer)
    }))
}

/// Times epochs of a training, without validation or export.
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
