//! Varying training images: pen width, rotation, scale, shear, shift, elastic deformation (Simard et al. 2003).

use std::ops::Range;

use rand::{Rng, RngExt};

use crate::linalg::simd::{integer, vectorised};
use crate::recipe::Augmentation;

/// Points of the coarse grid that elastic displacements are drawn on, each way.
const GRID: usize = 5;

/// Background around a picture: positions outside are clamped into it.
const BORDER: usize = 2;

/// Numbers that are computed together: a register of AVX-512, two of AVX.
const LANES: usize = 16;

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
    /// The same before the pen's width is changed.
    thin: Vec<f32>,
    /// Every pixel of the source and the one to its right, so that one read gets both; filled up to a power of two.
    pairs: Vec<[f32; 2]>,
    /// Columns of the output, filled up to a multiple of [`LANES`].
    columns: usize,
    /// Share of every grid point in the displacement of every output column.
    shares: Vec<[[f32; LANES]; GRID + 1]>,
    /// Input positions of the output pixels, border included, `[height][columns]`, x and y; then where they lie between
    /// their neighbours.
    positions: [Vec<f32>; 2],
    /// Places of the left upper neighbours among the pairs.
    places: Vec<u32>,
    /// Pairs of neighbours above, and below.
    corners: [Vec<[f32; 2]>; 2],
    pixels: Vec<u8>,
}

