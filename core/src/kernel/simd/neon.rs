//! AArch64: byte products accumulated in 16 bits, without interleaving columns.

use core::arch::aarch64::*;

use crate::format::{QuantizedInput, Weight, WeightFormat};

super::loops::define_loops!("neon");

/// Eight accumulators.
type Lanes = [uint32x4_t; 2];

#[inline]
#[target_feature(enable = "neon")]
fn zero() -> Lanes {
    [vdupq_n_u32(0); 2]
}

#[inline]
#[target_feature(enable = "neon")]
fn load(bytes: &[u8; 16]) -> uint8x16_t {
    // SAFETY: the 16 bytes are in bounds.
    unsafe { vld1q_u8(bytes.as_ptr()) }
}

#[inline]
#[target_feature(enable = "neon")]
fn load_words(words: &[u32; 4]) -> uint8x16_t {
    // SAFETY: the 16 bytes are in bounds.
    unsafe { vld1q_u8(words.as_ptr().cast()) }
}

/// Packs eight words of all ones or all zeros to a bit each.
#[inline]
#[target_feature(enable = "neon")]
fn bits(low: uint32x4_t, high: uint32x4_t) -> u64 {
    // SAFETY: the 16 bytes are in bounds.
    let of_word = unsafe { vld1q_u16([1, 2, 4, 8, 16, 32, 64, 128].as_ptr()) };
    u64::from(vaddvq_u16(vandq_u16(vcombine_u16(vmovn_u32(low), vmovn_u32(high)), of_word)))
}

/// Bit `g`: word `g` has a bit of `mask`.
#[inline]
#[target_feature(enable = "neon")]
fn nonzero_words(bytes: &[u8; 32], mask: u32) -> u64 {
    let mask = vdupq_n_u32(mask);
    let nonzero = |half: &[u8; 16]| vtstq_u32(vreinterpretq_u32_u8(load(half)), mask);
    match bytes.as_chunks::<16>().0 {
        [low, high] => bits(nonzero(low), nonzero(high)),
        _ => 0,
    }
}

/// Bit `i`: byte `i` is not zero.
#[inline]
#[target_feature(enable = "neon")]
fn nonzero_bytes(bytes: &[u8; 32]) -> u64 {
    // SAFETY: the 16 bytes are in bounds.
    let of_byte = unsafe { vld1q_u8([1, 2, 4, 8, 16, 32, 64, 128, 1, 2, 4, 8, 16, 32, 64, 128].as_ptr()) };
    bytes.as_chunks::<16>().0.iter().rev().fold(0, |bits, half| {
        let half = load(half);
        let set = vandq_u8(vtstq_u8(half, half), of_byte);
        bits << 16 | u64::from(vaddv_u8(vget_high_u8(set))) << 8 | u64::from(vaddv_u8(vget_low_u8(set)))
    })
}

/// Bit `i`: number `i` is not zero.
#[inline]
#[target_feature(enable = "neon")]
fn nonzero_floats(numbers: &[f32; 8]) -> u64 {
    // SAFETY: the four numbers are in bounds.
    let nonzero = |four: &[f32; 4]| vmvnq_u32(vceqzq_f32(unsafe { vld1q_f32(four.as_ptr()) }));
    match numbers.as_chunks::<4>().0 {
        [low, high] => bits(nonzero(low), nonzero(high)),
        _ => 0,
    }
}

/// Unpacks the stored weights of 32 outputs to bytes, in order.
#[inline]
#[target_feature(enable = "neon")]
fn expand<W: Weight>(words: &[u32; 8]) -> [uint8x16_t; 2] {
    let [a, b, c, d, e, f, g, h] = *words;
    match const { W::FORMAT } {
        WeightFormat::I4 => {
            let bytes = load_words(&[a, b, c, d]);
            let (low, high) = (vandq_u8(bytes, vdupq_n_u8(0xf)), vshrq_n_u8::<4>(bytes));
            [vzip1q_u8(low, high), vzip2q_u8(low, high)]
        }
        WeightFormat::I2 => {
            let bytes = load_words(&[a, b, 0, 0]);
            let nibbles = vzip1q_u8(vandq_u8(bytes, vdupq_n_u8(0xf)), vshrq_n_u8::<4>(bytes));
            let (low, high) = (vandq_u8(nibbles, vdupq_n_u8(3)), vshrq_n_u8::<2>(nibbles));
            [vzip1q_u8(low, high), vzip2q_u8(low, high)]
        }
        WeightFormat::I8 | WeightFormat::F32 => [load_words(&[a, b, c, d]), load_words(&[e, f, g, h])],
    }
}

