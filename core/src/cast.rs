//! Casts of workspaces and of what kernels read.
#![allow(unsafe_code)] // reinterprets aligned memory

use core::mem::MaybeUninit;

pub use sinapse_format::cast::*;

use crate::include::Aligned;
use crate::workspace::Entry;

/// Borrows `count` words at byte `offset` of a blob, while building too.
///
/// # Panics
///
/// If they do not lie in the blob at a multiple of four bytes: at compile time in a constant.
pub const fn words_at<const N: usize>(blob: &Aligned<[u8; N]>, offset: usize, count: usize) -> &[u32] {
    assert!(offset.is_multiple_of(4) && offset <= N && count <= (N - offset) / 4, "words beyond the blob");
    // SAFETY: the words lie within the blob, aligned, because its address is a multiple of 16; any bits are a `u32`.
    unsafe { core::slice::from_raw_parts(blob.0.as_ptr().add(offset).cast(), count) }
}

/// Borrows `count` pairs of bytes at byte `offset` of a blob, like [`words_at`].
///
/// # Panics
///
/// If they do not lie in the blob.
pub const fn pairs_at<const N: usize>(blob: &Aligned<[u8; N]>, offset: usize, count: usize) -> &[[u8; 2]] {
    assert!(offset <= N && count <= (N - offset) / 2, "pairs beyond the blob");
    // SAFETY: the pairs lie within the blob, and have no alignment.
    unsafe { core::slice::from_raw_parts(blob.0.as_ptr().add(offset).cast(), count) }
}

/// Casts a workspace of two-word entries to a kernel's own entry type.
#[inline(always)]
pub fn entries<T: Copy, const N: usize>(workspace: &mut [MaybeUninit<Entry>; N]) -> &mut [MaybeUninit<T>; N] {
    const { assert!(size_of::<T>() == size_of::<Entry>() && align_of::<T>() == align_of::<Entry>()) };
    // SAFETY: size and alignment fit, and the entries count as uninitialised: nothing in them is read before a write.
    unsafe { &mut *workspace.as_mut_ptr().cast() }
}

/// Casts floats to their bits.
#[cfg(sinapse_fpu)]
pub fn bits(numbers: &[f32]) -> &[u32] {
    // SAFETY: both types have the same size and alignment, and every bit pattern is a `u32`.
    unsafe { core::slice::from_raw_parts(numbers.as_ptr().cast(), numbers.len()) }
}

/// Splits bytes into aligned little-endian words and the up to three bytes before and after them.
pub fn words(bytes: &[u8]) -> (&[u8], &[u32], &[u8]) {
    // SAFETY: every bit pattern is a `u32`.
    unsafe { bytes.align_to() }
}

/// Views initialised values as the destination of new ones.
///
/// # Safety
///
/// The caller writes nothing but initialised values of `V`.
pub unsafe fn as_uninit<V: Copy>(values: &mut [V]) -> &mut [MaybeUninit<V>] {
    // SAFETY: `MaybeUninit<V>` has the layout of `V`, and by the contract above the values stay initialised.
    unsafe { core::slice::from_raw_parts_mut(values.as_mut_ptr().cast(), values.len()) }
}
