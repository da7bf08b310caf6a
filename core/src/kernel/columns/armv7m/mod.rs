//! The inner loops for Armv7-M and Armv8-M: Cortex-M3, M4, M7, M33.
//!
//! They use fourteen registers, of which inline assembly could have twelve, so whole functions are assembly.
//!
//! A word of weights is first multiplied whole, `word · x`, then lane by lane for all lanes but the first. The epilogue
//! obtains the first lane by subtracting the others from the product of the whole word, which saves one mask per word.

/// Subtracts the other lanes from the whole word's sum in `$first`, which leaves the first lane.
macro_rules! subtract_lanes {
    ($first:literal $(, $lane:literal $shift:literal)+) => {
        concat!($("sub ", $first, ", ", $first, ", ", $lane, ", lsl #", $shift, "\n",)+)
    };
}

/// Enables instructions of the DSP extension: link-time optimisation loses the compiler's target options for global
/// assembly, and LLVM knows no directive for this extension alone, only for cores that have it.
#[cfg(sinapse_dsp_by_name)]
macro_rules! enable_dsp {
    () => {
        ".cpu cortex-m33"
    };
}

/// Nothing to enable: the target implies the DSP extension, or does not have it.
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
