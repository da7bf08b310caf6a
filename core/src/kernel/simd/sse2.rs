//! SSE2, which every x86-64 has: 128-bit vectors, products of 16-bit integers.

use core::arch::x86_64::*;

use crate::format::{QuantizedInput, Weight, WeightFormat};

super::loops::define_loops!("sse2");

/// Eight accumulators.
type Lanes = [__m128i; 2];

#[inline]
#[target_feature(enable = "sse2")]
fn zero() -> Lanes {
    [_mm_setzero_si128(); 2]
}

#[inline]
#[target_feature(enable = "sse2")]
fn load(bytes: &[u8; 16]) -> __m128i {
    // SAFETY: the 16 bytes are in bounds, and the load may be unaligned.
    unsafe { _mm_loadu_si128(bytes.as_ptr().cast()) }
}

#[inline]
#[target_feature(enable = "sse2")]
fn load_words([a, b, c, d]: &[u32; 4]) -> __m128i {
    _mm_set_epi32(d.cast_signed(), c.cast_signed(), b.cast_signed(), a.cast_signed())
}

/// Bit `g`: word `g` has a bit of `mask`.
#[inline]
#[target_feature(enable = "sse2")]
fn nonzero_words(bytes: &[u8; 32], mask: u32) -> u64 {
    let (halves, _) = bytes.as_chunks::<16>();
    let mask = _mm_set1_epi32(mask.cast_signed());
    halves.iter().rev().fold(0, |bits, half| {
        let zeros = _mm_cmpeq_epi32(_mm_and_si128(load(half), mask), _mm_setzero_si128());
        bits << 4 | (_mm_movemask_ps(_mm_castsi128_ps(zeros)) ^ 0xf) as u64
    })
}

/// Bit `i`: byte `i` is not zero.
#[inline]
#[target_feature(enable = "sse2")]
fn nonzero_bytes(bytes: &[u8; 32]) -> u64 {
    let (halves, _) = bytes.as_chunks::<16>();
    halves.iter().rev().fold(0, |bits, half| {
        let zeros = _mm_cmpeq_epi8(load(half), _mm_setzero_si128());
        bits << 16 | (_mm_movemask_epi8(zeros) ^ 0xffff) as u64
    })
}

/// Bit `i`: number `i` is not zero.
#[inline]
#[target_feature(enable = "sse2")]
fn nonzero_floats([a, b, c, d, e, f, g, h]: &[f32; 8]) -> u64 {
    let nonzero = |four| _mm_movemask_ps(_mm_cmpneq_ps(four, _mm_setzero_ps())) as u64;
    nonzero(_mm_setr_ps(*a, *b, *c, *d)) | nonzero(_mm_setr_ps(*e, *f, *g, *h)) << 4
}

/// Unpacks the stored weights of 32 outputs to bytes, in order.
#[inline]
#[target_feature(enable = "sse2")]
fn expand<W: Weight>(words: &[u32; 8]) -> [__m128i; 2] {
    let [a, b, c, d, e, f, g, h] = *words;
    let halves = |bytes, shift: i32, mask| {
        let mask = _mm_set1_epi8(mask);
        let (low, high) =
            (_mm_and_si128(bytes, mask), _mm_and_si128(_mm_srl_epi16(bytes, _mm_cvtsi32_si128(shift)), mask));
        [_mm_unpacklo_epi8(low, high), _mm_unpackhi_epi8(low, high)]
    };
    match const { W::FORMAT } {
        WeightFormat::I4 => halves(load_words(&[a, b, c, d]), 4, 0xf),
        WeightFormat::I2 => halves(halves(load_words(&[a, b, 0, 0]), 4, 0xf)[0], 2, 3),
        WeightFormat::I8 | WeightFormat::F32 => [load_words(&[a, b, c, d]), load_words(&[e, f, g, h])],
    }
}

