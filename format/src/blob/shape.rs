//! Shape of a layer, with all that its checks need, and its numbers, borrowed from the blob.

use crate::format::{ActivationKind, ElementFormat, LayerDescription, LayerKind, Requantization, WeightFormat};

/// Shape of a layer, with derived sizes that a board should not have to compute.
#[derive(Clone, Copy, Debug)]
pub struct LayerShape {
    /// Number of inputs.
    pub inputs: u16,
    /// Format of the inputs.
    pub input: ElementFormat,
    /// Width and formats.
    pub description: LayerDescription,
    /// Number of words in a row of weights.
    pub(super) row_words: usize,
    /// Number of words in all rows.
    pub(super) words: usize,
    /// Number of outputs in a row, padding included.
    pub(super) row_outputs: usize,
    /// Number of bits in a weight, see [`WeightFormat::bits`].
    pub(super) bits: u8,
    /// Maximum magnitude of an integer weight, see [`WeightFormat::limit`].
    pub(super) limit: u8,
    /// Offset of stored integer weights, see [`WeightFormat::offset`].
    pub(super) offset: u8,
    /// Maximum level of the inputs, see [`ElementFormat::max_level`].
    pub(super) max_level: u8,
    /// True if accumulators are requantised to levels.
    pub(super) rescales: bool,
}

impl LayerShape {
    /// Derives the sizes of a layer; at compile time if its description is a constant.
    pub const fn new(inputs: u16, input: ElementFormat, description: LayerDescription) -> Self {
        let format = description.weights;
        let (rows, row_bytes) = match description.kind {
            LayerKind::Dense => {
                (format.rows(input, inputs as usize), format.row_bytes(input, description.outputs as usize))
            }
        };
        let row_words = row_bytes / 4;
        let row_inputs = format.layout(input).inputs_of_row();
        LayerShape {
            inputs,
            input,
            description,
            row_words,
            // Fits 32 bits: at most 65,535 rows of 65,535 words, or a sixteenth of the rows and four times the words.
            words: rows * row_words,
            row_outputs: row_words * (32 / format.bits() as usize) / row_inputs,
            bits: format.bits() as u8,
            limit: format.limit() as u8,
            offset: format.offset() as u8,
            max_level: input.max_level(),
            rescales: !matches!(description.activation, ActivationKind::Identity)
                && !matches!(format, WeightFormat::F32),
        }
    }

    /// Returns the number of accumulators, and so of biases, of one matrix–vector product.
    #[inline(always)]
    pub(super) const fn accumulators(&self) -> usize {
        match self.description.kind {
            LayerKind::Dense => self.description.outputs as usize,
        }
    }

    /// Number of 32-bit words of all rows of weights.
    pub const fn weight_words(&self) -> usize {
        self.words
    }
}

/// Numbers of a checked layer, borrowed from the blob.
#[derive(Clone, Copy, Debug)]
pub struct LayerNumbers<'a> {
    /// Requantisation of the accumulators; without multipliers for a last or `f32` layer.
    pub requantization: Requantization<'a>,
    /// Biases `[OUT]`, the bits of `i32` or `f32`.
    pub bias: &'a [u32],
    /// Rows of weights, see [`WeightFormat::row_bytes`](crate::format::WeightFormat::row_bytes).
    pub weights: &'a [u32],
}

impl LayerNumbers<'_> {
    /// Stands for a layer that was refused.
    pub(super) const NONE: Self = LayerNumbers {
        requantization: Requantization { pre_shift: 0, shift: 0, multipliers: &[] },
        bias: &[],
        weights: &[],
    };
}
