//! Errors of a training.

use super::checkpoint::CheckpointError;
use crate::atomic_file::WriteError;

/// A training that failed.
#[derive(Debug, thiserror::Error)]
pub enum TrainError {
    /// The checkpoint cannot be used.
    #[error(transparent)]
    Checkpoint(#[from] CheckpointError),
    /// The checkpoint cannot be written.
    #[error("{0}; the last good checkpoint is intact, resume from it with --resume")]
    Write(#[from] WriteError),
    /// The loss is no longer finite.
    #[error("training diverged in epoch {epoch}: the loss is {loss}; a smaller {key} may help")]
    Diverged {
        /// Epoch, counted from 1.
        epoch: u32,
        /// Mean loss of the epoch.
        loss: f32,
        /// Recipe key of the learning rate.
        key: &'static str,
    },
}
