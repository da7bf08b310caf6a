//! The shape of a layer as its type or a blob describes it, and its numbers where they lie in the blob.

use crate::format::{ActivationKind, ElementFormat, LayerDescription, Requantization, WeightFormat};

/// A layer as its network's type describes it.
#[derive(Clone, Copy, Debug)]
pub struct LayerShape {
    /// Number of inputs.
    pub inputs: u16,
    /// Format of the inputs.
    pub input: ElementFormat,
    /// Width and formats.
    pub description: LayerDescription,
    /// Words of a row of weights, and of all rows.
    pub(super) row_words: usize,
    pub(super) words: usize,
    /// Outputs that a row has room for.
    pub(super) row_outputs: usize,
    /// Bits, largest magnitude and offset of an integer weight.
    pub(super) bits: u8,
    pub(super) limit: u8,
    pub(super) offset: u8,
    /// Highest level of the inputs.
    pub(super) max_level: u8,
    /// Whether sums become levels.
    pub(super) rescales: bool,
}

impl LayerShape {
    /// A layer of `inputs` inputs. Where it is known at compile time, a board works out nothing of it.
    pub const fn new(inputs: u16, input: ElementFormat, description: LayerDescription) -> Self {
        let format = description.weights;
        let row_words = format.row_bytes(input, description.outputs as usize) / 4;
        let of_rows = format.layout(input).inputs_of_row();
        LayerShape {
            inputs,
            input,
            description,
            row_words,
            // At most 65,535 rows of 65,535 words, or a sixteenth of the rows and four times the words: 32 bits hold their product.
            words: format.rows(input, inputs as usize) * row_words,
            row_outputs: row_words * (32 / format.bits() as usize) / of_rows,
            bits: format.bits() as u8,
            limit: format.limit() as u8,
            offset: format.offset() as u8,
            max_level: input.max_level(),
            rescales: !matches!(description.activation, ActivationKind::Identity)
                && !matches!(format, WeightFormat::F32),
        }
    }
}

/// The numbers of a checked layer, where they lie in the blob.
#[derive(Clone, Copy, Debug)]
pub struct LayerNumbers<'a> {
    /// From sums to levels; without multipliers for a last or `f32` layer.
    pub requantization: Requantization<'a>,
    /// `[OUT]` of `i32` or `f32`.
    pub bias: &'a [u32],
    /// Rows of weights, see [`WeightFormat::row_bytes`](crate::format::WeightFormat::row_bytes).
    pub weights: &'a [u32],
}

impl LayerNumbers<'_> {
    /// Those of a layer that was refused.
    pub(super) const NONE: Self = LayerNumbers {
        requantization: Requantization { pre_shift: 0, shift: 0, multipliers: &[] },
        bias: &[],
        weights: &[],
    };
}
