//! Small neural networks on microcontrollers: train on a laptop, keep the weights in flash, classify on bare metal.
//!
//! `no_std`, no allocation. A network is a type: sizes, number formats and activations are type parameters, so layers
//! that do not fit together do not compile, and the linker knows how much RAM a network needs.
//!
//! # Include a model and classify
//!
//! A *blob* is one file that holds a trained network (`docs/format.md`). [`include_model!`] compiles it into the
//! program and fails the build if it does not fit the type; [`Network::load`] borrows the weights where they lie.
//!
//! ```
//! use sinapse::{Dense, I4, I8, Identity, Network, Pixel, Relu, U4, include_model, layers};
//!
//! type Tiny = Network<layers![
//!     Dense<'static, 4, 2, Pixel<U4>, I4, Relu<U4>>, // 4 pixels → 2 activations of 4 bits, 4-bit weights
//!     Dense<'static, 2, 2, U4, I8, Identity>,        // 2 activations → the logits of 2 classes, 8-bit weights
//! ]>;
//!
//! let blob = include_model!(Tiny, concat!(env!("CARGO_MANIFEST_DIR"), "/tests/tiny.postcard"));
//! let network = Tiny::load(blob)?;
//! let mut scratch = Tiny::SCRATCH;
//! let answer = network.classify(&[255, 16, 0, 128], &mut scratch);
//! assert_eq!((answer.class, answer.scores, answer.margin), (1, [140, 160], 20));
//! assert!(network.is_confident(&answer));
//! # Ok::<(), sinapse::LoadError>(())
//! ```
//!
//! The type need not be written by hand: in a build script, [`blob::rust_type()`] prints it for a given blob.
//!
//! # Memory
//!
//! Weights stay in flash. [`Network::SCRATCH`] is all the RAM that a classification needs besides a small stack; here
//! it holds 32 activations and their accumulators. On a microcontroller it also holds the list of nonzero inputs, in
//! most networks 968 bytes.
//!
//! ```
//! use sinapse::{Dense, I8, Identity, Network, Pixel, Relu, U4, layers};
//!
//! type Digits = Network<layers![
//!     Dense<'static, 784, 32, Pixel<U4>, I8, Relu<U4>>,
//!     Dense<'static, 32, 10, U4, I8, Identity>,
//! ]>;
//! assert_eq!(size_of_val(&Digits::SCRATCH), 32 + 4 * 32);
//! ```
//!
//! In a `static`, it lies in a cell: see [`ScratchOf`]. A blob in RAM: see [`Network`](Network#blobs-in-ram).
//!
//! # Bit-exactness
//!
//! Integer accumulators are exact and `f32` accumulators are summed in a fixed order, so every machine computes the
//! same logits, bit for bit; the reference kernel defines them. [`Network::load`] accepts nothing but a whole, sound
//! blob of exactly this network and proves that no accumulator can overflow, so classification has no error to report.
//!
//! # Modules
//!
//! Each builds on those below it.
//!
//! | module             | content                                                                                   |
//! |--------------------|-------------------------------------------------------------------------------------------|
//! | [`Network`]        | loads a blob and runs the layers in a scratch                                             |
//! | [`classification`] | from logits to a class, a margin and probabilities                                        |
//! | [`layer`]          | layers and front-end steps as types: [`Dense`], [`Chain`], [`Downscale`], [`ShiftEnsemble`] |
//! | [`kernel`]         | the inner loops, one set for each kind of machine                                         |
//! | [`blob`]           | reads and checks the file that holds a network                                            |
//! | [`picture`]        | functions on pixels: normalise, deslant, downscale, shift                                 |
//! | [`format`]         | values that describe networks and number formats                                          |
#![cfg_attr(not(test), no_std)]

#[cfg(feature = "alloc")]
extern crate alloc;

mod cast;
pub mod classification;
#[cfg(feature = "alloc")]
pub mod dynamic;
mod include;
pub mod kernel;
pub mod layer;
mod network;
pub mod picture;
mod scratch;
mod sealed;
#[doc(hidden)]
pub mod workspace;

pub use blob::LoadError;
pub use include::Aligned;
pub use sinapse_format::{blob, format};
/// Includes a blob as a network that is a `static`: checked while building, nothing is loaded at run time.
///
/// `include_network!(pub static DIGITS: Digits = "digits.postcard");` defines the type `Digits` (sizes and number
/// formats are those of the blob) and the static `DIGITS`. The path is relative to the folder of the caller's
/// `Cargo.toml`. Every check of [`Network::load`] is made while building, and a blob that it would refuse fails the
/// build with the same message. Weights lie aligned in flash, the program contains no loader, and cargo builds again
/// when the blob changes.
///
/// # Examples
///
/// ```
/// sinapse::include_network!(pub static TINY: Tiny = "tests/tiny.postcard");
///
/// let mut scratch = Tiny::SCRATCH;
/// let answer = TINY.classify(&[255, 16, 0, 128], &mut scratch);
/// assert_eq!((answer.class, answer.margin), (1, 20));
/// ```
///
/// A blob that is missing fails the build:
///
/// ```compile_fail
/// sinapse::include_network!(pub static GONE: Gone = "tests/gone.postcard");
/// ```
///
/// So does a declaration of another form:
///
/// ```compile_fail
/// sinapse::include_network!(pub TINY: Tiny = "tests/tiny.postcard");
/// ```
pub use sinapse_macros::include_network;

pub use classification::{Classification, LogitValue, argmax, softmax};
pub use format::{Description, I2, I4, I8, Pixel, U1, U2, U4, U8};
pub use layer::activation::{Identity, Relu, Sigmoid};
pub use layer::activations::Activations;
pub use layer::chain::Chain;
pub use layer::dense::Dense;
pub use layer::downscale::Downscale;
pub use layer::shift_ensemble::ShiftEnsemble;
pub use layer::{Layer, Load};
pub use network::Network;
pub use scratch::{HasScratch, Scratch, ScratchOf};
pub use workspace::Zeros;

#[doc(hidden)]
pub use include::assert_fits;

/// Compiles and runs the README's example.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
