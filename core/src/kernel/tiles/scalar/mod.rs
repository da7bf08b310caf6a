//! Tiles on cores that multiply one number at a time: Cortex-M0, M3 and RV32.
//!
//! ```text
//! list = the inputs that are not zero: (half word of the first two outputs, x)                          # `scan`
//! for each block of 8 outputs, with 8 sums in registers:                                                # `products`
//!     for each input of the list:
//!         for two outputs each: both += h · x, odd += (h >> 8) · x
//! ```
//!
//! The two inner loops are `portable`; Arm's cores have them in assembly, because a compiler does not keep eight sums
//! in registers there: 71 cycles instead of 38 for an input and eight outputs on a Cortex-M0.
#![allow(unsafe_code)] // lists hold weights as pointers, checked once per layer rather than once per input

use core::mem::MaybeUninit;

#[cfg(sinapse_core = "armv6m")]
mod armv6m;
#[cfg(sinapse_core = "armv7m")]
mod armv7m;
mod list;
#[cfg(sinapse_core = "other")]
mod portable;
#[cfg(not(sinapse_core = "other"))]
mod thumb;

#[cfg(sinapse_core = "armv6m")]
use armv6m::products;
#[cfg(sinapse_core = "armv7m")]
use armv7m::products;
#[cfg(sinapse_core = "other")]
use portable::{products, scan};
#[cfg(not(sinapse_core = "other"))]
use thumb::scan;

use list::{InputEntry, InputList, Inputs, LIST_CAPACITY, Products};

use crate::cast;
use crate::kernel::length::cells_of_rows;
use crate::workspace;

/// Memory for the entries of a list and its end marker, two words each.
pub type Workspace = [MaybeUninit<workspace::Entry>; LIST_CAPACITY + 1];

/// Same contract as [`portable::add`](super::portable::add).
#[inline] // compiled in the program, for speed if it is, even where this crate is compiled for size
pub fn add(weights: &[u32], input: &[u8], workspace: &mut Workspace, accumulators: &mut [i32]) {
    let row_words = 8 * accumulators.len().div_ceil(2);
    // With fewer weights, pointers in the list would point past them.
    if cells_of_rows(weights.len(), input.len().div_ceil(16), row_words).is_none() {
        return;
    }
    let (before, words, _) = cast::words(input);
    let rows = if before.is_empty() { words.as_chunks::<4>().0 } else { &[] };
    // Inputs after whole rows, or all of them if they are not aligned to words.
    let mut rest = input.get(16 * rows.len()..).unwrap_or_default().chunks(16);
    let mut inputs = Inputs { rows, weights: weights.as_ptr(), row_words };
    let mut list = InputList { entries: cast::entries(workspace), length: 0, total: 0 };
    loop {
        if !inputs.rows.is_empty() {
            scan(&mut inputs, &mut list);
        } else if let Some(bytes) = rest.next() {
            list.push_bytes(inputs.weights, bytes);
            inputs.weights = inputs.weights.wrapping_add(row_words);
        } else {
            break;
        }
        accumulate_list(&mut list, accumulators);
    }
}

/// Adds all inputs, times their weights, to `accumulators`, and empties the list.
#[inline]
fn accumulate_list(list: &mut InputList<'_>, accumulators: &mut [i32]) {
    if let Some(end) = list.entries.get_mut(list.length) {
        end.write(InputEntry { weights: core::ptr::null(), x: 0 });
    }
    let entries = list.entries.as_ptr().cast::<InputEntry>();
    let offset = 128 * list.total;
    let (blocks, rest) = accumulators.as_chunks_mut::<8>();
    let first = 64 * blocks.len();
    for (k, accumulators) in blocks.iter_mut().enumerate() {
        let products = products(entries, 64 * k);
        for (accumulators, products) in accumulators.as_chunks_mut::<2>().0.iter_mut().zip(products) {
            add_products(products, offset, accumulators);
        }
    }
    for (k, accumulators) in rest.chunks_mut(2).enumerate() {
        add_products(products_of_two(entries, first + 16 * k), offset, accumulators);
    }
    (list.length, list.total) = (0, 0);
}

/// Epilogue: adds products, less the offset of the weights, to the accumulators of two outputs, or of one.
#[inline(always)]
fn add_products((both, odd): Products, offset: i32, accumulators: &mut [i32]) {
    for (accumulator, product) in accumulators.iter_mut().zip([both.wrapping_sub(odd << 8).wrapping_sub(offset), odd]) {
        *accumulator = accumulator.wrapping_add(product);
    }
}

/// Sums the products with the weights of two outputs, `position` half words after the first two.
#[inline(always)]
fn products_of_two(entries: *const InputEntry, position: usize) -> Products {
    let (mut both, mut odd) = (0i32, 0i32);
    let mut next = entries;
    // SAFETY: the list ends with `x = 0`, and the caller asks for outputs that the layer has.
    while let InputEntry { weights, x: x @ 1.. } = unsafe { *next } {
        // SAFETY: as above.
        let half = i32::from(unsafe { *weights.wrapping_add(position) });
        both = both.wrapping_add(half.wrapping_mul(x));
        odd = odd.wrapping_add((half >> 8).wrapping_mul(x));
        next = next.wrapping_add(1);
    }
    (both, odd)
}
