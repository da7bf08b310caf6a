//! AVX2: 256-bit vectors, byte products in pairs.

use core::arch::x86_64::*;

use crate::format::{QuantizedInput, Weight, WeightFormat};

super::loops::define_loops!("avx2");

/// Eight accumulators.
pub(super) type Lanes = __m256i;

#[inline]
#[target_feature(enable = "avx2")]
pub(super) fn zero() -> Lanes {
    _mm256_setzero_si256()
}

#[inline]
#[target_feature(enable = "avx2")]
pub(super) fn load(words: &[u32; 8]) -> __m256i {
    // SAFETY: the 32 bytes are in bounds, and the load may be unaligned.
    unsafe { _mm256_loadu_si256(words.as_ptr().cast()) }
}

/// Bit `g`: word `g` has a bit of `mask`.
#[inline]
#[target_feature(enable = "avx2")]
pub(super) fn nonzero_words(bytes: &[u8; 32], mask: u32) -> u64 {
    // SAFETY: the 32 bytes are in bounds, and the load may be unaligned.
    let words = unsafe { _mm256_loadu_si256(bytes.as_ptr().cast()) };
    let words = _mm256_and_si256(words, _mm256_set1_epi32(mask.cast_signed()));
    let zeros = _mm256_cmpeq_epi32(words, _mm256_setzero_si256());
    (_mm256_movemask_ps(_mm256_castsi256_ps(zeros)) ^ 0xff) as u64
}

/// Bit `i`: byte `i` is not zero.
#[inline]
#[target_feature(enable = "avx2")]
pub(super) fn nonzero_bytes(bytes: &[u8; 32]) -> u64 {
    // SAFETY: the 32 bytes are in bounds, and the load may be unaligned.
    let bytes = unsafe { _mm256_loadu_si256(bytes.as_ptr().cast()) };
    u64::from(!_mm256_movemask_epi8(_mm256_cmpeq_epi8(bytes, _mm256_setzero_si256())).cast_unsigned())
}

/// Bit `i`: number `i` is not zero.
#[inline]
#[target_feature(enable = "avx2")]
pub(super) fn nonzero_floats(numbers: &[f32; 8]) -> u64 {
    // SAFETY: the eight numbers are in bounds, and the load may be unaligned.
    let numbers = unsafe { _mm256_loadu_ps(numbers.as_ptr()) };
    _mm256_movemask_ps(_mm256_cmp_ps::<_CMP_NEQ_UQ>(numbers, _mm256_setzero_ps())) as u64
}

/// Unpacks the stored weights of 32 outputs to bytes, in order.
#[inline]
#[target_feature(enable = "avx2")]
pub(super) fn expand<W: Weight>(words: &[u32; 8]) -> __m256i {
    let first = || _mm256_castsi256_si128(load(words));
    match const { W::FORMAT } {
        WeightFormat::I4 => {
            let bytes = _mm256_cvtepu8_epi16(first());
            _mm256_and_si256(_mm256_or_si256(bytes, _mm256_slli_epi16::<4>(bytes)), _mm256_set1_epi8(0xf))
        }
        WeightFormat::I2 => {
            let bytes = _mm256_cvtepu8_epi32(first());
            let nibbles = _mm256_or_si256(bytes, _mm256_slli_epi32::<12>(bytes));
            let nibbles = _mm256_and_si256(nibbles, _mm256_set1_epi16(0xf));
            _mm256_and_si256(_mm256_or_si256(nibbles, _mm256_slli_epi16::<6>(nibbles)), _mm256_set1_epi8(3))
        }
        WeightFormat::I8 | WeightFormat::F32 => load(words),
    }
}

/// Accumulates four columns of 32 stored weights, times the four bytes of `x`.
#[inline]
#[target_feature(enable = "avx2")]
fn add_columns<W: Weight, X: QuantizedInput>(lanes: &mut [Lanes; 4], columns: [&[u32; 8]; 4], x: u32) {
    let (x01, x23) = (_mm256_set1_epi16(x as i16), _mm256_set1_epi16((x >> 16) as i16));
    let [a, b, c, d] = columns.map(|words| expand::<W>(words));
    // `VPMADDUBSW` takes one operand as unsigned bytes: the one that may pass 127. No overflow: two products are at
    // most 2 · 255 · 15 in 16 bits, four at most 15,300.
    let products = |pairs, x| {
        if const { X::FORMAT.max_level() > 127 } {
            _mm256_maddubs_epi16(x, pairs)
        } else {
            _mm256_maddubs_epi16(pairs, x)
        }
    };
    let low = _mm256_add_epi16(products(_mm256_unpacklo_epi8(a, b), x01), products(_mm256_unpacklo_epi8(c, d), x23));
    let high = _mm256_add_epi16(products(_mm256_unpackhi_epi8(a, b), x01), products(_mm256_unpackhi_epi8(c, d), x23));
    let even = _mm256_set1_epi32(0xffff);
    lanes[0] = _mm256_add_epi32(lanes[0], _mm256_and_si256(low, even));
    lanes[1] = _mm256_add_epi32(lanes[1], _mm256_srli_epi32::<16>(low));
    lanes[2] = _mm256_add_epi32(lanes[2], _mm256_and_si256(high, even));
    lanes[3] = _mm256_add_epi32(lanes[3], _mm256_srli_epi32::<16>(high));
}

