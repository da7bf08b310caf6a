//! Blocks of images as inputs of the first layer.

use crate::linalg::sparse::CsrMatrix;

/// Images per block: enough to amortise a matrix product, and the same for any number of threads.
pub const BLOCK: usize = 64;

/// Up to [`BLOCK`] images as inputs of the first layer.
#[derive(Clone, Debug, Default)]
pub struct InputBlock {
    /// `[images]`
    pub labels: Vec<u8>,
    /// Nonzero inputs, one row per image.
    pub by_image: CsrMatrix,
    /// The transpose, one row per input.
    pub by_input: CsrMatrix,
    /// Soft targets of the teachers, `[images][classes]`; empty without teachers.
    pub soft_targets: Vec<f32>,
}
