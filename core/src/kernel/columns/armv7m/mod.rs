//! The inner loops for Armv7-M and Armv8-M: Cortex-M3, M4, M7, M33.
//!
//! Fourteen registers are in use, of which the compiler lends twelve: the functions are assembly as a whole.
//!
//! A word of weights is multiplied whole first, `word · x`, and lane by lane for all lanes but the first; the first is what
//! is left of the whole once the others are taken away. That saves a mask for every word.

/// What is left in `$first` once the other lanes of its word are taken away.
macro_rules! subtract_lanes {
    ($first:literal $(, $lane:literal $shift:literal)+) => {
        concat!($("sub ", $first, ", ", $first, ", ", $lane, ", lsl #", $shift, "\n",)+)
    };
}

/// Instructions of the DSP extension from here on: the linker's optimiser forgets the compiler's options for whole functions of
/// assembly, and of the extension's names LLVM knows those of cores alone.
#[cfg(sinapse_dsp_by_name)]
macro_rules! enable_dsp {
    () => {
        ".cpu cortex-m33"
    };
}

/// The target has them, or there are none.
#[cfg(not(sinapse_dsp_by_name))]
macro_rules! enable_dsp {
    () => {
        ""
    };
}

mod accumulate;
mod saturated;
mod scan;

pub use accumulate::{bytes, nibbles, pairs};
pub use saturated::{saturated_bytes, saturated_nibbles};
pub use scan::{scan, scan_saturated};