/// Pairs of outputs in a block of tiles: every output takes one of at least sixteen registers.
const BLOCK_PAIRS: usize = 4;

/// Partial sums of one accumulator of tiles.
pub(super) type TileLanes = __m256i;

#[inline]
#[target_feature(enable = "avx2")]
pub(super) fn tile_zero() -> TileLanes {
    _mm256_setzero_si256()
}

/// Accumulates `N` tiles of a row, times its inputs: `both` outputs, the odd ones 256-fold, and the `odd` ones alone.
#[inline]
#[target_feature(enable = "avx2")]
fn add_tiles<const N: usize>(both: &mut [TileLanes; N], odd: &mut [TileLanes; N], tiles: &[[u32; 8]; N], x: &[u8; 16]) {
    let x = widen_inputs(x);
    for ((both, odd), tile) in both.iter_mut().zip(odd).zip(tiles) {
        let halves = load(tile);
        *both = _mm256_add_epi32(*both, _mm256_madd_epi16(halves, x));
        *odd = _mm256_add_epi32(*odd, _mm256_madd_epi16(_mm256_srai_epi16::<8>(halves), x));
    }
}

/// Extends sixteen inputs to 16 bits.
#[inline]
#[target_feature(enable = "avx2")]
pub(super) fn widen_inputs(bytes: &[u8; 16]) -> __m256i {
    // SAFETY: the 16 bytes are in bounds, and the load may be unaligned.
    _mm256_cvtepu8_epi16(unsafe { _mm_loadu_si128(bytes.as_ptr().cast()) })
}

/// Sums up the lanes of four accumulators, modulo 2³².
#[inline]
#[target_feature(enable = "avx2")]
pub(super) fn tile_totals([a, b, c, d]: [TileLanes; 4]) -> [i32; 4] {
    let halves = _mm256_hadd_epi32(_mm256_hadd_epi32(a, b), _mm256_hadd_epi32(c, d));
    let totals = _mm_add_epi32(_mm256_castsi256_si128(halves), _mm256_extracti128_si256::<1>(halves));
    let mut numbers = [0; 4];
    // SAFETY: the array has space for the four numbers.
    unsafe { _mm_storeu_si128(numbers.as_mut_ptr().cast(), totals) };
    numbers
}

/// Returns the lanes of a block in the order of its outputs: they are the even and odd ones of the first half of each
/// 128 bits, then of the second.
#[inline]
#[target_feature(enable = "avx2")]
fn in_order([even, odd, more_even, more_odd]: [Lanes; 4]) -> [Lanes; 4] {
    let (a, b) = (_mm256_unpacklo_epi32(even, odd), _mm256_unpackhi_epi32(even, odd));
    let (c, d) = (_mm256_unpacklo_epi32(more_even, more_odd), _mm256_unpackhi_epi32(more_even, more_odd));
    join_halves([a, b, c, d])
}

/// Joins the first 128 bits of all lanes, then the second.
#[inline]
#[target_feature(enable = "avx2")]
pub(super) fn join_halves([a, b, c, d]: [Lanes; 4]) -> [Lanes; 4] {
    const FIRST: i32 = 0x20;
    const SECOND: i32 = 0x31;
    [
        _mm256_permute2x128_si256::<FIRST>(a, b),
        _mm256_permute2x128_si256::<FIRST>(c, d),
        _mm256_permute2x128_si256::<SECOND>(a, b),
        _mm256_permute2x128_si256::<SECOND>(c, d),
    ]
}

#[inline]
#[target_feature(enable = "avx2")]
pub(super) fn to_array(lanes: Lanes) -> [i32; 8] {
    let mut numbers = [0; 8];
    // SAFETY: the array has space for the eight numbers.
    unsafe { _mm256_storeu_si256(numbers.as_mut_ptr().cast(), lanes) };
    numbers
}
