//! Training: first in `f32`, then quantisation-aware, with the board's arithmetic in the forward pass.

mod batch;
mod checkpoint;
mod error;
mod export;
mod optimizer;
mod pass;
mod run;
mod task;
mod teacher;
mod trainer;

pub use checkpoint::CheckpointError;
pub use error::TrainError;
pub use export::Exported;
pub use run::{time_epochs, train};
pub use task::{CheckpointOptions, EpochReport, Observer, Task};
pub use teacher::{TeacherError, Teachers};
