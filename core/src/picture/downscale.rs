//! Slant correction, cropping and averaging of a picture, in integers, the same on host and board.

use core::hint::black_box;

use super::deslant::RowShifts;
use crate::format::{Preprocessing, Scale};

/// The arguments of [`downscale`] beside the pixels.
#[derive(Clone, Copy, Debug)]
pub struct Downscaling {
    /// Pixels in a row of the picture.
    pub width: u16,
    /// Pixels cut off at every side.
    pub crop: u8,
    /// Scale of the rest.
    pub scale: Scale,
    /// True if the picture is deslanted first; `crop` is then at least 1.
    pub deslant: bool,
}

impl Downscaling {
    /// The deslanting and downscaling steps of a front end, which are one pass over the pixels.
    pub const fn new(preprocessing: &Preprocessing) -> Self {
        let (crop, scale) = preprocessing.downscale();
        Downscaling { width: preprocessing.width, crop, scale, deslant: preprocessing.deslants() }
    }
}

/// Deslants, crops and scales a picture; `out` has as many pixels as that leaves.
///
/// | scale       | output pixel                                                                 |
/// |-------------|------------------------------------------------------------------------------|
/// | `One`       | the pixel                                                                    |
/// | `TwoThirds` | `round((4a + 2b + 2c + d) / 9)`, `a` the corner pixel of its 3 × 3, `d` the middle |
/// | `Half`      | `(a + b + c + d + 2) >> 2`                                                   |
/// | `Third`     | `round((a + … + i) / 9)`                                                     |
#[inline]
pub fn downscale(picture: &[u8], how: &Downscaling, out: &mut [u8]) {
    let (width, crop) = (usize::from(how.width), usize::from(how.crop));
    let (from, to) = how.scale.ratio();
    let (from, to) = (usize::from(from), usize::from(to));
    let cropped = width.saturating_sub(2 * crop);
    let out_width = cropped / from * to;
    if out_width == 0 {
        return;
    }
    let mut shifts = if how.deslant { Some(RowShifts::new(picture, width, crop)) } else { None };
    // As far to the left of the first row as any row can be moved.
    let mut start = (crop * width).saturating_sub(crop);
    // Rows so short, of a number that the compiler knew, would all be written out one by one.
    let out = if matches!(how.scale, Scale::Half) { black_box(out) } else { out };
    for out in out.chunks_exact_mut(to * out_width) {
        let Some(rows) = picture.get(start..start + from * width + 2 * crop) else { return };
        start += from * width;
        // Rows without their borders, one after the other; those beyond `from` are not read.
        let mut row = |y: usize| {
            let shift = shifts.as_mut().map_or(0, RowShifts::next_row);
            let start = (y * width + 2 * crop).wrapping_add_signed(shift);
            rows.get(start..start + cropped).unwrap_or_default()
        };
        match how.scale {
            Scale::One => out.iter_mut().zip(row(0)).for_each(|(out, &pixel)| *out = pixel),
            Scale::Half => halve([row(0), row(1)], out),
            Scale::TwoThirds => two_thirds([row(0), row(1), row(2)], out, out_width),
            Scale::Third => third([row(0), row(1), row(2)], out),
        }
    }
}

/// Whether a word may lie at any address: else four pixels are read one by one, and pairs of them are smaller and no slower.
const WORDS_ANYWHERE: bool = !cfg!(any(sinapse_core = "armv6m", target_arch = "riscv32"));

/// Two rows to one of half their width.
#[inline(always)]
fn halve([above, below]: [&[u8]; 2], out: &mut [u8]) {
    if !WORDS_ANYWHERE {
        for ((&[a, b], &[c, d]), out) in above.as_chunks().0.iter().zip(below.as_chunks().0).zip(out) {
            *out = ((u32::from(a) + u32::from(b) + u32::from(c) + u32::from(d) + 2) >> 2) as u8;
        }
        return;
    }
    let ((above, above_rest), (below, below_rest)) = (above.as_chunks(), below.as_chunks());
    let (out, out_rest) = out.as_chunks_mut();
    for ((&above, &below), out) in above.iter().zip(below).zip(out) {
        *out = mean_of_fours(above, below);
    }
    if let (&[a, b, ..], &[c, d, ..], [out, ..]) = (above_rest, below_rest, out_rest) {
        [*out, _] = mean_of_fours([a, b, 0, 0], [c, d, 0, 0]);
    }
}

/// The rounded means of the left and the right half of four pixels above four others.
#[inline(always)]
fn mean_of_fours(above: [u8; 4], below: [u8; 4]) -> [u8; 2] {
    let (above, below) = (u32::from_le_bytes(above), u32::from_le_bytes(below));
    // Most of a picture is background.
    if above | below == 0 {
        return [0; 2];
    }
    let pairs = |row: u32| (row & 0x00ff_00ff) + (row >> 8 & 0x00ff_00ff);
    let means = (pairs(above) + pairs(below) + 0x0002_0002) >> 2;
    [means as u8, (means >> 16) as u8]
}

