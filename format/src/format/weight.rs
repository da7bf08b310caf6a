//! Number formats of weights, and the rows in which a blob stores them.

use serde::{Deserialize, Serialize};

use super::element::{ElementFormat, Number};
use super::layout::Layout;
use super::sealed::Sealed;

/// Number format of a layer's weights. Blobs store the index of the variant.
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
    /// Returns the layout of the weights in a layer with inputs of the format `input`.
    pub const fn layout(self, input: ElementFormat) -> Layout {
        match (self, input) {
            (WeightFormat::I8, ElementFormat::U8) => Layout::Tiles,
            _ => Layout::Columns,
        }
    }

    /// Returns the number of bytes in a row: the column of one input or the tiles of sixteen, in whole 32-bit words.
    ///
    /// | format | layout  | weights per word       |
    /// |--------|---------|------------------------|
    /// | `F32`  | columns | 1                      |
    /// | `I8`   | columns | 4 outputs              |
    /// | `I8`   | tiles   | 2 inputs × 2 outputs   |
    /// | `I4`   | columns | 8 outputs              |
    /// | `I2`   | columns | 16 outputs             |
    pub const fn row_bytes(self, input: ElementFormat, outputs: usize) -> usize {
        4 * match (self.layout(input), self) {
            (Layout::Tiles, _) => 8 * outputs.div_ceil(2),
            (Layout::Columns, WeightFormat::F32) => outputs,
            (Layout::Columns, WeightFormat::I8) => outputs.div_ceil(4),
            (Layout::Columns, WeightFormat::I4) => outputs.div_ceil(8),
            (Layout::Columns, WeightFormat::I2) => outputs.div_ceil(16),
        }
    }

    /// Returns the number of rows.
    pub const fn rows(self, input: ElementFormat, inputs: usize) -> usize {
        inputs.div_ceil(self.layout(input).inputs_of_row())
    }

    /// Returns the number of bits in one weight.
    pub const fn bits(self) -> u32 {
        match self {
            WeightFormat::F32 => 32,
            WeightFormat::I8 => 8,
            WeightFormat::I4 => 4,
            WeightFormat::I2 => 2,
        }
    }

    /// Returns the maximum magnitude of an integer weight; 0 for `F32`.
    pub const fn limit(self) -> i32 {
        match self {
            WeightFormat::F32 => 0,
            WeightFormat::I8 => 127,
            WeightFormat::I4 => 7,
            WeightFormat::I2 => 1,
        }
    }

    /// Returns the offset by which integer weights are stored, so that their bits are an unsigned number; 0 for `F32`.
    pub const fn offset(self) -> i32 {
        match self {
            WeightFormat::F32 => 0,
            WeightFormat::I8 => 128,
            WeightFormat::I4 => 8,
            WeightFormat::I2 => 1,
        }
    }

    /// Returns the name of the Rust type.
    pub const fn name(self) -> &'static str {
        match self {
            WeightFormat::F32 => "f32",
            WeightFormat::I8 => "I8",
            WeightFormat::I4 => "I4",
            WeightFormat::I2 => "I2",
        }
    }
}

/// A weight format as a type. Sealed: kernels rely on the sizes of its rows.
pub trait Weight: Sealed + Copy {
    /// Number type of the weights and of accumulators over them: `i32` or `f32`.
    type Value: Number;
    /// Storage unit of a row: an `f32`, or a word of several weights.
    type Cell: Copy;
    /// The format as a value.
    const FORMAT: WeightFormat;
    /// Returns the number of cells in one row, see [`WeightFormat::row_bytes`].
    #[doc(hidden)]
    fn row_cells(input: ElementFormat, outputs: usize) -> usize {
        Self::FORMAT.row_bytes(input, outputs) / size_of::<Self::Cell>()
    }
    /// Returns the weight from an input to an output; `input` counts from the first input of the row. 0 past its end.
    #[doc(hidden)]
    fn get(row: &[Self::Cell], layout: Layout, input: usize, output: usize) -> Self::Value;
}

/// 8-bit weights −127..=127.
#[derive(Clone, Copy, Debug)]
pub struct I8;

