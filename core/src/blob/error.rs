//! Why a byte string is not a network.

use core::fmt;

use super::front_end::FrontEnd;
use crate::format::{Description, ElementFormat, LayerDescription};

/// Why [`Network::load`](crate::Network::load) refused a blob.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum LoadError {
    /// Fewer bytes than the fixed fields of the header.
    TooShort {
        /// Bytes given.
        found: usize,
    },
    /// The first four bytes are not `SNPS`.
    WrongMagic {
        /// The first four bytes.
        found: [u8; 4],
    },
    /// A format version that this program does not read.
    WrongVersion {
        /// Version in the blob.
        found: u8,
        /// Version that this program reads.
        expected: u8,
    },
    /// The blob is cut short, or followed by something.
    WrongLength {
        /// Bytes given.
        found: usize,
        /// Bytes that the header says.
        expected: usize,
    },
    /// The checksum does not match: some bytes have changed.
    WrongChecksum {
        /// CRC-32 of the bytes.
        found: u32,
        /// CRC-32 at the end of the blob.
        expected: u32,
    },
    /// The bytes of this part are not what the format says.
    Malformed {
        /// The part, as in `docs/format.md`.
        part: &'static str,
    },
    /// A sound blob, but of another network.
    WrongShape {
        /// What is not as in the type; it comes first in the blob.
        found: Mismatch,
        /// The network of the type.
        expected: &'static Description,
    },
    /// Numbers do not lie at a multiple of 4 bytes: the blob itself must be aligned (`include_model!`, `Aligned`).
    Misaligned {
        /// Layer, from 0.
        layer: usize,
    },
    /// A tensor has the wrong number of bytes.
    WrongTensorLength {
        /// Layer, from 0.
        layer: usize,
        /// Bytes in the blob.
        found: usize,
        /// Bytes that the shape needs.
        expected: usize,
    },
    /// A weight, bias or padding outside its range (8 bit −127..=127, 4 bit −7..=7, `f32` finite, padding 0).
    ValueOutOfRange {
        /// Layer, from 0.
        layer: usize,
        /// Output, from 0.
        output: usize,
    },
    /// Some input could take the sum of an output beyond what its type holds (`i32`: 2³¹, logits 2³⁰ or, of five views, a
    /// fifth of that; `f32`: 10³⁰).
    SumOverflow {
        /// Layer, from 0.
        layer: usize,
        /// Output, from 0.
        output: usize,
    },
    /// The largest sum does not survive the requantisation's product in 32 bits.
    RequantizationOverflow {
        /// Layer, from 0.
        layer: usize,
        /// Output, from 0.
        output: usize,
    },
}

/// The part of a blob that shows that it is another network.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Mismatch {
    /// The picture, what is done to it, and how the first layer reads it.
    Inputs(FrontEnd, ElementFormat),
    /// The number of layers.
    LayerReader(u8),
    /// A layer.
    Layer {
        /// Layer, from 0.
        layer: u8,
        /// Its width and formats.
        found: LayerDescription,
    },
}

impl fmt::Display for Mismatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Inputs(front_end, input) => {
                match front_end.decode() {
                    Some(preprocessing) => write!(f, "{preprocessing}")?,
                    None => write!(f, "front end {front_end:?}")?, // the reader refuses such codes
                }
                write!(f, " read as {}", input.name())
            }
            Self::LayerReader(1) => f.write_str("one layer"),
            Self::LayerReader(found) => write!(f, "{found} layers"),
            Self::Layer { layer, found } => {
                let (weights, activation) = (found.weights.name(), found.activation.name());
                write!(
                    f,
                    "layer {layer} with {} outputs ({weights}, {activation}, {})",
                    found.outputs,
                    found.output.name()
                )
            }
        }
    }
}

impl fmt::Display for LoadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooShort { found } => write!(f, "{found} bytes are too few for a blob"),
            Self::WrongMagic { found } => write!(f, "not a Sinapse blob: starts with {found:02x?}, expected \"SNPS\""),
            Self::WrongVersion { found, expected } => {
                write!(f, "format version {found}, this program reads version {expected}: train or convert it anew")
            }
            Self::WrongLength { found, expected } => write!(f, "{found} bytes, the header says {expected}"),
            Self::WrongChecksum { found, expected } => {
                write!(f, "damaged: the bytes' CRC-32 is {found:08x}, the blob says {expected:08x}")
            }
            Self::Malformed { part } => write!(f, "malformed {part}"),
            Self::WrongShape { found, expected } => {
                write!(f, "the blob is another network: found {found}, expected {expected}")
            }
            Self::Misaligned { layer } => {
                write!(f, "layer {layer}: numbers are not aligned to 4 bytes; include the blob with include_model!")
            }
            Self::WrongTensorLength { layer, found, expected } => {
                write!(f, "layer {layer}: a tensor of {found} bytes, its shape needs {expected}")
            }
            Self::ValueOutOfRange { layer, output } => write!(f, "layer {layer}, output {output}: value out of range"),
            Self::SumOverflow { layer, output } => write!(f, "layer {layer}, output {output}: the sum could overflow"),
            Self::RequantizationOverflow { layer, output } => {
                write!(f, "layer {layer}, output {output}: the requantisation could overflow")
            }
        }
    }
}

impl core::error::Error for LoadError {}
