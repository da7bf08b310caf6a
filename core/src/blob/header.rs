//! What stands before the weights: sizes, formats, where the network comes from.

use serde::{Deserialize, Serialize};

use super::{MAGIC, VERSION};
use crate::activation::ActivationKind;
use crate::description::{Description, LayerDescription, Reduction};
use crate::element::ElementFormat;
use crate::reduce::Scale;
use crate::weight::WeightFormat;

/// The first fields of a blob.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Head {
    /// [`MAGIC`].
    pub magic: [u8; 4],
    /// [`VERSION`].
    pub version: u8,
    /// Bytes of the whole blob, checksum included.
    #[serde(with = "postcard::fixint::le")]
    pub length: u32,
    /// Width of the picture in pixels; the number of inputs where they are no picture.
    pub width: u16,
    /// Height of the picture in pixels; 1 where the inputs are no picture.
    pub height: u16,
    /// Pixels cut off at every side before scaling.
    pub crop: u8,
    /// How many pixels become one.
    pub scale: Scale,
    /// How the first layer reads its inputs.
    pub input: ElementFormat,
}

/// What the last layer's sums mean.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Logits {
    /// Real value of one step of an integer logit; for `f32` networks the unit of `reject_margin`.
    pub step: f32,
    /// Margin, in steps, below which the answer is "unknown"; 0 where every answer stands.
    pub reject_margin: u32,
}

/// Where a network comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Provenance<'a> {
    /// Program that wrote the blob, with its version.
    pub program: &'a str,
    /// Recipe: what was trained, how long.
    pub recipe: &'a str,
    /// Data that it was trained on.
    pub data: &'a str,
    /// Seed of all random numbers.
    pub seed: u64,
    /// Images of the validation split.
    pub validation_images: u32,
    /// How many of these the network reads right, with the blob's own arithmetic.
    pub validation_correct: u32,
}

/// The description in a blob's header, while building: magic, version and length are checked, the checksum is not.
///
/// # Errors
///
/// A sentence that says what the bytes are not.
pub const fn description_of(blob: &[u8]) -> Result<Description, &'static str> {
    let mut cursor = Cursor { blob, at: 0 };
    let mut index = 0;
    while index < MAGIC.len() {
        match cursor.byte() {
            Some(byte) if byte == MAGIC[index] => index += 1,
            _ => return Err("the file is not a Sinapse blob: it does not start with \"SNPS\""),
        }
    }
    match cursor.byte() {
        Some(VERSION) => {}
        _ => return Err("the blob has another format version than this sinapse reads: train it anew"),
    }
    let mut length = 0;
    let mut shift = 0;
    while shift < 32 {
        match cursor.byte() {
            Some(byte) => length |= (byte as usize) << shift,
            None => return Err("the blob is cut short"),
        }
        shift += 8;
    }
    if length != blob.len() {
        return Err("the blob is cut short or has bytes too many: its length is not what its header says");
    }
    match cursor.description() {
        Some(description) if description.is_sound() => Ok(description),
        _ => Err("the blob's header is damaged"),
    }
}

/// A reader of postcard's integers that runs at compile time.
struct Cursor<'a> {
    blob: &'a [u8],
    at: usize,
}

impl Cursor<'_> {
    const fn byte(&mut self) -> Option<u8> {
        if self.at >= self.blob.len() {
            return None;
        }
        let byte = self.blob[self.at];
        self.at += 1;
        Some(byte)
    }

    /// A `u16`: seven bits a byte, lowest first, the top bit set on all but the last.
    const fn number(&mut self) -> Option<u16> {
        let mut number = 0u32;
        let mut shift = 0;
        while shift < 21 {
            let Some(byte) = self.byte() else { return None };
            number |= ((byte & 127) as u32) << shift;
            if byte < 128 {
                return if number <= 65_535 { Some(number as u16) } else { None };
            }
            shift += 7;
        }
        None
    }

    const fn element(&mut self) -> Option<ElementFormat> {
        Some(match self.byte() {
            Some(0) => ElementFormat::F32,
            Some(1) => ElementFormat::U1,
            Some(2) => ElementFormat::U2,
            Some(3) => ElementFormat::U4,
            Some(4) => ElementFormat::U8,
            Some(5) => ElementFormat::I32,
            _ => return None,
        })
    }

    const fn layer(&mut self) -> Option<LayerDescription> {
        let Some(outputs) = self.number() else { return None };
        let weights = match self.byte() {
            Some(0) => WeightFormat::F32,
            Some(1) => WeightFormat::I8,
            Some(2) => WeightFormat::I4,
            Some(3) => WeightFormat::I2,
            _ => return None,
        };
        let activation = match self.byte() {
            Some(0) => ActivationKind::Identity,
            Some(1) => ActivationKind::Relu,
            Some(2) => ActivationKind::Sigmoid,
            _ => return None,
        };
        let Some(output) = self.element() else { return None };
        Some(LayerDescription { outputs, weights, activation, output })
    }

    const fn description(&mut self) -> Option<Description> {
        let (Some(width), Some(height)) = (self.number(), self.number()) else { return None };
        let Some(crop) = self.byte() else { return None };
        let scale = match self.byte() {
            Some(0) => Scale::One,
            Some(1) => Scale::TwoThirds,
            Some(2) => Scale::Half,
            _ => return None,
        };
        let reduction = Reduction { width, height, crop, scale };
        let Some(inputs) = reduction.pixels() else { return None };
        let Some(input) = self.element() else { return None };
        let mut description = Description::new(inputs, input);
        if crop != 0 || !matches!(scale, Scale::One) {
            description = description.reduced_by(reduction);
        }
        let Some(layers) = self.byte() else { return None };
        let mut index = 0;
        while index < layers {
            let Some(layer) = self.layer() else { return None };
            description = match description.with(layer) {
                Some(description) => description,
                None => return None,
            };
            index += 1;
        }
        Some(description)
    }
}
