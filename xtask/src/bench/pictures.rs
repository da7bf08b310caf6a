//! Test images in the size that a network reads.

use sinapse::format::Scale;
use sinapse::picture::downscale::{Downscaling, downscale};

use crate::data::Dataset;

/// Downscaling of 28 × 28 pixels to 16 × 16.
const SIXTEEN: Downscaling = Downscaling { width: 28, crop: 2, scale: Scale::TwoThirds, deslant: false };

/// Ways to cut the test images.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pictures {
    /// Unchanged, 28 × 28.
    Whole,
    /// Without the border of 2, three pixels to two: 16 × 16.
    Reduced,
    /// Any other size: the pixels of all images in sequence, cut again. The share of zeros stays the same.
    Stream {
        /// Pixels in a row.
        width: usize,
        /// Rows.
        height: usize,
    },
}

impl Pictures {
    /// Pictures for networks that read `width` × `height` pixels.
    pub fn of_size((width, height): (usize, usize)) -> Self {
        match (width, height) {
            (28, 28) => Pictures::Whole,
            (16, 16) => Pictures::Reduced,
            _ => Pictures::Stream { width, height },
        }
    }

    /// Width and height.
    fn size(self) -> (usize, usize) {
        match self {
            Pictures::Whole => (28, 28),
            Pictures::Reduced => (16, 16),
            Pictures::Stream { width, height } => (width, height),
        }
    }

    /// Cuts the test images, into as many pictures.
    pub fn of(self, test: &Dataset) -> Dataset {
        let (width, height) = self.size();
        let (whole, count) = (&test.pixels, test.labels.len());
        let pixels = match self {
            Pictures::Whole => whole.clone(),
            Pictures::Reduced => {
                let mut pixels = vec![0; count * width * height];
                for (small, large) in pixels.chunks_exact_mut(width * height).zip(whole.chunks_exact(28 * 28)) {
                    downscale(large, &SIXTEEN, small);
                }
                pixels
            }
            Pictures::Stream { .. } => whole.iter().cycle().take(count * width * height).copied().collect(),
        };
        Dataset { pixels, width, height, labels: test.labels.clone() }
    }

    /// A single picture without zeros: nothing can be skipped.
    pub fn dense(self) -> Dataset {
        let (width, height) = self.size();
        Dataset { pixels: vec![255; width * height], width, height, labels: vec![0] }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_size_has_as_many_pictures_as_there_are_images() {
        let test = Dataset { pixels: vec![7; 3 * 784], width: 28, height: 28, labels: vec![1, 2, 3] };
        for size in [(28, 28), (16, 16), (40, 25)] {
            let pictures = Pictures::of_size(size).of(&test);
            assert_eq!(pictures.pixels, vec![7; 3 * size.0 * size.1]);
            assert_eq!((pictures.width, pictures.height, pictures.labels.len()), (size.0, size.1, 3));
        }
    }
}
