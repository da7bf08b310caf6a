//! Search space: shapes, number formats and preprocessing for pictures of one size.

use std::collections::HashMap;

use rand::RngExt;
use rand::seq::IndexedRandom;
use rand_chacha::ChaCha8Rng;
use sinapse::format::{ElementFormat, Preprocessing};
use sinapse::picture::downscale::{Downscaling, downscale};

use crate::cost::Activity;
use crate::input::Dataset;
use crate::recipe::{
    ActivationBits, Arithmetic, NetworkRecipe, PreprocessingRecipe, Recipe, ScaleRecipe, Shape, WeightBits,
};

/// Widths of hidden layers: mostly whole words of 4-bit columns.
const WIDTHS: [usize; 14] = [8, 12, 16, 20, 24, 32, 40, 48, 64, 80, 96, 128, 160, 192];
/// Largest number of hidden layers.
const MAX_HIDDEN: usize = 3;
/// Bits of weights.
const WEIGHT_BITS: [u8; 3] = [2, 4, 8];
/// Bits of activations.
const ACTIVATION_BITS: [ActivationBits; 3] = [ActivationBits::U2, ActivationBits::U4, ActivationBits::U8];
/// Smallest width and height after downscaling.
const MIN_SIDE: u16 = 4;
/// Number of images for activity counts.
const SAMPLE: usize = 500;

/// The networks that can be tried on a data set.
#[derive(Clone, Debug)]
pub struct Space {
    pixels: usize,
    classes: usize,
    reductions: Vec<Option<PreprocessingRecipe>>,
    /// Activity of the first layer, by preprocessing and input bits.
    activities: HashMap<(usize, u8), Activity>,
}

/// A network of the search space.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Candidate {
    /// Index of the preprocessing.
    reduction: usize,
    input: ActivationBits,
    hidden: Vec<usize>,
    /// Bits of each layer's weights.
    weights: Vec<u8>,
    activations: ActivationBits,
}

impl Space {
    /// Builds the search space for these training images.
    pub fn new(data: &Dataset) -> Space {
        let (width, height) = (data.images.width as u16, data.images.height as u16);
        let classes = data.labels.iter().max().map_or(1, |&label| usize::from(label) + 1);
        let mut reductions = vec![None];
        for scale in [ScaleRecipe::One, ScaleRecipe::TwoThirds, ScaleRecipe::Half, ScaleRecipe::Third] {
            // Cropping more than a seventh of a side would remove more than a border.
            for crop in 0..=(width.min(height) / 7) as u8 {
                for deslant in [false, true] {
                    let recipe = PreprocessingRecipe { width, height, crop, scale, deslant, views: false };
                    let preprocessing = Preprocessing::from(recipe);
                    let side =
                        |side| preprocessing.downscale().1.scaled(side, crop).is_some_and(|side| side >= MIN_SIDE);
                    if !preprocessing.steps().is_empty()
                        && side(width)
                        && side(height)
                        && preprocessing.pixels().is_some()
                    {
                        reductions.push(Some(recipe));
                    }
                }
            }
        }
        let mut space =
            Space { pixels: data.images.width * data.images.height, classes, reductions, activities: HashMap::new() };
        space.count_activities(data);
        space
    }

    fn count_activities(&mut self, data: &Dataset) {
        let images = || data.images.pixels.chunks_exact(self.pixels).take(SAMPLE);
        for (index, reduction) in self.reductions.iter().enumerate() {
            let downscaled: Vec<Vec<u8>> = images()
                .map(|image| {
                    let Some(recipe) = reduction else { return image.to_vec() };
                    let preprocessing = Preprocessing::from(*recipe);
                    let mut out = vec![0; preprocessing.pixels().map_or(0, usize::from)];
                    downscale(image, &Downscaling::new(&preprocessing), &mut out);
                    out
                })
                .collect();
            for bits in ACTIVATION_BITS {
                let (format, levels_bits) = (ElementFormat::from(bits), bits.into());
                let levels =
                    |image: &Vec<u8>| image.iter().map(|&pixel| format.level_of_pixel(pixel)).collect::<Vec<_>>();
                let all: Vec<Activity> =
                    downscaled.iter().map(|image| Activity::new(&levels(image), format.max_level())).collect();
                self.activities.insert((index, levels_bits), Activity::mean(&all));
            }
        }
    }

