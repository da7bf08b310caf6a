//! The boards: one file each, chosen by a Cargo feature. Everything else is generic.
//!
//! A board file has a `Board` with `take`, and the fields `serial` (`embedded_io::Write`), `led`
//! (`embedded_hal::digital::OutputPin`), `delay` (`embedded_hal::delay::DelayNs`) and `counter`
//! (`sinapse_firmware::count::Counter`).

#[cfg(feature = "mps2")]
mod mps2;
mod systick;

#[cfg(feature = "mps2")]
pub use mps2::Board;
