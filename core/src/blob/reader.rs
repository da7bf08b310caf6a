//! Reading a blob without copying it.

use serde::{Deserialize, Serialize};

use super::check;
use super::header::{Head, Logits, Provenance, description_of};
use super::{LoadError, MAGIC, VERSION};
use crate::crc::crc32;
use crate::description::{Description, LayerDescription};
use crate::element::ElementFormat;
use crate::requantize::Requantization;
use crate::weight::{Weight, WeightFormat};

/// A layer's numbers, as they lie in the blob.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Tensors<'a> {
    /// See [`Requantization::pre_shift`].
    pub pre_shift: u8,
    /// See [`Requantization::shift`].
    pub shift: u8,
    /// `u16` little-endian: none for a last or `f32` layer, else one, or one per output.
    pub multipliers: &'a [u8],
    /// Zeros that align `bias`.
    pub bias_padding: &'a [u8],
    /// `[OUT]` of `i32` or `f32`, little-endian.
    pub bias: &'a [u8],
    /// Zeros that align `weights`.
    pub weights_padding: &'a [u8],
    /// Rows of weights, see [`WeightFormat::row_bytes`](crate::weight::WeightFormat::row_bytes).
    pub weights: &'a [u8],
}

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

/// A blob whose header and checksum are checked; its layers are handed out one by one, checked each.
pub struct Reader<'a> {
    head: Head,
    description: Description,
    logits: Logits,
    provenance: Provenance<'a>,
    rest: &'a [u8],
    index: usize,
    /// Largest value that the next `f32` layer can be fed.
    input_bound: f32,
}

/// Bytes of magic, version and length; and of the checksum.
const FIXED_BYTES: usize = 9;
const CHECKSUM_BYTES: usize = 4;

impl<'a> Reader<'a> {
    /// Checks magic, version, length, checksum and header.
    ///
    /// # Errors
    ///
    /// Everything in [`LoadError`] that does not concern one layer.
    pub fn open(blob: &'a [u8]) -> Result<Self, LoadError> {
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

        let (head, rest) = take::<Head>(body, "header")?;
        let description = description_of(blob).map_err(|_| LoadError::Malformed { part: "layer descriptions" })?;
        let (count, mut rest) = take::<u8>(rest, "layer descriptions")?;
        for _ in 0..count {
            (_, rest) = take::<LayerDescription>(rest, "layer descriptions")?;
        }
        let (logits, rest) = take::<Logits>(rest, "logits")?;
        // Positive and finite, by its bits: a core without floats needs no comparison of them.
        if !(1..f32::INFINITY.to_bits()).contains(&logits.step.to_bits()) {
            return Err(LoadError::Malformed { part: "logits" });
        }
        let (provenance, rest) = take::<Provenance>(rest, "provenance")?;
        Ok(Reader { head, description, logits, provenance, rest, index: 0, input_bound: 1.0 })
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
        self.logits
    }

    /// Where the network comes from.
    pub fn provenance(&self) -> &Provenance<'a> {
        &self.provenance
    }

    /// Position of the next layer.
    pub fn index(&self) -> usize {
        self.index
    }

    /// The next layer, checked: lengths, alignment, ranges, sums that cannot overflow.
    ///
    /// # Errors
    ///
    /// The [`LoadError`]s that name a layer; [`LoadError::Malformed`] after the last layer.
    pub fn next_layer(&mut self) -> Result<LayerView<'a>, LoadError> {
        self.checked(None)
    }

    /// The same where the caller's type says what the weights are.
    ///
    /// # Errors
    ///
    /// As [`next_layer`](Self::next_layer), and other weights than those.
    pub fn next_layer_of<W: Weight>(&mut self) -> Result<LayerView<'a>, LoadError> {
        self.checked(Some(W::FORMAT))
    }

    #[inline(always)]
    fn checked(&mut self, weights: Option<WeightFormat>) -> Result<LayerView<'a>, LoadError> {
        let layer = self.index;
        let Some(&description) = self.description.layers().get(layer) else {
            return Err(LoadError::Malformed { part: "layers: there are no more" });
        };
        let (tensors, rest) = take::<Tensors>(self.rest, "layer")?;
        let view = LayerView {
            layer,
            inputs: self.description.inputs_of(layer),
            input: self.description.input_of(layer),
            description,
            requantization: Requantization {
                pre_shift: tensors.pre_shift,
                shift: tensors.shift,
                multipliers: tensors.multipliers.as_chunks().0,
            },
            bias: tensors.bias,
            weights: tensors.weights,
        };
        let format = weights.unwrap_or(description.weights);
        if format != description.weights {
            return Err(LoadError::Malformed { part: "layers: other weights" });
        }
        self.input_bound = check::layer(&view, format, tensors.multipliers.len(), self.input_bound)?;
        self.rest = rest;
        self.index += 1;
        Ok(view)
    }

    /// Checks that nothing follows the last layer.
    ///
    /// # Errors
    ///
    /// [`LoadError::Malformed`] where bytes or layers are left.
    pub fn finish(self) -> Result<Logits, LoadError> {
        if self.rest.is_empty() && self.index == self.description.layers().len() {
            Ok(self.logits)
        } else {
            Err(LoadError::Malformed { part: "end: bytes or layers are left over" })
        }
    }
}

fn take<'a, T: Deserialize<'a>>(bytes: &'a [u8], part: &'static str) -> Result<(T, &'a [u8]), LoadError> {
    postcard::take_from_bytes(bytes).map_err(|_| LoadError::Malformed { part })
}
