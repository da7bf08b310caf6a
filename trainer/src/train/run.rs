//! A whole training: epochs, validation, checkpoints.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use super::checkpoint::{Checkpoint, Fingerprint};
use super::error::TrainError;
use super::export::Exported;
use super::task::{CheckpointOptions, EpochReport, Observer, Task};
use super::trainer::{Phase, Trainer};
use crate::recipe::Arithmetic;

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
