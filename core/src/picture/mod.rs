//! Plain functions on the pixels of a picture, in integers, the same on host and board.

pub mod deslant;
pub mod downscale;
pub mod normalize;
pub mod shift;
