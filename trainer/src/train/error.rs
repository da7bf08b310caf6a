//! Errors of a training.

use super::checkpoint::CheckpointError;
use crate::atomic_file::WriteError;

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
        /// EpochPlan, from 1.
        epoch: u32,
        /// Its mean loss.
        loss: f32,
        /// Key of the recipe.
        key: &'static str,
    },
}
