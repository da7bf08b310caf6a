//! The boards: one file each, chosen by a Cargo feature. Everything else is generic.
//!
//! A board file has a `Board` with `take`, and the fields `serial` (`embedded_io::Write`), `led`
//! (`embedded_hal::digital::OutputPin`), `delay` (`embedded_hal::delay::DelayNs`) and `counter`
//! (`sinapse_firmware::count::Counter`).

#[cfg(feature = "an505")]
mod an505;
#[cfg(feature = "an547")]
mod an547;
mod cmsdk;
#[cfg(feature = "mps2")]
mod mps2;
mod systick;

#[cfg(feature = "an505")]
use an505::ADDRESSES;
#[cfg(feature = "an547")]
use an547::ADDRESSES;
pub use cmsdk::Board;
#[cfg(feature = "mps2")]
use mps2::ADDRESSES;
