//! Slant correction: every row of a picture moved sideways so that the writing stands upright, by integer moments.
//!
//! ```text
//! centre of the ink  cx, cy                     # to the nearest pixel
//! n = Σ p · (x − cx) · (y − cy)                 # p: level 0..=15 of a pixel, of every other row
//! d = Σ p · (y − cy)²                           # n / d is the slant: pixels sideways, a row
//! row y is read ⌊(n · (y − cy) + d/2) / d⌋ pixels further right
//! ```
//!
//! No row moves by more than twice the border that is cut off at every side. Rows lie one behind the other: what is read beyond
//! the end of a row is the border of its neighbour, background as well as its own. So nothing is copied, and no RAM is
//! needed. There is one division a coordinate of the centre, and none for the rows: they are walked as a line is drawn
//! (Bresenham 1965).

/// Pixels count by their highest four bits, four pixels at a time.
const LEVELS: u32 = 0x0f0f_0f0f;

/// Rows that are looked at: one in so many tells the slant of a digit within two hundredths of a pixel a row.
const EVERY: usize = 2;

/// How far the rows of a picture are moved, from the first row within the border to the last.
///
/// Moves are those of the formula above, limited to twice the border; the state is its division, `shift` and the rest.
#[derive(Clone, Copy, Debug)]
pub struct RowShifts {
    /// Not limited yet.
    shift: i32,
    /// `0..divisor`
    rest: i32,
    /// `−divisor..=divisor`: no row moves by more than a pixel against the one above.
    slope: i32,
    divisor: i32,
    limit: i32,
}

impl RowShifts {
    /// For a picture of rows of `width` pixels with a border of `crop` pixels.
    #[inline]
    pub fn new(picture: &[u8], width: usize, crop: usize) -> RowShifts {
        let Moments { slope, divisor, middle } = Moments::new(picture, width);
        let mut shifts = RowShifts { shift: 0, rest: divisor >> 1, slope, divisor, limit: 2 * crop as i32 };
        // From the middle, where nothing moves, to the first row.
        let rows = crop as i32 - middle;
        if rows < 0 {
            shifts.slope = -slope;
        }
        for _ in 0..rows.unsigned_abs() {
            shifts.step();
        }
        RowShifts { slope, ..shifts }
    }

    /// How many pixels further right the next row is read.
    #[inline(always)]
    pub fn next_row(&mut self) -> isize {
        let shift = self.shift.max(-self.limit).min(self.limit);
        self.step();
        shift as isize
    }

    #[inline(always)]
    fn step(&mut self) {
        self.rest += self.slope;
        if self.rest >= self.divisor {
            self.rest -= self.divisor;
            self.shift += 1;
        } else if self.rest < 0 {
            self.rest += self.divisor;
            self.shift -= 1;
        }
    }
}

/// The slant as a fraction, and the row where nothing moves.
struct Moments {
    slope: i32,
    divisor: i32,
    middle: i32,
}

impl Moments {
    fn new(rows: &[u8], width: usize) -> Moments {
        let (mut ink, mut by_x, mut by_y, mut by_xy, mut by_yy) = (0u32, 0u32, 0u32, 0u32, 0u32);
        for (row, y) in rows.chunks_exact((EVERY * width).max(1)).zip((0..).step_by(EVERY)) {
            let (sum, first) = row_moments(row.get(..width).unwrap_or_default());
            if sum == 0 {
                continue;
            }
            ink += sum;
            by_x += first;
            by_y += y * sum;
            by_xy += y * first;
            by_yy += y * y * sum;
        }
        let centre = |sum: u32| (sum + ink / 2).checked_div(ink).unwrap_or_default();
        let (x, y) = (centre(by_x), centre(by_y));
        // Intermediate results may pass 32 bits, the ends do not: no side is longer than `MAX_DESLANT_SIDE`.
        let about_centre = |product: u32, a: u32, by_a: u32, b: u32, by_b: u32| {
            let moved = product.wrapping_sub(a.wrapping_mul(by_b)).wrapping_sub(b.wrapping_mul(by_a));
            moved.wrapping_add(a.wrapping_mul(b).wrapping_mul(ink)) as i32
        };
        let divisor = about_centre(by_yy, y, by_y, y, by_y).max(1);
        let slope = about_centre(by_xy, x, by_x, y, by_y).max(-divisor).min(divisor);
        Moments { slope, divisor, middle: y as i32 }
    }
}

/// The ink of a row, and its sum weighed by columns; words without ink take no more than a look.
#[inline(always)]
fn row_moments(row: &[u8]) -> (u32, u32) {
    let (mut ink, mut by_x) = (0, 0);
    let mut count = |pixels: u32, x: u32| {
        let levels = pixels >> 4 & LEVELS;
        if levels != 0 {
            // The highest byte of a product is a sum over all four: of 1, 1, 1, 1, or of 0, 1, 2, 3 times each.
            let sum = levels.wrapping_mul(0x0101_0101) >> 24;
            ink += sum;
            by_x += x * sum + (levels.wrapping_mul(0x0001_0203) >> 24);
        }
    };
    let (words, rest) = row.as_chunks();
    words.iter().zip((0..).step_by(4)).for_each(|(&word, x)| count(u32::from_le_bytes(word), x));
    rest.iter().zip(4 * words.len() as u32..).for_each(|(&pixel, x)| count(pixel.into(), x));
    (ink, by_x)
}

