//! Varying training images: rotation, scale, shear, shift, elastic deformation (Simard et al. 2003), in one resampling.

use rand::{Rng, RngExt};

use crate::recipe::Augmentation;

/// Points of the coarse grid that elastic displacements are drawn on, each way.
const GRID: usize = 5;

/// Affine map and smooth displacement from output pixels to input positions, both about the middle.
struct Warp {
    matrix: [[f32; 2]; 2],
    shift: [f32; 2],
    /// `[GRID + 1][GRID + 1]` displacements in pixels, x and y.
    grid: [[[f32; 2]; GRID + 1]; GRID + 1],
    elastic: bool,
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
        Warp { matrix, shift, grid, elastic: spread > 0.0 }
    }

    /// Displacement at `(x, y)`, both 0..=1 across the picture: bilinear between grid points.
    fn displacement(&self, x: f32, y: f32) -> [f32; 2] {
        let (gx, gy) = (x * GRID as f32, y * GRID as f32);
        let (left, top) = ((gx as usize).min(GRID - 1), (gy as usize).min(GRID - 1));
        let (fx, fy) = (gx - left as f32, gy - top as f32);
        std::array::from_fn(|axis| {
            let row = |y: usize| self.grid[y][left][axis] * (1.0 - fx) + self.grid[y][left + 1][axis] * fx;
            row(top) * (1.0 - fy) + row(top + 1) * fy
        })
    }
}

/// Writes a variation of `image` (`width` × `height` pixels) to `out`.
pub fn vary(
    augmentation: &Augmentation,
    rng: &mut impl Rng,
    image: &[u8],
    width: usize,
    height: usize,
    out: &mut [u8],
) {
    if rng.random::<f32>() >= augmentation.probability {
        out.copy_from_slice(image);
        return;
    }
    let warp = Warp::random(augmentation, rng);
    let middle = [(width as f32 - 1.0) / 2.0, (height as f32 - 1.0) / 2.0];
    for (y, row) in out.chunks_exact_mut(width).enumerate() {
        for (x, pixel) in row.iter_mut().enumerate() {
            let (dx, dy) = (x as f32 - middle[0], y as f32 - middle[1]);
            let mut source_x = warp.matrix[0][0] * dx + warp.matrix[0][1] * dy + middle[0] + warp.shift[0];
            let mut source_y = warp.matrix[1][0] * dx + warp.matrix[1][1] * dy + middle[1] + warp.shift[1];
            if warp.elastic {
                let more = warp.displacement(x as f32 / width as f32, y as f32 / height as f32);
                source_x += more[0];
                source_y += more[1];
            }
            *pixel = sample(image, width, height, source_x, source_y);
        }
    }
}

/// Bilinear interpolation; zero outside.
fn sample(image: &[u8], width: usize, height: usize, x: f32, y: f32) -> u8 {
    let (left, top) = (x.floor(), y.floor());
    let (fx, fy) = (x - left, y - top);
    let (left, top) = (left as i32, top as i32);
    let at = |x: i32, y: i32| {
        let inside = x >= 0 && y >= 0 && (x as usize) < width && (y as usize) < height;
        if inside { f32::from(image[y as usize * width + x as usize]) } else { 0.0 }
    };
    let row = |y: i32| at(left, y) * (1.0 - fx) + at(left + 1, y) * fx;
    (row(top) * (1.0 - fy) + row(top + 1) * fy + 0.5) as u8
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
    };

    #[test]
    fn no_variation_leaves_an_image_as_it_is() {
        let image: Vec<u8> = (0..20).collect();
        let mut out = vec![0; 20];
        vary(&NOTHING, &mut ChaCha8Rng::seed_from_u64(1), &image, 5, 4, &mut out);
        assert_eq!(out, image);
    }

    #[test]
    fn elastic_deformation_moves_pixels_and_keeps_most_of_the_ink() {
        let mut image = vec![0u8; 784];
        for y in 8..20 {
            image[y * 28 + 10..y * 28 + 18].fill(255);
        }
        let mut out = vec![0; 784];
        let elastic = Augmentation { elastic_pixels: 1.0, ..NOTHING };
        vary(&elastic, &mut ChaCha8Rng::seed_from_u64(1), &image, 28, 28, &mut out);
        let ink = |image: &[u8]| image.iter().map(|&p| f64::from(p)).sum::<f64>();
        assert_ne!(out, image);
        assert!((0.6..1.6).contains(&(ink(&out) / ink(&image))), "{}", ink(&out) / ink(&image));
    }
}
