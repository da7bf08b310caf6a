//! The images of a training, block by block: varied, reduced, listed, and judged by teachers.

use rand::seq::SliceRandom;
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rayon::prelude::*;
use sinapse::description::Reduction;
use sinapse::element::ElementFormat;
use sinapse::reduce::reduce;

use super::augment::Augmenter;
use super::variation_cache::{Block, Memory, Sizes};
use crate::input::Dataset;
use crate::recipe::{Arithmetic, Recipe};
use crate::train::pass::{BLOCK, Input};
use crate::train::task::Task;
use crate::train::teacher::{Opinion, Teachers};

/// Batches are prepared ahead in groups of about this many images, so that all threads have something to do.
const AHEAD: usize = 2_048;

/// Prepares images.
pub struct Supply<'a> {
    recipe: &'a Recipe,
    training: &'a Dataset,
    teachers: &'a Teachers,
    memory: Memory,
    /// What the network reads of the images of each block, `[images][inputs]`; empty where all were remembered.
    fresh: Vec<Vec<u8>>,
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
    augmenter: Augmenter,
    whole: Vec<u8>,
    opinion: Opinion,
}

impl<'a> Supply<'a> {
    /// For a training.
    pub fn new(task: Task<'a>) -> Self {
        let Task { recipe, training, teachers, .. } = task;
        let augmentation = recipe.augmentation.as_ref();
        let as_they_are = augmentation.is_none() && recipe.network.reduction.is_none();
        let memory = Memory::new(Sizes {
            images: training.images.count,
            variations: augmentation.map_or(1, |augmentation| augmentation.variations as usize),
            inputs: if as_they_are { 0 } else { recipe.network.shape.0[0] },
            classes: teachers.classes().unwrap_or(0),
        });
        Supply { recipe, training, teachers, memory, fresh: Vec::new() }
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
        let width = self.recipe.network.shape.0[0];
        let scratch = || Scratch {
            augmenter: Augmenter::new(images.width, images.height),
            whole: Vec::new(),
            opinion: Opinion::default(),
        };
        let mut fresh = std::mem::take(&mut self.fresh);
        fresh.resize_with(blocks.len(), Vec::new);
        let this = &*self;
        inputs.par_iter_mut().zip(&mut fresh).zip(&blocks).for_each_init(
            scratch,
            |scratch, ((input, fresh), chosen)| {
                let known = this.memory.block(epoch.variation, chosen);
                fresh.clear();
                input.by_image.clear();
                input.labels.clear();
                input.labels.extend(chosen.iter().map(|&index| this.training.labels[index as usize]));
                match known.and_then(Block::pictures) {
                    Some(pictures) => pictures.for_each(|picture| input.by_image.list(picture, values)),
                    None => {
                        this.vary(chosen, variation_seed, scratch, fresh);
                        fresh.chunks_exact(width).for_each(|picture| input.by_image.list(picture, values));
                    }
                }
                input.by_image.transpose(width, &mut input.by_input);
                this.ask_teachers(chosen, known, scratch, &mut input.targets);
            },
        );
        if epoch.recurring {
            for ((chosen, fresh), input) in blocks.iter().zip(&fresh).zip(inputs) {
                if self.memory.block(epoch.variation, chosen).is_none() {
                    self.memory.keep(epoch.variation, chosen, fresh, &input.targets);
                }
            }
        }
        self.fresh = fresh;
    }

    /// Varies images and reduces them: whole ones to the scratch, what the network reads to `fresh`.
    fn vary(&self, chosen: &[u32], seed: u64, scratch: &mut Scratch, fresh: &mut Vec<u8>) {
        let images = &self.training.images;
        let pixels = images.width * images.height;
        let inputs = self.recipe.network.shape.0[0];
        scratch.whole.resize(chosen.len() * pixels, 0);
        for (&index, whole) in chosen.iter().zip(scratch.whole.chunks_exact_mut(pixels)) {
            let image = &images.pixels[index as usize * pixels..][..pixels];
            match &self.recipe.augmentation {
                None => whole.copy_from_slice(image),
                Some(augmentation) => {
                    let mut rng = ChaCha8Rng::seed_from_u64(seed);
                    rng.set_stream(u64::from(index));
                    scratch.augmenter.vary(augmentation, &mut rng, image, whole);
                }
            }
        }
        match self.recipe.network.reduction.map(Reduction::from) {
            None => fresh.extend_from_slice(&scratch.whole),
            Some(reduction) => {
                fresh.resize(chosen.len() * inputs, 0);
                let rows = scratch.whole.chunks_exact(pixels).zip(fresh.chunks_exact_mut(inputs));
                rows.for_each(|(whole, reduced)| reduce(whole, &reduction, reduced));
            }
        }
    }

    fn ask_teachers(&self, chosen: &[u32], known: Option<Block<'_>>, scratch: &mut Scratch, targets: &mut Vec<f32>) {
        targets.clear();
        match known {
            Some(known) => targets.extend(known.opinions().flatten()),
            None => self.teachers.judge(&scratch.whole, chosen.len(), &mut scratch.opinion, targets),
        }
    }
}
