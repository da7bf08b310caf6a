//! AArch64: bytes times bytes into 16 bits, added up without turning columns into quads.

use core::arch::aarch64::*;

use crate::element::Levels;
use crate::weight::{Weight, WeightFormat};

super::walk::walk!("neon");

/// What [`add_quads`] adds to every weight.
const QUADS_OFFSET: u32 = 128;

/// Eight sums.
type Lanes = [uint32x4_t; 2];

#[inline]
#[target_feature(enable = "neon")]
fn zero() -> Lanes {
    [vdupq_n_u32(0); 2]
}

#[inline]
#[target_feature(enable = "neon")]
fn load(bytes: &[u8; 16]) -> uint8x16_t {
    // SAFETY: reads the 16 bytes.
    unsafe { vld1q_u8(bytes.as_ptr()) }
}

#[inline]
#[target_feature(enable = "neon")]
fn load_words(words: &[u32; 4]) -> uint8x16_t {
    // SAFETY: reads the 16 bytes.
    unsafe { vld1q_u8(words.as_ptr().cast()) }
}

/// A bit for each of eight words of ones or zeros.
#[inline]
#[target_feature(enable = "neon")]
fn bits(low: uint32x4_t, high: uint32x4_t) -> u64 {
    // SAFETY: reads the 16 bytes.
    let of_word = unsafe { vld1q_u16([1, 2, 4, 8, 16, 32, 64, 128].as_ptr()) };
    u64::from(vaddvq_u16(vandq_u16(vcombine_u16(vmovn_u32(low), vmovn_u32(high)), of_word)))
}

/// Bit `g`: word `g` has a bit of `mask`.
#[inline]
#[target_feature(enable = "neon")]
fn nonzero_words(bytes: &[u8; 32], mask: u32) -> u64 {
    let mask = vdupq_n_u32(mask);
    let ones = |half: &[u8; 16]| vtstq_u32(vreinterpretq_u32_u8(load(half)), mask);
    match bytes.as_chunks::<16>().0 {
        [low, high] => bits(ones(low), ones(high)),
        _ => 0,
    }
}

/// Bit `i`: byte `i` is not zero.
#[inline]
#[target_feature(enable = "neon")]
fn nonzero_bytes(bytes: &[u8; 32]) -> u64 {
    // SAFETY: reads the 16 bytes.
    let of_byte = unsafe { vld1q_u8([1, 2, 4, 8, 16, 32, 64, 128, 1, 2, 4, 8, 16, 32, 64, 128].as_ptr()) };
    bytes.as_chunks::<16>().0.iter().rev().fold(0, |ones, half| {
        let half = load(half);
        let set = vandq_u8(vtstq_u8(half, half), of_byte);
        ones << 16 | u64::from(vaddv_u8(vget_high_u8(set))) << 8 | u64::from(vaddv_u8(vget_low_u8(set)))
    })
}

/// Bit `i`: number `i` is not zero.
#[inline]
#[target_feature(enable = "neon")]
fn nonzero_floats(numbers: &[f32; 8]) -> u64 {
    // SAFETY: reads four numbers.
    let ones = |four: &[f32; 4]| vmvnq_u32(vceqzq_f32(unsafe { vld1q_f32(four.as_ptr()) }));
    match numbers.as_chunks::<4>().0 {
        [low, high] => bits(ones(low), ones(high)),
        _ => 0,
    }
}

/// The stored weights of 32 outputs, one a byte, in their order.
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

/// Adds four columns of 32 stored weights, times the four bytes of `x`.
#[allow(clippy::extra_unused_type_parameters)] // AVX2 asks `X` which side may pass 127
#[inline]
#[target_feature(enable = "neon")]
fn add_columns<W: Weight, X: Levels>(lanes: &mut [Lanes; 4], columns: [&[u32; 8]; 4], x: u32) {
    let [a, b, c, d] = columns.map(|words| expand::<W>(words));
    let [xa, xb, xc, xd] = x.to_le_bytes().map(|x| vdupq_n_u8(x));
    for half in 0..2 {
        // Four products are at most 4 · 255 · 15 = 15,300.
        let low = vmull_u8(vget_low_u8(a[half]), vget_low_u8(xa));
        let low = vmlal_u8(low, vget_low_u8(b[half]), vget_low_u8(xb));
        let low = vmlal_u8(low, vget_low_u8(c[half]), vget_low_u8(xc));
        let low = vmlal_u8(low, vget_low_u8(d[half]), vget_low_u8(xd));
        let high = vmull_high_u8(a[half], xa);
        let high = vmlal_high_u8(high, b[half], xb);
        let high = vmlal_high_u8(high, c[half], xc);
        let high = vmlal_high_u8(high, d[half], xd);
        for (lanes, sums) in lanes[2 * half..].iter_mut().zip([low, high]) {
            lanes[0] = vaddw_u16(lanes[0], vget_low_u16(sums));
            lanes[1] = vaddw_high_u16(lanes[1], sums);
        }
    }
}

/// Adds a row of `8 · N` quads, times the four bytes of `x`.
#[inline]
#[target_feature(enable = "neon")]
fn add_quads<const N: usize>(lanes: &mut [Lanes; N], row: &[[u32; 8]; N], x: u32) {
    let x = vreinterpretq_u8_u32(vdupq_n_u32(x));
    for (lanes, row) in lanes.iter_mut().zip(row) {
        for (lane, words) in lanes.iter_mut().zip(row.as_chunks::<4>().0) {
            let bytes = load_words(words);
            // A product is at most 255 · 255, within 16 bits; pairs of them are added in 32.
            let low = vpaddlq_u16(vmull_u8(vget_low_u8(bytes), vget_low_u8(x)));
            let high = vpaddlq_u16(vmull_high_u8(bytes, x));
            *lane = vaddq_u32(*lane, vpaddq_u32(low, high));
        }
    }
}

/// Sums of columns in the order of the outputs.
#[inline]
#[target_feature(enable = "neon")]
fn in_order(lanes: [Lanes; 4]) -> [Lanes; 4] {
    lanes
}

#[inline]
#[target_feature(enable = "neon")]
fn numbers(lanes: Lanes) -> [i32; 8] {
    let mut numbers = [0; 8];
    for (numbers, lane) in numbers.as_chunks_mut::<4>().0.iter_mut().zip(lanes) {
        // SAFETY: writes the four numbers.
        unsafe { vst1q_s32(numbers.as_mut_ptr(), vreinterpretq_s32_u32(lane)) };
    }
    numbers
}
