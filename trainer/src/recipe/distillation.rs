//! The `[distillation]` table.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

/// Knowledge distillation from trained networks (Hinton et al. 2015).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Distillation {
    /// Blobs of the teachers, relative to the recipe's folder: any networks for the same pictures and classes; their
    /// mean prediction is used.
    pub teachers: Vec<PathBuf>,
    /// Temperature of both softmaxes.
    #[serde(default = "default_temperature")]
    pub temperature: f32,
    /// Weight of the soft targets in the loss; the labels have the rest.
    #[serde(default = "default_weight")]
    pub weight: f32,
}

fn default_temperature() -> f32 {
    2.0
}

fn default_weight() -> f32 {
    0.7
}
