//! Recipes: a TOML file that says everything about a training.

mod description;

use std::fmt;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use sinapse::description::{MAX_LAYERS, Reduction};
use sinapse::reduce::Scale;
use sinapse::weight::WeightFormat;

use crate::input::Dataset;

pub use description::description_of;

/// What is trained, and how.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Recipe {
    /// Name of the model.
    pub name: String,
    /// Seed of all random numbers.
    #[serde(default = "one")]
    pub seed: u64,
    /// Shape and number formats.
    pub network: NetworkRecipe,
    /// Optimiser and schedule.
    #[serde(default)]
    pub training: Training,
    /// How training images are varied; absent: not at all.
    #[serde(default)]
    pub augmentation: Option<Augmentation>,
    /// Whom the network learns from, beside the labels; absent: nobody.
    #[serde(default)]
    pub distillation: Option<Distillation>,
}

fn one() -> u64 {
    1
}

/// Shape and number formats of a network.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NetworkRecipe {
    /// For example `784-32-10`.
    pub shape: Shape,
    /// `integer` (what a board should run) or `f32`.
    #[serde(default)]
    pub arithmetic: Arithmetic,
    /// Activation of the hidden layers.
    #[serde(default)]
    pub activation: Activation,
    /// How pictures are made smaller before the first layer; absent: not at all.
    #[serde(default)]
    pub reduction: Option<ReductionRecipe>,
    /// Levels of the input pixels (integer only).
    #[serde(default)]
    pub input: Levels,
    /// Weights of every layer, or one entry a layer (integer only).
    #[serde(default)]
    pub weights: WeightBits,
    /// Levels of the hidden activations (integer only).
    #[serde(default)]
    pub activations: Levels,
    /// One scale per output instead of one per layer, in hidden layers (integer only).
    #[serde(default)]
    pub per_output_scales: bool,
}

/// Cropping and scaling of pictures, as part of the network.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReductionRecipe {
    /// Width of the whole picture.
    pub width: u16,
    /// Height of the whole picture.
    pub height: u16,
    /// Pixels cut off at every side.
    #[serde(default)]
    pub crop: u8,
    /// `one`, `two-thirds`, `half` or `third`.
    pub scale: ScaleRecipe,
    /// Whether the slant is corrected before.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub deslant: bool,
    /// Whether the trained network reads five views of every picture and adds what it sees in them (integer only).
    ///
    /// The training shows it one, varied anyway; each of its quantised blobs is validated with all five.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub views: bool,
}

/// How many pixels become one; see [`Scale`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ScaleRecipe {
    /// Cropping alone.
    One,
    /// 3 × 3 pixels become 2 × 2.
    TwoThirds,
    /// 2 × 2 pixels become one.
    Half,
    /// 3 × 3 pixels become one.
    Third,
}

impl From<ReductionRecipe> for Reduction {
    fn from(recipe: ReductionRecipe) -> Reduction {
        let scale = match recipe.scale {
            ScaleRecipe::One => Scale::One,
            ScaleRecipe::TwoThirds => Scale::TwoThirds,
            ScaleRecipe::Half => Scale::Half,
            ScaleRecipe::Third => Scale::Third,
        };
        let ReductionRecipe { width, height, crop, deslant, views, .. } = recipe;
        Reduction { width, height, crop, scale, deslant, views }
    }
}

/// Widths from the inputs to the classes, written `784-32-10`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Shape(pub Vec<usize>);

impl FromStr for Shape {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        let widths: Option<Vec<usize>> = text.split('-').map(|width| width.trim().parse().ok()).collect();
        let Some(widths) = widths else {
            return Err(format!("shape \"{text}\": expected widths joined by '-', for example 784-32-10"));
        };
        if widths.len() < 2 || widths.len() > MAX_LAYERS + 1 {
            return Err(format!("shape \"{text}\": {} layers, allowed are 1 to {MAX_LAYERS}", widths.len() - 1));
        }
        if let Some(width) = widths.iter().find(|&&width| width == 0 || width > 65_535) {
            return Err(format!("shape \"{text}\": width {width}, allowed are 1 to 65535"));
        }
        Ok(Shape(widths))
    }
}

impl TryFrom<String> for Shape {
    type Error = String;
    fn try_from(text: String) -> Result<Self, String> {
        text.parse()
    }
}

impl From<Shape> for String {
    fn from(shape: Shape) -> String {
        shape.to_string()
    }
}

impl fmt::Display for Shape {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let widths: Vec<String> = self.0.iter().map(usize::to_string).collect();
        f.write_str(&widths.join("-"))
    }
}

