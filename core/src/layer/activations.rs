//! Reading the activations that a network leaves in its scratch.

use crate::workspace::Zeros;

/// Activations of one hidden layer, see [`Network::activations`](crate::Network::activations).
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Activations<'s> {
    /// Quantised activations, one level in each byte.
    Levels(&'s [u8]),
    /// Single precision.
    F32(&'s [f32]),
}

/// Storage of the activations between two layers: an array of levels or of `f32`.
pub trait ActivationArray: Zeros {
    /// Returns the activations with their format.
    fn activations(&self) -> Activations<'_>;
}
impl<const N: usize> ActivationArray for [u8; N] {
    fn activations(&self) -> Activations<'_> {
        Activations::Levels(self)
    }
}
impl<const N: usize> ActivationArray for [f32; N] {
    fn activations(&self) -> Activations<'_> {
        Activations::F32(self)
    }
}
