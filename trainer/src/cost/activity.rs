//! Layer activity: how many inputs of a layer are nonzero, and how they are distributed.

use sinapse::Description;
use sinapse::format::ElementFormat;

use crate::model::{LayerInput, Model};

/// Inputs of a layer, as means over images.
#[derive(Clone, Copy, Debug, Default, PartialEq, serde::Serialize)]
pub struct Activity {
    /// Number of inputs.
    pub inputs: f64,
    /// Nonzero inputs.
    pub nonzero: f64,
    /// Inputs at the maximum level, which are nonzero too.
    #[serde(rename = "tops")]
    pub saturated: f64,
    /// Sum of the levels.
    pub levels: f64,
    /// Aligned groups of four neighbours with a nonzero input.
    pub words: f64,
    /// Aligned groups of sixteen neighbours with a nonzero input.
    pub rows: f64,
    /// Pairs with a nonzero input: the first and third, and the second and fourth, of each group of four.
    pub pairs: f64,
}

impl Activity {
    /// Counts the levels of one image, whose maximum is `max_level`.
    pub fn new(levels: &[u8], max_level: u8) -> Activity {
        let any = |levels: &[u8]| levels.iter().any(|&level| level > 0);
        let count = |size: usize| levels.chunks(size).filter(|part| any(part)).count() as f64;
        let pair = |word: &[u8], first: usize| word.iter().skip(first).step_by(2).any(|&level| level > 0);
        let pairs = levels.chunks(4).map(|word| usize::from(pair(word, 0)) + usize::from(pair(word, 1)));
        Activity {
            inputs: levels.len() as f64,
            nonzero: count(1),
            saturated: levels.iter().filter(|&&level| level == max_level && max_level > 0).count() as f64,
            levels: levels.iter().map(|&level| f64::from(level)).sum(),
            words: count(4),
            rows: count(16),
            pairs: pairs.sum::<usize>() as f64,
        }
    }

    /// All inputs at the maximum level.
    pub fn full(inputs: usize, format: ElementFormat) -> Activity {
        Activity::new(&vec![format.max_level().max(1); inputs], format.max_level())
    }

    /// `nonzero` inputs, scattered at random, with uniformly distributed levels.
    pub fn scattered(inputs: usize, nonzero: f64, format: ElementFormat) -> Activity {
        let count = inputs as f64;
        let zero = 1.0 - (nonzero / count.max(1.0)).clamp(0.0, 1.0);
        let parts = |size: usize| inputs.div_ceil(size) as f64 * (1.0 - zero.powi(size as i32));
        let max_level = f64::from(format.max_level());
        Activity {
            inputs: count,
            nonzero,
            saturated: if max_level > 0.0 { nonzero / max_level } else { 0.0 },
            levels: nonzero * (max_level + 1.0) / 2.0,
            words: parts(4),
            rows: parts(16),
            pairs: parts(2),
        }
    }

    /// Adds the activity of another image, scaled by a factor.
    fn add(&mut self, other: &Activity, factor: f64) {
        self.inputs += factor * other.inputs;
        self.nonzero += factor * other.nonzero;
        self.saturated += factor * other.saturated;
        self.levels += factor * other.levels;
        self.words += factor * other.words;
        self.rows += factor * other.rows;
        self.pairs += factor * other.pairs;
    }

    /// Returns the mean of several activities.
    pub fn mean(all: &[Activity]) -> Activity {
        let mut mean = Activity::default();
        all.iter().for_each(|one| mean.add(one, 1.0 / all.len() as f64));
        mean
    }
}

/// Mean activities of a model's layers over images, `[images][pixels]`.
pub fn activities(model: &Model<'_>, images: &[u8]) -> Vec<Activity> {
    let pixels = model.description.picture_pixels().max(1);
    let count = (images.len() / pixels).max(1) as f64;
    let mut means = vec![Activity::default(); model.layers.len()];
    for image in images.chunks_exact(pixels) {
        for (mean, one) in means.iter_mut().zip(of_image(model, image)) {
            mean.add(&one, 1.0 / count);
        }
    }
    means
}

/// Activities of a model's layers for one image; the first pass of a shift ensemble stands for all.
fn of_image(model: &Model<'_>, image: &[u8]) -> Vec<Activity> {
    let mut all = Vec::with_capacity(model.layers.len());
    model.observe_inputs(image, |input| {
        all.push(match input {
            LayerInput::Levels(levels) => Activity::new(levels, model.layers[all.len()].input.max_level()),
            LayerInput::F32(values) => {
                let levels: Vec<u8> = values.iter().map(|&value| u8::from(value != 0.0)).collect();
                Activity::new(&levels, 0)
            }
        });
    });
    all
}

/// Activities with every input at the maximum level.
pub fn full(description: &Description) -> Vec<Activity> {
    let layer = |index| Activity::full(description.inputs_of(index), description.input_of(index));
    (0..description.layers().len()).map(layer).collect()
}

/// Worst case of an image: no input is zero, nor at the maximum level, where some kernels save the multiplication.
pub fn worst_case(description: &Description) -> Vec<Activity> {
    full(description).into_iter().map(|layer| Activity { saturated: 0.0, ..layer }).collect()
}

/// Estimate before training: the first layer's activity is known, and half of the other layers' inputs are zero.
pub fn estimate(description: &Description, first: Activity) -> Vec<Activity> {
    let hidden = |index| {
        let inputs = description.inputs_of(index);
        Activity::scattered(inputs, inputs as f64 / 2.0, description.input_of(index))
    };
    std::iter::once(first).chain((1..description.layers().len()).map(hidden)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn inputs_are_counted_one_by_one_and_by_two_four_and_sixteen() {
        let mut levels = [0; 40];
        (levels[0], levels[2], levels[33]) = (15, 3, 15);
        let activity = Activity::new(&levels, 15);
        let expected =
            Activity { inputs: 40.0, nonzero: 3.0, saturated: 2.0, levels: 33.0, words: 2.0, rows: 2.0, pairs: 2.0 };
        assert_eq!(activity, expected);
        let mean = Activity::mean(&[activity, Activity::new(&[0; 40], 15)]);
        assert_eq!((mean.inputs, mean.nonzero, mean.pairs), (40.0, 1.5, 1.0));
    }

    #[test]
    fn scattered_activity_without_zeros_is_full() {
        let (scattered, full) =
            (Activity::scattered(32, 32.0, ElementFormat::U4), Activity::full(32, ElementFormat::U4));
        assert_eq!((scattered.words, scattered.rows, scattered.pairs), (full.words, full.rows, full.pairs));
        assert_eq!(Activity::scattered(32, 0.0, ElementFormat::U4).rows, 0.0);
    }
}
