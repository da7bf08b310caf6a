//! The boards: one file each, chosen by a Cargo feature. Everything else is generic.
//!
//! A board file has a `Board` with `take`, and the fields `serial` (`embedded_io::Write`), `led`
//! (`embedded_hal::digital::OutputPin`), `delay` (`embedded_hal::delay::DelayNs`) and `counter`
//! (`sinapse_firmware::count::Counter`). Arm's FPGA boards are alike but for a few addresses, and share `cmsdk`.

#[cfg(feature = "an505")]
#[path = "an505.rs"]
mod addresses;
#[cfg(feature = "an547")]
#[path = "an547.rs"]
mod addresses;
#[cfg(feature = "mps2")]
#[path = "mps2.rs"]
mod addresses;

#[cfg(any(feature = "mps2", feature = "an505", feature = "an547"))]
#[path = "cmsdk.rs"]
mod chosen;
#[cfg(feature = "microbit")]
#[path = "microbit.rs"]
mod chosen;
#[cfg(feature = "netduinoplus2")]
#[path = "netduinoplus2.rs"]
mod chosen;
#[cfg(feature = "virt")]
#[path = "virt.rs"]
mod chosen;

mod register;
#[cfg(any(feature = "mps2", feature = "an505", feature = "an547", feature = "netduinoplus2"))]
mod systick;

pub use chosen::Board;