#[cfg(test)]
mod tests {
    extern crate std;
    use std::vec::Vec;

    use super::*;
    use crate::format::MAX_DESLANT_SIDE;

    /// The formula of the module, without its economies.
    fn by_the_formula(picture: &[u8], width: usize, crop: usize) -> Vec<isize> {
        let height = picture.len() / width;
        let at = |index: usize| (i64::from(picture[index] >> 4), (index % width) as i64, (index / width) as i64);
        let looked_at = (0..height / 2 * 2).step_by(2);
        let ink: Vec<(i64, i64, i64)> = looked_at.flat_map(|y| (y * width..(y + 1) * width).map(at)).collect();
        let all = ink.iter().map(|(p, _, _)| p).sum::<i64>();
        let centre = |sum: i64| (sum + all / 2).checked_div(all).unwrap_or(0);
        let (cx, cy) =
            (centre(ink.iter().map(|(p, x, _)| p * x).sum()), centre(ink.iter().map(|(p, _, y)| p * y).sum()));
        let d = ink.iter().map(|(p, _, y)| p * (y - cy).pow(2)).sum::<i64>().max(1);
        let n = ink.iter().map(|(p, x, y)| p * (x - cx) * (y - cy)).sum::<i64>().clamp(-d, d);
        let limit = 2 * crop as i64;
        let shift = |y: usize| (n * (y as i64 - cy) + d / 2).div_euclid(d).clamp(-limit, limit) as isize;
        (crop..height - crop).map(shift).collect()
    }

    fn shifts(picture: &[u8], width: usize, crop: usize) -> Vec<isize> {
        let mut shifts = RowShifts::new(picture, width, crop);
        (2 * crop..picture.len() / width).map(|_| shifts.next_row()).collect()
    }

    /// `ink(x, y)` on a field of `width` × `height` pixels.
    fn picture(width: usize, height: usize, ink: impl Fn(usize, usize) -> bool) -> Vec<u8> {
        let pixel = |index| if ink(index % width, index / width) { 255 } else { 0 };
        (0..width * height).map(pixel).collect()
    }

    #[test]
    fn a_blank_a_full_and_an_upright_picture_stay_as_they_are() {
        for ink in [|_, _| false, |_, _| true, |x: usize, _| x == 5, |_, y| y == 8, |x, y| (x, y) == (27, 12)] {
            assert_eq!(shifts(&picture(28, 28, ink), 28, 4), [0; 20]);
        }
        // What the lowest four bits hold is no ink.
        let faint: Vec<u8> = picture(28, 28, |x, y| x == y).iter().map(|pixel| pixel >> 4).collect();
        assert_eq!(shifts(&faint, 28, 4), [0; 20]);
        assert_eq!(shifts(&[], 28, 4), []);
    }

    #[test]
    fn a_stroke_that_leans_is_followed_row_by_row_up_to_twice_the_border() {
        let leaning = picture(28, 28, |x, y| (2..26).contains(&y) && x == 22 - y / 2);
        let found = shifts(&leaning, 28, 6);
        assert_eq!(found[..3], [4, 3, 3]);
        assert_eq!(found[13..], [-3, -3, -4]);
        // More than a pixel a row is not followed, nor is any row moved by more than twice the border.
        let flat = picture(28, 28, |x, y| (10..18).contains(&y) && x / 3 == y - 10);
        assert_eq!(shifts(&flat, 28, 4)[8..14], [-1, 0, 1, 2, 3, 4]);
        assert_eq!(shifts(&flat, 28, 2)[18..], [4; 6]);
    }

    #[test]
    fn shifts_are_those_of_the_formula_for_every_size_and_ink_everywhere() {
        let mut state = 1u32;
        let mut random = || {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 16) as usize
        };
        for _ in 0..300 {
            let (width, height, crop) = (3 + random() % 40, 3 + random() % 40, 1 + random() % 5);
            if height < 2 * crop {
                continue;
            }
            let (lean, share) = (random() % 9, random() % 4);
            let noise: Vec<u8> = (0..width * height)
                .map(|index| {
                    let (x, y) = (index % width, index / width);
                    let inside = (4 * x + lean * y) / 24 % 3 == 0;
                    if inside || random() % 16 < share { random() as u8 } else { 0 }
                })
                .collect();
            assert_eq!(shifts(&noise, width, crop), by_the_formula(&noise, width, crop), "{width} × {height}, {crop}");
        }
    }

    #[test]
    fn moments_of_the_largest_pictures_fit() {
        let side = usize::from(MAX_DESLANT_SIDE);
        let inks: [fn(usize, usize) -> bool; 4] =
            [|_, _| true, |x, y| x >= y, |x, y| x + y < 100, |x, y| (x < 50) == (y < 50)];
        for ink in inks {
            let largest = picture(side, side, ink);
            assert_eq!(shifts(&largest, side, 1), by_the_formula(&largest, side, 1));
        }
    }
}
