//! Blank pictures.

use crate::format::ElementFormat;

/// Returns true if every pixel of a picture is zero when it is read in the format `input`: 0..=15 for `U4`.
///
/// A network learns nothing of such pictures, and its biases alone may answer confidently:
/// [`Network::known_class`](crate::Network::known_class) answers "unknown".
///
/// # Examples
///
/// ```
/// use sinapse::format::ElementFormat::{U4, U8};
/// use sinapse::picture::is_blank;
///
/// assert!(is_blank(&[0, 15, 7], U4) && !is_blank(&[0, 16, 7], U4));
/// assert!(is_blank(&[0, 0, 0], U8) && !is_blank(&[0, 1, 0], U8));
/// ```
pub fn is_blank(picture: &[u8], input: ElementFormat) -> bool {
    picture.iter().all(|&pixel| input.level_of_pixel(pixel) == 0)
}
