//! Blocks of images as the first layer reads them.

use crate::linalg::sparse::CsrMatrix;

/// Images of a block: enough for products to be worth their calls, and the same whatever the number of threads.
pub const BLOCK: usize = 64;

/// Up to [`BLOCK`] images as the first layer reads them.
#[derive(Clone, Debug, Default)]
pub struct InputBlock {
    /// `[images]`
    pub labels: Vec<u8>,
    /// Nonzero inputs of every image.
    pub by_image: CsrMatrix,
    /// The same, transposed: images in which an input is not zero.
    pub by_input: CsrMatrix,
    /// What teachers say, `[images][classes]`; empty without teachers.
    pub soft_targets: Vec<f32>,
}
