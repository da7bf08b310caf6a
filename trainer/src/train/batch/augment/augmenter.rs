//! The augmenter: vectorised stroke width changes and bilinear resampling.

use std::ops::Range;

use rand::{Rng, RngExt};

use super::warp::{GRID, Warp, cell};
use crate::linalg::simd::{vectorised, whole_to_u32};
use crate::recipe::Augmentation;

/// Background around a picture; positions outside are clamped into it.
pub(super) const BORDER: usize = 2;

/// Vector length: one AVX-512 register, or two of AVX.
const LANES: usize = 16;

/// Augments images of one size, with reusable buffers.
pub struct Augmenter {
    width: usize,
    height: usize,
    /// The padded image, `[height + 2 · BORDER][width + 2 · BORDER]`.
    source: Vec<f32>,
    /// The padded image before its stroke width is changed.
    thin: Vec<f32>,
    /// Each source pixel with its right neighbour, so that one load reads both; padded to a power of two.
    pairs: Vec<[f32; 2]>,
    /// Output columns, padded to a multiple of [`LANES`].
    columns: usize,
    /// Weight of each grid point in the displacement of each output column.
    shares: Vec<[[f32; LANES]; GRID + 1]>,
    /// Source positions of the output pixels, border included, `[height][columns]`, x and y; later their fractional
    /// parts.
    positions: [Vec<f32>; 2],
    /// Indices of the upper left neighbours in `pairs`.
    indices: Vec<u32>,
    /// Pairs of neighbours above and below.
    corners: [Vec<[f32; 2]>; 2],
    pixels: Vec<u8>,
}

impl Augmenter {
    /// Creates an augmenter for images of this size.
    pub fn new(width: usize, height: usize) -> Augmenter {
        let bordered = (width + 2 * BORDER) * (height + 2 * BORDER);
        let columns = width.next_multiple_of(LANES);
        let mut shares = vec![[[0.0; LANES]; GRID + 1]; columns / LANES];
        for x in 0..width {
            let (left, place) = cell(x, width);
            shares[x / LANES][left][x % LANES] = 1.0 - place;
            shares[x / LANES][left + 1][x % LANES] = place;
        }
        let count = height * columns;
        Augmenter {
            width,
            height,
            source: vec![0.0; bordered],
            thin: vec![0.0; bordered],
            pairs: vec![[0.0; 2]; bordered.next_power_of_two()],
            columns,
            shares,
            positions: std::array::from_fn(|_| vec![0.0; count]),
            indices: vec![0; count],
            corners: std::array::from_fn(|_| vec![[0.0; 2]; count]),
            pixels: vec![0; count],
        }
    }

    /// Writes a random variation of `image` to `out`.
    pub fn augment(&mut self, augmentation: &Augmentation, rng: &mut impl Rng, image: &[u8], out: &mut [u8]) {
        if rng.random::<f32>() >= augmentation.probability {
            out.copy_from_slice(image);
            return;
        }
        let warp = Warp::random(augmentation, rng);
        let pen = augmentation.pen;
        let pen = if pen > 0.0 { rng.random_range(-pen..=pen) } else { 0.0 };
        vectorised(
            #[inline(always)]
            || {
                let inked = self.load(image, pen);
                self.resample(&warp, inked, out);
            },
        );
    }

    /// Copies an image into its border and changes its stroke width; returns the rows with ink.
    #[inline(always)]
    pub(super) fn load(&mut self, image: &[u8], pen: f32) -> Range<usize> {
        let stride = self.width + 2 * BORDER;
        let (mut first, mut last) = (usize::MAX, 0);
        for (y, row) in image.chunks_exact(self.width).enumerate() {
            let start = (y + BORDER) * stride + BORDER;
            for (value, &pixel) in self.source[start..][..self.width].iter_mut().zip(row) {
                *value = f32::from(pixel);
            }
            if row.iter().fold(0, |all, pixel| all | pixel) != 0 {
                (first, last) = (first.min(y + BORDER), y + BORDER + 1);
            }
        }
        if first >= last {
            return 0..0;
        }
        let mut inked = first..last;
        if pen != 0.0 {
            // Stays within the picture, so that the border remains empty for the next one.
            inked = (first - 1).max(BORDER)..(last + 1).min(BORDER + self.height);
            std::mem::swap(&mut self.source, &mut self.thin);
            if pen > 0.0 {
                self.change_pen(pen, inked.clone(), |a, b| if a > b { a } else { b });
            } else {
                self.change_pen(-pen, inked.clone(), |a, b| if a < b { a } else { b });
            }
        }
        self.pairs.fill([0.0; 2]);
        let here = inked.start * stride..inked.end * stride;
        let pixels = self.source[here.clone()].iter().zip(&self.source[here.start + 1..]);
        for (pair, (&left, &right)) in self.pairs[here].iter_mut().zip(pixels) {
            *pair = [left, right];
        }
        inked
    }

