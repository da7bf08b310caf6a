//! Reading a blob of any network, without copying it.

use serde::Deserialize;

use super::cursor::Cursor;
use super::envelope::body;
use super::error::LoadError;
use super::header::{Head, Logits, Provenance};
use super::layers::LayerReader;
use super::shape::{LayerNumbers, LayerShape};
use crate::cast;
use crate::format::{Description, ElementFormat, LayerDescription, Requantization};

/// A checked layer of a blob.
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
    /// Requantisation of the accumulators; without multipliers for a last or `f32` layer.
    pub requantization: Requantization<'a>,
    /// Biases, see [`Tensors::bias`](super::Tensors::bias).
    pub bias: &'a [u8],
    /// Rows of weights, see [`Tensors::weights`](super::Tensors::weights).
    pub weights: &'a [u8],
}

/// Reader of a blob with any network, for tools. Programs that know their network's type use
/// `Network::load`.
///
/// # Examples
///
/// ```
/// use sinapse_format::blob::{LoadError, Reader};
///
/// #[repr(align(16))]
/// struct Aligned<const N: usize>([u8; N]);
/// let tiny = Aligned(*include_bytes!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/tiny.postcard")));
/// let blob = &tiny.0[..];
/// let mut reader = Reader::open(blob)?;
/// assert_eq!(reader.description().to_string(), "4 (U4) → 2 (I4, relu, U4) → 2 (I8, identity, i32)");
/// assert_eq!(reader.next_layer()?.bias, [5, 0, 0, 0, 0xfa, 0xff, 0xff, 0xff]); // the `i32`s 5 and −6
/// # Ok::<(), LoadError>(())
/// ```
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
    /// The variants of [`LoadError`] that do not name a layer.
    pub fn open(blob: &'a [u8]) -> Result<Self, LoadError> {
        let mut cursor = Cursor::new(body(blob)?);
        let (head, _) = take::<Head>(blob, "header")?;
        let description = cursor.description().ok_or(LoadError::Malformed { part: "layer descriptions" })?;
        let layers = LayerReader::after_description(cursor, description.passes())?;
        let (_, rest) = take::<Logits>(cursor.rest(), "logits")?;
        let (provenance, _) = take::<Provenance>(rest, "provenance")?;
        Ok(Reader { head, description, provenance, layers })
    }

    /// Returns the first fields.
    pub fn head(&self) -> &Head {
        &self.head
    }

    /// Returns the description of the network.
    pub fn description(&self) -> &Description {
        &self.description
    }

    /// Returns the meaning of the logits.
    pub fn logits(&self) -> Logits {
        self.layers.logits()
    }

    /// Returns the provenance of the network.
    pub fn provenance(&self) -> &Provenance<'a> {
        &self.provenance
    }

    /// Returns the next layer, checked as by [`LayerReader::next`].
    ///
    /// # Errors
    ///
    /// The variants of [`LoadError`] that name a layer; [`LoadError::Malformed`] after the last layer.
    pub fn next_layer(&mut self) -> Result<LayerView<'a>, LoadError> {
        let layer = self.layers.index();
        let Some(&description) = self.description.layers().get(layer) else {
            return Err(LoadError::Malformed { part: "layers: all have been read" });
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

    /// Checks that nothing follows the last layer, and returns the meaning of the logits.
    ///
    /// # Errors
    ///
    /// [`LoadError::Malformed`] if layers have not been read or bytes are left over.
    pub fn finish(self) -> Result<Logits, LoadError> {
        if self.layers.index() != self.description.layers().len() {
            return Err(LoadError::Malformed { part: "end: layers are left over" });
        }
        let logits = self.layers.logits();
        self.layers.finish().map_or(Ok(logits), Err)
    }
}

/// Deserialises a part of the header; returns it and the bytes after it.
fn take<'a, T: Deserialize<'a>>(bytes: &'a [u8], part: &'static str) -> Result<(T, &'a [u8]), LoadError> {
    postcard::take_from_bytes(bytes).map_err(|_| LoadError::Malformed { part })
}
