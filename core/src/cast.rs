//! Casts of workspaces and of what kernels read.
#![allow(unsafe_code)] // reinterprets aligned memory

use core::mem::MaybeUninit;

pub use sinapse_format::cast::*;

use crate::workspace::Entry;

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
