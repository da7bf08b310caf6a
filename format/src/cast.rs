//! Zero-copy casts between the bytes of a blob and slices of numbers.
#![allow(unsafe_code)] // reinterprets aligned memory; the only file that does

#[cfg(target_endian = "big")]
compile_error!("blobs are little-endian and read in place: big-endian machines are not supported");

/// Numbers for which every bit pattern is a valid value.
///
/// # Safety
///
/// Implementors have no padding and no invalid bit pattern.
pub unsafe trait Plain: Copy {}
// SAFETY: every bit pattern of these primitives is valid, and they have no padding.
unsafe impl Plain for u8 {}
// SAFETY: as above.
unsafe impl Plain for u32 {}
// SAFETY: as above.
unsafe impl Plain for i32 {}
// SAFETY: as above.
unsafe impl Plain for f32 {}
// SAFETY: as above.
unsafe impl Plain for u128 {}

/// Casts bytes to numbers; `None` if they are misaligned for `T` or not a whole number of `T`.
pub fn numbers<T: Plain>(bytes: &[u8]) -> Option<&[T]> {
    let fits = bytes.len().is_multiple_of(size_of::<T>()) && bytes.as_ptr().addr().is_multiple_of(align_of::<T>());
    // SAFETY: length and alignment fit, and every bit pattern is a `T` (`Plain`). `align_to` would leave less to prove
    // here, but costs 200 bytes of code.
    fits.then(|| unsafe { core::slice::from_raw_parts(bytes.as_ptr().cast(), bytes.len() / size_of::<T>()) })
}

/// Casts words to numbers of the same size.
#[inline(always)]
pub fn same_size<T: Plain>(words: &[u32]) -> &[T] {
    const { assert!(size_of::<T>() == 4 && align_of::<T>() <= 4) };
    // SAFETY: size and alignment fit, and every bit pattern is a `T` (`Plain`).
    unsafe { core::slice::from_raw_parts(words.as_ptr().cast(), words.len()) }
}

/// Casts an array of words to an array of numbers of the same size, like [`same_size`].
#[inline(always)]
pub fn same_array<T: Plain, const N: usize>(words: &[u32; N]) -> &[T; N] {
    const { assert!(size_of::<T>() == 4 && align_of::<T>() <= 4) };
    // SAFETY: size and alignment fit, and every bit pattern is a `T` (`Plain`).
    unsafe { &*words.as_ptr().cast() }
}

/// Casts numbers to their bytes, in the order of the blob.
pub fn bytes<T: Plain>(numbers: &[T]) -> &[u8] {
    // SAFETY: `u8` has alignment 1 and no invalid bit pattern, and numbers have no padding (`Plain`).
    unsafe { core::slice::from_raw_parts(numbers.as_ptr().cast(), size_of_val(numbers)) }
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
