//! Arguments of the loops in assembly.

/// Sums that become levels. Assembly knows the order of the fields.
#[repr(C)]
pub struct RequantizeArgs {
    pub accumulators: *const i32,
    pub levels: *mut u8,
    /// Bytes from one multiplier to the next: none where one is for all.
    pub multiplier_bytes: u32,
    pub pre_shift: u32,
    pub multipliers: *const [u8; 2],
    /// Half a step of the levels, before the last shift.
    pub half: u32,
    pub shift: u32,
    /// Where the sums end.
    pub end: *const i32,
}
