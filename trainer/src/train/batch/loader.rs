//! Data loader: augments, preprocesses and blocks the training images, with soft targets.

use rand::seq::SliceRandom;
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rayon::prelude::*;
use sinapse::format::{ElementFormat, Preprocessing};
use sinapse::picture::downscale::{Downscaling, downscale};

use super::augment::Augmenter;
use super::variation_cache::{CachedBlock, Sizes, VariationCache};
use crate::input::Dataset;
use crate::recipe::{Arithmetic, Recipe};
use crate::train::pass::{BLOCK, InputBlock};
use crate::train::task::Task;
use crate::train::teacher::{TeacherScratch, Teachers};

/// Batches are prepared in groups of about this many images, enough to occupy all threads.
const AHEAD: usize = 2_048;

/// Prepares batches of training images.
pub struct DataLoader<'a> {
    recipe: &'a Recipe,
    training: &'a Dataset,
    teachers: &'a Teachers,
    cache: VariationCache,
    /// Network inputs of each block, `[images][inputs]`; empty if the whole block was cached.
    pictures: Vec<Vec<u8>>,
}

/// Order and augmentation of one epoch.
pub struct EpochPlan {
    /// Image indices in random order, whole batches only.
    pub order: Vec<u32>,
    /// Images per batch.
    pub batch: usize,
    /// Index of the variation of each image.
    variation: u32,
    /// Whether later epochs show the variation again.
    recurring: bool,
}

/// Buffers of one thread.
struct Buffers {
    augmenter: Augmenter,
    augmented: Vec<u8>,
    teacher: TeacherScratch,
}

impl<'a> DataLoader<'a> {
    /// Creates the loader of a training.
    pub fn new(task: Task<'a>) -> Self {
        let Task { recipe, training, teachers, .. } = task;
        let augmentation = recipe.augmentation.as_ref();
        let unchanged = augmentation.is_none() && recipe.network.reduction.is_none();
        let cache = VariationCache::new(Sizes {
            images: training.images.count,
            variations: augmentation.map_or(1, |augmentation| augmentation.variations as usize),
            inputs: if unchanged { 0 } else { recipe.network.shape.0[0] },
            classes: teachers.classes().unwrap_or(0),
        });
        DataLoader { recipe, training, teachers, cache, pictures: Vec::new() }
    }

    /// Plans an epoch, which depends only on the seed and its number.
    pub fn epoch(&self, epoch: u32) -> EpochPlan {
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
        EpochPlan { order, batch, variation, recurring }
    }

    /// Groups of batches that are prepared together.
    pub fn groups(epoch: &EpochPlan) -> impl Iterator<Item = &[u32]> {
        epoch.order.chunks(epoch.batch * AHEAD.div_ceil(epoch.batch))
    }

    /// First-layer input value of each pixel value.
    pub fn pixel_values(recipe: &Recipe, quantised: bool) -> [f32; 256] {
        let format: ElementFormat = recipe.network.input.into();
        let max_level = f32::from(format.max_level());
        std::array::from_fn(|pixel| match (recipe.network.arithmetic, quantised) {
            (Arithmetic::F32, _) => pixel as f32 / 255.0,
            (Arithmetic::Integer, true) => f32::from(format.level_of_pixel(pixel as u8)),
            (Arithmetic::Integer, false) => f32::from(format.level_of_pixel(pixel as u8)) / max_level,
        })
    }

    /// Prepares a group of batches: the blocks of each batch, one after the other.
    ///
    /// A variation depends only on the seed, its index and the image.
    pub fn prepare(&mut self, epoch: &EpochPlan, group: &[u32], values: &[f32; 256], inputs: &mut Vec<InputBlock>) {
        let blocks: Vec<&[u32]> = group.chunks(epoch.batch).flat_map(|batch| batch.chunks(BLOCK)).collect();
        inputs.resize_with(blocks.len(), InputBlock::default);
        let variation_seed = {
            let mut rng = ChaCha8Rng::seed_from_u64(self.recipe.seed);
            rng.set_stream(1 << 32 | u64::from(epoch.variation));
            rng.next_u64()
        };
        let images = &self.training.images;
        let width = self.recipe.network.shape.0[0];
        let buffers = || Buffers {
            augmenter: Augmenter::new(images.width, images.height),
            augmented: Vec::new(),
            teacher: TeacherScratch::default(),
        };
        let mut pictures = std::mem::take(&mut self.pictures);
        pictures.resize_with(blocks.len(), Vec::new);
        let this = &*self;
        inputs.par_iter_mut().zip(&mut pictures).zip(&blocks).for_each_init(
            buffers,
            |buffers, ((input, pictures), indices)| {
                let cached = this.cache.block(epoch.variation, indices);
                pictures.clear();
                input.by_image.clear();
                input.labels.clear();
                input.labels.extend(indices.iter().map(|&index| this.training.labels[index as usize]));
                match cached.and_then(CachedBlock::pictures) {
                    Some(pictures) => pictures.for_each(|picture| input.by_image.push_row(picture, values)),
                    None => {
                        this.augment(indices, variation_seed, buffers, pictures);
                        pictures.chunks_exact(width).for_each(|picture| input.by_image.push_row(picture, values));
                    }
                }
                input.by_image.transpose(width, &mut input.by_input);
                this.soft_targets(indices, cached, buffers, &mut input.soft_targets);
            },
        );
        if epoch.recurring {
            for ((indices, pictures), input) in blocks.iter().zip(&pictures).zip(inputs) {
                if self.cache.block(epoch.variation, indices).is_none() {
                    self.cache.insert(epoch.variation, indices, pictures, &input.soft_targets);
                }
            }
        }
        self.pictures = pictures;
    }

    /// Augments images at full size and preprocesses them into the network inputs `pictures`.
    fn augment(&self, indices: &[u32], seed: u64, buffers: &mut Buffers, pictures: &mut Vec<u8>) {
        let images = &self.training.images;
        let pixels = images.width * images.height;
        let inputs = self.recipe.network.shape.0[0];
        buffers.augmented.resize(indices.len() * pixels, 0);
        for (&index, augmented) in indices.iter().zip(buffers.augmented.chunks_exact_mut(pixels)) {
            let image = &images.pixels[index as usize * pixels..][..pixels];
            match &self.recipe.augmentation {
                None => augmented.copy_from_slice(image),
                Some(augmentation) => {
                    let mut rng = ChaCha8Rng::seed_from_u64(seed);
                    rng.set_stream(u64::from(index));
                    buffers.augmenter.augment(augmentation, &mut rng, image, augmented);
                }
            }
        }
        match self.recipe.network.reduction.map(Preprocessing::from) {
            None => pictures.extend_from_slice(&buffers.augmented),
            Some(preprocessing) => {
                let how = Downscaling::new(&preprocessing);
                pictures.resize(indices.len() * inputs, 0);
                let rows = buffers.augmented.chunks_exact(pixels).zip(pictures.chunks_exact_mut(inputs));
                rows.for_each(|(augmented, inputs)| downscale(augmented, &how, inputs));
            }
        }
    }

    fn soft_targets(
        &self,
        indices: &[u32],
        cached: Option<CachedBlock<'_>>,
        buffers: &mut Buffers,
        targets: &mut Vec<f32>,
    ) {
        targets.clear();
        match cached {
            Some(cached) => targets.extend(cached.soft_targets().flatten()),
            None => self.teachers.soft_targets(&buffers.augmented, indices.len(), &mut buffers.teacher, targets),
        }
    }
}