    /// Samples a network at random.
    pub fn sample(&self, rng: &mut ChaCha8Rng) -> Candidate {
        let hidden: Vec<usize> = (0..rng.random_range(1..=MAX_HIDDEN)).map(|_| pick(&WIDTHS, rng)).collect();
        let weights = vec![pick(&WEIGHT_BITS, rng); hidden.len() + 1];
        Candidate {
            reduction: rng.random_range(0..self.reductions.len()),
            input: pick(&ACTIVATION_BITS, rng),
            hidden,
            weights,
            activations: pick(&ACTIVATION_BITS, rng),
        }
    }

    /// Mutates one or two properties of `parent`.
    pub fn mutate(&self, parent: &Candidate, rng: &mut ChaCha8Rng) -> Candidate {
        let mut child = parent.clone();
        for _ in 0..rng.random_range(1..=2) {
            match rng.random_range(0..8) {
                0 => child.reduction = rng.random_range(0..self.reductions.len()),
                1 => child.input = pick(&ACTIVATION_BITS, rng),
                2 => child.activations = pick(&ACTIVATION_BITS, rng),
                3 => {
                    let layer = rng.random_range(0..child.weights.len());
                    child.weights[layer] = pick(&WEIGHT_BITS, rng);
                }
                4 if child.hidden.len() < MAX_HIDDEN => {
                    let layer = rng.random_range(0..=child.hidden.len());
                    child.hidden.insert(layer, pick(&WIDTHS, rng));
                    child.weights.insert(layer, child.weights[layer]);
                }
                5 if child.hidden.len() > 1 => {
                    let layer = rng.random_range(0..child.hidden.len());
                    child.hidden.remove(layer);
                    child.weights.remove(layer);
                }
                _ => {
                    let layer = rng.random_range(0..child.hidden.len());
                    let at = WIDTHS.iter().position(|&width| width >= child.hidden[layer]).unwrap_or(0);
                    let near = at.saturating_sub(2)..(at + 3).min(WIDTHS.len());
                    child.hidden[layer] = WIDTHS[rng.random_range(near)];
                }
            }
        }
        child
    }

    /// Recipe of a candidate: `base` with this network.
    pub fn recipe(&self, base: &Recipe, candidate: &Candidate) -> Recipe {
        let reduction = self.reductions[candidate.reduction];
        let inputs = reduction.and_then(|recipe| Preprocessing::from(recipe).pixels()).map_or(self.pixels, usize::from);
        let widths = std::iter::once(inputs).chain(candidate.hidden.iter().copied()).chain([self.classes]);
        let network = NetworkRecipe {
            shape: Shape(widths.collect()),
            arithmetic: Arithmetic::Integer,
            reduction,
            input: candidate.input,
            weights: WeightBits::Each(candidate.weights.clone()),
            activations: candidate.activations,
            ..base.network.clone()
        };
        Recipe { name: "trial".into(), network, ..base.clone() }
    }

    /// Candidate of a recipe; `None` if the recipe is outside this space.
    pub fn candidate(&self, recipe: &Recipe) -> Option<Candidate> {
        let network = &recipe.network;
        let widths = &network.shape.0;
        let layers = widths.len() - 1;
        let weights = match &network.weights {
            WeightBits::All(bits) => vec![*bits; layers],
            WeightBits::Each(bits) => bits.clone(),
        };
        let reduction = self.reductions.iter().position(|reduction| *reduction == network.reduction)?;
        let hidden = widths[1..layers].to_vec();
        (!hidden.is_empty() && weights.len() == layers).then_some(Candidate {
            reduction,
            input: network.input,
            hidden,
            weights,
            activations: network.activations,
        })
    }

    /// Activity of a candidate's first layer.
    pub fn activity(&self, candidate: &Candidate) -> Activity {
        self.activities.get(&(candidate.reduction, candidate.input.into())).copied().unwrap_or_default()
    }
}

fn pick<T: Copy>(of: &[T], rng: &mut ChaCha8Rng) -> T {
    *of.choose(rng).expect("the lists of this file are not empty")
}
