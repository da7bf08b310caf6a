//! WebAssembly with `simd128`: byte products accumulated in 16 bits, without interleaving columns.

use core::arch::wasm32::*;

use crate::format::{QuantizedInput, Weight, WeightFormat};

super::loops::define_loops!("simd128");

/// Eight accumulators.
type Lanes = [v128; 2];

#[inline]
#[target_feature(enable = "simd128")]
fn zero() -> Lanes {
    [u32x4_splat(0); 2]
}

#[inline]
#[target_feature(enable = "simd128")]
fn load<T>(four: &[T; 4]) -> v128 {
    const { assert!(size_of::<T>() == 4, "four numbers are a vector") };
    // SAFETY: the 16 bytes are in bounds, and the load may be unaligned.
    unsafe { v128_load(four.as_ptr().cast()) }
}

/// Loads `bytes` as two vectors.
#[inline]
#[target_feature(enable = "simd128")]
fn halves(bytes: &[u8; 32]) -> [v128; 2] {
    // SAFETY: both loads are within the 32 bytes, and may be unaligned.
    unsafe { [v128_load(bytes.as_ptr().cast()), v128_load(bytes.as_ptr().cast::<v128>().add(1))] }
}

/// Bit `g`: word `g` has a bit of `mask`.
#[inline]
#[target_feature(enable = "simd128")]
fn nonzero_words(bytes: &[u8; 32], mask: u32) -> u64 {
    let zero = u32x4_splat(0);
    let [low, high] = halves(bytes).map(|half| i32x4_bitmask(u32x4_ne(v128_and(half, u32x4_splat(mask)), zero)));
    u64::from(low | high << 4)
}

/// Bit `i`: byte `i` is not zero.
#[inline]
#[target_feature(enable = "simd128")]
fn nonzero_bytes(bytes: &[u8; 32]) -> u64 {
    let [low, high] = halves(bytes).map(|half| i8x16_bitmask(u8x16_ne(half, u8x16_splat(0))));
    u64::from(low) | u64::from(high) << 16
}

/// Bit `i`: number `i` is not zero.
#[inline]
#[target_feature(enable = "simd128")]
fn nonzero_floats(numbers: &[f32; 8]) -> u64 {
    let nonzero = |four: &[f32; 4]| i32x4_bitmask(f32x4_ne(load(four), f32x4_splat(0.0)));
    match numbers.as_chunks::<4>().0 {
        [low, high] => u64::from(nonzero(low) | nonzero(high) << 4),
        _ => 0,
    }
}

/// Interleaves the bytes of two vectors: the first eight of each, then the others.
#[inline]
#[target_feature(enable = "simd128")]
fn zip(a: v128, b: v128) -> [v128; 2] {
    [
        i8x16_shuffle::<0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23>(a, b),
        i8x16_shuffle::<8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31>(a, b),
    ]
}

/// Unpacks the stored weights of 32 outputs to bytes, in order.
#[inline]
#[target_feature(enable = "simd128")]
fn expand<W: Weight>(words: &[u32; 8]) -> [v128; 2] {
    let [a, b, c, d, e, f, g, h] = *words;
    match const { W::FORMAT } {
        WeightFormat::I4 => {
            let bytes = load(&[a, b, c, d]);
            zip(v128_and(bytes, u8x16_splat(0xf)), u8x16_shr(bytes, 4))
        }
        WeightFormat::I2 => {
            let bytes = load(&[a, b, 0, 0]);
            let [nibbles, _] = zip(v128_and(bytes, u8x16_splat(0xf)), u8x16_shr(bytes, 4));
            zip(v128_and(nibbles, u8x16_splat(3)), u8x16_shr(nibbles, 2))
        }
        WeightFormat::I8 | WeightFormat::F32 => [load(&[a, b, c, d]), load(&[e, f, g, h])],
    }
}

