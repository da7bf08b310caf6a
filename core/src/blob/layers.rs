//! The layers of a blob, one by one: what a board needs of it.

use super::cursor::Cursor;
use super::{Found, LoadError, Logits, MAGIC, Tensors, VERSION, check};
use crate::activation::ActivationKind;
use crate::cast;
use crate::crc::crc32;
use crate::description::{Description, LayerDescription};
use crate::element::ElementFormat;
use crate::requantize::Requantization;
use crate::weight::{Order, WeightFormat};

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
    pub(super) top_level: u8,
    /// Whether sums become levels.
    pub(super) rescales: bool,
}

impl LayerShape {
    /// A layer of `inputs` inputs. Where it is known at compile time, a board works out nothing of it.
    pub const fn new(inputs: u16, input: ElementFormat, description: LayerDescription) -> Self {
        let format = description.weights;
        let row_words = format.row_bytes(input, description.outputs as usize) / 4;
        let of_rows = format.order(input).inputs_of_row();
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
            top_level: input.top_level(),
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
    /// Rows of weights, see [`WeightFormat::row_bytes`](crate::weight::WeightFormat::row_bytes).
    pub weights: &'a [u32],
}

impl LayerNumbers<'_> {
    /// Those of a layer that was refused.
    const NONE: Self = LayerNumbers {
        requantization: Requantization { pre_shift: 0, shift: 0, multipliers: &[] },
        bias: &[],
        weights: &[],
    };
}

/// A blob whose description and checksum are checked; its layers are handed out one by one, checked each.
///
/// The first error is kept until [`finish`](Self::finish), and layers behind it are empty: an error that is handed from layer
/// to layer would be copied in the code of each.
pub struct Layers<'a> {
    cursor: Cursor<'a>,
    logits: Logits,
    index: usize,
    /// Sums of the last layer stay below.
    logit_limit: u32,
    /// Largest value that the next `f32` layer can be fed.
    input_bound: f32,
    refused: Option<LoadError>,
}

/// Logits of less can be subtracted from one another without overflow.
const LOGIT_LIMIT: u32 = 1 << 30;

/// Bytes of magic, version and length; and of the checksum.
const FIXED_BYTES: usize = 9;
const CHECKSUM_BYTES: usize = 4;

/// What stands between the length and the checksum of a blob, once both are checked.
pub fn body(blob: &[u8]) -> Result<&[u8], LoadError> {
    let Some((fixed, _)) = blob.split_first_chunk::<FIXED_BYTES>() else {
        return Err(LoadError::TooShort { found: blob.len() });
    };
    let [m0, m1, m2, m3, version, l0, l1, l2, l3] = *fixed;
    if [m0, m1, m2, m3] != MAGIC {
        return Err(LoadError::WrongMagic { found: [m0, m1, m2, m3] });
    }
    if version != VERSION {
        return Err(LoadError::WrongVersion { found: version, expected: VERSION });
    }
    let length = u32::from_le_bytes([l0, l1, l2, l3]) as usize;
    if length != blob.len() {
        return Err(LoadError::WrongLength { found: blob.len(), expected: length });
    }
    let Some((body, checksum)) = blob.split_last_chunk::<CHECKSUM_BYTES>() else {
        return Err(LoadError::TooShort { found: blob.len() });
    };
    let (found, expected) = (crc32(body), u32::from_le_bytes(*checksum));
    if found != expected {
        return Err(LoadError::WrongChecksum { found, expected });
    }
    Ok(body.get(FIXED_BYTES..).unwrap_or_default())
}

impl<'a> Layers<'a> {
    /// Checks that a blob is whole and holds a network like `expected`.
    ///
    /// # Errors
    ///
    /// Everything in [`LoadError`] that does not concern one layer.
    #[inline(never)]
    pub fn open(blob: &'a [u8], expected: &'static Description) -> Result<Self, LoadError> {
        let mut cursor = Cursor::new(body(blob)?);
        match differs(&mut cursor, expected) {
            Some(None) => Self::behind(cursor, expected.views()),
            Some(Some(found)) => Err(LoadError::WrongShape { found, expected }),
            None => Err(LoadError::Malformed { part: "layer descriptions" }),
        }
    }

    /// The layers behind a description that runs them so many times and adds what they give.
    pub(super) fn behind(mut cursor: Cursor<'a>, views: u8) -> Result<Self, LoadError> {
        let malformed = |part| LoadError::Malformed { part };
        let logits = logits(&mut cursor).ok_or(malformed("logits"))?;
        skip_provenance(&mut cursor).ok_or(malformed("provenance"))?;
        let logit_limit = LOGIT_LIMIT / u32::from(views);
        Ok(Layers { cursor, logits, index: 0, logit_limit, input_bound: 1.0, refused: None })
    }