/// Three rows to two.
#[inline(always)]
fn two_thirds([above, middle, below]: [&[u8]; 3], out: &mut [u8], out_width: usize) {
    let Some((upper, lower)) = out.split_at_mut_checked(out_width) else { return };
    let blocks = above.as_chunks().0.iter().zip(middle.as_chunks().0).zip(below.as_chunks().0);
    let outs = upper.as_chunks_mut().0.iter_mut().zip(lower.as_chunks_mut().0);
    for (((&[a, b, c], &[d, e, f]), &[g, h, i]), (upper, lower)) in blocks.zip(outs) {
        // Most of a picture is background.
        if a | b | c | d | e | f | g | h | i == 0 {
            (*upper, *lower) = ([0; 2], [0; 2]);
            continue;
        }
        let mean = |corner: u8, edge: u8, other_edge: u8| {
            let (corner, edges, middle) = (u32::from(corner), u32::from(edge) + u32::from(other_edge), u32::from(e));
            // 455 / 4096 is 1 / 9 within 0.03 %: bright means a little above a half are rounded down.
            (((4 * corner + 2 * edges + middle) * 455 + 2048) >> 12) as u8
        };
        (*upper, *lower) = ([mean(a, b, d), mean(c, b, f)], [mean(g, h, d), mean(i, h, f)]);
    }
}

/// Three rows to one of a third of their width.
#[inline(always)]
fn third([above, middle, below]: [&[u8]; 3], out: &mut [u8]) {
    let blocks = above.as_chunks::<3>().0.iter().zip(middle.as_chunks::<3>().0).zip(below.as_chunks::<3>().0);
    for (((above, middle), below), out) in blocks.zip(out) {
        let sum = |row: &[u8; 3]| u32::from(row[0]) + u32::from(row[1]) + u32::from(row[2]);
        *out = ninth(sum(above) + sum(middle) + sum(below));
    }
}

/// `round(sum / 9)` for every sum up to 9 · 255: 7282 / 65536 is 1 / 9 within 0.003 %.
#[inline(always)]
fn ninth(sum: u32) -> u8 {
    ((sum * 7282 + 32_768) >> 16) as u8
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(width: u16, crop: u8, scale: Scale) -> Downscaling {
        Downscaling { width, crop, scale, deslant: false }
    }

    #[test]
    fn half_is_the_rounded_mean_of_four() {
        let mut out = [0];
        downscale(&[1, 2, 3, 4], &with(2, 0, Scale::Half), &mut out);
        assert_eq!(out, [3]);
    }

    #[test]
    fn two_thirds_weighs_corner_edges_and_middle() {
        let picture = [90, 0, 0, 0, 0, 0, 0, 0, 9];
        let mut out = [0; 4];
        downscale(&picture, &with(3, 0, Scale::TwoThirds), &mut out);
        assert_eq!(out, [40, 0, 0, 4]);
        downscale(&[255; 9], &with(3, 0, Scale::TwoThirds), &mut out);
        assert_eq!(out, [255; 4]);
    }

    #[test]
    fn third_is_the_rounded_mean_of_nine() {
        let mut out = [0; 2];
        downscale(&[9, 0, 0, 0, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0], &with(6, 0, Scale::Third), &mut out);
        assert_eq!(out, [1, 0]);
        for sum in 0..=9 * 255 {
            assert_eq!(u32::from(ninth(sum)), (2 * sum + 9) / 18, "{sum}");
        }
    }

    #[test]
    fn cropping_cuts_every_side() {
        let picture: [u8; 16] = core::array::from_fn(|index| index as u8);
        let mut out = [0; 4];
        downscale(&picture, &with(4, 1, Scale::One), &mut out);
        assert_eq!(out, [5, 6, 9, 10]);
    }

    #[test]
    fn rows_of_a_leaning_stroke_are_read_where_it_leans_to() {
        let leaning: [u8; 64] = core::array::from_fn(|index| if index % 8 + index / 8 == 7 { 255 } else { 0 });
        let how = |scale| Downscaling { deslant: true, ..with(8, 2, scale) };
        let mut out = [0; 16];
        downscale(&leaning, &how(Scale::One), &mut out);
        let mut upright = [0; 16];
        for row in upright.chunks_exact_mut(4) {
            row[2] = 255;
        }
        assert_eq!(out, upright);
        downscale(&leaning, &how(Scale::Half), &mut out[..4]);
        assert_eq!(out[..4], [0, 128, 0, 128]);
    }

    #[test]
    fn rows_of_two_more_than_whole_words_are_halved_whole() {
        let picture: [u8; 36] = core::array::from_fn(|index| 7 * index as u8);
        let mut out = [0; 9];
        downscale(&picture, &with(6, 0, Scale::Half), &mut out);
        assert_eq!(out, core::array::from_fn(|index| (7 * (index / 3 * 12 + index % 3 * 2) + 25) as u8));
    }
}
