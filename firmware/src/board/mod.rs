//! The boards: one file each, with its logger, chosen by a Cargo feature. Everything else is generic.
//!
//! A board file links a `defmt` logger and has a `Board` with `take`, and with the fields `serial`
//! ([`embedded_io::Write`]), `led` ([`OutputPin`](embedded_hal::digital::OutputPin)), `delay`
//! ([`DelayNs`](embedded_hal::delay::DelayNs)) and `counter` ([`Counter`](sinapse_firmware::count::Counter)).
//! `cmsdk` is the common part of Arm's FPGA boards, `systick` that of boards with this timer.

#[cfg(any(feature = "mps2", feature = "an505", feature = "an547"))]
mod cmsdk;
mod register;
#[cfg(any(feature = "mps2", feature = "an505", feature = "an547", feature = "netduinoplus2"))]
mod systick;

#[cfg_attr(feature = "an505", path = "an505.rs")]
#[cfg_attr(feature = "an547", path = "an547.rs")]
#[cfg_attr(feature = "microbit", path = "microbit.rs")]
#[cfg_attr(feature = "mps2", path = "mps2.rs")]
#[cfg_attr(feature = "netduinoplus2", path = "netduinoplus2.rs")]
#[cfg_attr(feature = "virt", path = "virt.rs")]
mod chosen;

pub use chosen::Board;
