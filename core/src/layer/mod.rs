//! Layers: what a network is made of.

pub mod activation;
pub mod chain;
pub mod dense;
pub mod downscale;
pub mod shift_ensemble;

use core::marker::PhantomData;
use core::mem::MaybeUninit;

use crate::blob::LayerReader;
use crate::format::Description;
use crate::workspace::Workspace;

/// `N` values of the format `E`, as a type: what a layer accepts or gives.
pub struct Vector<E, const N: usize>(PhantomData<[E; N]>);

/// What only this crate's layers are: `forward_to` and `load_into` are relied upon to write all of their place.
pub trait Sealed {}

/// A part of a network: one [`Dense`](crate::Dense), or a [`Chain`](crate::Chain) of them.
pub trait Layer: Sealed {
    /// [`Vector`] that goes in; the layer before must give exactly this.
    type InputSpec;
    /// [`Vector`] that comes out.
    type OutputSpec;
    /// Storage of the inputs, for example `[u8; 784]`.
    type Input;
    /// Storage of the outputs, for example `[i32; 10]`.
    type Output: Copy;
    /// RAM for the activations in between.
    type Scratch: Copy;
    /// Initial scratch; its content does not matter.
    const SCRATCH: Self::Scratch;
    /// RAM that is free again behind each layer.
    type Workspace: Workspace;
    /// Sizes and formats as a value, to compare with a blob.
    const DESCRIPTION: Description;
    /// Computes `output` from `input`.
    fn forward(
        &self,
        input: &Self::Input,
        scratch: &mut Self::Scratch,
        workspace: &mut Self::Workspace,
        output: &mut Self::Output,
    );
    /// [`forward`](Self::forward) to a place that need not have been written before: what the last layer of a network does.
    fn forward_to<'o>(
        &self,
        input: &Self::Input,
        scratch: &mut Self::Scratch,
        workspace: &mut Self::Workspace,
        output: &'o mut MaybeUninit<Self::Output>,
    ) -> &'o mut Self::Output;
}

/// A part of a network whose weights are borrowed from a blob of lifetime `'a`.
pub trait Load<'a>: Layer + Sized {
    /// Takes this part's layers from a blob whose description is that of the type, and writes all of `place`; [`LayerReader`] keeps what
    /// they are refused for.
    fn load_into(layers: &mut LayerReader<'a>, place: &mut MaybeUninit<Self>);
}
