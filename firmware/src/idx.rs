//! Reads raw IDX files one picture at a time: a data set of any size needs the RAM of one picture.
//!
//! The format is big-endian: a magic number (`0x0803` images, `0x0801` labels), the count, height and width (images
//! only), then one byte per pixel or label. Source: Y. LeCun, C. Cortes, "The MNIST database of handwritten digits".

use core::fmt;

use embedded_io::{Read, ReadExactError};

const IMAGES_MAGIC: u32 = 0x0803;
const LABELS_MAGIC: u32 = 0x0801;

/// Reason for which a file is refused as a data set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IdxError {
    /// The first four bytes are not the expected magic number.
    WrongMagic {
        /// Number found.
        found: u32,
        /// Number expected.
        expected: u32,
    },
    /// Pictures have another number of pixels than the network reads.
    WrongSize {
        /// Height found.
        height: u32,
        /// Width found.
        width: u32,
        /// Pixels that the network reads.
        pixels: u32,
    },
    /// The file ends early.
    Truncated {
        /// Complete pictures or labels.
        found: u32,
        /// Count from the header.
        expected: u32,
    },
    /// The file ends within its header.
    NoHeader,
    /// The two files have different counts.
    CountsDiffer {
        /// Number of pictures.
        images: u32,
        /// Number of labels.
        labels: u32,
    },
    /// A label is not a digit.
    LabelTooLarge {
        /// Index of the label.
        index: u32,
        /// Label found.
        found: u8,
    },
    /// There are no pictures.
    Empty,
    /// The host failed to read.
    Unreadable,
}

impl fmt::Display for IdxError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self:?}")
    }
}

/// Reader of a file of pictures, `PIXELS` each.
pub struct Images<R, const PIXELS: usize> {
    file: R,
    /// Number of pictures.
    pub count: u32,
    next: u32,
}

impl<R: Read, const PIXELS: usize> Images<R, PIXELS> {
    /// Reads the header.
    ///
    /// # Errors
    ///
    /// [`IdxError`] if the file does not hold pictures of `PIXELS` pixels.
    pub fn open(mut file: R) -> Result<Self, IdxError> {
        expect_magic(&mut file, IMAGES_MAGIC)?;
        let count = number(&mut file)?;
        let (height, width) = (number(&mut file)?, number(&mut file)?);
        let pixels = PIXELS as u32;
        if height.checked_mul(width) != Some(pixels) {
            return Err(IdxError::WrongSize { height, width, pixels });
        }
        Ok(Images { file, count, next: 0 })
    }

    /// Reads the next picture into `pixels`; returns `false` after the last one.
    ///
    /// # Errors
    ///
    /// [`IdxError::Truncated`] or [`IdxError::Unreadable`].
    pub fn read(&mut self, pixels: &mut [u8; PIXELS]) -> Result<bool, IdxError> {
        if self.next == self.count {
            return Ok(false);
        }
        let short = IdxError::Truncated { found: self.next, expected: self.count };
        read(&mut self.file, pixels, short)?;
        self.next += 1;
        Ok(true)
    }
}

/// Reader of a file of labels.
pub struct Labels<R> {
    file: R,
    /// Number of labels.
    pub count: u32,
    next: u32,
}

impl<R: Read> Labels<R> {
    /// Reads the header.
    ///
    /// # Errors
    ///
    /// [`IdxError`] if the file does not hold labels.
    pub fn open(mut file: R) -> Result<Self, IdxError> {
        expect_magic(&mut file, LABELS_MAGIC)?;
        Ok(Labels { count: number(&mut file)?, file, next: 0 })
    }

    /// Reads the next label, in 0..=9.
    ///
    /// # Errors
    ///
    /// [`IdxError::Truncated`], [`IdxError::LabelTooLarge`] or [`IdxError::Unreadable`].
    pub fn read(&mut self) -> Result<u8, IdxError> {
        let mut label = [0];
        read(&mut self.file, &mut label, IdxError::Truncated { found: self.next, expected: self.count })?;
        if label[0] > 9 {
            return Err(IdxError::LabelTooLarge { index: self.next, found: label[0] });
        }
        self.next += 1;
        Ok(label[0])
    }
}

fn expect_magic(file: &mut impl Read, expected: u32) -> Result<(), IdxError> {
    match number(file)? {
        found if found == expected => Ok(()),
        found => Err(IdxError::WrongMagic { found, expected }),
    }
}

fn number(file: &mut impl Read) -> Result<u32, IdxError> {
    let mut bytes = [0; 4];
    read(file, &mut bytes, IdxError::NoHeader)?;
    Ok(u32::from_be_bytes(bytes))
}

fn read(file: &mut impl Read, bytes: &mut [u8], short: IdxError) -> Result<(), IdxError> {
    file.read_exact(bytes).map_err(|error| match error {
        ReadExactError::UnexpectedEof => short,
        ReadExactError::Other(_) => IdxError::Unreadable,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn header(magic: u32, rest: &[u32]) -> Vec<u8> {
        core::iter::once(&magic).chain(rest).flat_map(|number| number.to_be_bytes()).collect()
    }

    #[test]
    fn pictures_are_read_in_order_until_the_last() {
        let mut file = header(IMAGES_MAGIC, &[2, 28, 28]);
        file.extend([[1; 784], [2; 784]].concat());
        let mut images = Images::<_, 784>::open(file.as_slice()).unwrap();
        let mut pixels = [0; 784];
        assert_eq!((images.read(&mut pixels), pixels[783]), (Ok(true), 1));
        assert_eq!((images.read(&mut pixels), pixels[783]), (Ok(true), 2));
        assert_eq!(images.read(&mut pixels), Ok(false));
    }

    #[test]
    fn a_file_of_labels_is_refused_as_pictures() {
        let file = header(LABELS_MAGIC, &[2, 28, 28]);
        let refused = Images::<_, 784>::open(file.as_slice()).err();
        assert_eq!(refused, Some(IdxError::WrongMagic { found: LABELS_MAGIC, expected: IMAGES_MAGIC }));
    }

    #[test]
    fn pictures_of_another_size_are_refused() {
        let file = header(IMAGES_MAGIC, &[1, 16, 20]);
        let refused = Images::<_, 784>::open(file.as_slice()).err();
        assert_eq!(refused, Some(IdxError::WrongSize { height: 16, width: 20, pixels: 784 }));
        assert!(Images::<_, 320>::open(file.as_slice()).is_ok());
    }

    #[test]
    fn a_file_that_ends_early_says_how_far_it_went() {
        let mut file = header(IMAGES_MAGIC, &[2, 28, 28]);
        file.extend([0; 784 + 783]);
        let mut images = Images::<_, 784>::open(file.as_slice()).unwrap();
        let mut pixels = [0; 784];
        assert_eq!(images.read(&mut pixels), Ok(true));
        assert_eq!(images.read(&mut pixels), Err(IdxError::Truncated { found: 1, expected: 2 }));
        assert_eq!(Labels::open(&file[..3]).err(), Some(IdxError::NoHeader));
    }

    #[test]
    fn a_label_over_nine_is_refused() {
        let mut file = header(LABELS_MAGIC, &[2]);
        file.extend([9, 10]);
        let mut labels = Labels::open(file.as_slice()).unwrap();
        assert_eq!(labels.read(), Ok(9));
        assert_eq!(labels.read(), Err(IdxError::LabelTooLarge { index: 1, found: 10 }));
    }
}
