//! Varying training images: pen width, rotation, scale, shear, shift, elastic deformation (Simard et al. 2003).

use rand::{Rng, RngExt};

use super::vectors::vectorised;
use crate::recipe::Augmentation;

/// Points of the coarse grid that elastic displacements are drawn on, each way.
const GRID: usize = 5;

/// Background around a picture: positions outside are clamped into it.
const BORDER: usize = 2;

/// Affine map and smooth displacement from output pixels to input positions, both about the middle.
struct Warp {
    matrix: [[f32; 2]; 2],
    shift: [f32; 2],
    /// `[GRID + 1][GRID + 1]` displacements in pixels, x and y.
    grid: [[[f32; 2]; GRID + 1]; GRID + 1],
}

impl Warp {
    fn random(augmentation: &Augmentation, rng: &mut impl Rng) -> Warp {
        let mut within = |limit: f32| if limit > 0.0 { rng.random_range(-limit..=limit) } else { 0.0 };
        let (sin, cos) = within(augmentation.rotation_degrees.to_radians()).sin_cos();
        let (width, height) = (1.0 + within(augmentation.scale), 1.0 + within(augmentation.scale));
        let shear = within(augmentation.shear);
        let shift = [within(augmentation.shift_pixels), within(augmentation.shift_pixels)];
        // Uniform numbers in ±√3 have variance 1; interpolation between grid points keeps about half of it.
        let spread = augmentation.elastic_pixels * 3f32.sqrt() * 1.4;
        let mut grid = [[[0.0; 2]; GRID + 1]; GRID + 1];
        if spread > 0.0 {
            for point in grid.as_flattened_mut() {
                *point = [within(spread), within(spread)];
            }
        }
        let matrix = [[cos / width, (shear * cos - sin) / width], [sin / height, (shear * sin + cos) / height]];
        Warp { matrix, shift, grid }
    }
}

/// Varies images of one size; keeps its buffers.
pub struct Varier {
    width: usize,
    height: usize,
    /// The image and its border, `[height + 2 · BORDER][width + 2 · BORDER]`.
    source: Vec<f32>,
    /// Grid cell and place in it of every output column.
    columns: Vec<(usize, f32)>,
    /// Input positions of a row of output pixels, border included: x, then y.
    positions: [Vec<f32>; 2],
}

impl Varier {
    /// For images of this size.
    pub fn new(width: usize, height: usize) -> Varier {
        Varier {
            width,
            height,
            source: vec![0.0; (width + 2 * BORDER) * (height + 2 * BORDER)],
            columns: (0..width).map(|x| cell(x, width)).collect(),
            positions: [vec![0.0; width], vec![0.0; width]],
        }
    }

    /// Writes a variation of `image` to `out`.
    pub fn vary(&mut self, augmentation: &Augmentation, rng: &mut impl Rng, image: &[u8], out: &mut [u8]) {
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
                let (first, last) = self.load(image, pen);
                self.resample(&warp, first as f32, last as f32, out);
            },
        );
    }

    /// Copies an image into its border, the pen's width changed; returns the first row with ink and the one after the last.
    #[inline(always)]
    fn load(&mut self, image: &[u8], pen: f32) -> (usize, usize) {
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
        if pen != 0.0 && first < last {
            self.change_pen(pen, first, last);
            return (first - 1, last + 1);
        }
        (first, last)
    }

    /// Moves every pixel towards the largest of its neighbours (a wider pen) or the smallest (a finer one).
    #[inline(always)]
    fn change_pen(&mut self, pen: f32, first: usize, last: usize) {
        let stride = self.width + 2 * BORDER;
        let old = self.source.clone();
        for y in first - 1..last + 1 {
            let row = |y: usize, x: usize| &old[y * stride + x..][..self.width];
            let (above, below) = (row(y - 1, BORDER), row(y + 1, BORDER));
            let (left, right, here) = (row(y, BORDER - 1), row(y, BORDER + 1), row(y, BORDER));
            let out = &mut self.source[y * stride + BORDER..][..self.width];
            for x in 0..self.width {
                let (a, b, c, d) = (above[x], below[x], left[x], right[x]);
                let extreme =
                    if pen > 0.0 { a.max(b).max(c).max(d).max(here[x]) } else { a.min(b).min(c).min(d).min(here[x]) };
                out[x] = here[x] + pen.abs() * (extreme - here[x]);
            }
        }
    }

    /// Reads the source at the warped position of every output pixel, bilinearly.
    #[inline(always)]
    fn resample(&mut self, warp: &Warp, first: f32, last: f32, out: &mut [u8]) {
        let Varier { width, height, source, columns, positions } = self;
        let (width, height) = (*width, *height);
        let stride = width + 2 * BORDER;
        let middle = [(width as f32 - 1.0) / 2.0, (height as f32 - 1.0) / 2.0];
        let most = [(width + BORDER) as f32, (height + BORDER) as f32];
        for (y, out) in out.chunks_exact_mut(width).enumerate() {
            let dy = y as f32 - middle[1];
            let (top, fy) = cell(y, height);
            for (axis, positions) in positions.iter_mut().enumerate() {
                let grid: [f32; GRID + 1] = std::array::from_fn(|column| {
                    warp.grid[top][column][axis] * (1.0 - fy) + warp.grid[top + 1][column][axis] * fy
                });
                let [by_x, by_y] = warp.matrix[axis];
                let start = by_y * dy + middle[axis] + warp.shift[axis] + BORDER as f32 - by_x * middle[0];
                for (x, (position, &(left, fx))) in positions.iter_mut().zip(columns.iter()).enumerate() {
                    let moved = start + by_x * x as f32 + grid[left] * (1.0 - fx) + grid[left + 1] * fx;
                    *position = moved.clamp(0.0, most[axis]);
                }
            }
            for ((pixel, &x), &y) in out.iter_mut().zip(&positions[0]).zip(&positions[1]) {
                if y <= first - 1.0 || y >= last {
                    *pixel = 0;
                    continue;
                }
                let (left, top) = (x as u32 as usize, y as u32 as usize);
                let (fx, fy) = (x - left as f32, y - top as f32);
                let (above, below) = (&source[top * stride + left..][..2], &source[(top + 1) * stride + left..][..2]);
                let above = above[0] + fx * (above[1] - above[0]);
                let below = below[0] + fx * (below[1] - below[0]);
                *pixel = (above + fy * (below - above) + 0.5) as u8;
            }
        }
    }
}

