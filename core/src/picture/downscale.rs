//! Deslanting, cropping and downscaling of a picture, without a copy in between.

use core::hint::black_box;

use super::deslant::RowShifts;
use crate::format::{Preprocessing, Scale};

/// Parameters of [`downscale`].
#[derive(Clone, Copy, Debug)]
pub struct Downscaling {
    /// Pixels per row of the picture.
    pub width: u16,
    /// Pixels cut off at each edge.
    pub crop: u8,
    /// Scale of the cropped picture.
    pub scale: Scale,
    /// True if the picture is deslanted first; `crop` is then at least 1.
    pub deslant: bool,
}

impl Downscaling {
    /// Takes the parameters from the deslanting and downscaling steps of a front end.
    pub const fn new(preprocessing: &Preprocessing) -> Self {
        let (crop, scale) = preprocessing.downscale();
        Downscaling { width: preprocessing.width, crop, scale, deslant: preprocessing.deslants() }
    }
}

/// Deslants, crops and downscales a picture, as `params` say.
///
/// `picture` is `[height][width]`; `out` has both sides cropped and [scaled](Scale::scaled).
///
/// | scale       | output pixel                      | input pixels                                              |
/// |-------------|-----------------------------------|-----------------------------------------------------------|
/// | `One`       | `a`                               | the pixel                                                 |
/// | `TwoThirds` | `round((4a + 2b + 2c + d) / 9)`   | of 3 × 3: corner `a`, its neighbours `b`, `c`, centre `d` |
/// | `Half`      | `(a + b + c + d + 2) >> 2`        | 2 × 2                                                     |
/// | `Third`     | `round((a + … + i) / 9)`          | 3 × 3                                                     |
#[inline]
pub fn downscale(picture: &[u8], params: &Downscaling, out: &mut [u8]) {
    let (width, crop) = (usize::from(params.width), usize::from(params.crop));
    let (from, to) = params.scale.ratio();
    let (from, to) = (usize::from(from), usize::from(to));
    let cropped = width.saturating_sub(2 * crop);
    let out_width = cropped / from * to;
    if out_width == 0 {
        return;
    }
    let mut shifts = if params.deslant { Some(RowShifts::new(picture, width, crop)) } else { None };
    // `2 · crop`, the largest shift, to the left of the first cropped row.
    let mut start = (crop * width).saturating_sub(crop);
    // Hides the number of rows from the compiler, which would unroll the loop over rows as short as these.
    let out = if matches!(params.scale, Scale::Half) { black_box(out) } else { out };
    for out in out.chunks_exact_mut(to * out_width) {
        let Some(rows) = picture.get(start..start + from * width + 2 * crop) else { return };
        start += from * width;
        // The next row without its border. Every row is taken exactly once and in order, because the shifts advance.
        let mut row = |y: usize| {
            let shift = shifts.as_mut().map_or(0, RowShifts::next_row);
            let start = (y * width + 2 * crop).wrapping_add_signed(shift);
            rows.get(start..start + cropped).unwrap_or_default()
        };
        match params.scale {
            Scale::One => out.iter_mut().zip(row(0)).for_each(|(out, &pixel)| *out = pixel),
            Scale::Half => halve([row(0), row(1)], out),
            Scale::TwoThirds => two_thirds([row(0), row(1), row(2)], out, out_width),
            Scale::Third => third([row(0), row(1), row(2)], out),
        }
    }
}

/// True if the core loads words from any address. Otherwise four pixels would be loaded one by one, and code for pairs
/// of pixels is smaller and no slower.
const UNALIGNED_WORDS: bool = !cfg!(any(sinapse_core = "armv6m", target_arch = "riscv32"));

/// Downscales two rows to one of half their width.
#[inline(always)]
fn halve([above, below]: [&[u8]; 2], out: &mut [u8]) {
    if !UNALIGNED_WORDS {
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

/// Returns the rounded means of the left and right 2 × 2 pixels in a block of four pixels above four others.
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

/// Downscales three rows to two of two thirds of their width.
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
            // 455 / 4096 is 1 / 9 to within 0.03 %: bright means just above one half are rounded down.
            (((4 * corner + 2 * edges + middle) * 455 + 2048) >> 12) as u8
        };
        (*upper, *lower) = ([mean(a, b, d), mean(c, b, f)], [mean(g, h, d), mean(i, h, f)]);
    }
}

/// Downscales three rows to one of a third of their width.
#[inline(always)]
fn third([above, middle, below]: [&[u8]; 3], out: &mut [u8]) {
    let blocks = above.as_chunks::<3>().0.iter().zip(middle.as_chunks::<3>().0).zip(below.as_chunks::<3>().0);
    for (((above, middle), below), out) in blocks.zip(out) {
        let sum = |row: &[u8; 3]| u32::from(row[0]) + u32::from(row[1]) + u32::from(row[2]);
        *out = ninth(sum(above) + sum(middle) + sum(below));
    }
}

/// Returns `round(sum / 9)` for every sum up to 9 · 255: 7282 / 65536 is 1 / 9 to within 0.003 %.
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
    fn two_thirds_weights_corner_edges_and_middle_by_area() {
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
    fn cropping_cuts_off_all_four_edges() {
        let picture: [u8; 16] = core::array::from_fn(|index| index as u8);
        let mut out = [0; 4];
        downscale(&picture, &with(4, 1, Scale::One), &mut out);
        assert_eq!(out, [5, 6, 9, 10]);
    }

    #[test]
    fn a_slanted_stroke_becomes_upright() {
        let slanted: [u8; 64] = core::array::from_fn(|index| if index % 8 + index / 8 == 7 { 255 } else { 0 });
        let params = |scale| Downscaling { deslant: true, ..with(8, 2, scale) };
        let mut out = [0; 16];
        downscale(&slanted, &params(Scale::One), &mut out);
        let mut upright = [0; 16];
        for row in upright.chunks_exact_mut(4) {
            row[2] = 255;
        }
        assert_eq!(out, upright);
        downscale(&slanted, &params(Scale::Half), &mut out[..4]);
        assert_eq!(out[..4], [0, 128, 0, 128]);
    }

    #[test]
    fn rows_that_end_in_half_a_word_are_halved_to_their_end() {
        let picture: [u8; 36] = core::array::from_fn(|index| 7 * index as u8);
        let mut out = [0; 9];
        downscale(&picture, &with(6, 0, Scale::Half), &mut out);
        assert_eq!(out, core::array::from_fn(|index| (7 * (index / 3 * 12 + index % 3 * 2) + 25) as u8));
    }
}
