//! The images of a training, block by block: varied, reduced, listed, and judged by teachers.

use std::collections::HashMap;

use rand::seq::SliceRandom;
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rayon::prelude::*;
use sinapse::description::Reduction;
use sinapse::element::ElementFormat;
use sinapse::reduce::reduce;

use super::Task;
use super::augment::Varier;
use super::pass::{BLOCK, Input};
use super::teacher::{Opinion, Teachers};
use crate::data::Dataset;
use crate::recipe::{Arithmetic, Recipe};

/// Batches are prepared ahead in groups of about this many images, so that all threads have something to do.
const AHEAD: usize = 2_048;

/// Prepares images.
pub struct Supply<'a> {
    recipe: &'a Recipe,
    training: &'a Dataset,
    teachers: &'a Teachers,
    /// What teachers say about variation `v` of every image, `[images][classes]`, where variations come again.
    opinions: HashMap<u32, Vec<f32>>,
}

/// One pass over the training images.
pub struct Epoch {
    /// Images in random order, whole batches.
    pub order: Vec<u32>,
    /// Images of a batch.
    pub batch: usize,
    /// Which variation of the images is shown.
    variation: u32,
    /// Whether variations come again in later epochs.
    recurring: bool,
}

/// Buffers of one thread.
struct Scratch {
    varier: Varier,
    whole: Vec<u8>,
    reduced: Vec<u8>,
    opinion: Opinion,
}

impl<'a> Supply<'a> {
    /// For a training.
    pub fn new(task: Task<'a>) -> Self {
        Supply { recipe: task.recipe, training: task.training, teachers: task.teachers, opinions: HashMap::new() }
    }

    /// The order of an epoch: it depends on seed and epoch alone.
    pub fn epoch(&self, epoch: u32) -> Epoch {
        let count = self.training.images.count;
        let batch = self.recipe.training.batch.min(count);
        let mut rng = ChaCha8Rng::seed_from_u64(self.recipe.seed);
        rng.set_stream(u64::from(epoch) + 1);
        let mut order: Vec<u32> = (0..count as u32).collect();
        order.shuffle(&mut rng);
        order.truncate(count / batch * batch);
        let (variation, recurring) = match &self.recipe.augmentation {
            None => (0, true),
            Some(augmentation) if augmentation.variations > 0 => (epoch % augmentation.variations, true),
            Some(_) => (epoch, false),
        };
        Epoch { order, batch, variation, recurring }
    }

    /// Batches of an epoch that are prepared together.
    pub fn groups(epoch: &Epoch) -> impl Iterator<Item = &[u32]> {
        epoch.order.chunks(epoch.batch * AHEAD.div_ceil(epoch.batch))
    }

    /// What the pixels are worth to the first layer.
    pub fn pixel_values(recipe: &Recipe, quantised: bool) -> [f32; 256] {
        let format: ElementFormat = recipe.network.input.into();
        let top = f32::from(format.top_level());
        std::array::from_fn(|pixel| match (recipe.network.arithmetic, quantised) {
            (Arithmetic::F32, _) => pixel as f32 / 255.0,
            (Arithmetic::Integer, true) => f32::from(format.level_of_pixel(pixel as u8)),
            (Arithmetic::Integer, false) => f32::from(format.level_of_pixel(pixel as u8)) / top,
        })
    }

    /// Prepares a group of batches: the blocks of each batch, one after the other.
    ///
    /// A variation depends on the seed, its number and the image alone.
    pub fn prepare(&mut self, epoch: &Epoch, group: &[u32], values: &[f32; 256], inputs: &mut Vec<Input>) {
        let blocks: Vec<&[u32]> = group.chunks(epoch.batch).flat_map(|batch| batch.chunks(BLOCK)).collect();
        inputs.resize_with(blocks.len(), Input::default);
        let variation_seed = {
            let mut rng = ChaCha8Rng::seed_from_u64(self.recipe.seed);
            rng.set_stream(1 << 32 | u64::from(epoch.variation));
            rng.next_u64()
        };
        let images = &self.training.images;
        let known = self.opinions.get(&epoch.variation).map(Vec::as_slice);
        let scratch = || Scratch {
            varier: Varier::new(images.width, images.height),
            whole: Vec::new(),
            reduced: Vec::new(),
            opinion: Opinion::default(),
        };
        let this = &*self;
        inputs.par_iter_mut().zip(&blocks).for_each_init(scratch, |scratch, (input, chosen)| {
            this.block(chosen, variation_seed, values, scratch, input);
            this.ask_teachers(chosen, known, scratch, input);
        });
        self.remember(epoch, &blocks, inputs);
    }

    fn block(&self, chosen: &[u32], seed: u64, values: &[f32; 256], scratch: &mut Scratch, input: &mut Input) {
        let images = &self.training.images;
        let pixels = images.width * images.height;
        let inputs = self.recipe.network.shape.0[0];
        scratch.whole.resize(chosen.len() * pixels, 0);
        scratch.reduced.resize(inputs, 0);
        input.by_image.clear();
        input.labels.clear();
        for (&index, whole) in chosen.iter().zip(scratch.whole.chunks_exact_mut(pixels)) {
            let image = &images.pixels[index as usize * pixels..][..pixels];
            match &self.recipe.augmentation {
                None => whole.copy_from_slice(image),
                Some(augmentation) => {
                    let mut rng = ChaCha8Rng::seed_from_u64(seed);
                    rng.set_stream(u64::from(index));
                    scratch.varier.vary(augmentation, &mut rng, image, whole);
                }
            }
            match self.recipe.network.reduction.map(Reduction::from) {
                Some(reduction) => {
                    reduce(whole, &reduction, &mut scratch.reduced);
                    input.by_image.list(&scratch.reduced, values);
                }
                None => input.by_image.list(whole, values),
            }
            input.labels.push(self.training.labels[index as usize]);
        }
        input.by_image.transpose(inputs, &mut input.by_input);
    }

    fn ask_teachers(&self, chosen: &[u32], known: Option<&[f32]>, scratch: &mut Scratch, input: &mut Input) {
        input.targets.clear();
        let Some(classes) = self.teachers.classes() else { return };
        let of_image = |&index: &u32| known.map(|known| &known[index as usize * classes..][..classes]);
        input.targets.extend(chosen.iter().filter_map(of_image).flatten());
        if input.targets.len() < chosen.len() * classes || input.targets.iter().any(|target| target.is_nan()) {
            input.targets.clear();
            self.teachers.judge(&scratch.whole, chosen.len(), &mut scratch.opinion, &mut input.targets);
        }
    }

    /// Keeps what teachers have said about a variation that comes again; what they have not been asked is no number.
    fn remember(&mut self, epoch: &Epoch, blocks: &[&[u32]], inputs: &[Input]) {
        let Some(classes) = self.teachers.classes().filter(|_| epoch.recurring) else { return };
        let count = self.training.images.count;
        let opinions = self.opinions.entry(epoch.variation).or_insert_with(|| vec![f32::NAN; count * classes]);
        for (chosen, input) in blocks.iter().zip(inputs) {
            for (&index, targets) in chosen.iter().zip(input.targets.chunks_exact(classes)) {
                opinions[index as usize * classes..][..classes].copy_from_slice(targets);
            }
        }
    }
}