    /// What the last layer's sums mean.
    pub fn logits(&self) -> Logits {
        self.logits
    }

    /// Position of the next layer.
    pub fn index(&self) -> usize {
        self.index
    }

    /// Why a layer was refused.
    pub fn refused(&self) -> Option<LoadError> {
        self.refused
    }

    /// The next layer: checked are lengths, alignment, ranges, and that no sum can overflow. Empty where it is refused.
    ///
    /// Where the shape is known at compile time, the checks of other weights are left out of the program, and with them the
    /// floats of an integer network.
    #[inline(always)]
    pub fn next(&mut self, shape: &LayerShape) -> LayerNumbers<'a> {
        let LayerDescription { weights, .. } = shape.description;
        match (weights, weights.order(shape.input)) {
            (WeightFormat::F32, _) => self.floats(shape),
            (_, Order::Columns) => self.columns(shape),
            (_, Order::Tiles) => self.tiles(shape),
        }
    }

    #[inline(never)] // all layers share it
    fn columns(&mut self, shape: &LayerShape) -> LayerNumbers<'a> {
        self.integers(Order::Columns, shape)
    }

    #[inline(never)] // all layers share it
    fn tiles(&mut self, shape: &LayerShape) -> LayerNumbers<'a> {
        self.integers(Order::Tiles, shape)
    }

    #[inline(always)]
    fn integers(&mut self, order: Order, shape: &LayerShape) -> LayerNumbers<'a> {
        let checked = self.numbers(shape).and_then(|numbers| {
            check::integers(order, self.index, shape, &numbers, self.logit_limit)?;
            Ok(numbers)
        });
        self.checked(checked)
    }

    #[inline(never)] // all layers share it
    fn floats(&mut self, shape: &LayerShape) -> LayerNumbers<'a> {
        let checked = self.numbers(shape).and_then(|numbers| {
            self.input_bound = check::floats(self.index, shape, &numbers, self.input_bound)?;
            Ok(numbers)
        });
        self.checked(checked)
    }

    #[inline(always)]
    fn checked(&mut self, numbers: Result<LayerNumbers<'a>, LoadError>) -> LayerNumbers<'a> {
        self.index += 1;
        numbers.unwrap_or_else(|error| {
            self.refused.get_or_insert(error);
            LayerNumbers::NONE
        })
    }

    fn numbers(&mut self, shape: &LayerShape) -> Result<LayerNumbers<'a>, LoadError> {
        let tensors = Tensors::read(&mut self.cursor).ok_or(LoadError::Malformed { part: "layer" })?;
        check::lengths(self.index, shape, &tensors)?;
        let (Some(bias), Some(weights)) = (cast::numbers(tensors.bias), cast::numbers(tensors.weights)) else {
            return Err(LoadError::Misaligned { layer: self.index });
        };
        let multipliers = tensors.multipliers.as_chunks().0;
        let requantization = Requantization { pre_shift: tensors.pre_shift, shift: tensors.shift, multipliers };
        Ok(LayerNumbers { requantization, bias, weights })
    }

    /// What a layer was refused for; [`LoadError::Malformed`] where bytes are left.
    pub fn finish(self) -> Option<LoadError> {
        let left =
            (!self.cursor.rest().is_empty()).then_some(LoadError::Malformed { part: "end: bytes are left over" });
        self.refused.or(left)
    }
}

/// What follows a blob's fixed bytes and is not as in `expected`; `None` where the bytes are no description.
fn differs(cursor: &mut Cursor<'_>, expected: &Description) -> Option<Option<Found>> {
    let (picture, input) = cursor.inputs()?;
    if !picture.is_that_of(expected) || input != expected.input {
        return Some(Some(Found::Inputs(picture, input)));
    }
    let (count, layers) = (cursor.byte()?, expected.layers());
    if usize::from(count) != layers.len() {
        return Some(Some(Found::Layers(count)));
    }
    for (layer, expected) in (0..).zip(layers) {
        let found = cursor.layer()?;
        if found != *expected {
            return Some(Some(Found::Layer { layer, found }));
        }
    }
    Some(None)
}

fn logits(cursor: &mut Cursor<'_>) -> Option<Logits> {
    let step = f32::from_le_bytes(*cursor.take(4)?.as_array()?);
    let reject_margin = cursor.number()?;
    // Positive and finite, by its bits: a core without floats needs no comparison of them.
    (1..f32::INFINITY.to_bits()).contains(&step.to_bits()).then_some(Logits { step, reject_margin })
}

/// Program, recipe, data; seed, images, right answers.
fn skip_provenance(cursor: &mut Cursor<'_>) -> Option<()> {
    for _ in 0..3 {
        cursor.bytes()?;
    }
    for _ in 0..3 {
        cursor.skip_number()?;
    }
    Some(())
}
