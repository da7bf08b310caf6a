//! The part of the firmware that knows no board: pictures, files of digits, counting. Tested on the host.
#![cfg_attr(not(test), no_std)]

pub mod count;
pub mod dataset;
pub mod idx;
pub mod mark;
pub mod picture;

/// Width and height of a picture, in pixels.
pub const SIDE: usize = 28;

/// Pixels of a picture, row by row: 0 is background, 255 is ink.
pub type Pixels = [u8; SIDE * SIDE];