/// Kind of numbers a network computes with.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Arithmetic {
    /// Integer weights, levels as activations.
    #[default]
    Integer,
    /// Single precision.
    F32,
}

/// Activation of hidden layers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Activation {
    /// `max(0, a)`.
    #[default]
    Relu,
    /// `1 / (1 + e^−a)`.
    Sigmoid,
}

/// Bits of levels.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "u8", into = "u8")]
pub enum Levels {
    /// 0..=1.
    U1,
    /// 0..=3.
    U2,
    /// 0..=15.
    #[default]
    U4,
    /// 0..=255.
    U8,
}

impl TryFrom<u8> for Levels {
    type Error = String;
    fn try_from(bits: u8) -> Result<Self, String> {
        match bits {
            1 => Ok(Levels::U1),
            2 => Ok(Levels::U2),
            4 => Ok(Levels::U4),
            8 => Ok(Levels::U8),
            _ => Err(format!("{bits} bits for levels, allowed are 1, 2, 4 and 8")),
        }
    }
}

impl From<Levels> for u8 {
    fn from(levels: Levels) -> u8 {
        match levels {
            Levels::U1 => 1,
            Levels::U2 => 2,
            Levels::U4 => 4,
            Levels::U8 => 8,
        }
    }
}

/// Bits of the weights: one number for all layers, or one for each.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum WeightBits {
    /// The same everywhere.
    All(u8),
    /// First layer to last.
    Each(Vec<u8>),
}

impl Default for WeightBits {
    fn default() -> Self {
        WeightBits::All(8)
    }
}

impl WeightBits {
    /// The weight format of layer `index`; `None` where there is no entry, or none of such bits.
    pub fn of(&self, index: usize) -> Option<WeightFormat> {
        let bits = match self {
            WeightBits::All(bits) => Some(bits),
            WeightBits::Each(bits) => bits.get(index),
        };
        match bits? {
            2 => Some(WeightFormat::I2),
            4 => Some(WeightFormat::I4),
            8 => Some(WeightFormat::I8),
            _ => None,
        }
    }
}

/// Optimiser and schedule.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Training {
    /// Passes over the training images in `f32`.
    pub epochs: u32,
    /// Passes after them with the board's arithmetic in the forward pass (integer networks only).
    pub quantised_epochs: u32,
    /// Images per step.
    pub batch: usize,
    /// Peak learning rate of the `f32` epochs.
    pub learning_rate: f32,
    /// Peak learning rate of the quantised epochs.
    pub quantised_learning_rate: f32,
    /// Decoupled weight decay (AdamW).
    pub weight_decay: f32,
    /// Probability mass moved from the right class to all classes.
    pub label_smoothing: f32,
    /// Decay per step of the averaged weights that are validated and kept; 0: the weights themselves.
    pub averaging: f32,
    /// Price of a hidden activation at its top level, lower ones in proportion, in the quantised epochs of a ReLU network.
    ///
    /// Activations that are zero cost a board nothing.
    pub activity_penalty: f32,
    /// Share of the hidden outputs that are left out of every step of the `f32` epochs at random.
    pub dropout: f32,
    /// Learn the scales of the weights in the quantised epochs; else they stay where the inputs' mean squares want them.
    pub learned_scales: bool,
    /// Pull of every weight to the integer that it is rounded to, in quantised epochs with fixed scales.
    ///
    /// It grows as the learning rate falls; 1 balances a gradient that always points away, half a step from the integer.
    pub damping: f32,
    /// Learn from the validation images, too, once the recipe is chosen; the last epoch is kept then.
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

/// How far training images are varied, anew in every epoch.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Augmentation {
    /// Share of the images that are varied at all.
    pub probability: f32,
    /// Largest rotation either way.
    pub rotation_degrees: f32,
    /// Largest relative change of width and height, each.
    pub scale: f32,
    /// Largest shear, in pixels across per pixel down.
    pub shear: f32,
    /// Largest shift either way, in pixels.
    pub shift_pixels: f32,
    /// Root mean square of a smooth random displacement, in pixels (Simard et al. 2003).
    pub elastic_pixels: f32,
    /// Largest change of the pen's width either way; 1: every pixel becomes the largest, or the smallest, beside it.
    pub pen: f32,
    /// Variations of every image that are shown in turn, epoch by epoch; 0: new ones in every epoch.
    ///
    /// Teachers are asked once about each variation, which makes long trainings of small networks much faster.
    pub variations: u32,
}

impl Default for Augmentation {
    fn default() -> Self {
        Augmentation {
            probability: 0.9,
            rotation_degrees: 10.0,
            scale: 0.1,
            shear: 0.15,
            shift_pixels: 1.0,
            elastic_pixels: 0.0,
            pen: 0.0,
            variations: 0,
        }
    }
}