impl Varier {
    /// For images of this size.
    pub fn new(width: usize, height: usize) -> Varier {
        let bordered = (width + 2 * BORDER) * (height + 2 * BORDER);
        let columns = width.next_multiple_of(LANES);
        let mut shares = vec![[[0.0; LANES]; GRID + 1]; columns / LANES];
        for x in 0..width {
            let (left, place) = cell(x, width);
            shares[x / LANES][left][x % LANES] = 1.0 - place;
            shares[x / LANES][left + 1][x % LANES] = place;
        }
        let count = height * columns;
        Varier {
            width,
            height,
            source: vec![0.0; bordered],
            thin: vec![0.0; bordered],
            pairs: vec![[0.0; 2]; bordered.next_power_of_two()],
            columns,
            shares,
            positions: std::array::from_fn(|_| vec![0.0; count]),
            places: vec![0; count],
            corners: std::array::from_fn(|_| vec![[0.0; 2]; count]),
            pixels: vec![0; count],
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
                let inked = self.load(image, pen);
                self.resample(&warp, inked, out);
            },
        );
    }

    /// Copies an image into its border, the pen's width changed; returns the rows with ink.
    #[inline(always)]
    fn load(&mut self, image: &[u8], pen: f32) -> Range<usize> {
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
            // Within the picture: the border stays empty for the next one.
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

    /// Moves every pixel of some rows towards the largest of its neighbours (a wider pen) or the smallest (a finer one).
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

    /// Reads the source at the warped position of every output pixel, bilinearly.
    #[inline(always)]
    fn resample(&mut self, warp: &Warp, inked: Range<usize>, out: &mut [u8]) {
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

    /// Input positions of row `y` of output pixels.
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

    /// The four pixels around each position; of the position its fraction is left.
    #[inline(always)]
    fn read_corners(&mut self, here: Range<usize>) {
        let stride = self.width + 2 * BORDER;
        let [xs, ys] = self.positions.each_mut().map(|numbers| &mut numbers[here.clone()]);
        let places = &mut self.places[here.clone()];
        for ((x, y), place) in xs.iter_mut().zip(ys).zip(places.iter_mut()) {
            let (left, top) = (x.trunc(), y.trunc());
            *place = integer(top * stride as f32 + left);
            *x -= left;
            *y -= top;
        }
        // Nothing lies outside; the mask spares the loop a branch for each pixel.
        let pairs = &self.pairs[..];
        let inside = pairs.len() - 1;
        let [above, below] = self.corners.each_mut().map(|pairs| &mut pairs[here.clone()]);
        for ((&place, above), below) in places.iter().zip(above).zip(below) {
            *above = pairs[place as usize & inside];
            *below = pairs[(place as usize + stride) & inside];
        }
    }

    /// Weighs the four pixels.
    #[inline(always)]
    fn blend(&mut self, here: Range<usize>) {
        let [fx, fy] = self.positions.each_ref().map(|numbers| &numbers[here.clone()]);
        let [above, below] = self.corners.each_ref().map(|pairs| &pairs[here.clone()]);
        for (index, pixel) in self.pixels[here.clone()].iter_mut().enumerate() {
            let ([above, right_above], [below, right_below]) = (above[index], below[index]);
            let above = above + fx[index] * (right_above - above);
            let below = below + fx[index] * (right_below - below);
            *pixel = integer((above + fy[index] * (below - above) + 0.5).trunc()) as u8;
        }
    }
}

/// Cell of the elastic grid that pixel `index` of `length` lies in, and where in it.
#[inline(always)]
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
    fn a_variation_does_not_depend_on_the_pictures_before_it() {
        let wider = Augmentation { pen: 1.0, rotation_degrees: 10.0, ..NOTHING };
        let full = vec![255; 784];
        let mut varier = Varier::new(28, 28);
        let mut out = vec![0; 784];
        for seed in 0..20 {
            varier.vary(&wider, &mut ChaCha8Rng::seed_from_u64(seed), &full, &mut out);
            let mut alone = vec![0; 784];
            Varier::new(28, 28).vary(&wider, &mut ChaCha8Rng::seed_from_u64(seed), &full, &mut alone);
            assert_eq!(out, alone, "seed {seed}");
        }
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
            let inked = varier.load(&square(), pen);
            varier.resample(&nothing, inked, out);
        }
        assert_eq!(out.map(|out| ink(&out) / 255.0), [(12 * 8 + 2 * 12 + 2 * 8) as f64, (10 * 6) as f64]);
    }

    /// The definition, pixel by pixel: pen, warp, bilinear reading; all zero outside.
    fn plain(warp: &Warp, pen: f32, image: &[u8], width: usize) -> Vec<u8> {
        let height = image.len() / width;
        let inside = |x: i64, y: i64| (0..width as i64).contains(&x) && (0..height as i64).contains(&y);
        let at = |x: i64, y: i64| if inside(x, y) { f32::from(image[y as usize * width + x as usize]) } else { 0.0 };
        let drawn = |x: i64, y: i64| {
            let cross = [at(x, y), at(x - 1, y), at(x + 1, y), at(x, y - 1), at(x, y + 1)];
            let extreme = cross.into_iter().reduce(if pen > 0.0 { f32::max } else { f32::min }).unwrap();
            if inside(x, y) { at(x, y) + pen.abs() * (extreme - at(x, y)) } else { 0.0 }
        };
        let varied = |y: usize, x: usize| {
            let ((left, fx), (top, fy)) = (cell(x, width), cell(y, height));
            let middle = [(width as f32 - 1.0) / 2.0, (height as f32 - 1.0) / 2.0];
            let most = [(width + BORDER) as f32, (height + BORDER) as f32];
            let position: [f32; 2] = std::array::from_fn(|axis| {
                let grid = |x: usize| warp.grid[top][x][axis] * (1.0 - fy) + warp.grid[top + 1][x][axis] * fy;
                let [by_x, by_y] = warp.matrix[axis];
                let dy = y as f32 - middle[1];
                let start = by_y * dy + middle[axis] + warp.shift[axis] + BORDER as f32 - by_x * middle[0];
                let moved = start + by_x * x as f32 + grid(left) * (1.0 - fx) + grid(left + 1) * fx;
                moved.clamp(0.0, most[axis])
            });
            let [left, top] = position.map(|place| place as i64);
            let [fx, fy] = position.map(f32::fract);
            let read = |x: i64, y: i64| drawn(x - BORDER as i64, y - BORDER as i64);
            let above = read(left, top) + fx * (read(left + 1, top) - read(left, top));
            let below = read(left, top + 1) + fx * (read(left + 1, top + 1) - read(left, top + 1));
            (above + fy * (below - above) + 0.5) as u8
        };
        (0..height).flat_map(|y| (0..width).map(move |x| (y, x))).map(|(y, x)| varied(y, x)).collect()
    }

    #[test]
    fn vectors_give_what_the_definition_gives_for_images_of_any_size() {
        let strong = Augmentation { rotation_degrees: 40.0, scale: 0.4, shear: 0.4, shift_pixels: 4.0, ..NOTHING };
        for (width, height) in [(28, 28), (8, 8), (1, 1), (17, 5), (3, 40), (32, 16)] {
            let mut varier = Varier::new(width, height);
            for seed in 0..40 {
                let mut rng = ChaCha8Rng::seed_from_u64(seed);
                let elastic_pixels = if seed % 3 == 0 { 0.0 } else { 1.5 };
                let warp = Warp::random(&Augmentation { elastic_pixels, ..strong }, &mut rng);
                let pen = [0.0, 0.4, -0.4, 1.0][seed as usize % 4];
                // Every other image is mostly background.
                let grey = |_| if rng.random::<f32>() < 0.9 * (seed % 2) as f32 { 0 } else { rng.random::<u8>() };
                let image: Vec<u8> = (0..width * height).map(grey).collect();
                let mut out = vec![0; image.len()];
                let inked = varier.load(&image, pen);
                varier.resample(&warp, inked, &mut out);
                assert_eq!(out, plain(&warp, pen, &image, width), "{width} × {height}, seed {seed}, pen {pen}");
            }
        }
    }
}
