//! Digit normalisation as in MNIST: size and centre of mass, in integers.
//!
//! "The original black and white images were size normalized to fit in a 20x20 pixel box while preserving their aspect
//! ratio. […] the images were centered in a 28x28 image by computing the center of mass of the pixels, and translating
//! the image so as to position this point at the center of the 28x28 field." (LeCun, Cortes, Burges: the MNIST page)

use core::fmt;

/// Width and height of a normalised picture.
pub const SIDE: usize = 28;
/// Longer side of the digit in a normalised picture.
pub const BOX: usize = 20;
/// Maximum width and height of a picture; sums over its pixels then fit 32 bits.
pub const MAX_SIDE: usize = 4096;

/// A greyscale picture: 0 is background, 255 is ink.
#[derive(Clone, Copy, Debug)]
pub struct GrayImage<'a> {
    pixels: &'a [u8], // [height][width]
    width: usize,
}

/// Reasons for which a picture cannot be normalised.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum NormalizeError {
    /// There is no ink, or so little that it averages to zero.
    Empty,
    /// Width or height is 0 or above [`MAX_SIDE`].
    WrongSize {
        /// Width given.
        width: usize,
        /// Height given.
        height: usize,
    },
    /// The number of pixels is not `width · height`.
    WrongLength {
        /// Pixels given.
        found: usize,
        /// Pixels expected.
        expected: usize,
    },
}

impl fmt::Display for NormalizeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => write!(f, "the picture is blank"),
            Self::WrongSize { width, height } => {
                write!(f, "the picture has {width} × {height} pixels, expected 1 × 1 to {MAX_SIDE} × {MAX_SIDE}")
            }
            Self::WrongLength { found, expected } => write!(f, "the picture has {found} pixels, expected {expected}"),
        }
    }
}

impl core::error::Error for NormalizeError {}

impl<'a> GrayImage<'a> {
    /// Borrows a picture `[height][width]`.
    ///
    /// # Errors
    ///
    /// [`NormalizeError::WrongSize`] if a side is 0 or above [`MAX_SIDE`], [`NormalizeError::WrongLength`] if the
    /// number of pixels is not `width · height`.
    pub fn try_new(pixels: &'a [u8], width: usize, height: usize) -> Result<Self, NormalizeError> {
        if !(1..=MAX_SIDE).contains(&width) || !(1..=MAX_SIDE).contains(&height) {
            return Err(NormalizeError::WrongSize { width, height });
        }
        if pixels.len() != width * height {
            return Err(NormalizeError::WrongLength { found: pixels.len(), expected: width * height });
        }
        Ok(GrayImage { pixels, width })
    }

    /// Returns the bounding box of the ink; `None` for a blank picture.
    fn ink_box(&self) -> Option<InkBox> {
        let mut ink = InkBox { left: usize::MAX, right: 0, top: usize::MAX, bottom: 0 };
        for (y, row) in self.pixels.chunks_exact(self.width).enumerate() {
            let (Some(first), Some(last)) = (row.iter().position(|&p| p > 0), row.iter().rposition(|&p| p > 0)) else {
                continue;
            };
            ink.left = ink.left.min(first);
            ink.right = ink.right.max(last);
            ink.top = ink.top.min(y);
            ink.bottom = y;
        }
        (ink.left != usize::MAX).then_some(ink)
    }
}

/// Bounding box of the ink, all bounds inclusive.
#[derive(Clone, Copy)]
struct InkBox {
    left: usize,
    right: usize,
    top: usize,
    bottom: usize,
}

