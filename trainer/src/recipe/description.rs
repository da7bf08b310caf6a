//! From a recipe to the description of its network.

use sinapse::Description;
use sinapse::format::{ActivationKind, ElementFormat, LayerDescription, WeightFormat};

use super::bits::ActivationBits;
use super::network::{ActivationRecipe, Arithmetic, NetworkRecipe, PreprocessingRecipe};

impl From<ActivationBits> for ElementFormat {
    fn from(levels: ActivationBits) -> ElementFormat {
        match levels {
            ActivationBits::U1 => ElementFormat::U1,
            ActivationBits::U2 => ElementFormat::U2,
            ActivationBits::U4 => ElementFormat::U4,
            ActivationBits::U8 => ElementFormat::U8,
        }
    }
}

impl From<ActivationRecipe> for ActivationKind {
    fn from(activation: ActivationRecipe) -> ActivationKind {
        match activation {
            ActivationRecipe::Relu => ActivationKind::Relu,
            ActivationRecipe::Sigmoid => ActivationKind::Sigmoid,
        }
    }
}

/// The description of a checked recipe's network.
///
/// With `as_f32`, the same shape in single precision without the shift ensemble, as in the first phase of an
/// integer training.
pub fn description_of(network: &NetworkRecipe, as_f32: bool) -> Description {
    let integer = network.arithmetic == Arithmetic::Integer && !as_f32;
    let shape = &network.shape.0;
    let input = if integer { network.input.into() } else { ElementFormat::F32 };
    let mut description = Description::new(shape[0] as u16, input);
    if let Some(recipe) = network.reduction {
        description =
            description.preprocessed_by(PreprocessingRecipe { views: recipe.views && integer, ..recipe }.into());
    }
    for (index, &outputs) in shape[1..].iter().enumerate() {
        let last = index + 2 == shape.len();
        let weights = network.weights.of(index).unwrap_or(WeightFormat::I8);
        let output = match (integer, last) {
            (false, _) => ElementFormat::F32,
            (true, true) => ElementFormat::I32,
            (true, false) => network.activations.into(),
        };
        let weights = if integer { weights } else { WeightFormat::F32 };
        let activation = if last { ActivationKind::Identity } else { network.activation.into() };
        let layer = LayerDescription::dense(outputs as u16, weights, activation, output);
        description = description.with(layer).expect("a recipe's shape has at most MAX_LAYERS layers");
    }
    description
}
