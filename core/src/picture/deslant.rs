//! Deslanting: shifts every row of a picture sideways so that the writing stands upright, by integer moments.
//!
//! ```text
//! cx, cy = centre of mass of the ink            # to the nearest pixel
//! n = Σ p · (x − cx) · (y − cy)                 # p: level 0..=15 of a pixel; over every other row
//! d = Σ p · (y − cy)²                           # n / d is the slant in pixels per row
//! row y is read ⌊(n · (y − cy) + d/2) / d⌋ pixels further right
//! ```
//!
//! No row is shifted by more than twice the border that is cut off at each edge. Rows are contiguous in memory: a read
//! past the end of a row lands in the border of its neighbour, which is background like its own. So nothing is copied
//! and no RAM is needed. Each coordinate of the centre takes one division; the rows take none, because their shifts
//! advance like the pixels of a line (Bresenham 1965).

/// Masks the highest four bits of four pixels, shifted right by 4: their levels.
const LEVEL_MASK: u32 = 0x0f0f_0f0f;

/// Distance between the rows that count: every second row gives the slant of a digit to within 0.02 pixels per row.
const ROW_STEP: usize = 2;

/// Shifts of the rows of a picture, from the first row inside the border to the last.
///
/// They follow the formula of the [module](self), limited to twice the border. The state is its division: the quotient
/// `shift` and the remainder.
#[derive(Clone, Copy, Debug)]
pub struct RowShifts {
    /// Shift of the next row, before the limit is applied.
    shift: i32,
    /// `0..divisor`
    remainder: i32,
    /// `−divisor..=divisor`: a row is shifted by at most one pixel relative to the one above.
    slope: i32,
    divisor: i32,
    limit: i32,
}

impl RowShifts {
    /// Measures the slant of a picture with rows of `width` pixels and a border of `crop` pixels.
    #[inline]
    pub fn new(picture: &[u8], width: usize, crop: usize) -> RowShifts {
        let Moments { slope, divisor, centre_row } = Moments::new(picture, width);
        let mut shifts = RowShifts { shift: 0, remainder: divisor >> 1, slope, divisor, limit: 2 * crop as i32 };
        // Steps from the centre row, whose shift is 0, to the first row inside the border.
        let rows = crop as i32 - centre_row;
        if rows < 0 {
            shifts.slope = -slope;
        }
        for _ in 0..rows.unsigned_abs() {
            shifts.step();
        }
        RowShifts { slope, ..shifts }
    }

    /// Returns how many pixels further right the next row is read.
    #[inline(always)]
    pub fn next_row(&mut self) -> isize {
        let shift = self.shift.max(-self.limit).min(self.limit);
        self.step();
        shift as isize
    }

    #[inline(always)]
    fn step(&mut self) {
        self.remainder += self.slope;
        if self.remainder >= self.divisor {
            self.remainder -= self.divisor;
            self.shift += 1;
        } else if self.remainder < 0 {
            self.remainder += self.divisor;
            self.shift -= 1;
        }
    }
}

/// The slant `slope / divisor` in pixels per row, and the row that is not shifted.
struct Moments {
    slope: i32,
    divisor: i32,
    centre_row: i32,
}

