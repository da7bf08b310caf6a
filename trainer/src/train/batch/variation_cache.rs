//! VariationCache of variations that come again: what the network reads of them, and what teachers say.

use std::collections::HashMap;

/// Bytes that pictures may take; where they would take more they are varied anew every time, to the same pictures.
const MAX_BYTES: usize = 512 << 20;

/// Sizes of what is remembered of an image.
#[derive(Clone, Copy)]
pub struct Sizes {
    /// Images of a variation.
    pub images: usize,
    /// Variations that come in turn.
    pub variations: usize,
    /// Pixels that the network reads; 0 where it reads the images as they are.
    pub inputs: usize,
    /// Classes that teachers tell apart; 0 without teachers.
    pub classes: usize,
}

/// All variations of a training.
pub struct VariationCache {
    sizes: Sizes,
    variations: HashMap<u32, Variation>,
}

/// What has been cached of one variation.
struct Variation {
    /// `[images]`
    cached: Vec<bool>,
    /// `[images][inputs]`
    pictures: Vec<u8>,
    /// `[images][classes]`
    soft_targets: Vec<f32>,
}

/// Images of a block as they have been cached before.
#[derive(Clone, Copy)]
pub struct CachedBlock<'a> {
    cache: &'a VariationCache,
    variation: &'a Variation,
    images: &'a [u32],
}

impl VariationCache {
    /// Nothing yet.
    pub fn new(sizes: Sizes) -> VariationCache {
        let fits = sizes.images * sizes.variations * sizes.inputs <= MAX_BYTES;
        let inputs = if fits { sizes.inputs } else { 0 };
        VariationCache { sizes: Sizes { inputs, ..sizes }, variations: HashMap::new() }
    }

    /// The images of a block, if all of them are all_cached.
    pub fn block<'a>(&'a self, variation: u32, images: &'a [u32]) -> Option<CachedBlock<'a>> {
        let variation = self.variations.get(&variation)?;
        let all_cached = images.iter().all(|&image| variation.cached[image as usize]);
        all_cached.then_some(CachedBlock { cache: self, variation, images })
    }

    /// Remembers images of a variation: their pictures, `[images][inputs]`, and soft_targets, `[images][classes]`.
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
    /// What the network reads of each image; `None` where pictures are not remembered.
    pub fn pictures(self) -> Option<impl Iterator<Item = &'a [u8]>> {
        let inputs = self.cache.sizes.inputs;
        let of_image = move |&image: &u32| &self.variation.pictures[image as usize * inputs..][..inputs];
        (inputs > 0).then(|| self.images.iter().map(of_image))
    }

    /// What teachers say about each image.
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
    fn a_block_is_known_when_all_of_its_images_have_been_shown_in_this_variation() {
        let mut cache = VariationCache::new(SIZES);
        cache.insert(1, &[2, 0], &[1, 2, 3, 4, 5, 6], &[0.1, 0.9, 0.2, 0.8]);
        assert!(cache.block(0, &[0]).is_none() && cache.block(1, &[0, 1]).is_none());
        let block = cache.block(1, &[0, 2]).unwrap();
        assert_eq!(block.pictures().unwrap().collect::<Vec<_>>(), [[4, 5, 6], [1, 2, 3]]);
        assert_eq!(block.soft_targets().collect::<Vec<_>>(), [[0.2, 0.8], [0.1, 0.9]]);
    }

    #[test]
    fn pictures_that_would_take_too_much_are_not_kept_and_opinions_are() {
        let mut cache = VariationCache::new(Sizes { variations: MAX_BYTES / 12 + 1, ..SIZES });
        cache.insert(0, &[3], &[1, 2, 3], &[0.3, 0.7]);
        let block = cache.block(0, &[3]).unwrap();
        assert!(block.pictures().is_none());
        assert_eq!(block.soft_targets().collect::<Vec<_>>(), [[0.3, 0.7]]);
    }
}
