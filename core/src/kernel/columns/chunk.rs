//! How a scan goes along the inputs, chosen with the scan of the core.

/// Words in a chunk of inputs.
pub const WORDS: usize = if cfg!(sinapse_thumb2) { 4 } else { 2 };

/// Inputs between two looks at the sum of levels.
pub const CHECK_INTERVAL: usize = if cfg!(sinapse_thumb2) { 4 } else { 8 };
