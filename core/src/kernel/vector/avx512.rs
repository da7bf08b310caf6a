//! AVX-512 with VNNI: as AVX2, with four products and their sum in one instruction.
//!
//! Vectors stay at 256 bits: a block is 32 outputs, and the walk, not the products, is what takes time.

use core::arch::x86_64::*;

use super::avx2::{Lanes, expand, join_halves, load, nonzero_bytes, nonzero_floats, nonzero_words, numbers, zero};
use crate::element::Levels;
use crate::weight::Weight;

super::walk::walk!("avx512f,avx512vl,avx512vnni");

/// [`add_quads`] takes weights with their signs.
const QUADS_OFFSET: u32 = 0;

/// Adds four columns of 32 stored weights, times the four bytes of `x`.
#[inline]
#[target_feature(enable = "avx512f,avx512vl,avx512vnni")]
fn add_columns<W: Weight, X: Levels>(lanes: &mut [Lanes; 4], columns: [&[u32; 8]; 4], x: u32) {
    let x = _mm256_set1_epi32(x.cast_signed());
    let [a, b, c, d] = columns.map(|words| expand::<W>(words));
    let (low_ab, high_ab) = (_mm256_unpacklo_epi8(a, b), _mm256_unpackhi_epi8(a, b));
    let (low_cd, high_cd) = (_mm256_unpacklo_epi8(c, d), _mm256_unpackhi_epi8(c, d));
    let quads = [
        _mm256_unpacklo_epi16(low_ab, low_cd),
        _mm256_unpackhi_epi16(low_ab, low_cd),
        _mm256_unpacklo_epi16(high_ab, high_cd),
        _mm256_unpackhi_epi16(high_ab, high_cd),
    ];
    for (lane, quads) in lanes.iter_mut().zip(quads) {
        // One side is taken as bytes without a sign: the one that may pass 127.
        *lane = if const { X::FORMAT.top_level() > 127 } {
            _mm256_dpbusd_epi32(*lane, x, quads)
        } else {
            _mm256_dpbusd_epi32(*lane, quads, x)
        };
    }
}

/// Adds a row of `8 · N` quads, times the four bytes of `x`.
#[inline]
#[target_feature(enable = "avx512f,avx512vl,avx512vnni")]
fn add_quads<const N: usize>(lanes: &mut [Lanes; N], row: &[[u32; 8]; N], x: u32) {
    let x = _mm256_set1_epi32(x.cast_signed());
    let sign = _mm256_set1_epi8(i8::MIN);
    for (lane, words) in lanes.iter_mut().zip(row) {
        // Bytes `weight + 128` with the highest bit turned are the weights in two's complement.
        *lane = _mm256_dpbusd_epi32(*lane, x, _mm256_xor_si256(load(words), sign));
    }
}

/// Sums of columns in the order of the outputs.
#[inline]
#[target_feature(enable = "avx512f,avx512vl,avx512vnni")]
fn in_order(lanes: [Lanes; 4]) -> [Lanes; 4] {
    join_halves(lanes)
}