/// Learning from trained networks, which say how much an image looks like each class (Hinton et al. 2015).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Distillation {
    /// Blobs of any networks for the same pictures and classes, relative to the recipe's folder; their mean counts.
    pub teachers: Vec<PathBuf>,
    /// Both softmaxes are taken at this temperature.
    #[serde(default = "two")]
    pub temperature: f32,
    /// Share of the teachers in the loss; the labels have the rest.
    #[serde(default = "most")]
    pub weight: f32,
}

fn two() -> f32 {
    2.0
}

fn most() -> f32 {
    0.7
}

/// Why a recipe cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum RecipeError {
    /// The file cannot be read.
    #[error("recipe {}: {source}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// The system's reason.
        source: std::io::Error,
    },
    /// Not TOML, an unknown key, or a value of the wrong kind.
    #[error("recipe {}, line {line}: {message}", path.display())]
    Malformed {
        /// The file.
        path: PathBuf,
        /// Line, from 1.
        line: usize,
        /// What is wrong there.
        message: String,
    },
    /// The network's inputs are not the images' pixels.
    #[error("network.shape = {shape}: {inputs} inputs, the images have {pixels} pixels")]
    WrongInputs {
        /// The shape.
        shape: Shape,
        /// Its first width.
        inputs: usize,
        /// Pixels of an image.
        pixels: usize,
    },
    /// The reduction is made for pictures of another size.
    #[error(
        "network.reduction is for pictures of {width} × {height} pixels, the images have {found_width} × {found_height}"
    )]
    WrongPicture {
        /// Width in the recipe.
        width: u16,
        /// Height in the recipe.
        height: u16,
        /// Width of the images.
        found_width: usize,
        /// Height of the images.
        found_height: usize,
    },
    /// The network has fewer outputs than the labels need.
    #[error("network.shape = {shape}: {outputs} outputs, the labels need {classes}")]
    TooFewClasses {
        /// The shape.
        shape: Shape,
        /// Its last width.
        outputs: usize,
        /// Largest label and one.
        classes: usize,
    },
    /// A value outside its range.
    #[error("recipe: {key} = {value}, allowed: {allowed}")]
    Impossible {
        /// Key, with its table.
        key: &'static str,
        /// Value found.
        value: String,
        /// Range in words.
        allowed: &'static str,
    },
}

impl Recipe {
    /// Reads and checks a recipe file.
    ///
    /// # Errors
    ///
    /// A file that cannot be read, unknown keys, values that are impossible.
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

