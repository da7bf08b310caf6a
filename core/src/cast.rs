//! Bytes of a blob seen as numbers, without a copy.
#![allow(unsafe_code)] // reinterpreting aligned bytes is what zero copy means; this file is the only place

use core::mem::MaybeUninit;

use crate::workspace::Entry;

#[cfg(target_endian = "big")]
compile_error!("blobs are little-endian and are read in place: big-endian machines are not supported");

/// Numbers for which every bit pattern is a value.
///
/// # Safety
///
/// Implementors have no padding and no invalid bit pattern.
pub unsafe trait Plain: Copy {}
// SAFETY: all bit patterns of these primitives are values, and they have no padding.
unsafe impl Plain for u8 {}
// SAFETY: as above.
unsafe impl Plain for u32 {}
// SAFETY: as above.
unsafe impl Plain for i32 {}
// SAFETY: as above.
unsafe impl Plain for f32 {}
// SAFETY: as above.
unsafe impl Plain for u128 {}

/// `bytes` as numbers; `None` where they are not aligned to `T`, or not a whole number of `T`.
pub fn numbers<T: Plain>(bytes: &[u8]) -> Option<&[T]> {
    let whole = bytes.len().is_multiple_of(size_of::<T>()) && bytes.as_ptr().addr().is_multiple_of(align_of::<T>());
    // SAFETY: length and alignment fit, and every bit pattern is a `T` (`Plain`). `align_to` would be safe, and 200 bytes more.
    whole.then(|| unsafe { core::slice::from_raw_parts(bytes.as_ptr().cast(), bytes.len() / size_of::<T>()) })
}

/// Words as numbers of the same size.
#[inline(always)]
pub fn same_size<T: Plain>(words: &[u32]) -> &[T] {
    const { assert!(size_of::<T>() == 4 && align_of::<T>() <= 4) };
    // SAFETY: size and alignment fit, and every bit pattern is a `T` (`Plain`).
    unsafe { core::slice::from_raw_parts(words.as_ptr().cast(), words.len()) }
}

/// [`same_size`], of as many words as the compiler knows.
#[inline(always)]
pub fn same_array<T: Plain, const N: usize>(words: &[u32; N]) -> &[T; N] {
    const { assert!(size_of::<T>() == 4 && align_of::<T>() <= 4) };
    // SAFETY: as in `same_size`.
    unsafe { &*words.as_ptr().cast() }
}

/// Room of two words each, for a kernel's own entries.
#[inline(always)]
pub fn entries<T: Copy, const N: usize>(workspace: &mut [MaybeUninit<Entry>; N]) -> &mut [MaybeUninit<T>; N] {
    const { assert!(size_of::<T>() == size_of::<Entry>() && align_of::<T>() == align_of::<Entry>()) };
    // SAFETY: size and alignment fit, and what was written before is not read.
    unsafe { &mut *workspace.as_mut_ptr().cast() }
}

/// Numbers as they lie in memory.
pub fn bytes<T: Plain>(numbers: &[T]) -> &[u8] {
    // SAFETY: a byte has no alignment, and numbers have no padding (`Plain`).
    unsafe { core::slice::from_raw_parts(numbers.as_ptr().cast(), size_of_val(numbers)) }
}

/// The bits of floats.
#[cfg(sinapse_fpu)]
pub fn bits(numbers: &[f32]) -> &[u32] {
    // SAFETY: both have the same size and alignment, and every bit pattern is a `u32`.
    unsafe { core::slice::from_raw_parts(numbers.as_ptr().cast(), numbers.len()) }
}

/// `bytes` as little-endian words, and up to three bytes before and after them.
pub fn words(bytes: &[u8]) -> (&[u8], &[u32], &[u8]) {
    // SAFETY: every bit pattern is a `u32`.
    unsafe { bytes.align_to() }
}

/// The place of values that are about to be written.
///
/// # Safety
///
/// Nothing but values of `V` is written to it.
pub unsafe fn as_uninit<V: Copy>(values: &mut [V]) -> &mut [MaybeUninit<V>] {
    // SAFETY: a value is as large and as aligned as its place, and stays one, as the caller promises.
    unsafe { core::slice::from_raw_parts_mut(values.as_mut_ptr().cast(), values.len()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[repr(align(4))]
    struct Words([u8; 12]);

    #[test]
    fn misaligned_or_odd_bytes_are_refused() {
        let words = Words([1, 0, 0, 0, 2, 0, 0, 0, 3, 0, 0, 0]);
        assert_eq!(numbers::<i32>(&words.0), Some(&[1, 2, 3][..]));
        assert_eq!(numbers::<i32>(&words.0[1..9]), None);
        assert_eq!(numbers::<i32>(&words.0[..7]), None);
    }
}