/// Cell of the elastic grid that pixel `index` of `length` lies in, and where in it.
fn cell(index: usize, length: usize) -> (usize, f32) {
    let position = index as f32 / length as f32 * GRID as f32;
    let cell = (position as usize).min(GRID - 1);
    (cell, position - cell as f32)
}

#[cfg(test)]
mod tests {
    use rand::SeedableRng;
    use rand_chacha::ChaCha8Rng;

    use super::*;

    const NOTHING: Augmentation = Augmentation {
        probability: 1.0,
        rotation_degrees: 0.0,
        scale: 0.0,
        shear: 0.0,
        shift_pixels: 0.0,
        elastic_pixels: 0.0,
        pen: 0.0,
        variations: 0,
    };

    fn varied(augmentation: &Augmentation, image: &[u8], width: usize) -> Vec<u8> {
        let mut out = vec![0; image.len()];
        let mut varier = Varier::new(width, image.len() / width);
        varier.vary(augmentation, &mut ChaCha8Rng::seed_from_u64(1), image, &mut out);
        out
    }

    fn square() -> Vec<u8> {
        let mut image = vec![0u8; 784];
        for y in 8..20 {
            image[y * 28 + 10..y * 28 + 18].fill(255);
        }
        image
    }

    fn ink(image: &[u8]) -> f64 {
        image.iter().map(|&p| f64::from(p)).sum()
    }

    #[test]
    fn no_variation_leaves_an_image_as_it_is() {
        let image: Vec<u8> = (0..20).collect();
        assert_eq!(varied(&NOTHING, &image, 5), image);
    }

    #[test]
    fn elastic_deformation_moves_pixels_and_keeps_most_of_the_ink() {
        let out = varied(&Augmentation { elastic_pixels: 1.0, ..NOTHING }, &square(), 28);
        assert_ne!(out, square());
        assert!((0.6..1.6).contains(&(ink(&out) / ink(&square()))), "{}", ink(&out) / ink(&square()));
    }

    #[test]
    fn shifts_beyond_the_picture_leave_nothing() {
        assert_eq!(varied(&Augmentation { shift_pixels: 1e6, ..NOTHING }, &square(), 28), [0; 784]);
    }

    #[test]
    fn a_wider_pen_adds_ink_around_and_a_finer_one_takes_it_away() {
        let mut varier = Varier::new(28, 28);
        let mut out = [vec![0; 784], vec![0; 784]];
        let nothing =
            Warp { matrix: [[1.0, 0.0], [0.0, 1.0]], shift: [0.0; 2], grid: [[[0.0; 2]; GRID + 1]; GRID + 1] };
        for (pen, out) in [1.0, -1.0].into_iter().zip(&mut out) {
            let (first, last) = varier.load(&square(), pen);
            varier.resample(&nothing, first as f32, last as f32, out);
        }
        assert_eq!(out.map(|out| ink(&out) / 255.0), [(12 * 8 + 2 * 12 + 2 * 8) as f64, (10 * 6) as f64]);
    }
}
