//! Recipes: TOML files that fully define a training run.

mod augmentation;
mod bits;
mod check;
mod description;
mod distillation;
mod error;
mod network;
mod shape;
mod training;

use std::path::Path;

use serde::{Deserialize, Serialize};

pub use augmentation::Augmentation;
pub use bits::{ActivationBits, WeightBits};
pub use description::description_of;
pub use distillation::Distillation;
pub use error::RecipeError;
pub use network::{ActivationRecipe, Arithmetic, NetworkRecipe, PreprocessingRecipe, ScaleRecipe};
pub use shape::Shape;
pub use training::Training;

/// A network and how to train it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Recipe {
    /// Name of the model.
    pub name: String,
    /// Seed of all random numbers.
    #[serde(default = "default_seed")]
    pub seed: u64,
    /// Shape and number formats.
    pub network: NetworkRecipe,
    /// Optimiser and schedule.
    #[serde(default)]
    pub training: Training,
    /// Augmentation of the training images; none if absent.
    #[serde(default)]
    pub augmentation: Option<Augmentation>,
    /// Teachers for knowledge distillation; none if absent.
    #[serde(default)]
    pub distillation: Option<Distillation>,
}

fn default_seed() -> u64 {
    1
}

impl Recipe {
    /// Reads and checks a recipe file.
    ///
    /// # Errors
    ///
    /// Returns an error if the file cannot be read, has an unknown key, or holds a value out of range.
    pub fn read(path: &Path) -> Result<Recipe, RecipeError> {
        let unreadable = |source| RecipeError::Unreadable { path: path.into(), source };
        let text = std::fs::read_to_string(path).map_err(unreadable)?;
        let mut recipe: Recipe = toml::from_str(&text).map_err(|error| {
            let start = error.span().map_or(0, |span| span.start.min(text.len()));
            let line = text.as_bytes()[..start].iter().filter(|&&byte| byte == b'\n').count() + 1;
            let message = error.message().lines().collect::<Vec<_>>().join(" ");
            RecipeError::Malformed { path: path.into(), line, message }
        })?;
        recipe.check()?;
        let folder = path.parent().unwrap_or(Path::new(""));
        for teacher in recipe.distillation.iter_mut().flat_map(|distillation| &mut distillation.teachers) {
            *teacher = folder.join(&teacher);
        }
        Ok(recipe)
    }

    /// A one-line summary for the blob's provenance.
    pub fn summary(&self) -> String {
        let (network, training) = (&self.network, &self.training);
        let quantised = match network.arithmetic {
            Arithmetic::Integer => format!(" + {} quantised", training.quantised_epochs),
            Arithmetic::F32 => String::new(),
        };
        let ensemble = if network.reduction.is_some_and(|reduction| reduction.views) { " in five views" } else { "" };
        let augmented = if self.augmentation.is_some() { ", varied images" } else { "" };
        let taught = if self.distillation.is_some() { ", taught by larger networks" } else { "" };
        let all = if training.all_images { ", validation images included" } else { "" };
        format!(
            "{}: {}{ensemble}, {}{quantised} epochs{augmented}{taught}{all}",
            self.name, network.shape, training.epochs
        )
    }
}
