//! Checks the committed picture as a reader sees it: rendered by a browser, every pixel of every digit in its place.

use std::fs;
use std::ops::Range;

use super::browser::{Browser, Screenshot};
use super::layout::{self, BACKGROUND, PIXELS, SCALE, SIDE};
use crate::failure::Failure;
use crate::{firmware, shell};

/// One per class.
const DIGITS: usize = 10;

/// Largest difference of a colour channel in a pixel that counts as equal; four levels of ink more are seen.
const TOLERANCE: u8 = 2;

/// Renders `docs/digits.svg` as GitHub's README does, in an `<img>`, and compares it with `firmware/digits.idx`.
///
/// # Errors
///
/// A pixel that is not the firmware's, a label that is missing or too wide, or a browser that fails. A browser that is
/// missing and cannot be installed is no error: the step says that it has tested nothing.
pub fn check() -> Result<(), Failure> {
    let browser = match Browser::ready() {
        Ok(browser) => browser,
        Err(error) => {
            println!("docs/digits.svg: NOT TESTED: {error}");
            return Ok(());
        }
    };
    let file = fs::read(firmware::pictures())?;
    let digits: &[[u8; PIXELS]] = file.get(16..).unwrap_or_default().as_chunks().0;
    if digits.len() != DIGITS {
        return Err(format!("firmware/digits.idx has {} digits, not {DIGITS}", digits.len()).into());
    }
    let (width, height) = layout::size(DIGITS);
    let page = shell::target().join(format!("digits-{}.html", std::process::id()));
    fs::write(&page, format!("<body style=\"margin:0\"><img src=\"file://{}\">", layout::file().display()))?;
    // Higher than the picture, because the window's own frame takes its share in some versions.
    let shot = browser.screenshot(&page, (width, 2 * height));
    let _ = fs::remove_file(&page);
    let shot = shot?;
    for (digit, pixels) in digits.iter().enumerate() {
        compare(&shot, digit, pixels)?;
        compare_labels(&shot, digit)?;
    }
    println!("docs/digits.svg: {DIGITS} × {PIXELS} pixels are in their places in the browser");
    Ok(())
}

/// Compares all pixels of a digit.
fn compare(shot: &Screenshot, digit: usize, pixels: &[u8; PIXELS]) -> Result<(), Failure> {
    let (left, top) = layout::origin(digit);
    for (index, &ink) in pixels.iter().enumerate() {
        let (column, row) = (index % SIDE, index / SIDE);
        let expected = layout::colour(ink);
        for at in 0..SCALE * SCALE {
            let (x, y) = ((left + column) * SCALE + at % SCALE, (top + row) * SCALE + at / SCALE);
            let found = shot.pixel(x, y).unwrap_or_default();
            if found.iter().zip(expected).any(|(&found, expected)| found.abs_diff(expected) > TOLERANCE) {
                return Err(format!(
                    "digit {digit}, row {row}, column {column}: ink {ink} is {expected:?}, but the browser shows \
                     {found:?} at ({x}, {y}); to draw it anew, run: cargo xtask figures"
                )
                .into());
            }
        }
    }
    Ok(())
}

/// Makes sure that both lines of labels are there, and that neither is wider than its digit.
fn compare_labels(shot: &Screenshot, digit: usize) -> Result<(), Failure> {
    let (x, y) = layout::origin(digit);
    let (left, right, bottom) = (x * SCALE, (x + SIDE) * SCALE, (y + SIDE) * SCALE);
    let middle = left.midpoint(right);
    let [first, second, both] = [6..24, 26..42, 6..42].map(|rows| bottom + rows.start..bottom + rows.end);
    // Serifs and antialiasing may leave a digit's columns by two pixels.
    let parts = [
        ("class", left..middle, &first, true),
        ("margin", middle..right, &first, true),
        ("cost", left..right, &second, true),
        ("space at the left", left - 2 * SCALE..left - 2, &both, false),
        ("space at the right", right + 2..right + 2 * SCALE, &both, false),
    ];
    for (part, columns, rows, expected) in parts {
        if is_written(shot, columns, rows.clone()) != expected {
            let found = if expected { "is not there" } else { "has a label in it" };
            return Err(format!("digit {digit}: the label's {part} {found}").into());
        }
    }
    Ok(())
}

/// Whether anything in a rectangle is brighter than panel and background.
fn is_written(shot: &Screenshot, columns: Range<usize>, rows: Range<usize>) -> bool {
    let brightness = |pixel: [u8; 3]| pixel.into_iter().max().unwrap_or(0);
    let limit = brightness(BACKGROUND);
    rows.into_iter().any(|y| columns.clone().any(|x| shot.pixel(x, y).is_some_and(|pixel| brightness(pixel) > limit)))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// One digit with a pixel of ink 100, as a browser should show it.
    fn shown() -> (Screenshot, [u8; PIXELS]) {
        let (width, height) = layout::size(1);
        let mut shot = Screenshot { width, pixels: vec![layout::PANEL; width * height] };
        let mut digit = [0; PIXELS];
        digit[SIDE + 3] = 100;
        let (left, top) = layout::origin(0);
        for (index, pixel) in shot.pixels.iter_mut().enumerate() {
            let (x, y) = (index % width / SCALE, index / width / SCALE);
            if (left..left + SIDE).contains(&x) && (top..top + SIDE).contains(&y) {
                *pixel = layout::colour(digit[(y - top) * SIDE + x - left]);
            }
        }
        (shot, digit)
    }

    #[test]
    fn every_pixel_must_have_the_ink_of_its_place() {
        let (shot, mut digit) = shown();
        assert!(compare(&shot, 0, &digit).is_ok());
        digit.swap(SIDE + 3, SIDE + 4);
        let error = compare(&shot, 0, &digit).unwrap_err().to_string();
        assert!(error.starts_with("digit 0, row 1, column 3: ink 0 is "), "{error}");
    }

    #[test]
    fn four_levels_of_ink_are_seen() {
        let seen = |ink: u8| layout::colour(ink)[1].abs_diff(layout::colour(ink + 4)[1]) > TOLERANCE;
        assert!((0..=251).all(seen));
    }

    #[test]
    fn labels_must_be_there_and_stay_below_their_digit() {
        let (mut shot, _) = shown();
        let (x, y) = layout::origin(0);
        let write = |shot: &mut Screenshot, column: usize, row: usize| {
            let at = ((y + SIDE) * SCALE + row) * shot.width + x * SCALE + column;
            shot.pixels[at] = layout::INK;
        };
        let error = |shot: &Screenshot| compare_labels(shot, 0).unwrap_err().to_string();
        assert_eq!(error(&shot), "digit 0: the label's class is not there");
        write(&mut shot, 0, 10);
        assert_eq!(error(&shot), "digit 0: the label's margin is not there");
        write(&mut shot, SIDE * SCALE - 1, 10);
        assert_eq!(error(&shot), "digit 0: the label's cost is not there");
        write(&mut shot, 0, 30);
        assert!(compare_labels(&shot, 0).is_ok());
        write(&mut shot, SIDE * SCALE + 4, 30);
        assert_eq!(error(&shot), "digit 0: the label's space at the right has a label in it");
    }
}
