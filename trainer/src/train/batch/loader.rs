//! The images of a training, block by block: varied, reduced, listed, and judged by teachers.

use rand::seq::SliceRandom;
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rayon::prelude::*;
use sinapse::description::Reduction;
use sinapse::element::ElementFormat;
use sinapse::reduce::reduce;

use super::augment::Augmenter;
use super::variation_cache::{CachedBlock, Sizes, VariationCache};
use crate::input::Dataset;
use crate::recipe::{Arithmetic, Recipe};
use crate::train::pass::{BLOCK, InputBlock};
use crate::train::task::Task;
use crate::train::teacher::{TeacherScratch, Teachers};

/// Batches are prepared ahead in groups of about this many images, so that all threads have something to do.
const AHEAD: usize = 2_048;

/// Prepares images.
pub struct DataLoader<'a> {
    recipe: &'a Recipe,
    training: &'a Dataset,
    teachers: &'a Teachers,
    cache: VariationCache,
    /// What the network reads of the images of each block, `[images][inputs]`; empty where all were remembered.
    pictures: Vec<Vec<u8>>,
}

/// One pass over the training images.
pub struct EpochPlan {
    /// Images in random order, augmented batches.
    pub order: Vec<u32>,
    /// Images of a batch.
    pub batch: usize,
    /// Which variation of the images is shown.
    variation: u32,
    /// Whether variations come again in later epochs.
    recurring: bool,
}

/// Buffers of one thread.
struct Workspace {
    augmenter: Augmenter,
    augmented: Vec<u8>,
    scratch: TeacherScratch,
}

impl<'a> DataLoader<'a> {
    /// For a training.
    pub fn new(task: Task<'a>) -> Self {
        let Task { recipe, training, teachers, .. } = task;
        let augmentation = recipe.augmentation.as_ref();
        let as_they_are = augmentation.is_none() && recipe.network.reduction.is_none();
        let cache = VariationCache::new(Sizes {
            images: training.images.count,
            variations: augmentation.map_or(1, |augmentation| augmentation.variations as usize),
            inputs: if as_they_are { 0 } else { recipe.network.shape.0[0] },
            classes: teachers.classes().unwrap_or(0),
        });
        DataLoader { recipe, training, teachers, cache, pictures: Vec::new() }
    }

    /// The order of an epoch: it depends on seed and epoch alone.
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

    /// Batches of an epoch that are prepared together.
    pub fn groups(epoch: &EpochPlan) -> impl Iterator<Item = &[u32]> {
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
        let scratch = || Workspace {
            augmenter: Augmenter::new(images.width, images.height),
            augmented: Vec::new(),
            scratch: TeacherScratch::default(),
        };
        let mut pictures = std::mem::take(&mut self.pictures);
        pictures.resize_with(blocks.len(), Vec::new);
        let this = &*self;
        inputs.par_iter_mut().zip(&mut pictures).zip(&blocks).for_each_init(
            scratch,
            |scratch, ((input, pictures), chosen)| {
                let cached = this.cache.block(epoch.variation, chosen);
                pictures.clear();
                input.by_image.clear();
                input.labels.clear();
                input.labels.extend(chosen.iter().map(|&index| this.training.labels[index as usize]));
                match cached.and_then(CachedBlock::pictures) {
                    Some(pictures) => pictures.for_each(|picture| input.by_image.push_row(picture, values)),
                    None => {
                        this.vary(chosen, variation_seed, scratch, pictures);
                        pictures.chunks_exact(width).for_each(|picture| input.by_image.push_row(picture, values));
                    }
                }
                input.by_image.transpose(width, &mut input.by_input);
                this.soft_targets(chosen, cached, scratch, &mut input.soft_targets);
            },
        );
        if epoch.recurring {
            for ((chosen, pictures), input) in blocks.iter().zip(&pictures).zip(inputs) {
                if self.cache.block(epoch.variation, chosen).is_none() {
                    self.cache.insert(epoch.variation, chosen, pictures, &input.soft_targets);
                }
            }
        }
        self.pictures = pictures;
    }

    /// Varies images and reduces them: augmented ones to the scratch, what the network reads to `pictures`.
    fn vary(&self, chosen: &[u32], seed: u64, scratch: &mut Workspace, pictures: &mut Vec<u8>) {
        let images = &self.training.images;
        let pixels = images.width * images.height;
        let inputs = self.recipe.network.shape.0[0];
        scratch.augmented.resize(chosen.len() * pixels, 0);
        for (&index, augmented) in chosen.iter().zip(scratch.augmented.chunks_exact_mut(pixels)) {
            let image = &images.pixels[index as usize * pixels..][..pixels];
            match &self.recipe.augmentation {
                None => augmented.copy_from_slice(image),
                Some(augmentation) => {
                    let mut rng = ChaCha8Rng::seed_from_u64(seed);
                    rng.set_stream(u64::from(index));
                    scratch.augmenter.vary(augmentation, &mut rng, image, augmented);
                }
            }
        }
        match self.recipe.network.reduction.map(Reduction::from) {
            None => pictures.extend_from_slice(&scratch.augmented),
            Some(reduction) => {
                pictures.resize(chosen.len() * inputs, 0);
                let rows = scratch.augmented.chunks_exact(pixels).zip(pictures.chunks_exact_mut(inputs));
                rows.for_each(|(augmented, reduced)| reduce(augmented, &reduction, reduced));
            }
        }
    }

    fn soft_targets(
        &self,
        chosen: &[u32],
        cached: Option<CachedBlock<'_>>,
        scratch: &mut Workspace,
        targets: &mut Vec<f32>,
    ) {
        targets.clear();
        match cached {
            Some(cached) => targets.extend(cached.soft_targets().flatten()),
            None => self.teachers.soft_targets(&scratch.augmented, chosen.len(), &mut scratch.scratch, targets),
        }
    }
}