/// Accumulates four columns of 32 stored weights, times the four bytes of `x`.
#[allow(clippy::extra_unused_type_parameters)] // only x86 needs to know which operand may pass 127
#[inline]
#[target_feature(enable = "simd128")]
fn add_columns<W: Weight, X: QuantizedInput>(lanes: &mut [Lanes; 4], columns: [&[u32; 8]; 4], x: u32) {
    let columns = columns.map(|words| expand::<W>(words));
    let x = x.to_le_bytes().map(|x| u8x16_splat(x));
    for half in 0..2 {
        // No overflow: four products are at most 4 · 255 · 15 = 15,300.
        let mut products = [u16x8_splat(0); 2];
        for (column, x) in columns.iter().zip(x) {
            products[0] = u16x8_add(products[0], u16x8_extmul_low_u8x16(column[half], x));
            products[1] = u16x8_add(products[1], u16x8_extmul_high_u8x16(column[half], x));
        }
        for (lanes, products) in lanes[2 * half..].iter_mut().zip(products) {
            lanes[0] = u32x4_add(lanes[0], u32x4_extend_low_u16x8(products));
            lanes[1] = u32x4_add(lanes[1], u32x4_extend_high_u16x8(products));
        }
    }
}

/// Pairs of outputs in a block of tiles: every output takes one of at least sixteen registers.
const BLOCK_PAIRS: usize = 4;

/// Partial sums of one accumulator of tiles.
type TileLanes = v128;

#[inline]
#[target_feature(enable = "simd128")]
fn tile_zero() -> TileLanes {
    i32x4_splat(0)
}

/// Accumulates `N` tiles of a row, times its inputs: `both` outputs, the odd ones 256-fold, and the `odd` ones alone.
#[inline]
#[target_feature(enable = "simd128")]
fn add_tiles<const N: usize>(both: &mut [TileLanes; N], odd: &mut [TileLanes; N], tiles: &[[u32; 8]; N], x: &[u8; 16]) {
    // SAFETY: the 16 bytes are in bounds, and the load may be unaligned.
    let bytes = unsafe { v128_load(x.as_ptr().cast()) };
    let x = [u16x8_extend_low_u8x16(bytes), u16x8_extend_high_u8x16(bytes)];
    for ((both, odd), tile) in both.iter_mut().zip(odd).zip(tiles) {
        for (words, x) in tile.as_chunks::<4>().0.iter().zip(x) {
            let halves = load(words);
            *both = i32x4_add(*both, i32x4_dot_i16x8(halves, x));
            *odd = i32x4_add(*odd, i32x4_dot_i16x8(i16x8_shr(halves, 8), x));
        }
    }
}

/// Sums up the lanes of four accumulators, modulo 2³².
#[inline]
#[target_feature(enable = "simd128")]
fn tile_totals([a, b, c, d]: [TileLanes; 4]) -> [i32; 4] {
    let pairs = |a, b| i32x4_add(i32x4_shuffle::<0, 4, 1, 5>(a, b), i32x4_shuffle::<2, 6, 3, 7>(a, b));
    let (ab, cd) = (pairs(a, b), pairs(c, d));
    let totals = i32x4_add(i64x2_shuffle::<0, 2>(ab, cd), i64x2_shuffle::<1, 3>(ab, cd));
    let mut numbers = [0; 4];
    // SAFETY: the array has space for the four numbers.
    unsafe { v128_store(numbers.as_mut_ptr().cast(), totals) };
    numbers
}

/// Returns the lanes of a block in the order of its outputs, which they already have.
#[inline]
#[target_feature(enable = "simd128")]
fn in_order(lanes: [Lanes; 4]) -> [Lanes; 4] {
    lanes
}

#[inline]
#[target_feature(enable = "simd128")]
fn to_array(lanes: Lanes) -> [i32; 8] {
    let mut numbers = [0; 8];
    for (numbers, lane) in numbers.as_chunks_mut::<4>().0.iter_mut().zip(lanes) {
        // SAFETY: the array has space for the four numbers.
        unsafe { v128_store(numbers.as_mut_ptr().cast(), lane) };
    }
    numbers
}
