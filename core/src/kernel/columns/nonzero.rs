//! The nonzero list: columns and levels of the inputs that are not zero, as many as fit.

use core::marker::PhantomData;
use core::mem::MaybeUninit;

use super::chunk;
use crate::cast;
use crate::format::QuantizedInput;
use crate::kernel::length::cells_of_rows;
use crate::workspace::Entry;

/// Capacity of the list: enough for most pictures, so that each block is loaded and stored once.
pub const LIST_CAPACITY: usize = 120;

/// Memory for the entries of a list and its end marker, two words each.
pub type Workspace = [MaybeUninit<Entry>; LIST_CAPACITY + 1];

/// Free entries that a scan needs: on every core it lists this many inputs at most (whole chunks, or the tail) between
/// two checks of the space that is left.
const MARGIN: usize = 16;

/// An input that is not zero. In a list, `x = 0` marks the end.
#[derive(Clone, Copy)]
#[repr(C)]
pub struct NonzeroInput {
    /// First weight of its column that has not been accumulated yet.
    pub column: *const u32,
    /// Its level, or a kernel's own representation of it.
    pub x: u32,
}

/// Size of [`MARGIN`] entries and the end marker.
pub const MARGIN_BYTES: usize = (MARGIN + 1) * size_of::<NonzeroInput>();

/// Scan loop of a layer, with the constants of its input format.
pub struct Scan {
    /// Lists inputs until the list is full or no whole chunk is left; needs at least one chunk.
    pub run: unsafe extern "C" fn(&mut NonzeroList<'_>),
    /// Mask of the level in each of four bytes.
    mask: u32,
    /// Shift from a level to the lowest bit of its byte.
    shift: u32,
    /// Largest sum of levels that leaves space for [`CHECK_INTERVAL`](chunk::CHECK_INTERVAL) more inputs.
    budget: i32,
    /// Largest sum of levels that the tail after the last chunk may add beyond that of one check interval.
    tail_levels: i32,
}

impl Scan {
    /// Scan for lists whose sum of levels may not exceed `max_level_sum`, by a loop that checks it every
    /// [`CHECK_INTERVAL`](chunk::CHECK_INTERVAL) inputs.
    pub const fn new<X: QuantizedInput>(run: unsafe extern "C" fn(&mut NonzeroList<'_>), max_level_sum: i32) -> Self {
        let max_level = X::FORMAT.max_level() as i32;
        Scan {
            run,
            mask: X::MASK,
            shift: X::SHIFT,
            budget: max_level_sum - chunk::CHECK_INTERVAL as i32 * max_level,
            tail_levels: (MARGIN - chunk::CHECK_INTERVAL) as i32 * max_level,
        }
    }
}

/// A nonzero list, and the position of its scan. Assembly relies on the order of the fields.
#[repr(C)]
pub struct NonzeroList<'a> {
    /// Next word of inputs, four of them.
    pub next: *const u32,
    /// End of whole chunks.
    pub end: *const u32,
    /// Column of the next input.
    pub column: *const u32,
    /// End of the entries, where the next one is written.
    pub entry: *mut NonzeroInput,
    pub mask: u32,
    /// Size of a column in bytes.
    pub stride: u32,
    pub shift: u32,
    /// End of the space for entries: with less than [`MARGIN_BYTES`] before it, the list is full. Columns of saturated
    /// inputs that are listed apart grow downwards from here, and move it.
    pub limit: *mut NonzeroInput,
    /// Sum of the levels of the entries minus the budget: above 0, the list is full.
    pub excess: i32,
    budget: i32,
    entries: *mut NonzeroInput,
    /// End of the columns of saturated inputs.
    #[cfg(sinapse_thumb2)]
    saturated_end: *mut *const u32,
    /// Inputs after whole chunks.
    tail: &'a [u8],
    borrowed: PhantomData<&'a mut [Entry]>,
}

impl<'a> NonzeroList<'a> {
    /// Creates an empty list without inputs.
    #[inline(always)]
    pub fn new(scan: &Scan, workspace: &'a mut Workspace) -> Self {
        let entries = cast::entries::<NonzeroInput, _>(workspace).as_mut_ptr().cast::<NonzeroInput>();
        let limit = entries.wrapping_add(LIST_CAPACITY);
        NonzeroList {
            next: core::ptr::null(),
            end: core::ptr::null(),
            column: core::ptr::null(),
            entry: entries,
            mask: scan.mask,
            stride: 0,
            shift: scan.shift,
            limit,
            excess: -scan.budget,
            budget: scan.budget,
            entries,
            #[cfg(sinapse_thumb2)]
            saturated_end: limit.cast(),
            tail: &[],
            borrowed: PhantomData,
        }
    }

