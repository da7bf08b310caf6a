//! Board-independent parts of the firmware: pictures as text, IDX files, measuring cost. Tested on the host.
#![cfg_attr(not(test), no_std)]

pub mod count;
pub mod dataset;
pub mod idx;
pub mod mark;
pub mod text_art;

/// Width and height of the largest picture, in pixels.
pub const SIDE: usize = 28;

/// Pixels of a picture, `[SIDE][SIDE]`: background 0, ink 255.
pub type Pixels = [u8; SIDE * SIDE];
