//! AVX-512 with VNNI: AVX2, with four products and their sum in one instruction.
//!
//! Vectors stay at 256 bits: a block has 32 outputs, and most of the time goes into the scan for nonzero inputs, not
//! into the products.

use core::arch::x86_64::*;

use super::avx2::{
    Lanes, TileLanes, expand, join_halves, load, nonzero_bytes, nonzero_floats, nonzero_words, tile_totals, tile_zero,
    to_array, widen_inputs, zero,
};
use crate::format::{QuantizedInput, Weight};

super::loops::define_loops!("avx512f,avx512vl,avx512vnni");

/// Accumulates four columns of 32 stored weights, times the four bytes of `x`.
#[inline]
#[target_feature(enable = "avx512f,avx512vl,avx512vnni")]
fn add_columns<W: Weight, X: QuantizedInput>(lanes: &mut [Lanes; 4], columns: [&[u32; 8]; 4], x: u32) {
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
        // The instruction takes one operand as unsigned bytes: the one that may pass 127.
        *lane = if const { X::FORMAT.max_level() > 127 } {
            _mm256_dpbusd_epi32(*lane, x, quads)
        } else {
            _mm256_dpbusd_epi32(*lane, quads, x)
        };
    }
}

/// Pairs of outputs in a block of tiles: every output takes one of 32 registers.
const BLOCK_PAIRS: usize = 8;

/// Accumulates `N` tiles of a row, times its inputs: `both` outputs, the odd ones 256-fold, and the `odd` ones alone.
#[inline]
#[target_feature(enable = "avx512f,avx512vl,avx512vnni")]
fn add_tiles<const N: usize>(both: &mut [TileLanes; N], odd: &mut [TileLanes; N], tiles: &[[u32; 8]; N], x: &[u8; 16]) {
    let x = widen_inputs(x);
    // The weights of the odd outputs are the odd bytes, signed.
    let x_of_odd = _mm256_slli_epi16::<8>(x);
    for ((both, odd), tile) in both.iter_mut().zip(odd).zip(tiles) {
        let halves = load(tile);
        *both = _mm256_dpwssd_epi32(*both, halves, x);
        *odd = _mm256_dpbusd_epi32(*odd, x_of_odd, halves);
    }
}

/// Returns the lanes of a block in the order of its outputs.
#[inline]
#[target_feature(enable = "avx512f,avx512vl,avx512vnni")]
fn in_order(lanes: [Lanes; 4]) -> [Lanes; 4] {
    join_halves(lanes)
}
