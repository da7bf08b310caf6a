//! Cache of recurring variations: network inputs and soft targets.

use std::collections::HashMap;

/// Memory limit of the cached pictures; beyond it they are augmented again each time, with the same result.
const MAX_BYTES: usize = 512 << 20;

/// Dimensions of the cache.
#[derive(Clone, Copy)]
pub struct Sizes {
    /// Number of images.
    pub images: usize,
    /// Number of variations per image.
    pub variations: usize,
    /// Network inputs per image; 0 if the network reads the images unchanged.
    pub inputs: usize,
    /// Classes of the soft targets; 0 without teachers.
    pub classes: usize,
}

/// Cached variations of a training.
pub struct VariationCache {
    sizes: Sizes,
    variations: HashMap<u32, Variation>,
}

/// Cached images of one variation.
struct Variation {
    /// `[images]`
    cached: Vec<bool>,
    /// `[images][inputs]`
    pictures: Vec<u8>,
    /// `[images][classes]`
    soft_targets: Vec<f32>,
}

/// A block whose images are all cached.
#[derive(Clone, Copy)]
pub struct CachedBlock<'a> {
    cache: &'a VariationCache,
    variation: &'a Variation,
    images: &'a [u32],
}

impl VariationCache {
    /// Creates an empty cache.
    pub fn new(sizes: Sizes) -> VariationCache {
        let fits = sizes.images * sizes.variations * sizes.inputs <= MAX_BYTES;
        let inputs = if fits { sizes.inputs } else { 0 };
        VariationCache { sizes: Sizes { inputs, ..sizes }, variations: HashMap::new() }
    }

    /// Looks up a block; `None` unless all of its images are cached.
    pub fn block<'a>(&'a self, variation: u32, images: &'a [u32]) -> Option<CachedBlock<'a>> {
        let variation = self.variations.get(&variation)?;
        let all_cached = images.iter().all(|&image| variation.cached[image as usize]);
        all_cached.then_some(CachedBlock { cache: self, variation, images })
    }

    /// Inserts images of a variation: network inputs `[images][inputs]` and soft targets `[images][classes]`.
    pub fn insert(&mut self, variation: u32, images: &[u32], pictures: &[u8], soft_targets: &[f32]) {
        let Sizes { images: count, inputs, classes, .. } = self.sizes;
        let entry = self.variations.entry(variation).or_insert_with(|| Variation {
            cached: vec![false; count],
            pictures: vec![0; count * inputs],
            soft_targets: vec![0.0; count * classes],
        });
        for (row, &image) in images.iter().enumerate() {
            let image = image as usize;
            entry.cached[image] = true;
            entry.pictures[image * inputs..][..inputs].copy_from_slice(&pictures[row * inputs..][..inputs]);
            entry.soft_targets[image * classes..][..classes].copy_from_slice(&soft_targets[row * classes..][..classes]);
        }
    }
}

impl<'a> CachedBlock<'a> {
    /// Network inputs of each image; `None` if pictures are not cached.
    pub fn pictures(self) -> Option<impl Iterator<Item = &'a [u8]>> {
        let inputs = self.cache.sizes.inputs;
        let of_image = move |&image: &u32| &self.variation.pictures[image as usize * inputs..][..inputs];
        (inputs > 0).then(|| self.images.iter().map(of_image))
    }

    /// Soft targets of each image.
    pub fn soft_targets(self) -> impl Iterator<Item = &'a [f32]> {
        let classes = self.cache.sizes.classes;
        self.images.iter().map(move |&image| &self.variation.soft_targets[image as usize * classes..][..classes])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SIZES: Sizes = Sizes { images: 4, variations: 2, inputs: 3, classes: 2 };

    #[test]
    fn a_block_is_found_once_all_of_its_images_are_cached_in_this_variation() {
        let mut cache = VariationCache::new(SIZES);
        cache.insert(1, &[2, 0], &[1, 2, 3, 4, 5, 6], &[0.1, 0.9, 0.2, 0.8]);
        assert!(cache.block(0, &[0]).is_none() && cache.block(1, &[0, 1]).is_none());
        let block = cache.block(1, &[0, 2]).unwrap();
        assert_eq!(block.pictures().unwrap().collect::<Vec<_>>(), [[4, 5, 6], [1, 2, 3]]);
        assert_eq!(block.soft_targets().collect::<Vec<_>>(), [[0.2, 0.8], [0.1, 0.9]]);
    }

    #[test]
    fn pictures_beyond_the_limit_are_not_cached_but_soft_targets_are() {
        let mut cache = VariationCache::new(Sizes { variations: MAX_BYTES / 12 + 1, ..SIZES });
        cache.insert(0, &[3], &[1, 2, 3], &[0.3, 0.7]);
        let block = cache.block(0, &[3]).unwrap();
        assert!(block.pictures().is_none());
        assert_eq!(block.soft_targets().collect::<Vec<_>>(), [[0.3, 0.7]]);
    }
}