    /// Starts at the first of `input`, whose columns begin with `weights`. Returns `false` if `weights` is too short.
    #[inline(always)]
    pub fn attach(&mut self, weights: &'a [u32], column_words: usize, input: &'a [u8]) -> bool {
        if input.is_empty() || cells_of_rows(weights.len(), input.len(), column_words).is_none() {
            return false;
        }
        let (before, words, _) = cast::words(input);
        let chunks = words.as_chunks::<{ chunk::WORDS }>().0.as_flattened().as_ptr_range();
        (self.next, self.end) = (chunks.start, chunks.end);
        (self.column, self.stride) = (weights.as_ptr(), 4 * column_words as u32);
        self.tail = input.get(before.len() + 4 * (words.len() / chunk::WORDS * chunk::WORDS)..).unwrap_or_default();
        if !before.is_empty() {
            self.push_bytes(before);
        }
        true
    }

    /// Lists nonzero inputs until the list is full or no input is left; returns `true` in the latter case. The caller
    /// empties the list before it calls again.
    #[inline(always)]
    pub fn fill(&mut self, scan: &Scan) -> bool {
        if self.next != self.end {
            // SAFETY: there is at least one chunk before `end`, `attach` has checked the columns, and an emptied list
            // has space for a chunk.
            unsafe { (scan.run)(self) };
        }
        if self.next != self.end {
            return false;
        }
        if !self.tail.is_empty() {
            if self.is_full(scan.tail_levels) {
                return false;
            }
            let tail = core::mem::take(&mut self.tail);
            self.push_bytes(tail);
        }
        true
    }

    /// Returns whether the list is full, if the next inputs may add `more` to the sum of levels than those of a check
    /// interval.
    pub fn is_full(&self, more: i32) -> bool {
        self.limit.addr() - self.entry.addr() < MARGIN_BYTES || self.excess + more > 0
    }

    /// Lists the nonzero ones of a few inputs; the caller has checked that all of them would fit.
    #[inline(never)] // called before and after the chunks
    fn push_bytes(&mut self, bytes: &[u8]) {
        for &byte in bytes {
            let x = (u32::from(byte) & self.mask & 0xff) >> self.shift;
            if x != 0 {
                self.push(self.column, x);
            }
            self.column = self.column.wrapping_byte_add(self.stride as usize);
        }
    }

    /// Lists an input; the caller has checked that it fits.
    #[inline(always)]
    pub fn push(&mut self, column: *const u32, x: u32) {
        // SAFETY: the caller has checked that an entry is free.
        unsafe { self.entry.write(NonzeroInput { column, x }) };
        self.entry = self.entry.wrapping_add(1);
        self.excess = self.excess.wrapping_add(x as i32);
    }

    /// Number of listed inputs.
    #[inline(always)]
    pub fn length(&self) -> usize {
        (self.entry.addr() - self.entries.addr()) / size_of::<NonzeroInput>()
    }

    /// Sum of the levels of listed inputs.
    #[inline(always)]
    pub fn level_sum(&self) -> u32 {
        (self.excess + self.budget) as u32
    }

    /// Writes the end marker and returns the list, which counts as empty from now on.
    #[inline(always)]
    pub fn take(&mut self) -> *mut NonzeroInput {
        // SAFETY: one entry beyond the capacity is reserved for the end marker.
        unsafe { self.entry.write(NonzeroInput { column: core::ptr::null(), x: 0 }) };
        (self.entry, self.excess) = (self.entries, -self.budget);
        self.entries
    }

    /// Listed entries.
    #[cfg(sinapse_fpu)]
    #[inline(always)]
    pub fn entries(&mut self) -> &mut [NonzeroInput] {
        // SAFETY: the entries up to `length` are initialised.
        unsafe { core::slice::from_raw_parts_mut(self.entries, self.length()) }
    }

    /// Number of columns of saturated inputs.
    #[cfg(sinapse_thumb2)]
    #[inline(always)]
    pub fn saturated_count(&self) -> usize {
        (self.saturated_end.addr() - self.limit.addr()) / size_of::<*const u32>()
    }

    /// Writes a null pointer after the columns of saturated inputs and returns them; they count as removed from now on.
    #[cfg(sinapse_thumb2)]
    #[inline(always)]
    pub fn take_saturated(&mut self) -> *mut *const u32 {
        let (saturated, end) = (self.limit.cast(), self.saturated_end);
        // SAFETY: the entry beyond the limit is reserved for the null pointer.
        unsafe { end.write(core::ptr::null()) };
        self.limit = end.cast();
        saturated
    }
}
