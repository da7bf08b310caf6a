//! Reading any blob without copying it.

use serde::Deserialize;

use super::cursor::Cursor;
use super::envelope::body;
use super::error::LoadError;
use super::header::{Head, Logits, Provenance};
use super::layers::LayerReader;
use super::shape::{LayerNumbers, LayerShape};
use crate::cast;
use crate::format::{Description, ElementFormat, LayerDescription, Requantization};

/// One checked layer of a blob.
#[derive(Clone, Copy, Debug)]
pub struct LayerView<'a> {
    /// Position in the network, from 0.
    pub layer: usize,
    /// Number of inputs.
    pub inputs: usize,
    /// Format of the inputs.
    pub input: ElementFormat,
    /// Width and formats.
    pub description: LayerDescription,
    /// From sums to levels; without multipliers for a last or `f32` layer.
    pub requantization: Requantization<'a>,
    /// As [`Tensors::bias`].
    pub bias: &'a [u8],
    /// As [`Tensors::weights`].
    pub weights: &'a [u8],
}

/// A blob whose header and checksum are checked, whatever network it holds; a board that knows its network uses [`LayerReader`].
pub struct Reader<'a> {
    head: Head,
    description: Description,
    provenance: Provenance<'a>,
    layers: LayerReader<'a>,
}

impl<'a> Reader<'a> {
    /// Checks magic, version, length, checksum and header.
    ///
    /// # Errors
    ///
    /// Everything in [`LoadError`] that does not concern one layer.
    pub fn open(blob: &'a [u8]) -> Result<Self, LoadError> {
        let mut cursor = Cursor::new(body(blob)?);
        let (head, _) = take::<Head>(blob, "header")?;
        let description = cursor.description().ok_or(LoadError::Malformed { part: "layer descriptions" })?;
        let layers = LayerReader::after_description(cursor, description.passes())?;
        let (_, rest) = take::<Logits>(cursor.rest(), "logits")?;
        let (provenance, _) = take::<Provenance>(rest, "provenance")?;
        Ok(Reader { head, description, provenance, layers })
    }

    /// The first fields.
    pub fn head(&self) -> &Head {
        &self.head
    }

    /// Sizes and formats of all layers.
    pub fn description(&self) -> &Description {
        &self.description
    }

    /// What the last layer's sums mean.
    pub fn logits(&self) -> Logits {
        self.layers.logits()
    }

    /// Where the network comes from.
    pub fn provenance(&self) -> &Provenance<'a> {
        &self.provenance
    }

    /// The next layer, checked as by [`LayerReader::next`].
    ///
    /// # Errors
    ///
    /// The [`LoadError`]s that name a layer; [`LoadError::Malformed`] after the last layer.
    pub fn next_layer(&mut self) -> Result<LayerView<'a>, LoadError> {
        let layer = self.layers.index();
        let Some(&description) = self.description.layers().get(layer) else {
            return Err(LoadError::Malformed { part: "layers: there are no more" });
        };
        let (inputs, input) = (self.description.inputs_of(layer), self.description.input_of(layer));
        let LayerNumbers { requantization, bias, weights } =
            self.layers.next(&LayerShape::new(inputs as u16, input, description));
        let (bias, weights) = (cast::bytes(bias), cast::bytes(weights));
        match self.layers.refused() {
            Some(error) => Err(error),
            None => Ok(LayerView { layer, inputs, input, description, requantization, bias, weights }),
        }
    }

    /// Checks that nothing follows the last layer.
    ///
    /// # Errors
    ///
    /// [`LoadError::Malformed`] where bytes or layers are left.
    pub fn finish(self) -> Result<Logits, LoadError> {
        if self.layers.index() != self.description.layers().len() {
            return Err(LoadError::Malformed { part: "end: layers are left over" });
        }
        let logits = self.layers.logits();
        self.layers.finish().map_or(Ok(logits), Err)
    }
}

fn take<'a, T: Deserialize<'a>>(bytes: &'a [u8], part: &'static str) -> Result<(T, &'a [u8]), LoadError> {
    postcard::take_from_bytes(bytes).map_err(|_| LoadError::Malformed { part })
}
