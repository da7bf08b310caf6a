//! Pictures as text art, for a log or a terminal.

use heapless::String;

use crate::SIDE;

/// Characters from no ink to full ink.
const SHADES: &[u8; 10] = b" .:-=+*#%@";

/// Draws rows of `width` pixels, at most [`SIDE`]: one line for two rows, one character for the darker of two pixels.
///
/// A terminal's characters are about twice as high as wide, so a digit keeps its proportions.
pub fn lines(pixels: &[u8], width: usize) -> impl Iterator<Item = String<SIDE>> {
    pixels.chunks_exact((2 * width).max(1)).map(move |rows| {
        let (upper, lower) = rows.split_at(width);
        let shade = |(&above, &below): (&u8, &u8)| {
            let ink = usize::from(above.max(below));
            char::from(SHADES[ink * (SHADES.len() - 1) / 255])
        };
        upper.iter().zip(lower).map(shade).take(SIDE).collect()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_picture_is_fourteen_lines_of_twenty_eight_characters() {
        let lines: Vec<_> = lines(&[0; SIDE * SIDE], SIDE).collect();
        assert_eq!(lines.len(), SIDE / 2);
        assert!(lines.iter().all(|line| line.as_str() == " ".repeat(SIDE)));
    }

    #[test]
    fn a_character_shows_the_darker_of_its_two_pixels() {
        let mut pixels = [0; SIDE * SIDE];
        pixels[1] = 255; // row 0, upper
        pixels[SIDE + 2] = 128; // row 1, lower
        let first = lines(&pixels, SIDE).next().unwrap();
        assert_eq!(first.trim_end(), " @=");
    }
}
