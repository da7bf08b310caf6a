//! Arguments of the loops that accumulate a list of columns.

#[cfg(sinapse_dsp)]
use core::num::NonZero;

/// A list of columns, and the blocks of sixteen accumulators that it is added to. Assembly relies on the order of the
/// fields.
#[repr(C)]
pub(super) struct AccumulateArgs {
    /// Start value of the lanes: `-offset · Σx` in both halves.
    pub start: u32,
    /// Number of entries before the end marker.
    pub length: u32,
    /// Entries of the nonzero list, which ends with `x = 0`; of saturated inputs only the columns, up to a null
    /// pointer.
    pub entries: *mut (),
    /// Accumulators before the list is added.
    pub from: *const i32,
    /// Destination: accumulators, or levels if there is an [`Epilogue`].
    pub to: *mut (),
    /// End of the destination, which is the end of the last block or lies within it.
    pub end: *const (),
    /// Maximum level, if the list has saturated inputs. Otherwise [`Epilogue::scale`], or 0 if the accumulators are
    /// stored.
    #[cfg(sinapse_thumb2)]
    pub factor: u32,
}

/// Adds a list to one block or more.
pub(super) type AccumulateFn = unsafe extern "C" fn(&AccumulateArgs);

/// Requantisation with ReLU, done by the loop that adds the last list: it stores levels in place of accumulators, as
/// many of them, a multiple of sixteen.
#[cfg(sinapse_dsp)]
#[derive(Clone, Copy)]
pub(super) struct Epilogue {
    /// [`Requantization::scale`](crate::format::Requantization::scale).
    pub scale: NonZero<u32>,
    pub levels: *mut u8,
}

/// Never constructed: without the DSP extension, requantisation is a loop of its own.
#[cfg(not(sinapse_dsp))]
#[derive(Clone, Copy)]
pub(super) enum Epilogue {}
