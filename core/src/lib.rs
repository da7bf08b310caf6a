//! Small neural networks on microcontrollers: train on a laptop, flash the weights, classify in a bare-metal loop.
//!
//! * [`Dense`] layers carry their sizes, their number formats and their activation in their type. Layers that do not
//!   fit together do not compile ([`layers!`]).
//! * [`Network`] borrows its weights from flash ([`include_model!`]) and works in a scratch value whose
//!   size is known from the type ([`Network::SCRATCH`]).
//! * Integer sums are exact, `f32` sums are taken in a fixed order: every machine computes the same logits, bit for bit.
//! * [`Network::load`] refuses every byte string that is not a whole, sound blob of exactly this network.
//!
//! ```
//! use sinapse::{Dense, I8, Identity, Network, Pixel, Relu, U4, layers};
//!
//! type Digits = Network<layers![
//!     Dense<'static, 784, 32, Pixel<U4>, I8, Relu<U4>>,
//!     Dense<'static, 32, 10, U4, I8, Identity>,
//! ]>;
//! // Weights stay in flash; this is all the RAM that a classification needs beside a small stack: 32 activations and their
//! // sums here. On a microcontroller a list of inputs that are not zero comes with them, mostly 968 bytes.
//! assert_eq!(size_of_val(&Digits::SCRATCH), 32 + 4 * 32);
//! ```
#![cfg_attr(not(test), no_std)]

#[cfg(feature = "alloc")]
extern crate alloc;

pub mod blob;
mod cast;
pub mod classification;
#[cfg(feature = "alloc")]
pub mod dynamic;
pub mod format;
pub mod kernel;
pub mod layer;
mod network;
pub mod picture;
pub mod workspace;

pub use blob::LoadError;
pub use blob::include::Aligned;
pub use classification::{Classification, argmax, softmax};
pub use format::{Description, I2, I4, I8, Pixel, U1, U2, U4, U8};
pub use layer::activation::{Identity, Relu, Sigmoid};
pub use layer::chain::Chain;
pub use layer::dense::Dense;
pub use layer::downscale::Downscale;
pub use layer::shift_ensemble::ShiftEnsemble;
pub use layer::{Layer, Load};
pub use network::{Network, Scratch, ScratchOf};

#[doc(hidden)]
pub use blob::include::assert_fits;
