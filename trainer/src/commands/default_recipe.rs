//! The default recipe, for `--network` without a recipe file.

use sinapse_trainer::recipe::{ActivationRecipe, Arithmetic, NetworkRecipe, Recipe, Shape, Training};

/// Sets the total number of epochs: an integer network spends two fifths of them quantised.
pub fn set_epochs(recipe: &mut Recipe, epochs: u32) {
    let quantised = match recipe.network.arithmetic {
        Arithmetic::Integer => epochs * 2 / 5,
        Arithmetic::F32 => 0,
    };
    recipe.training.epochs = epochs - quantised;
    recipe.training.quantised_epochs = quantised;
}

/// Returns the default recipe for a network of this shape.
pub fn default_recipe(shape: Shape, float: bool) -> Recipe {
    Recipe {
        name: "default".into(),
        seed: 1,
        network: NetworkRecipe {
            shape,
            arithmetic: if float { Arithmetic::F32 } else { Arithmetic::Integer },
            activation: if float { ActivationRecipe::Sigmoid } else { Default::default() },
            reduction: None,
            input: Default::default(),
            weights: Default::default(),
            activations: Default::default(),
            per_output_scales: false,
        },
        training: Training::default(),
        augmentation: None,
        distillation: None,
    }
}
