//! Sequences of layers.
#![allow(unsafe_code)] // networks are built in place

use core::mem::MaybeUninit;

use super::activations::{ActivationArray, Activations};
use super::{Layer, Load};
use crate::blob::LayerReader;
use crate::format::Description;
use crate::sealed::Sealed;
use crate::workspace::{Overlay, Zeros};

/// Layer `A` followed by layer `B`, which reads the outputs of `A`; written with [`layers!`](crate::layers!).
///
/// Layers that do not fit together do not compile:
///
/// ```compile_fail
/// # use sinapse::{Dense, I8, Identity, Network, Pixel, Relu, U4, layers};
/// // 32 outputs, but 16 inputs.
/// type Wrong = Network<layers![
///     Dense<'static, 784, 32, Pixel<U4>, I8, Relu<U4>>,
///     Dense<'static, 16, 10, U4, I8, Identity>,
/// ]>;
/// let scratch = Wrong::SCRATCH;
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Chain<A, B> {
    first: A,
    then: B,
}

/// The activations between the two parts of a [`Chain`], and the scratch of both parts.
#[derive(Clone, Copy, Debug)]
pub struct ChainScratch<T, A, B> {
    between: T,
    first: A,
    then: B,
}

impl<A: Copy, B: Copy> Chain<A, B> {
    /// Puts two layers one after the other.
    #[doc(hidden)]
    pub const fn new(first: A, then: B) -> Self {
        Chain { first, then }
    }
}

impl<A, B> Sealed for Chain<A, B> {}

impl<A, B> Layer for Chain<A, B>
where
    A: Layer,
    A::Output: ActivationArray,
    B: Layer<InputSpec = A::OutputSpec, Input = A::Output>,
{
    type InputSpec = A::InputSpec;
    type OutputSpec = B::OutputSpec;
    type Input = A::Input;
    type Output = B::Output;
    type Scratch = ChainScratch<A::Output, A::Scratch, B::Scratch>;
    const SCRATCH: Self::Scratch = ChainScratch { between: A::Output::ZEROS, first: A::SCRATCH, then: B::SCRATCH };
    type Workspace = Overlay<A::Workspace, B::Workspace>;
    const NEEDS_LAYER_BEFORE: bool = A::NEEDS_LAYER_BEFORE;
    const DESCRIPTION: Description = {
        let whole = A::DESCRIPTION.then(&B::DESCRIPTION);
        assert!(whole.is_some(), "a network has at most 16 layers");
        match whole {
            Some(whole) => whole,
            None => A::DESCRIPTION,
        }
    };

    #[inline]
    fn forward(
        &self,
        input: &Self::Input,
        scratch: &mut Self::Scratch,
        workspace: &mut Self::Workspace,
        output: &mut Self::Output,
    ) {
        self.first.forward(input, &mut scratch.first, workspace.first(), &mut scratch.between);
        self.then.forward(&scratch.between, &mut scratch.then, workspace.second(), output);
    }

    #[inline]
    fn forward_to<'o>(
        &self,
        input: &Self::Input,
        scratch: &mut Self::Scratch,
        workspace: &mut Self::Workspace,
        output: &'o mut MaybeUninit<Self::Output>,
    ) -> &'o mut Self::Output {
        self.first.forward(input, &mut scratch.first, workspace.first(), &mut scratch.between);
        self.then.forward_to(&scratch.between, &mut scratch.then, workspace.second(), output)
    }

    fn visit_activations(scratch: &Self::Scratch, first: usize, visit: &mut impl FnMut(usize, Activations<'_>)) {
        A::visit_activations(&scratch.first, first, visit);
        // The output of a front end, which has no layers, is a picture.
        let layers = const { A::DESCRIPTION.layers().len() };
        if layers > 0 {
            visit(first + layers - 1, scratch.between.activations());
        }
        B::visit_activations(&scratch.then, first + layers, visit);
    }
}

impl<'a, A, B> Load<'a> for Chain<A, B>
where
    A: Load<'a>,
    A::Output: ActivationArray,
    B: Load<'a> + Layer<InputSpec = A::OutputSpec, Input = A::Output>,
{
    #[inline(always)]
    fn load_into(layers: &mut LayerReader<'a>, uninit: &mut MaybeUninit<Self>) {
        let chain = uninit.as_mut_ptr();
        // SAFETY: a field of `chain`, borrowed until the call returns; `MaybeUninit` allows it to be uninitialised.
        A::load_into(layers, unsafe { &mut *(&raw mut (*chain).first).cast() });
        // SAFETY: likewise, for the other field.
        B::load_into(layers, unsafe { &mut *(&raw mut (*chain).then).cast() });
    }
}

/// Names the type of a sequence of layers: `layers![A, B, C]` is `Chain<A, Chain<B, C>>`.
#[macro_export]
macro_rules! layers {
    ($layer:ty $(,)?) => { $layer };
    ($layer:ty, $($more:ty),+ $(,)?) => { $crate::Chain<$layer, $crate::layers![$($more),+]> };
}
