//! Photographs and drawings of a digit, of any size and polarity, converted to MNIST's format.
//!
//! ```text
//! grey → at most 512 pixels a side → ink bright → background subtracted → faint pixels zeroed → specks removed →
//! normalised
//! ```

mod ink;

use std::path::{Path, PathBuf};

use image::imageops::FilterType;
use image::{DynamicImage, GrayImage, ImageReader};
use sinapse::picture::normalize::{NormalizeError, normalize};

/// Largest side for processing: a digit of a fiftieth of a photograph's width still has ten pixels.
const WORKING_SIDE: u32 = 512;

/// A grey picture with its file name, for errors.
#[derive(Clone, Debug)]
pub struct Photo {
    path: PathBuf,
    picture: GrayImage,
}

/// A picture in which no digit can be read.
#[derive(Debug, thiserror::Error)]
pub enum PhotoError {
    /// The file cannot be read.
    #[error("image {}: {source}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// The I/O error.
        source: std::io::Error,
    },
    /// The file is not a PNG, JPEG or PGM picture.
    #[error("image {}: {source}; expected PNG, JPEG or PGM", path.display())]
    NoPicture {
        /// The file.
        path: PathBuf,
        /// The decoder's error.
        source: image::ImageError,
    },
    /// The picture has no ink.
    #[error("image {}: {source}; expected one digit, dark on light or light on dark", path.display())]
    NoDigit {
        /// The file.
        path: PathBuf,
        /// The error of the normalisation.
        source: NormalizeError,
    },
}

/// Reads a PNG, JPEG or PGM file; transparent pixels become white.
///
/// # Errors
///
/// Returns an error for files that cannot be read or decoded.
pub fn read(path: &Path) -> Result<Photo, PhotoError> {
    let unreadable = |source| PhotoError::Unreadable { path: path.into(), source };
    let reader = ImageReader::open(path).and_then(ImageReader::with_guessed_format).map_err(unreadable)?;
    let decoded = reader.decode().map_err(|source| PhotoError::NoPicture { path: path.into(), source })?;
    Ok(Photo { path: path.into(), picture: to_grey(&decoded) })
}

/// Converts a picture to grey, over white.
pub fn to_grey(picture: &DynamicImage) -> GrayImage {
    if !picture.color().has_alpha() {
        return picture.to_luma8();
    }
    let with_alpha = picture.to_luma_alpha8();
    GrayImage::from_fn(picture.width(), picture.height(), |x, y| {
        let [luma, alpha] = with_alpha.get_pixel(x, y).0.map(u32::from);
        image::Luma([((luma * alpha + 255 * (255 - alpha) + 127) / 255) as u8])
    })
}

/// Extracts the digit from a photograph as 28 × 28 pixels, ink bright on zero.
///
/// A picture of 28 × 28 pixels with a black border is normalised already and returned unchanged.
///
/// # Errors
///
/// Returns [`PhotoError::NoDigit`] for a blank picture.
pub fn to_digit(photo: &Photo) -> Result<[u8; 784], PhotoError> {
    let no_digit = |source| PhotoError::NoDigit { path: photo.path.clone(), source };
    if let Some(digit) = as_normalized(&photo.picture) {
        return if digit.iter().any(|&pixel| pixel > 0) { Ok(digit) } else { Err(no_digit(NormalizeError::Empty)) };
    }
    extract_digit(&photo.picture).map_err(no_digit)
}

/// Extracts the digit from any picture of ink on a background, as 28 × 28 pixels.
///
/// # Errors
///
/// Returns an error for a blank picture.
pub fn extract_digit(picture: &GrayImage) -> Result<[u8; 784], NormalizeError> {
    let (width, height) = picture.dimensions();
    let longer = width.max(height);
    let small = if longer > WORKING_SIDE {
        let scaled = |side: u32| (side * WORKING_SIDE / longer).max(1);
        image::imageops::resize(picture, scaled(width), scaled(height), FilterType::Triangle)
    } else {
        picture.clone()
    };
    let ink = ink::extract(&small);
    let (width, height) = (ink.width() as usize, ink.height() as usize);
    let picture = sinapse::picture::normalize::GrayImage::try_new(&ink, width, height)?;
    let mut digit = [0; 784];
    normalize(&picture, &mut digit)?;
    Ok(digit)
}

/// Converts a picture to a network's input size: grey and resized, nothing else.
pub fn resize(photo: &Photo, width: usize, height: usize) -> Vec<u8> {
    let size = (width as u32, height as u32);
    if photo.picture.dimensions() == size {
        return photo.picture.as_raw().clone();
    }
    image::imageops::resize(&photo.picture, size.0, size.1, FilterType::Triangle).into_raw()
}

fn as_normalized(picture: &GrayImage) -> Option<[u8; 784]> {
    let border = |index: usize| [index % 28, index / 28].iter().any(|place| *place == 0 || *place == 27);
    let digit: [u8; 784] = picture.as_raw().as_slice().try_into().ok()?;
    let black = digit.iter().enumerate().all(|(index, &pixel)| !border(index) || pixel == 0);
    (picture.width() == 28 && black).then_some(digit)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A thick 7 on paper that darkens to the right, with noise; `ink` and `paper` are grey values.
    fn seven(ink: i32, paper: i32) -> Photo {
        let picture = GrayImage::from_fn(1000, 700, |x, y| {
            let (x, y) = (x as i32, y as i32);
            let bar = (300..520).contains(&x) && (200..230).contains(&y);
            let leg = (230..520).contains(&y) && (x - (520 - (y - 200) / 2)).abs() < 18;
            let grain = (x * 7919 + y * 104_729 + x * y * 31) % 13 - 6;
            let shade = x / 20;
            let value = if bar || leg { ink } else { paper - shade };
            image::Luma([(value + grain).clamp(0, 255) as u8])
        });
        Photo { path: "seven.png".into(), picture }
    }

    fn is_a_seven(digit: &[u8; 784]) {
        let ink = |rows: std::ops::Range<usize>, columns: std::ops::Range<usize>| -> u32 {
            rows.map(|y| digit[y * 28..][columns.clone()].iter().map(|&p| u32::from(p)).sum::<u32>()).sum()
        };
        assert!(digit[..28].iter().all(|&pixel| pixel == 0), "the background is zero");
        assert!(ink(4..9, 7..20) > 3_000, "a bar at the top");
        assert!(ink(14..24, 4..10) < 500, "nothing at the lower left");
        assert!(digit.iter().any(|&pixel| pixel > 240), "full ink");
    }

    #[test]
    fn dark_ink_on_uneven_paper_becomes_bright_ink_on_zero() {
        is_a_seven(&to_digit(&seven(60, 230)).unwrap());
    }

    #[test]
    fn light_chalk_on_a_dark_board_gives_the_same_digit() {
        is_a_seven(&to_digit(&seven(220, 80)).unwrap());
    }

    #[test]
    fn a_normalized_digit_passes_unchanged() {
        let mut picture = GrayImage::new(28, 28);
        for y in 5..23 {
            picture.put_pixel(14, y, image::Luma([200]));
        }
        let photo = Photo { path: "one.png".into(), picture: picture.clone() };
        assert_eq!(to_digit(&photo).unwrap().as_slice(), picture.as_raw().as_slice());
    }

    #[test]
    fn blank_paper_is_refused_with_its_name() {
        let blank = Photo { path: "blank.png".into(), picture: GrayImage::from_pixel(300, 200, image::Luma([240])) };
        let message = to_digit(&blank).unwrap_err().to_string();
        assert!(message.contains("blank.png") && message.contains("blank"), "{message}");
    }
}
