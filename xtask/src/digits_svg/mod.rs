//! The README's first picture, `docs/digits.svg`: the firmware's ten digits, pixel for pixel, with its answers in QEMU.

mod browser;
mod check;
mod draw;
mod layout;
mod write;

pub use check::check;
pub use write::write;
