//! Checks of a recipe's values, alone and against the data.

use sinapse::format::Preprocessing;

use super::Recipe;
use super::augmentation::Augmentation;
use super::bits::WeightBits;
use super::distillation::Distillation;
use super::error::RecipeError;
use super::network::{ActivationRecipe, Arithmetic, PreprocessingRecipe};
use super::training::Training;
use crate::input::Dataset;

/// A floating-point value with its permitted range.
struct Bounded {
    key: &'static str,
    value: f32,
    least: f32,
    most: f32,
    /// The range in words.
    allowed: &'static str,
}

fn bounded(key: &'static str, value: f32, least: f32, most: f32, allowed: &'static str) -> Bounded {
    Bounded { key, value, least, most, allowed }
}

/// The error for a value outside its range.
fn impossible<T>(key: &'static str, value: impl ToString, allowed: &'static str) -> Result<T, RecipeError> {
    Err(RecipeError::Impossible { key, value: value.to_string(), allowed })
}

impl Recipe {
    /// Checks that every value is in its range and that options go together.
    ///
    /// # Errors
    ///
    /// Returns the first value out of range, with that range.
    pub fn check(&self) -> Result<(), RecipeError> {
        self.check_weights()?;
        self.check_preprocessing()?;
        self.check_epochs()?;
        self.check_regularisation()?;
        let mut values = training_values(&self.training);
        if let Some(distillation) = &self.distillation {
            if distillation.teachers.is_empty() {
                return impossible("distillation.teachers", "[]", "at least one blob");
            }
            values.extend(distillation_values(distillation));
        }
        if let Some(augmentation) = &self.augmentation {
            if augmentation.variations > 10_000 {
                return impossible("augmentation.variations", augmentation.variations, "0 to 10000");
            }
            values.extend(augmentation_values(augmentation));
        }
        match values.iter().find(|bounded| !(bounded.least..=bounded.most).contains(&bounded.value)) {
            Some(Bounded { key, value, allowed, .. }) => impossible(key, value, allowed),
            None => Ok(()),
        }
    }

    fn check_weights(&self) -> Result<(), RecipeError> {
        let network = &self.network;
        let layers = network.shape.0.len() - 1;
        let entries = match &network.weights {
            WeightBits::All(_) => layers,
            WeightBits::Each(bits) => bits.len(),
        };
        if entries != layers || (0..layers).any(|index| network.weights.of(index).is_none()) {
            let value = serde_json::to_string(&network.weights).unwrap_or_default();
            return impossible("network.weights", value, "2, 4 or 8, once or per layer");
        }
        Ok(())
    }

    fn check_preprocessing(&self) -> Result<(), RecipeError> {
        let network = &self.network;
        let Some(recipe) = network.reduction else { return Ok(()) };
        let preprocessing = Preprocessing::from(recipe);
        if recipe.deslant && !preprocessing.can_deslant() {
            let PreprocessingRecipe { width, height, crop, .. } = recipe;
            let value = format!("true for {width} × {height} pixels with a crop of {crop}");
            let allowed = "up to 100 × 100 pixels with a crop of at least 1: \
                           rows move by up to twice the border that is cut off";
            return impossible("network.reduction.deslant", value, allowed);
        }
        if recipe.views && network.arithmetic == Arithmetic::F32 {
            return impossible("network.reduction.views", true, "false with network.arithmetic = \"f32\"");
        }
        let pixels = preprocessing.pixels().map(usize::from);
        if pixels != Some(network.shape.0[0]) {
            let found = pixels.map_or("no whole number of".into(), |pixels| pixels.to_string());
            let value = format!("{found} pixels for the shape {}", network.shape);
            return impossible("network.reduction", value, "exactly as many pixels as the shape's first width");
        }
        Ok(())
    }

    fn check_epochs(&self) -> Result<(), RecipeError> {
        let training = &self.training;
        if training.batch == 0 || training.batch > 60_000 {
            return impossible("training.batch", training.batch, "1 to 60000");
        }
        let quantised_epochs = match self.network.arithmetic {
            Arithmetic::Integer => training.quantised_epochs,
            Arithmetic::F32 => 0,
        };
        if training.epochs.max(quantised_epochs) > 100_000 || training.epochs + quantised_epochs == 0 {
            let value = format!("{} + {quantised_epochs} quantised", training.epochs);
            return impossible("training.epochs", value, "0 to 100000 of each kind, at least one in total");
        }
        Ok(())
    }

