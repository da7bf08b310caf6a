//! Places and colours in the picture, shared by the program that draws it and the check that looks at it.

use std::path::PathBuf;

use crate::shell;

/// Width and height of a digit, in its own pixels.
pub const SIDE: usize = 28;
/// Pixels of a digit.
pub const PIXELS: usize = SIDE * SIDE;
/// Width and height of a digit's pixel, in units of the picture.
pub const SCALE: usize = 6;
/// Digits in a row.
pub const COLUMNS: usize = 5;
/// Empty pixels around all digits, and between neighbours in a row.
pub const MARGIN: usize = 4;
/// See [`MARGIN`].
const GAP: usize = 3;
/// Height of the labels under a row, in a digit's pixels.
const LABELS: usize = 9;

/// Panel behind everything, dark in GitHub's light and dark themes alike.
pub const PANEL: [u8; 3] = [0x0d, 0x11, 0x17];
/// Pixels without ink.
pub const BACKGROUND: [u8; 3] = [0x1a, 0x21, 0x2b];
/// Pixels with full ink.
pub const INK: [u8; 3] = [0xb4, 0xf5, 0xc8];

/// The picture.
pub fn file() -> PathBuf {
    shell::root().join("docs").join("digits.svg")
}

/// Column and row of a digit's first pixel, in pixels from the picture's corner.
pub fn origin(digit: usize) -> (usize, usize) {
    let (column, row) = (digit % COLUMNS, digit / COLUMNS);
    (MARGIN + column * (SIDE + GAP), MARGIN + row * (SIDE + LABELS))
}

/// Width and height of the picture.
pub fn size(digits: usize) -> (usize, usize) {
    let width = 2 * MARGIN + COLUMNS * (SIDE + GAP) - GAP;
    let height = MARGIN + digits.div_ceil(COLUMNS) * (SIDE + LABELS) + 1;
    (width * SCALE, height * SCALE)
}

/// Colour of a pixel: ink 255 on background 0.
pub fn colour(ink: u8) -> [u8; 3] {
    let mix = |from: u8, to: u8| {
        let (from, to, ink) = (u32::from(from), u32::from(to), u32::from(ink));
        ((from * (255 - ink) + to * ink + 127) / 255) as u8
    };
    std::array::from_fn(|channel| mix(BACKGROUND[channel], INK[channel]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ten_digits_are_two_rows_of_five_and_do_not_touch() {
        assert_eq!(size(10), (960, 474));
        assert_eq!([origin(0), origin(4), origin(5)], [(4, 4), (128, 4), (4, 41)]);
    }

    #[test]
    fn colours_go_from_background_to_ink() {
        assert_eq!([colour(0), colour(255)], [BACKGROUND, INK]);
    }
}
