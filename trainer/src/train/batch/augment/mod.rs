//! Augmentation of training images: stroke width, rotation, scale, shear, shift, elastic deformation.

mod augmenter;
#[cfg(test)]
mod tests;
mod warp;

pub use augmenter::Augmenter;