impl Moments {
    fn new(rows: &[u8], width: usize) -> Moments {
        // Raw moments: Σp, Σp·x, Σp·y, Σp·x·y, Σp·y².
        let (mut ink, mut by_x, mut by_y, mut by_xy, mut by_yy) = (0u32, 0u32, 0u32, 0u32, 0u32);
        for (row, y) in rows.chunks_exact((ROW_STEP * width).max(1)).zip((0..).step_by(ROW_STEP)) {
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
        // Σp·(a − ca)·(b − cb) = Σp·a·b − ca·Σp·b − cb·Σp·a + ca·cb·Σp. Intermediate results may wrap around 32 bits,
        // the final ones fit them: no side is longer than `MAX_DESLANT_SIDE`.
        let about_centre = |product: u32, a: u32, by_a: u32, b: u32, by_b: u32| {
            let central = product.wrapping_sub(a.wrapping_mul(by_b)).wrapping_sub(b.wrapping_mul(by_a));
            central.wrapping_add(a.wrapping_mul(b).wrapping_mul(ink)) as i32
        };
        let divisor = about_centre(by_yy, y, by_y, y, by_y).max(1);
        let slope = about_centre(by_xy, x, by_x, y, by_y).max(-divisor).min(divisor);
        Moments { slope, divisor, centre_row: y as i32 }
    }
}

/// Returns `Σp` and `Σp·x` of a row. A word of four pixels without ink costs one test.
#[inline(always)]
fn row_moments(row: &[u8]) -> (u32, u32) {
    let (mut ink, mut by_x) = (0, 0);
    let mut count = |pixels: u32, x: u32| {
        let levels = pixels >> 4 & LEVEL_MASK;
        if levels != 0 {
            // The highest byte of each product is a weighted sum of the four levels: by 1, 1, 1, 1 or by 0, 1, 2, 3.
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

    /// Evaluates the module's formula directly, in 64 bits and with divisions.
    fn expected_shifts(picture: &[u8], width: usize, crop: usize) -> Vec<isize> {
        let height = picture.len() / width;
        let at = |index: usize| (i64::from(picture[index] >> 4), (index % width) as i64, (index / width) as i64);
        let counted_rows = (0..height / 2 * 2).step_by(2);
        let ink: Vec<(i64, i64, i64)> = counted_rows.flat_map(|y| (y * width..(y + 1) * width).map(at)).collect();
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

    /// Draws a picture of `width` × `height` pixels that is 255 where `ink(x, y)`.
    fn picture(width: usize, height: usize, ink: impl Fn(usize, usize) -> bool) -> Vec<u8> {
        let pixel = |index| if ink(index % width, index / width) { 255 } else { 0 };
        (0..width * height).map(pixel).collect()
    }

    #[test]
    fn blank_full_and_upright_pictures_are_not_shifted() {
        for ink in [|_, _| false, |_, _| true, |x: usize, _| x == 5, |_, y| y == 8, |x, y| (x, y) == (27, 12)] {
            assert_eq!(shifts(&picture(28, 28, ink), 28, 4), [0; 20]);
        }
        // The lowest four bits of a pixel do not count as ink.
        let faint: Vec<u8> = picture(28, 28, |x, y| x == y).iter().map(|pixel| pixel >> 4).collect();
        assert_eq!(shifts(&faint, 28, 4), [0; 20]);
        assert_eq!(shifts(&[], 28, 4), []);
    }

    #[test]
    fn shifts_follow_a_slanted_stroke_up_to_twice_the_border() {
        let leaning = picture(28, 28, |x, y| (2..26).contains(&y) && x == 22 - y / 2);
        let found = shifts(&leaning, 28, 6);
        assert_eq!(found[..3], [4, 3, 3]);
        assert_eq!(found[13..], [-3, -3, -4]);
        // The slope is limited to one pixel per row, and every shift to twice the border.
        let flat = picture(28, 28, |x, y| (10..18).contains(&y) && x / 3 == y - 10);
        assert_eq!(shifts(&flat, 28, 4)[8..14], [-1, 0, 1, 2, 3, 4]);
        assert_eq!(shifts(&flat, 28, 2)[18..], [4; 6]);
    }

    #[test]
    fn shifts_equal_the_formula_for_random_sizes_and_ink() {
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
            assert_eq!(shifts(&noise, width, crop), expected_shifts(&noise, width, crop), "{width} × {height}, {crop}");
        }
    }

    #[test]
    fn moments_of_the_largest_pictures_do_not_overflow() {
        let side = usize::from(MAX_DESLANT_SIDE);
        let inks: [fn(usize, usize) -> bool; 4] =
            [|_, _| true, |x, y| x >= y, |x, y| x + y < 100, |x, y| (x < 50) == (y < 50)];
        for ink in inks {
            let largest = picture(side, side, ink);
            assert_eq!(shifts(&largest, side, 1), expected_shifts(&largest, side, 1));
        }
    }
}
