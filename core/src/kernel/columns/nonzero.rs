//! Which inputs are not zero: a list of their columns and levels, as many as fit.

use core::marker::PhantomData;
use core::mem::MaybeUninit;

use super::chunk;
use crate::cast;
use crate::format::QuantizedInput;
use crate::workspace::Entry;

/// Most inputs in a list: most pictures fit, and blocks are gone through once.
pub const LIST_CAPACITY: usize = 120;

/// For the entries of a list and its end, two words each.
pub type Workspace = [MaybeUninit<Entry>; LIST_CAPACITY + 1];

/// Most inputs that are listed between two looks at the room: whole chunks on every machine, and what is left behind them.
const MARGIN: usize = 16;

/// An input that is not zero; in a list, `x = 0` is the end.
#[derive(Clone, Copy)]
#[repr(C)]
pub struct NonzeroInput {
    /// Weights of its column that have not been added yet.
    pub column: *const u32,
    /// Its level, or what a kernel makes of it.
    pub x: u32,
}

/// Bytes for [`MARGIN`] inputs and the end of the list.
pub const MARGIN_BYTES: usize = (MARGIN + 1) * size_of::<NonzeroInput>();

/// How a walk lists inputs.
pub struct Scan {
    /// Lists inputs until the list is full, or none are left in whole chunks; there is at least one chunk.
    pub run: unsafe extern "C" fn(&mut NonzeroList<'_>),
    /// The bits of a level in each of four bytes.
    mask: u32,
    /// How far a level is from a byte's lowest bit.
    shift: u32,
    /// With a larger sum of levels, [`CHECK_INTERVAL`](chunk::CHECK_INTERVAL) more inputs might be too many.
    budget: i32,
    /// What the inputs behind the last chunk may add beyond those of a step.
    tail_levels: i32,
}

impl Scan {
    /// Lists whose sum of levels has no limit but `max_level_sum`; a scan that looks at it after every [`CHECK_INTERVAL`](chunk::CHECK_INTERVAL) inputs.
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

/// How far a walk along the inputs and their columns is, and its list. Assembly knows the order of the fields.
#[repr(C)]
pub struct NonzeroList<'a> {
    /// The next word of inputs, four in each.
    pub next: *const u32,
    /// Where whole chunks end.
    pub end: *const u32,
    /// The next column.
    pub column: *const u32,
    /// Behind the last entry.
    pub entry: *mut NonzeroInput,
    pub mask: u32,
    /// Bytes of a column.
    pub stride: u32,
    pub shift: u32,
    /// Where the room for entries ends: with less than [`MARGIN_BYTES`] before it, the list is full. Columns of inputs at the top
    /// level, where they are kept apart, are put before it.
    pub limit: *mut NonzeroInput,
    /// Sum of the levels of the entries, less what may be listed: above 0, the list is full.
    pub excess: i32,
    budget: i32,
    entries: *mut NonzeroInput,
    /// Where the columns at the top level end.
    #[cfg(sinapse_thumb2)]
    saturated_end: *mut *const u32,
    /// Inputs behind whole chunks.
    tail: &'a [u8],
    borrowed: PhantomData<&'a mut [Entry]>,
}

impl<'a> NonzeroList<'a> {
    /// An empty list, and nothing to go along.
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

    /// Goes along inputs and their columns from here on; `false` where there are fewer weights than the inputs need.
    #[inline(always)]
    pub fn attach(&mut self, weights: &'a [u32], column_words: usize, input: &'a [u8]) -> bool {
        if input.is_empty() || input.len() * column_words > weights.len() {
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

    /// Lists inputs that are not zero, until the list is full, or to the last, which is `true`. Callers empty it before they come
    /// again.
    #[inline(always)]
    pub fn fill(&mut self, scan: &Scan) -> bool {
        if self.next != self.end {
            // SAFETY: the inputs up to `end`, their columns and the room for them exist, as `scan` asks for.
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

    /// Whether the list has no room for inputs behind the last chunk, whose levels may add `more` than those of a step.
    pub fn is_full(&self, more: i32) -> bool {
        self.limit.addr() - self.entry.addr() < MARGIN_BYTES || self.excess + more > 0
    }

    /// Lists those of a few inputs that are not zero; there is room for all of them.
    #[inline(never)] // before and behind the chunks
    fn push_bytes(&mut self, bytes: &[u8]) {
        for &byte in bytes {
            let x = (u32::from(byte) & self.mask & 0xff) >> self.shift;
            if x != 0 {
                self.push(self.column, x);
            }
            self.column = self.column.wrapping_byte_add(self.stride as usize);
        }
    }

    /// Lists an input; there is room for it.
    #[inline(always)]
    pub fn push(&mut self, column: *const u32, x: u32) {
        // SAFETY: callers leave room.
        unsafe { self.entry.write(NonzeroInput { column, x }) };
        self.entry = self.entry.wrapping_add(1);
        self.excess = self.excess.wrapping_add(x as i32);
    }

    /// How many inputs are listed.
    #[inline(always)]
    pub fn length(&self) -> usize {
        (self.entry.addr() - self.entries.addr()) / size_of::<NonzeroInput>()
    }

    /// Sum of their levels.
    #[inline(always)]
    pub fn level_sum(&self) -> u32 {
        (self.excess + self.budget) as u32
    }

    /// The list, with its end written; from now on it is empty.
    #[inline(always)]
    pub fn take(&mut self) -> *mut NonzeroInput {
        // SAFETY: there is always room for the end.
        unsafe { self.entry.write(NonzeroInput { column: core::ptr::null(), x: 0 }) };
        (self.entry, self.excess) = (self.entries, -self.budget);
        self.entries
    }

    /// What is listed.
    #[cfg(sinapse_fpu)]
    #[inline(always)]
    pub fn entries(&mut self) -> &mut [NonzeroInput] {
        // SAFETY: all entries up to the last are written.
        unsafe { core::slice::from_raw_parts_mut(self.entries, self.length()) }
    }

    /// How many columns at the top level there are.
    #[cfg(sinapse_thumb2)]
    #[inline(always)]
    pub fn saturated_count(&self) -> usize {
        (self.saturated_end.addr() - self.limit.addr()) / size_of::<*const u32>()
    }

    /// The columns at the top level, up to a null; from now on there are none.
    #[cfg(sinapse_thumb2)]
    #[inline(always)]
    pub fn take_saturated(&mut self) -> *mut *const u32 {
        let (saturated, end) = (self.limit.cast(), self.saturated_end);
        // SAFETY: the entry behind the limit is kept for the null.
        unsafe { end.write(core::ptr::null()) };
        self.limit = end.cast();
        saturated
    }
}
