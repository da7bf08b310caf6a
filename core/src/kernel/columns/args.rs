//! Arguments of the loops that add a list of columns to sums.

/// AccumulateArgs of sixteen sums, and a list that is to be added to them. Assembly knows the order of the fields.
#[repr(C)]
pub(super) struct AccumulateArgs {
    /// What the lanes start with: `-offset · Σx`, twice.
    pub start: u32,
    /// How many entries the list has before its end.
    pub length: u32,
    /// Up to one with `x = 0`; those at the top level are columns alone, up to a null.
    pub entries: *mut (),
    /// The sums before.
    pub from: *const i32,
    /// Where they go: sums, or levels.
    pub to: *mut (),
    /// Where they end, at the end of the last block or within it.
    pub end: *const (),
    /// The level of columns alone. Of others, the [scale](super::Epilogue) that makes levels of the sums; 0: they stay sums.
    #[cfg(sinapse_thumb2)]
    pub factor: u32,
}

/// Adds a list to at least one block.
pub(super) type AccumulateFn = unsafe extern "C" fn(&AccumulateArgs);