    /// Moves each pixel of some rows towards the maximum of its neighbours (dilation) or the minimum (erosion).
    #[inline(always)]
    fn change_pen(&mut self, share: f32, rows: Range<usize>, more: impl Fn(f32, f32) -> f32) {
        let stride = self.width + 2 * BORDER;
        let here = rows.start * stride..rows.end * stride;
        let count = here.len();
        let from = |start: usize| &self.thin[start..][..count];
        let (above, below) = (from(here.start - stride), from(here.start + stride));
        let (left, right, old) = (from(here.start - 1), from(here.start + 1), from(here.start));
        let out = &mut self.source[here][..count];
        for index in 0..count {
            let beside = more(more(above[index], below[index]), more(left[index], right[index]));
            out[index] = old[index] + share * (more(beside, old[index]) - old[index]);
        }
        for row in out.chunks_exact_mut(stride) {
            row[..BORDER].fill(0.0);
            row[stride - BORDER..].fill(0.0);
        }
    }

    /// Samples the source bilinearly at the warped position of each output pixel.
    #[inline(always)]
    pub(super) fn resample(&mut self, warp: &Warp, inked: Range<usize>, out: &mut [u8]) {
        let (first, last) = (inked.start as f32 - 1.0, inked.end as f32);
        let mut rows = 0..0;
        for y in 0..self.height {
            self.find_positions(warp, y);
            let ys = &self.positions[1][y * self.columns..][..self.columns];
            if ys.iter().fold(false, |any, &y| any | (y > first && y < last)) {
                rows = if rows.is_empty() { y..y + 1 } else { rows.start..y + 1 };
            }
        }
        if rows.is_empty() {
            out.fill(0);
            return;
        }
        let here = rows.start * self.columns..rows.end * self.columns;
        self.read_corners(here.clone());
        self.blend(here.clone());
        out[..rows.start * self.width].fill(0);
        out[rows.end * self.width..].fill(0);
        let out = out[rows.start * self.width..].chunks_exact_mut(self.width);
        out.zip(self.pixels[here].chunks_exact(self.columns)).for_each(|(out, row)| {
            out.copy_from_slice(&row[..self.width]);
        });
    }

    /// Computes the source positions of output row `y`.
    #[inline(always)]
    fn find_positions(&mut self, warp: &Warp, y: usize) {
        let middle = [(self.width as f32 - 1.0) / 2.0, (self.height as f32 - 1.0) / 2.0];
        let most = [(self.width + BORDER) as f32, (self.height + BORDER) as f32];
        let dy = y as f32 - middle[1];
        let (top, fy) = cell(y, self.height);
        let columns = self.columns;
        for axis in 0..2 {
            let grid: [f32; GRID + 1] = std::array::from_fn(|column| {
                warp.grid[top][column][axis] * (1.0 - fy) + warp.grid[top + 1][column][axis] * fy
            });
            let [by_x, by_y] = warp.matrix[axis];
            let start = by_y * dy + middle[axis] + warp.shift[axis] + BORDER as f32 - by_x * middle[0];
            let positions = self.positions[axis][y * columns..][..columns].chunks_exact_mut(LANES);
            for (vector, (positions, shares)) in positions.zip(&self.shares).enumerate() {
                for (lane, position) in positions.iter_mut().enumerate() {
                    let mut moved = start + by_x * (vector * LANES + lane) as f32;
                    for (share, displacement) in shares.iter().zip(grid) {
                        moved += displacement * share[lane];
                    }
                    *position = moved.clamp(0.0, most[axis]);
                }
            }
        }
    }

    /// Loads the four pixels around each position and reduces the position to its fractional part.
    #[inline(always)]
    fn read_corners(&mut self, here: Range<usize>) {
        let stride = self.width + 2 * BORDER;
        let [xs, ys] = self.positions.each_mut().map(|numbers| &mut numbers[here.clone()]);
        let indices = &mut self.indices[here.clone()];
        for ((x, y), index) in xs.iter_mut().zip(ys).zip(indices.iter_mut()) {
            let (left, top) = (x.trunc(), y.trunc());
            *index = whole_to_u32(top * stride as f32 + left);
            *x -= left;
            *y -= top;
        }
        // No index is out of bounds; the mask spares the loop a branch per pixel.
        let pairs = &self.pairs[..];
        let inside = pairs.len() - 1;
        let [above, below] = self.corners.each_mut().map(|pairs| &mut pairs[here.clone()]);
        for ((&index, above), below) in indices.iter().zip(above).zip(below) {
            *above = pairs[index as usize & inside];
            *below = pairs[(index as usize + stride) & inside];
        }
    }

    /// Interpolates between the four pixels.
    #[inline(always)]
    fn blend(&mut self, here: Range<usize>) {
        let [fx, fy] = self.positions.each_ref().map(|numbers| &numbers[here.clone()]);
        let [above, below] = self.corners.each_ref().map(|pairs| &pairs[here.clone()]);
        for (index, pixel) in self.pixels[here.clone()].iter_mut().enumerate() {
            let ([above, right_above], [below, right_below]) = (above[index], below[index]);
            let above = above + fx[index] * (right_above - above);
            let below = below + fx[index] * (right_below - below);
            *pixel = whole_to_u32((above + fy[index] * (below - above) + 0.5).trunc()) as u8;
        }
    }
}