/// 4-bit weights −7..=7.
#[derive(Clone, Copy, Debug)]
pub struct I4;

/// Ternary weights −1..=1, two bits each.
#[derive(Clone, Copy, Debug)]
pub struct I2;

impl Sealed for I8 {}
impl Sealed for I4 {}
impl Sealed for I2 {}

impl Weight for f32 {
    type Value = f32;
    type Cell = f32;
    const FORMAT: WeightFormat = WeightFormat::F32;
    #[inline(always)]
    fn get(row: &[f32], layout: Layout, input: usize, output: usize) -> f32 {
        row.get(layout.index(input, output)).copied().unwrap_or_default()
    }
}

impl Weight for I8 {
    type Value = i32;
    type Cell = u32;
    const FORMAT: WeightFormat = WeightFormat::I8;
    #[inline(always)]
    fn get(row: &[u32], layout: Layout, input: usize, output: usize) -> i32 {
        unpack(row, layout, input, output, Self::FORMAT)
    }
}

impl Weight for I4 {
    type Value = i32;
    type Cell = u32;
    const FORMAT: WeightFormat = WeightFormat::I4;
    #[inline(always)]
    fn get(row: &[u32], layout: Layout, input: usize, output: usize) -> i32 {
        unpack(row, layout, input, output, Self::FORMAT)
    }
}

impl Weight for I2 {
    type Value = i32;
    type Cell = u32;
    const FORMAT: WeightFormat = WeightFormat::I2;
    #[inline(always)]
    fn get(row: &[u32], layout: Layout, input: usize, output: usize) -> i32 {
        unpack(row, layout, input, output, Self::FORMAT)
    }
}

/// Returns an integer weight from its packed row, see [`Weight::get`].
#[inline(always)]
pub(crate) fn unpack(row: &[u32], layout: Layout, input: usize, output: usize, format: WeightFormat) -> i32 {
    let bits = format.bits() as usize;
    let bit = layout.index(input, output) * bits;
    let Some(word) = row.get(bit / 32) else { return 0 };
    let code = word >> (bit % 32) & ((1 << bits) - 1);
    match (layout, output % 2) {
        (Layout::Tiles, 1) => i32::from(code as i8),
        _ => code as i32 - format.offset(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_whole_words() {
        use ElementFormat::{F32, U4, U8};
        assert_eq!(WeightFormat::F32.row_bytes(F32, 10), 40);
        assert_eq!(WeightFormat::I8.row_bytes(U4, 10), 12);
        assert_eq!(WeightFormat::I8.row_bytes(U4, 1), 4);
        assert_eq!(WeightFormat::I8.row_bytes(U8, 10), 160);
        assert_eq!(WeightFormat::I8.row_bytes(U8, 7), 128);
        assert_eq!(WeightFormat::I4.row_bytes(U8, 10), 8);
        assert_eq!(WeightFormat::I4.row_bytes(U4, 64), 32);
        assert_eq!(WeightFormat::I2.row_bytes(U4, 17), 8);
    }

    #[test]
    fn tiles_round_inputs_up_to_sixteen() {
        assert_eq!(WeightFormat::I8.rows(ElementFormat::U8, 17), 2);
        assert_eq!(WeightFormat::I8.rows(ElementFormat::U4, 5), 5);
    }

    #[test]
    fn eight_bit_weights_are_offset_by_128() {
        assert_eq!([0, 1, 2].map(|o| I8::get(&[0x00ff_8001], Layout::Columns, 0, o)), [-127, 0, 127]);
    }

    #[test]
    fn ternary_weights_are_offset_by_one_and_packed_four_to_a_byte() {
        assert_eq!([0, 1, 2, 3].map(|o| I2::get(&[0b01_10_01_00], Layout::Columns, 0, o)), [-1, 0, 1, 0]);
    }

    #[test]
    fn four_bit_weights_are_offset_by_eight_and_packed_low_nibble_first() {
        assert_eq!(I4::get(&[0xf1], Layout::Columns, 0, 0), -7);
        assert_eq!(I4::get(&[0xf1], Layout::Columns, 0, 1), 7);
        assert_eq!(I4::get(&[0x88], Layout::Columns, 0, 1), 0);
    }
}