/// Crops to the ink, scales its longer side to [`BOX`] pixels by area averaging, and moves the centre of mass to the
/// centre of a field of [`SIDE`] × [`SIDE`] pixels.
///
/// The result does not depend on where in the picture the ink lies. The scaled digit takes 400 bytes of stack.
///
/// # Errors
///
/// [`NormalizeError::Empty`] if there is no ink, or so little that it averages to zero.
///
/// # Examples
///
/// ```
/// use sinapse::picture::normalize::{GrayImage, NormalizeError, normalize};
///
/// let image = GrayImage::try_new(&[255; 9], 3, 3)?; // a filled square …
/// let mut digit = [0; 784];
/// normalize(&image, &mut digit)?;
/// assert_eq!(digit.iter().filter(|&&pixel| pixel == 255).count(), 20 * 20); // … scaled to 20 × 20 pixels
/// # Ok::<(), NormalizeError>(())
/// ```
pub fn normalize(image: &GrayImage<'_>, out: &mut [u8; SIDE * SIDE]) -> Result<(), NormalizeError> {
    let ink = image.ink_box().ok_or(NormalizeError::Empty)?;
    let (ink_width, ink_height) = (ink.right - ink.left + 1, ink.bottom - ink.top + 1);
    let longer = ink_width.max(ink_height);
    let scaled = |length: usize| ((length * BOX + longer / 2) / longer).clamp(1, BOX);
    let (width, height) = (scaled(ink_width), scaled(ink_height));

    let mut digit = [[0u8; BOX]; BOX]; // [y][x], of which [height][width] is in use
    for (y, row) in digit.iter_mut().take(height).enumerate() {
        for (x, pixel) in row.iter_mut().take(width).enumerate() {
            let columns = Span { index: x, of: width, length: ink_width };
            let rows = Span { index: y, of: height, length: ink_height };
            *pixel = mean_of_area(image, ink, columns, rows);
        }
    }

    let (mass, by_x, by_y) = moments(&digit);
    // Moves the pixel nearest to the centre of mass to (14, 14), so that the centre of mass lies within half a pixel
    // of the centre of the field.
    if mass == 0 {
        return Err(NormalizeError::Empty);
    }
    let (center_x, center_y) = ((by_x + mass / 2) / mass, (by_y + mass / 2) / mass);
    let middle = SIDE / 2;
    out.fill(0);
    for (y, row) in digit.iter().take(height).enumerate() {
        for (x, &pixel) in row.iter().take(width).enumerate() {
            let to_x = (middle + x).wrapping_sub(center_x as usize);
            let to_y = (middle + y).wrapping_sub(center_y as usize);
            if to_x < SIDE && to_y < SIDE {
                out[to_y * SIDE + to_x] = pixel;
            }
        }
    }
    Ok(())
}

/// Interval that output pixel `index` of `of` covers in a row or column of `length` input pixels.
#[derive(Clone, Copy)]
struct Span {
    index: usize,
    of: usize,
    length: usize,
}

impl Span {
    /// Returns start and end of the interval, in units of `1 / of` input pixels.
    fn bounds(self) -> (usize, usize) {
        (self.index * self.length, (self.index + 1) * self.length)
    }

    /// Returns the input pixels that the interval touches.
    fn pixels(self) -> core::ops::Range<usize> {
        let (from, to) = self.bounds();
        from / self.of..to.div_ceil(self.of)
    }

    /// Returns the covered length of input pixel `at`, in units of `1 / of` input pixels.
    fn weight(self, at: usize) -> usize {
        let (from, to) = self.bounds();
        to.min((at + 1) * self.of) - from.max(at * self.of)
    }
}

/// Returns the rounded mean of the input pixels under an output pixel, weighted by their covered area.
fn mean_of_area(image: &GrayImage<'_>, ink: InkBox, columns: Span, rows: Span) -> u8 {
    // No overflow: the weights add up to `length` in each direction, so the sum is at most 2¹² · 2¹² · 255, and half of
    // 2²⁴ for rounding, below 2³².
    let mut total = 0u32;
    for y in rows.pixels() {
        let start = (ink.top + y) * image.width + ink.left;
        let row = image.pixels.get(start..).unwrap_or_default();
        let mut row_sum = 0u32;
        for x in columns.pixels() {
            row_sum += row.get(x).map_or(0, |&pixel| u32::from(pixel)) * columns.weight(x) as u32;
        }
        total += row_sum * rows.weight(y) as u32;
    }
    let area = (columns.length * rows.length) as u32;
    ((total + area / 2) / area) as u8
}

