//! Granularity of the scan, the same for all scans of a core.

/// Words in a chunk of inputs, which is skipped as a whole if it is zero.
pub const WORDS: usize = if cfg!(sinapse_thumb2) { 4 } else { 2 };

/// Inputs between two checks of the sum of levels.
pub const CHECK_INTERVAL: usize = if cfg!(sinapse_thumb2) { 4 } else { 8 };
