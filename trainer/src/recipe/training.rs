//! The `[training]` table: optimiser, schedule and regularisation.

use serde::{Deserialize, Serialize};

/// Optimiser and schedule.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Training {
    /// Epochs in `f32`.
    pub epochs: u32,
    /// Quantisation-aware epochs after these: the forward pass uses the board's arithmetic (integer networks only).
    pub quantised_epochs: u32,
    /// Images per step (batch size).
    pub batch: usize,
    /// Peak learning rate of the `f32` epochs.
    pub learning_rate: f32,
    /// Peak learning rate of the quantised epochs.
    pub quantised_learning_rate: f32,
    /// Decoupled weight decay (AdamW).
    pub weight_decay: f32,
    /// Probability mass moved from the correct class to all classes.
    pub label_smoothing: f32,
    /// Decay per step of the exponential moving average of the weights, which is validated and exported; 0 disables
    /// averaging.
    pub averaging: f32,
    /// Penalty on a hidden activation at its maximum level, proportionally less on lower ones, in the quantised epochs
    /// of a ReLU network.
    ///
    /// Pushes activations to zero, which cost a board nothing.
    pub activity_penalty: f32,
    /// Fraction of the hidden outputs dropped at random in each step of the `f32` epochs.
    pub dropout: f32,
    /// Whether weight scales are learned in the quantised epochs; otherwise they stay at the least rounding error,
    /// weighted by the mean square of each input.
    pub learned_scales: bool,
    /// Pull of each weight towards the integer that it rounds to, in quantised epochs with fixed scales.
    ///
    /// Grows as the learning rate decays; at 1 it balances a gradient that always points away, half a step from the
    /// integer.
    pub damping: f32,
    /// Whether to train on the validation images as well, once the recipe is chosen; the last epoch is exported then.
    pub all_images: bool,
}

impl Default for Training {
    fn default() -> Self {
        Training {
            epochs: 12,
            quantised_epochs: 8,
            batch: 128,
            learning_rate: 0.003,
            quantised_learning_rate: 0.001,
            weight_decay: 0.01,
            label_smoothing: 0.0,
            averaging: 0.998,
            activity_penalty: 0.0,
            dropout: 0.0,
            learned_scales: true,
            damping: 0.0,
            all_images: false,
        }
    }
}