/// Returns the raw moments `Σp`, `Σp·x` and `Σp·y`.
fn moments(digit: &[[u8; BOX]; BOX]) -> (u32, u32, u32) {
    let (mut mass, mut by_x, mut by_y) = (0, 0, 0);
    for (y, row) in digit.iter().enumerate() {
        for (x, &pixel) in row.iter().enumerate() {
            mass += u32::from(pixel);
            by_x += u32::from(pixel) * x as u32;
            by_y += u32::from(pixel) * y as u32;
        }
    }
    (mass, by_x, by_y)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn normalized(pixels: &[u8], width: usize) -> [u8; 784] {
        let image = GrayImage::try_new(pixels, width, pixels.len() / width).unwrap();
        let mut out = [0; 784];
        normalize(&image, &mut out).unwrap();
        out
    }

    fn ink_box(out: &[u8; 784]) -> (usize, usize, usize, usize) {
        let ink = GrayImage::try_new(out, 28, 28).unwrap().ink_box().unwrap();
        (ink.left, ink.right, ink.top, ink.bottom)
    }

    #[test]
    fn a_filled_square_is_scaled_to_twenty_pixels_and_centred() {
        let out = normalized(&[255; 9], 3);
        assert_eq!(ink_box(&out), (4, 23, 4, 23));
        assert!(out.iter().all(|&pixel| pixel == 0 || pixel == 255));
    }

    #[test]
    fn extreme_aspect_ratios_keep_a_width_of_one_pixel() {
        assert_eq!(ink_box(&normalized(&[255; 4096], 1)), (14, 14, 4, 23));
        assert_eq!(ink_box(&normalized(&[255; 4096], 4096)), (4, 23, 14, 14));
        assert_eq!(ink_box(&normalized(&[1], 1)), (4, 23, 4, 23));
    }

    #[test]
    fn the_largest_picture_full_of_ink_does_not_overflow() {
        let out = normalized(&vec![255; 4096 * 4096], 4096);
        assert_eq!(out.iter().filter(|&&pixel| pixel == 255).count(), 400);
    }

    #[test]
    fn the_position_of_the_ink_does_not_change_the_result() {
        let ink = [[9, 200, 31, 0], [0, 255, 0, 77], [0, 120, 255, 0], [1, 0, 99, 255], [0, 40, 80, 160]];
        let placed = |left: usize, top: usize| {
            let mut pixels = vec![0u8; 60 * 50];
            for (y, row) in ink.iter().enumerate() {
                pixels[(top + y) * 60 + left..][..4].copy_from_slice(row);
            }
            normalized(&pixels, 60)
        };
        let first = placed(0, 0);
        for (left, top) in [(1, 0), (17, 30), (56, 45)] {
            assert_eq!(placed(left, top), first);
        }
    }

    #[test]
    fn the_centre_of_mass_moves_to_the_centre_of_the_field() {
        // An L, whose mass is at the left and at the bottom.
        let mut pixels = vec![0u8; 400];
        for y in 0..20 {
            pixels[y * 20..y * 20 + 4].fill(255);
        }
        pixels[16 * 20..].fill(255);
        let out = normalized(&pixels, 20);
        let (mut mass, mut by_x, mut by_y) = (0.0, 0.0, 0.0);
        for (index, &pixel) in out.iter().enumerate() {
            mass += f64::from(pixel);
            by_x += f64::from(pixel) * (index % 28) as f64;
            by_y += f64::from(pixel) * (index / 28) as f64;
        }
        assert!((by_x / mass - 14.0).abs() <= 0.51 && (by_y / mass - 14.0).abs() <= 0.51);
    }

    #[test]
    fn blank_and_misshapen_pictures_are_refused() {
        let blank = GrayImage::try_new(&[0; 6], 3, 2).unwrap();
        assert_eq!(normalize(&blank, &mut [0; 784]), Err(NormalizeError::Empty));
        let wrong = GrayImage::try_new(&[0; 5], 3, 2).unwrap_err();
        assert_eq!(wrong, NormalizeError::WrongLength { found: 5, expected: 6 });
        assert!(GrayImage::try_new(&[], 0, 2).is_err() && GrayImage::try_new(&[0; 8192], 1, 8192).is_err());
    }
}