    fn check_regularisation(&self) -> Result<(), RecipeError> {
        let Training { dropout, damping, learned_scales, .. } = self.training;
        if dropout > 0.0 && self.network.activation == ActivationRecipe::Sigmoid {
            return impossible("training.dropout", dropout, "0 with network.activation = sigmoid");
        }
        if damping > 0.0 && learned_scales {
            return impossible("training.damping", damping, "0 with training.learned_scales = true");
        }
        Ok(())
    }

    /// Checks that the network fits the images and labels.
    ///
    /// # Errors
    ///
    /// Returns the width or picture size that does not fit, next to the one the data needs.
    pub fn check_data(&self, data: &Dataset) -> Result<(), RecipeError> {
        let shape = &self.network.shape;
        let pixels = data.images.width * data.images.height;
        let classes = data.labels.iter().max().map_or(0, |&label| usize::from(label) + 1);
        let (inputs, outputs) = (shape.0[0], shape.0[shape.0.len() - 1]);
        let preprocessing = self.network.reduction.map(Preprocessing::from);
        let read = preprocessing.map_or(inputs, |whole| usize::from(whole.width) * usize::from(whole.height));
        if let Some(whole) = preprocessing
            && (usize::from(whole.width), usize::from(whole.height)) != (data.images.width, data.images.height)
        {
            return Err(RecipeError::WrongPicture {
                width: whole.width,
                height: whole.height,
                found_width: data.images.width,
                found_height: data.images.height,
            });
        }
        if read != pixels {
            return Err(RecipeError::WrongInputs { shape: shape.clone(), inputs, pixels });
        }
        if outputs < classes {
            return Err(RecipeError::TooFewClasses { shape: shape.clone(), outputs, classes });
        }
        Ok(())
    }
}

fn training_values(training: &Training) -> Vec<Bounded> {
    vec![
        bounded("training.learning_rate", training.learning_rate, 1e-7, 1.0, "0.0000001 to 1"),
        bounded("training.quantised_learning_rate", training.quantised_learning_rate, 1e-7, 1.0, "0.0000001 to 1"),
        bounded("training.weight_decay", training.weight_decay, 0.0, 1.0, "0 to 1"),
        bounded("training.label_smoothing", training.label_smoothing, 0.0, 0.5, "0 to 0.5"),
        bounded("training.averaging", training.averaging, 0.0, 0.999_999, "0 to 0.999999"),
        bounded("training.activity_penalty", training.activity_penalty, 0.0, 1.0, "0 to 1"),
        bounded("training.dropout", training.dropout, 0.0, 0.9, "0 to 0.9"),
        bounded("training.damping", training.damping, 0.0, 100.0, "0 to 100"),
    ]
}

fn distillation_values(distillation: &Distillation) -> [Bounded; 2] {
    [
        bounded("distillation.temperature", distillation.temperature, 0.1, 100.0, "0.1 to 100"),
        bounded("distillation.weight", distillation.weight, 0.0, 1.0, "0 to 1"),
    ]
}

fn augmentation_values(augmentation: &Augmentation) -> [Bounded; 7] {
    [
        bounded("augmentation.probability", augmentation.probability, 0.0, 1.0, "0 to 1"),
        bounded("augmentation.rotation_degrees", augmentation.rotation_degrees, 0.0, 180.0, "0 to 180"),
        bounded("augmentation.scale", augmentation.scale, 0.0, 0.5, "0 to 0.5"),
        bounded("augmentation.shear", augmentation.shear, 0.0, 1.0, "0 to 1"),
        bounded("augmentation.shift_pixels", augmentation.shift_pixels, 0.0, 14.0, "0 to 14"),
        bounded("augmentation.elastic_pixels", augmentation.elastic_pixels, 0.0, 5.0, "0 to 5"),
        bounded("augmentation.pen", augmentation.pen, 0.0, 1.0, "0 to 1"),
    ]
}
