//! Arguments of the requantisation loops in assembly.

/// Accumulators to be requantised to levels. Assembly relies on the order of the fields.
#[repr(C)]
pub struct RequantizeArgs {
    pub accumulators: *const i32,
    pub levels: *mut u8,
    /// Bytes from one multiplier to the next, 0 if one serves the whole layer.
    pub multiplier_bytes: u32,
    pub pre_shift: u32,
    pub multipliers: *const [u8; 2],
    /// Half a step of the levels before the last shift, for rounding.
    pub half: u32,
    pub shift: u32,
    /// End of the accumulators.
    pub end: *const i32,
}
