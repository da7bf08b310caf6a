//! The blob: one file that is a network. `docs/format.md` specifies it byte by byte.

mod check;
mod cursor;
mod error;
pub mod header;
mod layers;
mod reader;
mod rust_type;
#[cfg(feature = "alloc")]
mod writer;

pub use error::{Found, LoadError};
pub use header::{Head, Logits, Provenance};
pub use layers::{LayerNumbers, LayerShape, Layers};
pub use reader::{LayerView, Reader, Tensors};
pub use rust_type::{RustType, rust_type};
#[cfg(feature = "alloc")]
pub use writer::{LayerBytes, encode};

/// First four bytes of every blob.
pub const MAGIC: [u8; 4] = *b"SNPS";

/// The version of the format that this crate reads.
pub const VERSION: u8 = 2;

/// Alignment of weights within a blob, and of the blob itself, in bytes.
pub const ALIGNMENT: usize = 16;
