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

pub mod activation;
mod cast;
pub mod classification;
pub mod crc;
mod dense;
pub mod description;
#[cfg(feature = "alloc")]
pub mod dynamic;
pub mod element;
mod include;
pub mod kernel;
mod network;
pub mod normalize;
pub mod reduce;
pub mod requantize;
pub mod room;
pub mod slant;
pub mod views;
pub mod weight;

pub mod blob;

pub use activation::{Identity, Relu, Sigmoid};
pub use blob::LoadError;
pub use classification::{Classification, argmax, softmax};
pub use dense::Dense;
pub use description::Description;
pub use element::{Pixel, U1, U2, U4, U8};
pub use include::Aligned;
pub use network::{Chain, Layer, Network, Scratch, ScratchOf};
pub use reduce::Reduce;
pub use views::Views;
pub use weight::{I2, I4, I8};

#[doc(hidden)]
pub use include::assert_fits;
