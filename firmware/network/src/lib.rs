//! The network that the firmware carries: `build.rs` reads its blob and writes its type.
//!
//! A crate of its own because of the profiles in the firmware's `Cargo.toml`: this one is compiled for speed, the rest
//! for size. Generic code is compiled where it is used, so the network has to be used here.
#![no_std]

use sinapse::{Classification, Layer, Network};

include!(concat!(env!("OUT_DIR"), "/model.rs"));

/// RAM for the activations, [`Net::SCRATCH`] to begin with.
pub type Scratch = <Net as Parts>::Scratch;

/// One of the sums that a class is chosen by.
pub type Logit = <Net as Parts>::Logit;

/// The class of a digit; `Net::classify`, compiled for speed.
#[inline(never)]
pub fn classify(network: &Net, pixels: &[u8; 28 * 28], scratch: &mut Scratch) -> Classification<Logit, 10> {
    network.classify(pixels, scratch)
}

/// Names for the parts of a network's type; a network that does not read digits has none.
pub trait Parts {
    /// RAM for the activations.
    type Scratch;
    /// `i32` or `f32`.
    type Logit;
}

impl<L, V> Parts for Network<L>
where
    L: Layer<Input = [u8; 28 * 28], Output = [V; 10]>,
{
    type Scratch = L::Scratch;
    type Logit = V;
}
