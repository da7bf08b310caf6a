//! The header of a blob: sizes, number formats, meaning of the logits and provenance.

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
    /// Size of the whole blob in bytes, checksum included.
    #[serde(with = "postcard::fixint::le")]
    pub length: u32,
    /// Width of the picture in pixels; the number of inputs if they are not a picture.
    pub width: u16,
    /// Height of the picture in pixels; 1 if the inputs are not a picture.
    pub height: u16,
    /// Pixels cut off at each edge before scaling.
    pub crop: u8,
    /// Code of scale, deslanting and shift ensemble, see [`FrontEnd::code`](super::FrontEnd::code).
    pub scale: u8,
    /// Format in which the first layer reads its inputs.
    pub input: ElementFormat,
}

/// Meaning of the logits.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Logits {
    /// Real value of one step of an integer logit; for `f32` networks the unit of `reject_margin`.
    pub step: f32,
    /// Margin in steps below which the answer is "unknown"; 0 to accept every answer.
    pub reject_margin: u32,
}

/// Provenance of a network: program, recipe, data and score.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Provenance<'a> {
    /// Program that wrote the blob, with its version.
    pub program: &'a str,
    /// Recipe: what was trained and for how long.
    pub recipe: &'a str,
    /// Training data.
    pub data: &'a str,
    /// Seed of all random numbers.
    pub seed: u64,
    /// Number of images in the validation split.
    pub validation_images: u32,
    /// Number of these that the network classifies correctly, with the blob's own arithmetic.
    pub validation_correct: u32,
}

/// Reads the description from a blob's header, at compile time. Checks magic, version and length, but no checksum.
///
/// # Errors
///
/// A message that says why the bytes are not such a blob.
pub const fn read_description(blob: &[u8]) -> Result<Description, &'static str> {
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
        _ => return Err("the blob has another format version than this sinapse reads: train it again"),
    }
    let mut length = 0;
    let mut shift = 0;
    while shift < 32 {
        match cursor.byte() {
            Some(byte) => length |= (byte as usize) << shift,
            None => return Err("the blob is truncated"),
        }
        shift += 8;
    }
    if length != blob.len() {
        return Err("the blob is truncated or too long: its length is not the one in its header");
    }
    match cursor.description() {
        Some(description) => Ok(description),
        None => Err("the blob's header is damaged"),
    }
}
