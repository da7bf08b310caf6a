//! Plain integer functions on the pixels of a picture; the host and every board compute the same result.

mod blank;
pub mod deslant;
pub mod downscale;
pub mod normalize;
pub mod shift;

pub use blank::is_blank;
