//! Reading the layers of a blob one by one, as a board does.

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

/// Reader of a blob whose description and checksum have been checked; it checks and returns one layer after the other.
///
/// The first error is kept until [`finish`](Self::finish), and the layers from there on are empty. Handing a `Result`
/// from layer to layer instead would repeat the code that copies it for each layer.
pub struct LayerReader<'a> {
    cursor: Cursor<'a>,
    logits: Logits,
    index: usize,
    /// Exclusive bound of the magnitude of integer logits.
    logit_limit: u32,
    /// Bound of the inputs of the next `f32` layer.
    input_bound: f32,
    refused: Option<LoadError>,
}

/// Exclusive bound of the magnitude of integer logits, or of their sum in a shift ensemble: the difference of two then
/// fits an `i32`.
const LOGIT_LIMIT: u32 = 1 << 30;

impl<'a> LayerReader<'a> {
    /// Checks that a blob is whole and that its description is the expected one.
    ///
    /// # Errors
    ///
    /// The variants of [`LoadError`] that do not name a layer.
    #[inline(never)]
    pub fn open(blob: &'a [u8], expected: &'static Expected) -> Result<Self, LoadError> {
        let mut cursor = Cursor::new(body(blob)?);
        match mismatch(&mut cursor, expected) {
            Some(None) => Self::after_description(cursor, expected.passes),
            Some(Some(found)) => Err(LoadError::WrongShape { found, expected: &expected.description }),
            None => Err(LoadError::Malformed { part: "layer descriptions" }),
        }
    }

    /// Continues after the description of a network whose layers run `passes` times, their logits added.
    pub(super) fn after_description(mut cursor: Cursor<'a>, passes: u8) -> Result<Self, LoadError> {
        let malformed = |part| LoadError::Malformed { part };
        let logits = logits(&mut cursor).ok_or(malformed("logits"))?;
        skip_provenance(&mut cursor).ok_or(malformed("provenance"))?;
        let logit_limit = LOGIT_LIMIT / u32::from(passes);
        Ok(LayerReader { cursor, logits, index: 0, logit_limit, input_bound: 1.0, refused: None })
    }

    /// Returns the meaning of the logits.
    pub fn logits(&self) -> Logits {
        self.logits
    }

    /// Returns the position of the next layer, from 0.
    pub fn index(&self) -> usize {
        self.index
    }

    /// Returns the first error of a layer.
    pub fn refused(&self) -> Option<LoadError> {
        self.refused
    }

    /// Returns the next layer, after checking lengths, alignment and ranges and that no accumulator can overflow; an
    /// empty layer if it is refused.
    ///
    /// If the shape is known at compile time, the program contains only the checks for its weight format, and no
    /// floating-point code for an integer network.
    #[inline(always)]
    pub fn next(&mut self, shape: &LayerShape) -> LayerNumbers<'a> {
        let LayerDescription { weights, .. } = shape.description;
        match (weights, weights.layout(shape.input)) {
            (WeightFormat::F32, _) => self.floats(shape),
            (_, Layout::Columns) => self.columns(shape),
            (_, Layout::Tiles) => self.tiles(shape),
        }
    }

    #[inline(never)] // one copy for all layers
    fn columns(&mut self, shape: &LayerShape) -> LayerNumbers<'a> {
        self.integers(Layout::Columns, shape)
    }

    #[inline(never)] // one copy for all layers
    fn tiles(&mut self, shape: &LayerShape) -> LayerNumbers<'a> {
        self.integers(Layout::Tiles, shape)
    }

    #[inline(always)]
    fn integers(&mut self, layout: Layout, shape: &LayerShape) -> LayerNumbers<'a> {
        let checked = self.read_numbers(shape).and_then(|numbers| {
            check::integers(layout, self.index, shape, &numbers, self.logit_limit)?;
            Ok(numbers)
        });
        self.keep_first_error(checked)
    }

    #[inline(never)] // one copy for all layers
    fn floats(&mut self, shape: &LayerShape) -> LayerNumbers<'a> {
        let checked = self.read_numbers(shape).and_then(|numbers| {
            self.input_bound = check::floats(self.index, shape, &numbers, self.input_bound)?;
            Ok(numbers)
        });
        self.keep_first_error(checked)
    }

    /// Advances to the next layer and exchanges an error for an empty layer.
    #[inline(always)]
    fn keep_first_error(&mut self, numbers: Result<LayerNumbers<'a>, LoadError>) -> LayerNumbers<'a> {
        self.index += 1;
        numbers.unwrap_or_else(|error| {
            self.refused.get_or_insert(error);
            LayerNumbers::NONE
        })
    }

    /// Reads a layer's numbers and checks their lengths and alignment, but not their values.
    fn read_numbers(&mut self, shape: &LayerShape) -> Result<LayerNumbers<'a>, LoadError> {
        let tensors = Tensors::read(&mut self.cursor).ok_or(LoadError::Malformed { part: "layer" })?;
        check::lengths(self.index, shape, &tensors)?;
        let (Some(bias), Some(weights)) = (cast::numbers(tensors.bias), cast::numbers(tensors.weights)) else {
            // In a sound blob, weights are at multiples of 16 bytes from its beginning.
            let address_modulo_16 = tensors.weights.as_ptr().addr() % 16;
            return Err(LoadError::Misaligned { layer: self.index, address_modulo_16 });
        };
        let multipliers = tensors.multipliers.as_chunks().0;
        let requantization = Requantization { pre_shift: tensors.pre_shift, shift: tensors.shift, multipliers };
        Ok(LayerNumbers { requantization, bias, weights })
    }

    /// Returns the first error of a layer, or [`LoadError::Malformed`] if bytes follow the last layer.
    pub fn finish(self) -> Option<LoadError> {
        let left_over =
            (!self.cursor.rest().is_empty()).then_some(LoadError::Malformed { part: "end: bytes are left over" });
        self.refused.or(left_over)
    }
}

/// Reads a description and returns its first difference from `expected`, `Some(None)` if there is none; `None` if the
/// bytes are not a description.
fn mismatch(cursor: &mut Cursor<'_>, expected: &Expected) -> Option<Option<Mismatch>> {
    let (front_end, input) = cursor.inputs()?;
    if !expected.accepts(front_end) || input != expected.description.input {
        return Some(Some(Mismatch::Inputs(front_end, input)));
    }
    let (count, layers) = (cursor.byte()?, expected.description.layers());
    if usize::from(count) != layers.len() {
        return Some(Some(Mismatch::LayerCount(count)));
    }
    for (layer, expected) in (0..).zip(layers) {
        let found = cursor.layer()?;
        if found != *expected {
            return Some(Some(Mismatch::Layer { layer, found }));
        }
    }
    Some(None)
}

/// Reads the logits' step, which must be positive and finite, and the reject margin.
fn logits(cursor: &mut Cursor<'_>) -> Option<Logits> {
    let step = f32::from_le_bytes(*cursor.take(4)?.as_array()?);
    let reject_margin = cursor.number()?;
    // Compares the bits of the step, so that cores without a floating-point unit need no software comparison.
    (1..f32::INFINITY.to_bits()).contains(&step.to_bits()).then_some(Logits { step, reject_margin })
}

/// Skips the [`Provenance`](super::Provenance): three strings and three numbers.
fn skip_provenance(cursor: &mut Cursor<'_>) -> Option<()> {
    for _ in 0..3 {
        cursor.bytes()?;
    }
    for _ in 0..3 {
        cursor.skip_number()?;
    }
    Some(())
}
