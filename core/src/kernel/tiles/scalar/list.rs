//! The nonzero list of tiles, and the rows that it is made from.

use core::mem::MaybeUninit;

/// Capacity of the list.
pub(super) const LIST_CAPACITY: usize = 80;

/// An input that is not zero. In a list, `x = 0` marks the end.
#[derive(Clone, Copy)]
#[repr(C)]
pub(super) struct InputEntry {
    /// Its weights to the first two outputs; those to the next two are 32 bytes on.
    pub weights: *const i16,
    /// Its level.
    pub x: i32,
}

/// List of nonzero inputs, with space for the end marker.
pub(super) struct InputList<'a> {
    /// Entries, the first `length` of them initialised.
    pub entries: &'a mut [MaybeUninit<InputEntry>; LIST_CAPACITY + 1],
    pub length: usize,
    /// Sum of the levels of the entries.
    pub total: i32,
}

/// Rows of sixteen inputs that the scan has not reached.
pub(super) struct Inputs<'a> {
    /// Inputs, four words to a row.
    pub rows: &'a [[u32; 4]],
    /// Weights of the first row.
    pub weights: *const u32,
    pub row_words: usize,
}

impl InputList<'_> {
    /// Lists the nonzero inputs of a row.
    #[inline(never)] // rare: the inputs after whole rows, fifteen at most
    pub fn push_bytes(&mut self, weights: *const u32, bytes: &[u8]) {
        for (k, &x) in bytes.iter().enumerate().filter(|&(_, &x)| x != 0) {
            if let Some(entry) = self.entries.get_mut(self.length) {
                let x = i32::from(x);
                entry.write(InputEntry { weights: weights.cast::<i16>().wrapping_add(k), x });
                self.length += 1;
                self.total += x;
            }
        }
    }
}

/// Sums `(both, odd)` of products for two outputs: of their half words, and of the odd output's weights alone.
pub(super) type Products = (i32, i32);
