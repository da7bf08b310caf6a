//! What layers are given to do: how many of their inputs are not zero, and how these lie.

use sinapse::Description;
use sinapse::element::ElementFormat;

use crate::model::{LayerInput, Model};

/// Inputs of a layer: means over images.
#[derive(Clone, Copy, Debug, Default, PartialEq, serde::Serialize)]
pub struct Activity {
    /// All inputs.
    pub inputs: f64,
    /// Those that are not zero.
    pub nonzero: f64,
    /// Those at the top level, which are among them.
    pub tops: f64,
    /// Sum of the levels.
    pub levels: f64,
    /// Fours of neighbours, from the first, that are not all zero.
    pub words: f64,
    /// Sixteens of neighbours, from the first, that are not all zero.
    pub rows: f64,
    /// Pairs, the first and third and the second and fourth of four, that are not both zero.
    pub pairs: f64,
}

impl Activity {
    /// Of one image's levels, whose top level is `top`.
    pub fn of(levels: &[u8], top: u8) -> Activity {
        let any = |levels: &[u8]| levels.iter().any(|&level| level > 0);
        let count = |size: usize| levels.chunks(size).filter(|part| any(part)).count() as f64;
        let pair = |word: &[u8], first: usize| word.iter().skip(first).step_by(2).any(|&level| level > 0);
        let pairs = levels.chunks(4).map(|word| usize::from(pair(word, 0)) + usize::from(pair(word, 1)));
        Activity {
            inputs: levels.len() as f64,
            nonzero: count(1),
            tops: levels.iter().filter(|&&level| level == top && top > 0).count() as f64,
            levels: levels.iter().map(|&level| f64::from(level)).sum(),
            words: count(4),
            rows: count(16),
            pairs: pairs.sum::<usize>() as f64,
        }
    }

    /// All inputs at the top level.
    pub fn full(inputs: usize, format: ElementFormat) -> Activity {
        Activity::of(&vec![format.top_level().max(1); inputs], format.top_level())
    }

    /// `nonzero` inputs here and there, at half of the top level.
    pub fn scattered(inputs: usize, nonzero: f64, format: ElementFormat) -> Activity {
        let count = inputs as f64;
        let zero = 1.0 - (nonzero / count.max(1.0)).clamp(0.0, 1.0);
        let parts = |size: usize| inputs.div_ceil(size) as f64 * (1.0 - zero.powi(size as i32));
        let top = f64::from(format.top_level());
        Activity {
            inputs: count,
            nonzero,
            tops: if top > 0.0 { nonzero / top } else { 0.0 },
            levels: nonzero * (top + 1.0) / 2.0,
            words: parts(4),
            rows: parts(16),
            pairs: parts(2),
        }
    }

    /// Adds another image's, or with a factor, a share of it.
    fn add(&mut self, other: &Activity, factor: f64) {
        self.inputs += factor * other.inputs;
        self.nonzero += factor * other.nonzero;
        self.tops += factor * other.tops;
        self.levels += factor * other.levels;
        self.words += factor * other.words;
        self.rows += factor * other.rows;
        self.pairs += factor * other.pairs;
    }

    /// The mean of several.
    pub fn mean(all: &[Activity]) -> Activity {
        let mut mean = Activity::default();
        all.iter().for_each(|one| mean.add(one, 1.0 / all.len() as f64));
        mean
    }
}

/// Activities of a model's layers, as means over images, `[images][pixels]`.
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

/// Activities of a model's layers for one image; of several views, the first counts for all.
fn of_image(model: &Model<'_>, image: &[u8]) -> Vec<Activity> {
    let mut all = Vec::with_capacity(model.layers.len());
    model.observe_inputs(image, |input| {
        all.push(match input {
            LayerInput::Levels(levels) => Activity::of(levels, model.layers[all.len()].input.top_level()),
            LayerInput::F32(values) => {
                let levels: Vec<u8> = values.iter().map(|&value| u8::from(value != 0.0)).collect();
                Activity::of(&levels, 0)
            }
        });
    });
    all
}

/// Activities of layers whose inputs are all at the top level.
pub fn full(description: &Description) -> Vec<Activity> {
    let layer = |index| Activity::full(description.inputs_of(index), description.input_of(index));
    (0..description.layers().len()).map(layer).collect()
}

/// The most that an image can cost: no input is zero, and none at the top level, where some kernels need no multiplication.
pub fn most(description: &Description) -> Vec<Activity> {
    full(description).into_iter().map(|layer| Activity { tops: 0.0, ..layer }).collect()
}

/// Activities before a network is trained: those of the first layer are known, of the others half are zero.
pub fn guess(description: &Description, first: Activity) -> Vec<Activity> {
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
        let activity = Activity::of(&levels, 15);
        let expected =
            Activity { inputs: 40.0, nonzero: 3.0, tops: 2.0, levels: 33.0, words: 2.0, rows: 2.0, pairs: 2.0 };
        assert_eq!(activity, expected);
        let mean = Activity::mean(&[activity, Activity::of(&[0; 40], 15)]);
        assert_eq!((mean.inputs, mean.nonzero, mean.pairs), (40.0, 1.5, 1.0));
    }

    #[test]
    fn scattered_inputs_that_are_all_there_are_full() {
        let (scattered, full) =
            (Activity::scattered(32, 32.0, ElementFormat::U4), Activity::full(32, ElementFormat::U4));
        assert_eq!((scattered.words, scattered.rows, scattered.pairs), (full.words, full.rows, full.pairs));
        assert_eq!(Activity::scattered(32, 0.0, ElementFormat::U4).rows, 0.0);
    }
}