    /// Checks that the network fits the images and labels.
    ///
    /// # Errors
    ///
    /// The shape's first or last width, with what the data needs.
    pub fn check_data(&self, data: &Dataset) -> Result<(), RecipeError> {
        let shape = &self.network.shape;
        let pixels = data.images.width * data.images.height;
        let classes = data.labels.iter().max().map_or(0, |&label| usize::from(label) + 1);
        let (inputs, outputs) = (shape.0[0], shape.0[shape.0.len() - 1]);
        let reduction = self.network.reduction.map(Reduction::from);
        let read = reduction.map_or(inputs, |whole| usize::from(whole.width) * usize::from(whole.height));
        if let Some(whole) = reduction
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

    /// The recipe as one line of TOML-like text, for the blob's provenance.
    pub fn summary(&self) -> String {
        let (network, training) = (&self.network, &self.training);
        let quantised = match network.arithmetic {
            Arithmetic::Integer => format!(" + {} quantised", training.quantised_epochs),
            Arithmetic::F32 => String::new(),
        };
        let views = if network.reduction.is_some_and(|reduction| reduction.views) { " in five views" } else { "" };
        let varied = if self.augmentation.is_some() { ", varied images" } else { "" };
        let taught = if self.distillation.is_some() { ", taught by larger networks" } else { "" };
        let all = if training.all_images { ", validation images included" } else { "" };
        format!("{}: {}{views}, {}{quantised} epochs{varied}{taught}{all}", self.name, network.shape, training.epochs)
    }

    /// Checks that all values are possible.
    ///
    /// # Errors
    ///
    /// The first impossible value, with its range.
    pub fn check(&self) -> Result<(), RecipeError> {
        let impossible = |key, value: String, allowed| Err(RecipeError::Impossible { key, value, allowed });
        let (network, training) = (&self.network, &self.training);
        let layers = network.shape.0.len() - 1;
        let entries = match &network.weights {
            WeightBits::All(_) => layers,
            WeightBits::Each(bits) => bits.len(),
        };
        if entries != layers || (0..layers).any(|index| network.weights.of(index).is_none()) {
            let value = serde_json::to_string(&network.weights).unwrap_or_default();
            return impossible("network.weights", value, "2, 4 or 8, once or per layer");
        }
        if let Some(reduction) = network.reduction {
            if reduction.deslant && !Reduction::from(reduction).can_deslant() {
                let ReductionRecipe { width, height, crop, .. } = reduction;
                let value = format!("true for {width} × {height} pixels with a crop of {crop}");
                let allowed = "up to 100 × 100 pixels with a crop of at least 1: rows move by up to twice the border that is cut off";
                return impossible("network.reduction.deslant", value, allowed);
            }
            if reduction.views && network.arithmetic == Arithmetic::F32 {
                let allowed = "false with network.arithmetic = \"f32\"";
                return impossible("network.reduction.views", "true".into(), allowed);
            }
            let pixels = Reduction::from(reduction).pixels().map(usize::from);
            if pixels != Some(network.shape.0[0]) {
                let found = pixels.map_or("no whole number of".into(), |pixels| pixels.to_string());
                let value = format!("{found} pixels for the shape {}", network.shape);
                return impossible("network.reduction", value, "exactly as many pixels as the shape's first width");
            }
        }
        if training.batch == 0 || training.batch > 60_000 {
            return impossible("training.batch", training.batch.to_string(), "1 to 60000");
        }
        let quantised_epochs = match network.arithmetic {
            Arithmetic::Integer => training.quantised_epochs,
            Arithmetic::F32 => 0,
        };
        if training.epochs.max(quantised_epochs) > 100_000 || training.epochs + quantised_epochs == 0 {
            let value = format!("{} + {quantised_epochs} quantised", training.epochs);
            return impossible("training.epochs", value, "0 to 100000 of each kind, one in all");
        }
        let mut ranges = vec![
            ("training.learning_rate", training.learning_rate, 1e-7, 1.0, "0.0000001 to 1"),
            ("training.quantised_learning_rate", training.quantised_learning_rate, 1e-7, 1.0, "0.0000001 to 1"),
            ("training.weight_decay", training.weight_decay, 0.0, 1.0, "0 to 1"),
            ("training.label_smoothing", training.label_smoothing, 0.0, 0.5, "0 to 0.5"),
            ("training.averaging", training.averaging, 0.0, 0.999_999, "0 to 0.999999"),
            ("training.activity_penalty", training.activity_penalty, 0.0, 1.0, "0 to 1"),
            ("training.dropout", training.dropout, 0.0, 0.9, "0 to 0.9"),
            ("training.damping", training.damping, 0.0, 100.0, "0 to 100"),
        ];
        if training.dropout > 0.0 && network.activation == Activation::Sigmoid {
            return impossible("training.dropout", training.dropout.to_string(), "0 with network.activation = sigmoid");
        }
        if training.damping > 0.0 && training.learned_scales {
            return impossible(
                "training.damping",
                training.damping.to_string(),
                "0 with training.learned_scales = true",
            );
        }
        if let Some(distillation) = &self.distillation {
            if distillation.teachers.is_empty() {
                return impossible("distillation.teachers", "[]".into(), "at least one blob");
            }
            ranges.extend([
                ("distillation.temperature", distillation.temperature, 0.1, 100.0, "0.1 to 100"),
                ("distillation.weight", distillation.weight, 0.0, 1.0, "0 to 1"),
            ]);
        }
        if let Some(augmentation) = &self.augmentation {
            ranges.extend([
                ("augmentation.probability", augmentation.probability, 0.0, 1.0, "0 to 1"),
                ("augmentation.rotation_degrees", augmentation.rotation_degrees, 0.0, 180.0, "0 to 180"),
                ("augmentation.scale", augmentation.scale, 0.0, 0.5, "0 to 0.5"),
                ("augmentation.shear", augmentation.shear, 0.0, 1.0, "0 to 1"),
                ("augmentation.shift_pixels", augmentation.shift_pixels, 0.0, 14.0, "0 to 14"),
                ("augmentation.elastic_pixels", augmentation.elastic_pixels, 0.0, 5.0, "0 to 5"),
                ("augmentation.pen", augmentation.pen, 0.0, 1.0, "0 to 1"),
            ]);
            if augmentation.variations > 10_000 {
                return impossible("augmentation.variations", augmentation.variations.to_string(), "0 to 10000");
            }
        }
        for (key, value, least, most, allowed) in ranges {
            if !(least..=most).contains(&value) {
                return impossible(key, value.to_string(), allowed);
            }
        }
        Ok(())
    }
}