/// Accumulates four columns of 32 stored weights, times the four bytes of `x`.
#[allow(clippy::extra_unused_type_parameters)] // only x86 needs to know which operand may pass 127
#[inline]
#[target_feature(enable = "sse2")]
fn add_columns<W: Weight, X: QuantizedInput>(lanes: &mut [Lanes; 4], columns: [&[u32; 8]; 4], x: u32) {
    let zero = _mm_setzero_si128();
    let [x0, x1, x2, x3] = x.to_le_bytes().map(i32::from);
    let (x01, x23) = (_mm_set1_epi32(x1 << 16 | x0), _mm_set1_epi32(x3 << 16 | x2));
    let [a, b, c, d] = columns.map(|words| expand::<W>(words));
    for half in 0..2 {
        let (ab, cd) = (_mm_unpacklo_epi8(a[half], b[half]), _mm_unpacklo_epi8(c[half], d[half]));
        let more = (_mm_unpackhi_epi8(a[half], b[half]), _mm_unpackhi_epi8(c[half], d[half]));
        for (quarter, (ab, cd)) in [(ab, cd), more].into_iter().enumerate() {
            let [low, high] = &mut lanes[2 * half + quarter];
            // Bytes extended to 16 bits: `PMADDWD` adds two products in 32 bits.
            let add =
                |lane, ab, cd| _mm_add_epi32(lane, _mm_add_epi32(_mm_madd_epi16(ab, x01), _mm_madd_epi16(cd, x23)));
            *low = add(*low, _mm_unpacklo_epi8(ab, zero), _mm_unpacklo_epi8(cd, zero));
            *high = add(*high, _mm_unpackhi_epi8(ab, zero), _mm_unpackhi_epi8(cd, zero));
        }
    }
}

/// Pairs of outputs in a block of tiles: every output takes one of at least sixteen registers.
const BLOCK_PAIRS: usize = 4;

/// Partial sums of one accumulator of tiles.
type TileLanes = __m128i;

#[inline]
#[target_feature(enable = "sse2")]
fn tile_zero() -> TileLanes {
    _mm_setzero_si128()
}

/// Accumulates `N` tiles of a row, times its inputs: `both` outputs, the odd ones 256-fold, and the `odd` ones alone.
#[inline]
#[target_feature(enable = "sse2")]
fn add_tiles<const N: usize>(both: &mut [TileLanes; N], odd: &mut [TileLanes; N], tiles: &[[u32; 8]; N], x: &[u8; 16]) {
    let (bytes, zero) = (load(x), _mm_setzero_si128());
    let x = [_mm_unpacklo_epi8(bytes, zero), _mm_unpackhi_epi8(bytes, zero)];
    for ((both, odd), tile) in both.iter_mut().zip(odd).zip(tiles) {
        for (words, x) in tile.as_chunks::<4>().0.iter().zip(x) {
            let halves = load_words(words);
            *both = _mm_add_epi32(*both, _mm_madd_epi16(halves, x));
            *odd = _mm_add_epi32(*odd, _mm_madd_epi16(_mm_srai_epi16::<8>(halves), x));
        }
    }
}

/// Sums up the lanes of four accumulators, modulo 2³².
#[inline]
#[target_feature(enable = "sse2")]
fn tile_totals([a, b, c, d]: [TileLanes; 4]) -> [i32; 4] {
    let ab = _mm_add_epi32(_mm_unpacklo_epi32(a, b), _mm_unpackhi_epi32(a, b));
    let cd = _mm_add_epi32(_mm_unpacklo_epi32(c, d), _mm_unpackhi_epi32(c, d));
    let totals = _mm_add_epi32(_mm_unpacklo_epi64(ab, cd), _mm_unpackhi_epi64(ab, cd));
    let mut numbers = [0; 4];
    // SAFETY: the array has space for the four numbers.
    unsafe { _mm_storeu_si128(numbers.as_mut_ptr().cast(), totals) };
    numbers
}

/// Returns the lanes of a block in the order of its outputs, which they already have.
#[inline]
#[target_feature(enable = "sse2")]
fn in_order(lanes: [Lanes; 4]) -> [Lanes; 4] {
    lanes
}

#[inline]
#[target_feature(enable = "sse2")]
fn to_array(lanes: Lanes) -> [i32; 8] {
    let mut numbers = [0; 8];
    for (numbers, lane) in numbers.as_chunks_mut::<4>().0.iter_mut().zip(lanes) {
        // SAFETY: the array has space for the four numbers.
        unsafe { _mm_storeu_si128(numbers.as_mut_ptr().cast(), lane) };
    }
    numbers
}
