//! The list of inputs that are not zero, and the rows that it is made from.

use core::mem::MaybeUninit;

/// Most inputs in a list.
pub(super) const LIST_CAPACITY: usize = 80;

/// An input that is not zero; in a list, `x = 0` is the end.
#[derive(Clone, Copy)]
#[repr(C)]
pub(super) struct InputEntry {
    /// Its weights to the first two outputs; those to the next two are 32 bytes on.
    pub weights: *const i16,
    /// Its level.
    pub x: i32,
}

/// Inputs that are not zero, and one entry more before they are added.
pub(super) struct InputList<'a> {
    /// The first `length` are written.
    pub entries: &'a mut [MaybeUninit<InputEntry>; LIST_CAPACITY + 1],
    pub length: usize,
    /// Sum of the levels of the entries.
    pub total: i32,
}

/// Rows of sixteen inputs, from where the scan goes on.
pub(super) struct Inputs<'a> {
    /// Four words of inputs to a row.
    pub rows: &'a [[u32; 4]],
    /// The first row's weights.
    pub weights: *const u32,
    pub row_words: usize,
}

impl InputList<'_> {
    /// Appends the inputs of a row.
    #[inline(never)] // up to fifteen inputs after whole rows
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

/// Products of one input after the other with the weights of two outputs: of both outputs in the first, of the second in the
/// other.
pub(super) type Products = (i32, i32);
