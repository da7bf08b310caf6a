//! Accuracy of trained networks: confusion matrix, checksum of the logits, robustness to changed images.

mod confusion;
pub mod robustness;

pub use confusion::{ConfusionMatrix, Evaluation};
