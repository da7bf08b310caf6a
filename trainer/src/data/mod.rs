//! Images and labels: where they come from, and reading them.

mod download;
mod error;
pub mod idx;
mod source;

pub use download::{MIRRORS, download};
pub use error::DataError;
pub use idx::Images;
pub use source::{Report, Source, cache_folder, load, locate, provenance_name, report};

/// Size of the validation split: the last images of the training part, as is usual for MNIST.
pub const VALIDATION_IMAGES: usize = 5_000;

/// The two parts of a data set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// To learn from, and to choose by its validation split.
    Train,
    /// To report, and for nothing else.
    Test,
}

/// Images with their labels.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dataset {
    /// The pictures.
    pub images: Images,
    /// One class a picture.
    pub labels: Vec<u8>,
}

impl Dataset {
    /// The first images to learn from, and the last `count` to choose by.
    ///
    /// # Errors
    ///
    /// Where that leaves nothing to learn from.
    pub fn split_validation(self, count: usize) -> Result<(Dataset, Dataset), DataError> {
        let first = self.labels.len().checked_sub(count).filter(|&first| first > 0);
        let Some(first) = first else {
            return Err(DataError::TooFew { found: self.labels.len(), needed: count });
        };
        let Images { mut pixels, width, height, .. } = self.images;
        let mut labels = self.labels;
        let last_pixels = pixels.split_off(first * width * height);
        let last_labels = labels.split_off(first);
        let dataset =
            |pixels, labels: Vec<u8>| Dataset { images: Images { pixels, count: labels.len(), width, height }, labels };
        Ok((dataset(pixels, labels), dataset(last_pixels, last_labels)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_validation_split_is_the_last_images() {
        let images = Images { pixels: (0..12).collect(), count: 3, width: 2, height: 2 };
        let whole = Dataset { images, labels: vec![5, 6, 7] };
        let (training, validation) = whole.clone().split_validation(1).unwrap();
        assert_eq!((training.labels, validation.labels), (vec![5, 6], vec![7]));
        assert_eq!(validation.images.pixels, [8, 9, 10, 11]);
        assert!(whole.split_validation(3).unwrap_err().to_string().starts_with("3 training images"));
    }
}
