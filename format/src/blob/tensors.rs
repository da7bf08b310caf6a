//! The tensors of a layer in the encoding of a blob.

use serde::{Deserialize, Serialize};

use super::cursor::Cursor;

/// Tensors of one layer, in the order of the blob and not yet checked.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Tensors<'a> {
    /// See [`Requantization::pre_shift`](crate::format::Requantization::pre_shift).
    pub pre_shift: u8,
    /// See [`Requantization::shift`](crate::format::Requantization::shift).
    pub shift: u8,
    /// Multipliers, little-endian `u16`: none for a last or `f32` layer, else one, or one per output.
    pub multipliers: &'a [u8],
    /// Zeros that align `bias`.
    pub bias_padding: &'a [u8],
    /// Biases `[OUT]`, little-endian `i32` or `f32`.
    pub bias: &'a [u8],
    /// Zeros that align `weights`.
    pub weights_padding: &'a [u8],
    /// Rows of weights, see [`WeightFormat::row_bytes`](crate::format::WeightFormat::row_bytes).
    pub weights: &'a [u8],
}

impl<'a> Tensors<'a> {
    /// Reads the tensors like [`Deserialize`], in less code.
    pub(super) fn read(cursor: &mut Cursor<'a>) -> Option<Self> {
        let (pre_shift, shift) = (cursor.byte()?, cursor.byte()?);
        let [multipliers, bias_padding, bias, weights_padding, weights] =
            [cursor.bytes()?, cursor.bytes()?, cursor.bytes()?, cursor.bytes()?, cursor.bytes()?];
        Some(Tensors { pre_shift, shift, multipliers, bias_padding, bias, weights_padding, weights })
    }
}
