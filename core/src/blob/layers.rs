//! The layers of a blob, one by one: what a board needs of it.

use super::cursor::Cursor;
use super::{Found, LoadError, Logits, MAGIC, Tensors, VERSION, check};
use crate::cast;
use crate::crc::crc32;
use crate::description::{Description, LayerDescription};
use crate::element::ElementFormat;
use crate::requantize::Requantization;
use crate::weight::WeightFormat;

/// A layer as its network's type describes it.
#[derive(Clone, Copy, Debug)]
pub struct LayerShape {
    /// Number of inputs.
    pub inputs: u16,
    /// Format of the inputs.
    pub input: ElementFormat,
    /// Width and formats.
    pub description: LayerDescription,
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
    /// Largest value that the next `f32` layer can be fed.
    input_bound: f32,
    refused: Option<LoadError>,
}

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
        match differs(&mut cursor, expected).ok_or(LoadError::Malformed { part: "layer descriptions" })? {
            Some(found) => Err(LoadError::WrongShape { found, expected }),
            None => Self::behind(cursor),
        }
    }

    /// The layers behind a description.
    pub(super) fn behind(mut cursor: Cursor<'a>) -> Result<Self, LoadError> {
        let malformed = |part| LoadError::Malformed { part };
        let logits = logits(&mut cursor).ok_or(malformed("logits"))?;
        skip_provenance(&mut cursor).ok_or(malformed("provenance"))?;
        Ok(Layers { cursor, logits, index: 0, input_bound: 1.0, refused: None })
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
        match shape.description.weights {
            WeightFormat::F32 => self.floats(shape),
            WeightFormat::I8 | WeightFormat::I4 | WeightFormat::I2 => self.integers(shape),
        }
    }

    #[inline(never)] // all layers share it
    fn integers(&mut self, shape: &LayerShape) -> LayerNumbers<'a> {
        let checked = self.numbers(shape).and_then(|numbers| {
            check::integers(self.index, shape, &numbers)?;
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

    /// What the last layer's sums mean, once all layers are read.
    ///
    /// # Errors
    ///
    /// What a layer was refused for; [`LoadError::Malformed`] where bytes are left.
    pub fn finish(self) -> Result<Logits, LoadError> {
        match self.refused {
            Some(error) => Err(error),
            None if self.cursor.rest().is_empty() => Ok(self.logits),
            None => Err(LoadError::Malformed { part: "end: bytes are left over" }),
        }
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
