//! Batches of training images, augmented and with the targets of teachers.

mod augment;
pub mod loader;
mod variation_cache;
