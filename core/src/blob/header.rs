//! What stands before the weights: sizes, formats, where the network comes from.

use serde::{Deserialize, Serialize};

use super::cursor::Cursor;
use super::envelope::{MAGIC, VERSION};
use crate::format::{Description, ElementFormat};

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
    /// Code of the other front-end steps, see [`FrontEnd::code`](super::FrontEnd::code).
    pub scale: u8,
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
    let mut cursor = Cursor::new(blob);
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
        Some(description) => Ok(description),
        None => Err("the blob's header is damaged"),
    }
}
