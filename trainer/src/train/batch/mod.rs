//! Batches of augmented training images with soft targets.

mod augment;
pub mod loader;
mod variation_cache;
