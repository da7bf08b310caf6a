//! Random affine and elastic maps (Simard et al. 2003).

use rand::{Rng, RngExt};

use crate::recipe::Augmentation;

/// Grid cells of the elastic displacement per axis.
pub const GRID: usize = 5;

/// Affine map plus smooth displacement from output pixels to source positions, about the centre.
pub struct Warp {
    /// Linear part, `[x, y][from x, from y]`.
    pub matrix: [[f32; 2]; 2],
    /// Shift in pixels, x and y.
    pub shift: [f32; 2],
    /// `[GRID + 1][GRID + 1]` displacements in pixels, x and y.
    pub grid: [[[f32; 2]; GRID + 1]; GRID + 1],
}

impl Warp {
    /// Draws a warp within the ranges of a recipe.
    pub fn random(augmentation: &Augmentation, rng: &mut impl Rng) -> Warp {
        let mut within = |limit: f32| if limit > 0.0 { rng.random_range(-limit..=limit) } else { 0.0 };
        let (sin, cos) = within(augmentation.rotation_degrees.to_radians()).sin_cos();
        let (width, height) = (1.0 + within(augmentation.scale), 1.0 + within(augmentation.scale));
        let shear = within(augmentation.shear);
        let shift = [within(augmentation.shift_pixels), within(augmentation.shift_pixels)];
        // Uniform numbers in ±√3 have variance 1; interpolation between grid points retains about half of it.
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

/// Returns the elastic grid cell of pixel `index` of `length`, and the position within it.
#[inline(always)]
pub fn cell(index: usize, length: usize) -> (usize, f32) {
    let position = index as f32 / length as f32 * GRID as f32;
    let cell = (position as usize).min(GRID - 1);
    (cell, position - cell as f32)
}
