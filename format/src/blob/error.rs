//! Reasons for which a blob is refused.

use core::fmt;

use super::front_end::FrontEnd;
use crate::format::{Description, ElementFormat, LayerDescription};

/// Reason for which `Network::load` refused a blob.
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
    /// The format version is not the one that this program reads.
    WrongVersion {
        /// Version in the blob.
        found: u8,
        /// Version that this program reads.
        expected: u8,
    },
    /// The blob is truncated, or followed by more bytes.
    WrongLength {
        /// Bytes given.
        found: usize,
        /// Bytes according to the header.
        expected: usize,
    },
    /// The checksum does not match: some bytes have changed.
    WrongChecksum {
        /// CRC-32 of the bytes.
        found: u32,
        /// CRC-32 at the end of the blob.
        expected: u32,
    },
    /// The bytes of a part do not follow the format.
    Malformed {
        /// The part, as named in `docs/format.md`.
        part: &'static str,
    },
    /// The blob holds another network.
    WrongShape {
        /// First difference from the type.
        found: Mismatch,
        /// Network of the type.
        expected: &'static Description,
    },
    /// Weights are not aligned to 4 bytes, because the blob is not.
    ///
    /// A blob must begin at a multiple of 16 bytes. `include_model!` and
    /// `Aligned` place a compiled-in blob so; `include_bytes!` alone places it anywhere. The buffer
    /// of a blob that is received at run time needs `#[repr(align(16))]`, as `Aligned([0; SIZE])` has; a flash slot
    /// must begin at such an address.
    Misaligned {
        /// Layer, from 0.
        layer: usize,
        /// Address of the layer's weights modulo 16; in a sound blob also that of the blob.
        address_modulo_16: usize,
    },
    /// A tensor has the wrong number of bytes.
    WrongTensorLength {
        /// Layer, from 0.
        layer: usize,
        /// Bytes in the blob.
        found: usize,
        /// Bytes that the layer's shape needs.
        expected: usize,
    },
    /// A weight, bias or padding is out of range (8 bit −127..=127, 4 bit −7..=7, ternary −1..=1, `f32` finite, padding
    /// 0).
    ValueOutOfRange {
        /// Layer, from 0.
        layer: usize,
        /// Output, from 0.
        output: usize,
    },
    /// Some input could overflow the accumulator of an output. Limits: 2³¹ for `i32`; 2³⁰ for integer logits, a fifth
    /// of that in a shift ensemble; 10³⁰ for `f32`, with inputs of the network in −1..=1.
    SumOverflow {
        /// Layer, from 0.
        layer: usize,
        /// Output, from 0.
        output: usize,
    },
    /// Requantisation of the largest possible accumulator would overflow 32 bits.
    RequantizationOverflow {
        /// Layer, from 0.
        layer: usize,
        /// Output, from 0.
        output: usize,
    },
}

/// First difference between the network in a blob and that of the type; all values are those of the blob.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum Mismatch {
    /// Front end, and format in which the first layer reads its inputs.
    Inputs(FrontEnd, ElementFormat),
    /// Number of layers.
    LayerCount(u8),
    /// One layer.
    Layer {
        /// Layer, from 0.
        layer: u8,
        /// Width and formats.
        found: LayerDescription,
    },
}

impl fmt::Display for Mismatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Inputs(front_end, input) => {
                match front_end.decode() {
                    Some(preprocessing) => write!(f, "{preprocessing}")?,
                    None => write!(f, "front end {front_end:?}")?, // unreachable: the reader refuses such codes
                }
                write!(f, " read as {}", input.name())
            }
            Self::LayerCount(1) => f.write_str("one layer"),
            Self::LayerCount(found) => write!(f, "{found} layers"),
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
                write!(f, "format version {found}, this program reads version {expected}: train or convert it again")
            }
            Self::WrongLength { found, expected } => write!(f, "{found} bytes, the header says {expected}"),
            Self::WrongChecksum { found, expected } => {
                write!(f, "damaged: the CRC-32 of the bytes is {found:08x}, the blob says {expected:08x}")
            }
            Self::Malformed { part } => write!(f, "malformed {part}"),
            Self::WrongShape { found, expected } => {
                write!(f, "the blob holds another network: found {found}, expected {expected}")
            }
            Self::Misaligned { layer, address_modulo_16 } => write!(
                f,
                "layer {layer}: misaligned, weights lie at 16·n + {address_modulo_16}; a blob must begin at a multiple \
                 of 16 bytes: compile it in with include_model! or Aligned, read it into a #[repr(align(16))] buffer"
            ),
            Self::WrongTensorLength { layer, found, expected } => {
                write!(f, "layer {layer}: a tensor has {found} bytes, expected {expected}")
            }
            Self::ValueOutOfRange { layer, output } => write!(f, "layer {layer}, output {output}: value out of range"),
            Self::SumOverflow { layer, output } => {
                write!(f, "layer {layer}, output {output}: the accumulator could overflow")
            }
            Self::RequantizationOverflow { layer, output } => {
                write!(f, "layer {layer}, output {output}: the requantisation could overflow")
            }
        }
    }
}

impl core::error::Error for LoadError {}
