//! The `[network]` table: shape, arithmetic and preprocessing.

use serde::{Deserialize, Serialize};
use sinapse::format::{Preprocessing, Scale, Step};

use super::bits::{ActivationBits, WeightBits};
use super::shape::Shape;

/// Shape and number formats of a network.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NetworkRecipe {
    /// Layer widths, for example `784-32-10`.
    pub shape: Shape,
    /// `integer` (recommended for boards) or `f32`.
    #[serde(default)]
    pub arithmetic: Arithmetic,
    /// Activation of the hidden layers.
    #[serde(default)]
    pub activation: ActivationRecipe,
    /// Preprocessing that shrinks pictures before the first layer; none if absent.
    #[serde(default)]
    pub reduction: Option<PreprocessingRecipe>,
    /// Bits of the input pixels (integer only).
    #[serde(default)]
    pub input: ActivationBits,
    /// Bits of the weights, for all layers or per layer (integer only).
    #[serde(default)]
    pub weights: WeightBits,
    /// Bits of the hidden activations (integer only).
    #[serde(default)]
    pub activations: ActivationBits,
    /// One weight scale per output instead of one per layer, in hidden layers (integer only).
    #[serde(default)]
    pub per_output_scales: bool,
}

/// Cropping and scaling of pictures, as a part of the network.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PreprocessingRecipe {
    /// Width of the whole picture.
    pub width: u16,
    /// Height of the whole picture.
    pub height: u16,
    /// Pixels cropped from every side.
    #[serde(default)]
    pub crop: u8,
    /// `one`, `two-thirds`, `half` or `third`.
    pub scale: ScaleRecipe,
    /// Whether slanted digits are set upright first.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub deslant: bool,
    /// Whether the network is a shift ensemble (test-time augmentation): it reads five shifted copies of every picture
    /// and adds their logits (integer only).
    ///
    /// Training uses the picture itself, which augmentation shifts anyway; validation of the quantised blobs uses all
    /// five.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub views: bool,
}

/// Downscaling factor; see [`Scale`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ScaleRecipe {
    /// Crops only.
    One,
    /// 3 × 3 pixels become 2 × 2.
    TwoThirds,
    /// 2 × 2 pixels become one.
    Half,
    /// 3 × 3 pixels become one.
    Third,
}

impl From<PreprocessingRecipe> for Preprocessing {
    fn from(recipe: PreprocessingRecipe) -> Preprocessing {
        let scale = match recipe.scale {
            ScaleRecipe::One => Scale::One,
            ScaleRecipe::TwoThirds => Scale::TwoThirds,
            ScaleRecipe::Half => Scale::Half,
            ScaleRecipe::Third => Scale::Third,
        };
        let mut preprocessing = Preprocessing::new(recipe.width, recipe.height);
        if recipe.views {
            preprocessing.push(Step::ShiftEnsemble);
        }
        if recipe.deslant {
            preprocessing.push(Step::Deslant);
        }
        preprocessing.then(Step::Downscale { crop: recipe.crop, scale })
    }
}

/// Number format of the computation.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Arithmetic {
    /// Integer weights and quantised activations.
    #[default]
    Integer,
    /// Single precision.
    F32,
}

/// Activation function of the hidden layers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ActivationRecipe {
    /// `max(0, a)`.
    #[default]
    Relu,
    /// `1 / (1 + e^−a)`.
    Sigmoid,
}
