//! How weights are stored, and how columns of them lie in a blob.

use serde::{Deserialize, Serialize};

use crate::element::Number;

/// The number format of a layer's weights, as a blob states it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum WeightFormat {
    /// Little-endian IEEE 754 single precision, finite.
    F32,
    /// Bytes `weight + 128`, −127..=127.
    I8,
    /// Nibbles `weight + 8`, −7..=7; the low nibble is the even output.
    I4,
    /// Ternary, two bits `weight + 1`, −1..=1; the lowest bits are the first of four outputs.
    I2,
}

impl WeightFormat {
    /// Bytes of one input's column of `outputs` weights, a whole number of 32-bit words.
    ///
    /// | format | weights per word |
    /// |--------|------------------|
    /// | `F32`  | 1                |
    /// | `I8`   | 4                |
    /// | `I4`   | 8                |
    /// | `I2`   | 16               |
    pub const fn column_bytes(self, outputs: usize) -> usize {
        4 * match self {
            WeightFormat::F32 => outputs,
            WeightFormat::I8 => outputs.div_ceil(4),
            WeightFormat::I4 => outputs.div_ceil(8),
            WeightFormat::I2 => outputs.div_ceil(16),
        }
    }

    /// Bits of one weight.
    pub const fn bits(self) -> u32 {
        match self {
            WeightFormat::F32 => 32,
            WeightFormat::I8 => 8,
            WeightFormat::I4 => 4,
            WeightFormat::I2 => 2,
        }
    }

    /// Largest magnitude of an integer weight; 0 for `F32`.
    pub const fn limit(self) -> i32 {
        match self {
            WeightFormat::F32 => 0,
            WeightFormat::I8 => 127,
            WeightFormat::I4 => 7,
            WeightFormat::I2 => 1,
        }
    }

    /// What is added to an integer weight before it is stored, so that its bits are a number without a sign; 0 for `F32`.
    pub const fn offset(self) -> i32 {
        match self {
            WeightFormat::F32 => 0,
            WeightFormat::I8 => 128,
            WeightFormat::I4 => 8,
            WeightFormat::I2 => 1,
        }
    }

    /// Name of the Rust type.
    pub const fn name(self) -> &'static str {
        match self {
            WeightFormat::F32 => "f32",
            WeightFormat::I8 => "I8",
            WeightFormat::I4 => "I4",
            WeightFormat::I2 => "I2",
        }
    }
}

/// A weight format at compile time.
pub trait Weight: Copy {
    /// What the sums are made of: `i32` or `f32`.
    type Value: Number;
    /// How weights lie in a column: a number, or a word of several.
    type Cell: Copy;
    /// The same as a value.
    const FORMAT: WeightFormat;
    /// Cells of one column.
    fn column_cells(outputs: usize) -> usize {
        Self::FORMAT.column_bytes(outputs) / size_of::<Self::Cell>()
    }
    /// Weight of output `o` in a column.
    fn of(column: &[Self::Cell], o: usize) -> Self::Value;
}

/// 8-bit weights.
#[derive(Clone, Copy, Debug)]
pub struct I8;

/// 4-bit weights.
#[derive(Clone, Copy, Debug)]
pub struct I4;

/// Ternary weights.
#[derive(Clone, Copy, Debug)]
pub struct I2;

impl Weight for f32 {
    type Value = f32;
    type Cell = f32;
    const FORMAT: WeightFormat = WeightFormat::F32;
    #[inline(always)]
    fn of(column: &[f32], o: usize) -> f32 {
        column[o]
    }
}

impl Weight for I8 {
    type Value = i32;
    type Cell = u32;
    const FORMAT: WeightFormat = WeightFormat::I8;
    #[inline(always)]
    fn of(column: &[u32], o: usize) -> i32 {
        unpack(column, o, Self::FORMAT)
    }
}

impl Weight for I4 {
    type Value = i32;
    type Cell = u32;
    const FORMAT: WeightFormat = WeightFormat::I4;
    #[inline(always)]
    fn of(column: &[u32], o: usize) -> i32 {
        unpack(column, o, Self::FORMAT)
    }
}

impl Weight for I2 {
    type Value = i32;
    type Cell = u32;
    const FORMAT: WeightFormat = WeightFormat::I2;
    #[inline(always)]
    fn of(column: &[u32], o: usize) -> i32 {
        unpack(column, o, Self::FORMAT)
    }
}

/// Weight `o` of a column of integer weights.
#[inline(always)]
fn unpack(column: &[u32], o: usize, format: WeightFormat) -> i32 {
    let bits = format.bits();
    let lanes = 32 / bits as usize;
    // Beyond the column there is nothing.
    let Some(word) = column.get(o / lanes) else { return 0 };
    let code = word >> (bits * (o % lanes) as u32) & ((1 << bits) - 1);
    code as i32 - format.offset()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_whole_words() {
        assert_eq!(WeightFormat::F32.column_bytes(10), 40);
        assert_eq!(WeightFormat::I8.column_bytes(10), 12);
        assert_eq!(WeightFormat::I8.column_bytes(1), 4);
        assert_eq!(WeightFormat::I4.column_bytes(10), 8);
        assert_eq!(WeightFormat::I4.column_bytes(64), 32);
        assert_eq!(WeightFormat::I2.column_bytes(17), 8);
    }

    #[test]
    fn bytes_are_offset_by_128() {
        assert_eq!([0, 1, 2].map(|o| I8::of(&[0x00ff_8001], o)), [-127, 0, 127]);
    }

    #[test]
    fn ternary_weights_are_offset_by_one_four_in_a_byte() {
        assert_eq!([0, 1, 2, 3].map(|o| I2::of(&[0b01_10_01_00], o)), [-1, 0, 1, 0]);
    }

    #[test]
    fn nibbles_are_offset_by_eight_low_one_first() {
        assert_eq!(I4::of(&[0xf1], 0), -7);
        assert_eq!(I4::of(&[0xf1], 1), 7);
        assert_eq!(I4::of(&[0x88], 1), 0);
    }
}
