//! Writing blobs, byte by byte as `docs/format.md` specifies. Needs the feature `alloc`.

use alloc::vec::Vec;

use serde::Serialize;

use super::crc::crc32;
use super::envelope::{ALIGNMENT, MAGIC, VERSION};
use super::front_end::FrontEnd;
use super::header::{Head, Logits, Provenance};
use super::reader::LayerView;
use super::tensors::Tensors;
use crate::format::Description;
use crate::format::{ElementFormat, Layout, WeightFormat};

/// A layer's numbers as they are written to a blob.
#[derive(Clone, Debug, Default)]
pub struct LayerBytes {
    /// See [`Tensors::pre_shift`].
    pub pre_shift: u8,
    /// See [`Tensors::shift`].
    pub shift: u8,
    /// See [`Tensors::multipliers`].
    pub multipliers: Vec<u8>,
    /// See [`Tensors::bias`].
    pub bias: Vec<u8>,
    /// See [`Tensors::weights`].
    pub weights: Vec<u8>,
}

impl LayerBytes {
    /// Encodes a layer in single precision; `weights` are input-major.
    pub fn of_f32(weights: &[f32], bias: &[f32]) -> LayerBytes {
        let bytes = |values: &[f32]| values.iter().flat_map(|value| value.to_le_bytes()).collect();
        LayerBytes { bias: bytes(bias), weights: bytes(weights), ..LayerBytes::default() }
    }

    /// Copies a layer of another blob.
    pub fn of_view(view: &LayerView<'_>) -> LayerBytes {
        LayerBytes {
            pre_shift: view.requantization.pre_shift,
            shift: view.requantization.shift,
            multipliers: view.requantization.multipliers.as_flattened().to_vec(),
            bias: view.bias.to_vec(),
            weights: view.weights.to_vec(),
        }
    }

    /// Encodes integer weights `[IN][outputs]` in the layout and bits of their format, padded to whole words with zero
    /// weights.
    pub fn rows(weights: &[i8], outputs: usize, format: WeightFormat, input: ElementFormat) -> Vec<u8> {
        match format.layout(input) {
            Layout::Columns => {
                let lanes = format.row_bytes(input, outputs) * 8 / format.bits() as usize;
                weights.chunks_exact(outputs).flat_map(|column| packed(column, lanes, format)).collect()
            }
            Layout::Tiles => weights.chunks(16 * outputs).flat_map(|rows| tiles(rows, outputs)).collect(),
        }
    }
}

/// Encodes up to sixteen rows of weights as tiles: `w[2k] + 128 + 256 · w[2k + 1]` in a half word.
fn tiles(rows: &[i8], outputs: usize) -> Vec<u8> {
    let mut bytes = [0x80, 0].repeat(16 * outputs.div_ceil(2));
    for (i, row) in rows.chunks_exact(outputs).enumerate() {
        for (o, &weight) in row.iter().enumerate() {
            let code = if o % 2 == 0 { i32::from(weight) + 128 } else { i32::from(weight) };
            bytes[Layout::Tiles.index(i, o)] = code as u8;
        }
    }
    bytes
}

/// Packs weights into the bits of their format, with zero weights up to `lanes`.
fn packed(weights: &[i8], lanes: usize, format: WeightFormat) -> Vec<u8> {
    let mut weights = weights.to_vec();
    weights.resize(lanes, 0);
    let bits = format.bits();
    // Weights out of range lose their upper bits: tests write such blobs, and readers refuse them.
    let code = |&weight: &i8| (i32::from(weight) + format.offset()) & ((1 << bits) - 1);
    let byte = |codes: &[i8]| codes.iter().rev().fold(0, |byte, weight| byte << bits | code(weight)) as u8;
    weights.chunks_exact(8 / bits as usize).map(byte).collect()
}

/// Encodes a network as a blob.
///
/// `width` × `height` is the size of the whole picture; without a front end their product is the number of inputs.
///
/// # Panics
///
/// If the blob would have 4 GiB or more.
pub fn encode(
    description: &Description,
    (width, height): (u16, u16),
    logits: Logits,
    provenance: &Provenance<'_>,
    layers: &[LayerBytes],
) -> Vec<u8> {
    let front_end = description.preprocessing.map(|preprocessing| FrontEnd::encode(&preprocessing));
    let (crop, scale) = front_end.map_or((0, 0), |front_end| (front_end.crop, front_end.code));
    let input = description.input;
    let head = Head { magic: MAGIC, version: VERSION, length: 0, width, height, crop, scale, input };
    let mut blob = Vec::new();
    append(&mut blob, &head);
    append(&mut blob, &description.layers());
    append(&mut blob, &logits);
    append(&mut blob, provenance);
    for layer in layers {
        let after_multipliers = blob.len() + 2 + serialized(&layer.multipliers.as_slice()).len();
        let bias_padding = padding(after_multipliers, layer.bias.len(), 4);
        let after_bias = after_multipliers + serialized(&bias_padding).len() + serialized(&layer.bias).len();
        append(
            &mut blob,
            &Tensors {
                pre_shift: layer.pre_shift,
                shift: layer.shift,
                multipliers: &layer.multipliers,
                bias_padding,
                bias: &layer.bias,
                weights_padding: padding(after_bias, layer.weights.len(), ALIGNMENT),
                weights: &layer.weights,
            },
        );
    }
    let length = u32::try_from(blob.len() + 4).expect("a blob is smaller than 4 GiB");
    let length_at = MAGIC.len() + 1;
    blob[length_at..length_at + 4].copy_from_slice(&length.to_le_bytes());
    let checksum = crc32(&blob);
    blob.extend(checksum.to_le_bytes());
    blob
}

/// Zeros at `start` that align the data of the byte string behind them to `alignment`.
fn padding(start: usize, data_length: usize, alignment: usize) -> &'static [u8] {
    const ZEROS: [u8; ALIGNMENT] = [0; ALIGNMENT];
    let length_bytes = serialized(&data_length).len();
    let unpadded = start + 1 + length_bytes;
    &ZEROS[..(alignment - unpadded % alignment) % alignment]
}

fn append(blob: &mut Vec<u8>, value: &impl Serialize) {
    blob.extend(serialized(value));
}

fn serialized(value: &(impl Serialize + ?Sized)) -> Vec<u8> {
    postcard::to_allocvec(value).expect("plain structures always serialise")
}
