//! The layers of a blob, one by one: what a board needs of it.

use super::check;
use super::cursor::Cursor;
use super::envelope::body;
use super::error::{LoadError, Mismatch};
use super::front_end::Expected;
use super::header::Logits;
use super::shape::{LayerNumbers, LayerShape};
use super::tensors::Tensors;
use crate::cast;
use crate::format::{LayerDescription, Layout, Requantization, WeightFormat};

/// A blob whose description and checksum are checked; its layers are handed out one by one, checked each.
///
/// The first error is kept until [`finish`](Self::finish), and layers behind it are empty: an error that is handed from layer
/// to layer would be copied in the code of each.
pub struct LayerReader<'a> {
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

impl<'a> LayerReader<'a> {
    /// Checks that a blob is whole and holds a network like `expected`.
    ///
    /// # Errors
    ///
    /// Everything in [`LoadError`] that does not concern one layer.
    #[inline(never)]
    pub fn open(blob: &'a [u8], expected: &'static Expected) -> Result<Self, LoadError> {
        let mut cursor = Cursor::new(body(blob)?);
        match mismatch(&mut cursor, expected) {
            Some(None) => Self::after_description(cursor, expected.passes),
            Some(Some(found)) => Err(LoadError::WrongShape { found, expected: &expected.description }),
            None => Err(LoadError::Malformed { part: "layer descriptions" }),
        }
    }

    /// The layers behind a description that runs them so many times and adds what they give.
    pub(super) fn after_description(mut cursor: Cursor<'a>, passes: u8) -> Result<Self, LoadError> {
        let malformed = |part| LoadError::Malformed { part };
        let logits = logits(&mut cursor).ok_or(malformed("logits"))?;
        skip_provenance(&mut cursor).ok_or(malformed("provenance"))?;
        let logit_limit = LOGIT_LIMIT / u32::from(passes);
        Ok(LayerReader { cursor, logits, index: 0, logit_limit, input_bound: 1.0, refused: None })
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
        match (weights, weights.layout(shape.input)) {
            (WeightFormat::F32, _) => self.floats(shape),
            (_, Layout::Columns) => self.columns(shape),
            (_, Layout::Tiles) => self.tiles(shape),
        }
    }

    #[inline(never)] // all layers share it
    fn columns(&mut self, shape: &LayerShape) -> LayerNumbers<'a> {
        self.integers(Layout::Columns, shape)
    }

    #[inline(never)] // all layers share it
    fn tiles(&mut self, shape: &LayerShape) -> LayerNumbers<'a> {
        self.integers(Layout::Tiles, shape)
    }

    #[inline(always)]
    fn integers(&mut self, layout: Layout, shape: &LayerShape) -> LayerNumbers<'a> {
        let checked = self.numbers(shape).and_then(|numbers| {
            check::integers(layout, self.index, shape, &numbers, self.logit_limit)?;
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
fn mismatch(cursor: &mut Cursor<'_>, expected: &Expected) -> Option<Option<Mismatch>> {
    let (front_end, input) = cursor.inputs()?;
    if !expected.takes(front_end) || input != expected.description.input {
        return Some(Some(Mismatch::Inputs(front_end, input)));
    }
    let (count, layers) = (cursor.byte()?, expected.description.layers());
    if usize::from(count) != layers.len() {
        return Some(Some(Mismatch::LayerReader(count)));
    }
    for (layer, expected) in (0..).zip(layers) {
        let found = cursor.layer()?;
        if found != *expected {
            return Some(Some(Mismatch::Layer { layer, found }));
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
