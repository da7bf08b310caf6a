//! The tensors of a layer as they lie in a blob.

use serde::{Deserialize, Serialize};

use super::cursor::Cursor;

/// A layer's numbers, as they lie in the blob.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Tensors<'a> {
    /// See [`Requantization::pre_shift`](crate::format::Requantization::pre_shift).
    pub pre_shift: u8,
    /// See [`Requantization::shift`](crate::format::Requantization::shift).
    pub shift: u8,
    /// `u16` little-endian: none for a last or `f32` layer, else one, or one per output.
    pub multipliers: &'a [u8],
    /// Zeros that align `bias`.
    pub bias_padding: &'a [u8],
    /// `[OUT]` of `i32` or `f32`, little-endian.
    pub bias: &'a [u8],
    /// Zeros that align `weights`.
    pub weights_padding: &'a [u8],
    /// Rows of weights, see [`WeightFormat::row_bytes`](crate::format::WeightFormat::row_bytes).
    pub weights: &'a [u8],
}

impl<'a> Tensors<'a> {
    /// As [`Deserialize`] has it, in less code.
    pub(super) fn read(cursor: &mut Cursor<'a>) -> Option<Self> {
        let (pre_shift, shift) = (cursor.byte()?, cursor.byte()?);
        let [multipliers, bias_padding, bias, weights_padding, weights] =
            [cursor.bytes()?, cursor.bytes()?, cursor.bytes()?, cursor.bytes()?, cursor.bytes()?];
        Some(Tensors { pre_shift, shift, multipliers, bias_padding, bias, weights_padding, weights })
    }
}
