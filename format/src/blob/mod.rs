//! The blob: one file that holds a trained network. `docs/format.md` specifies it byte by byte.
//!
//! | to                                        | use                                              |
//! |-------------------------------------------|--------------------------------------------------|
//! | compile a blob into a program             | `sinapse::include_model!`                        |
//! | load the network of a known type          | `sinapse::Network::load`                         |
//! | load from a larger slice, a flash slot    | `sinapse::Network::load_prefix`, [`length`]      |
//! | read a blob of any network                | [`Reader`]                                       |
//! | write the Rust type in a build script     | [`rust_type()`]                                  |
//! | write a blob                              | `encode` (feature `alloc`)                       |

#[cfg(feature = "alloc")]
mod aligned;
mod check;
pub mod crc;
mod cursor;
mod envelope;
mod error;
mod front_end;
pub mod header;
mod layers;
mod reader;
mod rust_type;
mod shape;
mod tensors;
#[cfg(feature = "alloc")]
mod writer;

#[cfg(feature = "alloc")]
pub use aligned::Blob;
pub use envelope::{ALIGNMENT, MAGIC, VERSION, length};
pub use error::{LoadError, Mismatch};
pub use front_end::{Expected, FrontEnd};
pub use header::{Head, Logits, Provenance};
pub use layers::LayerReader;
pub use reader::{LayerView, Reader};
pub use rust_type::{RustType, rust_type};
pub use shape::{LayerNumbers, LayerShape};
pub use tensors::Tensors;
#[cfg(feature = "alloc")]
pub use writer::{LayerBytes, encode};