/// Accumulates four columns of 32 stored weights, times the four bytes of `x`.
#[allow(clippy::extra_unused_type_parameters)] // only x86 needs to know which operand may pass 127
#[inline]
#[target_feature(enable = "neon")]
fn add_columns<W: Weight, X: QuantizedInput>(lanes: &mut [Lanes; 4], columns: [&[u32; 8]; 4], x: u32) {
    let [a, b, c, d] = columns.map(|words| expand::<W>(words));
    let [xa, xb, xc, xd] = x.to_le_bytes().map(|x| vdupq_n_u8(x));
    for half in 0..2 {
        // No overflow: four products are at most 4 · 255 · 15 = 15,300.
        let low = vmull_u8(vget_low_u8(a[half]), vget_low_u8(xa));
        let low = vmlal_u8(low, vget_low_u8(b[half]), vget_low_u8(xb));
        let low = vmlal_u8(low, vget_low_u8(c[half]), vget_low_u8(xc));
        let low = vmlal_u8(low, vget_low_u8(d[half]), vget_low_u8(xd));
        let high = vmull_high_u8(a[half], xa);
        let high = vmlal_high_u8(high, b[half], xb);
        let high = vmlal_high_u8(high, c[half], xc);
        let high = vmlal_high_u8(high, d[half], xd);
        for (lanes, products) in lanes[2 * half..].iter_mut().zip([low, high]) {
            lanes[0] = vaddw_u16(lanes[0], vget_low_u16(products));
            lanes[1] = vaddw_high_u16(lanes[1], products);
        }
    }
}

/// Pairs of outputs in a block of tiles: every output takes one of at least sixteen registers.
const BLOCK_PAIRS: usize = 4;

/// Partial sums of one accumulator of tiles.
type TileLanes = int32x4_t;

#[inline]
#[target_feature(enable = "neon")]
fn tile_zero() -> TileLanes {
    vdupq_n_s32(0)
}

/// Accumulates `N` tiles of a row, times its inputs: `both` outputs, the odd ones 256-fold, and the `odd` ones alone.
#[inline]
#[target_feature(enable = "neon")]
fn add_tiles<const N: usize>(both: &mut [TileLanes; N], odd: &mut [TileLanes; N], tiles: &[[u32; 8]; N], x: &[u8; 16]) {
    let bytes = load(x);
    let x = [vmovl_u8(vget_low_u8(bytes)), vmovl_high_u8(bytes)].map(|x| vreinterpretq_s16_u16(x));
    for ((both, odd), tile) in both.iter_mut().zip(odd).zip(tiles) {
        for (words, x) in tile.as_chunks::<4>().0.iter().zip(x) {
            let halves = vreinterpretq_s16_u8(load_words(words));
            let odd_halves = vshrq_n_s16::<8>(halves);
            *both = vmlal_s16(*both, vget_low_s16(halves), vget_low_s16(x));
            *both = vmlal_high_s16(*both, halves, x);
            *odd = vmlal_s16(*odd, vget_low_s16(odd_halves), vget_low_s16(x));
            *odd = vmlal_high_s16(*odd, odd_halves, x);
        }
    }
}

/// Sums up the lanes of four accumulators, modulo 2³².
#[inline]
#[target_feature(enable = "neon")]
fn tile_totals([a, b, c, d]: [TileLanes; 4]) -> [i32; 4] {
    let totals = vpaddq_s32(vpaddq_s32(a, b), vpaddq_s32(c, d));
    let mut numbers = [0; 4];
    // SAFETY: the array has space for the four numbers.
    unsafe { vst1q_s32(numbers.as_mut_ptr(), totals) };
    numbers
}

/// Returns the lanes of a block in the order of its outputs, which they already have.
#[inline]
#[target_feature(enable = "neon")]
fn in_order(lanes: [Lanes; 4]) -> [Lanes; 4] {
    lanes
}

#[inline]
#[target_feature(enable = "neon")]
fn to_array(lanes: Lanes) -> [i32; 8] {
    let mut numbers = [0; 8];
    for (numbers, lane) in numbers.as_chunks_mut::<4>().0.iter_mut().zip(lanes) {
        // SAFETY: the array has space for the four numbers.
        unsafe { vst1q_s32(numbers.as_mut_ptr(), vreinterpretq_s32_u32(lane)) };
    }
    numbers
}
