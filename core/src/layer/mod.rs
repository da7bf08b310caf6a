//! Layers: the parts that a network is made of.

pub mod activation;
pub mod activations;
pub mod chain;
pub mod dense;
pub mod downscale;
pub mod shift_ensemble;

use core::marker::PhantomData;
use core::mem::MaybeUninit;

use self::activations::Activations;
use crate::blob::LayerReader;
use crate::format::Description;
use crate::sealed::Sealed;
use crate::workspace::Workspace;

/// Number and format of a layer's inputs or outputs, as a type: `N` values of the format `E`.
pub struct Vector<E, const N: usize>(PhantomData<[E; N]>);

/// A part of a network: one layer, for example [`Dense`](crate::Dense), or a [`Chain`](crate::Chain) of layers.
///
/// Sealed: unsafe code relies on `forward_to` and `load_into` to initialise all of their destination.
///
/// # Generic code
///
/// Code for any network names this trait, and [`Load`] if it loads; [`LogitValue`](crate::LogitValue) and
/// [`Zeros`](crate::Zeros) only if it does not say the number format of the logits.
///
/// ```
/// use sinapse::{Layer, Load, LoadError, LogitValue, Network, Zeros};
///
/// /// Classes of several pictures, by an integer network of any shape.
/// fn classes<'a, L, const PIXELS: usize, const CLASSES: usize>(
///     blob: &'a [u8],
///     pictures: &[[u8; PIXELS]],
///     mut answer: impl FnMut(usize),
/// ) -> Result<(), LoadError>
/// where
///     L: Load<'a> + Layer<Input = [u8; PIXELS], Output = [i32; CLASSES]>,
/// {
///     let network = Network::<L>::load(blob)?;
///     let mut scratch = Network::<L>::SCRATCH;
///     pictures.iter().for_each(|picture| answer(network.classify(picture, &mut scratch).class));
///     Ok(())
/// }
///
/// /// True if a network of any inputs and any number format is confident.
/// fn is_known<L, V, const CLASSES: usize>(network: &Network<L>, input: &L::Input) -> bool
/// where
///     L: Layer<Output = [V; CLASSES]>,
///     V: LogitValue,
///     [V; CLASSES]: Zeros,
/// {
///     let mut scratch = Network::<L>::SCRATCH;
///     network.is_confident(&network.classify(input, &mut scratch))
/// }
/// ```
pub trait Layer: Sealed {
    /// [`Vector`] of the inputs, which must equal the `OutputSpec` of the layer before.
    type InputSpec;
    /// [`Vector`] of the outputs.
    type OutputSpec;
    /// Storage of the inputs, for example `[u8; 784]`.
    type Input;
    /// Storage of the outputs, for example `[i32; 10]`.
    type Output: Copy;
    /// RAM for the activations between layers.
    type Scratch: Copy;
    /// Initial scratch; its content does not matter.
    const SCRATCH: Self::Scratch;
    /// RAM needed only while a layer computes, which the next layer reuses.
    type Workspace: Workspace;
    /// Front end, sizes and formats as a value, to compare with a blob.
    const DESCRIPTION: Description;
    /// True if the inputs must come from another layer, because not every byte
    /// [is a level](crate::format::Element::IS_PARTIAL).
    const NEEDS_LAYER_BEFORE: bool = false;
    /// Computes `output` from `input`.
    fn forward(
        &self,
        input: &Self::Input,
        scratch: &mut Self::Scratch,
        workspace: &mut Self::Workspace,
        output: &mut Self::Output,
    );
    /// Computes the outputs like [`forward`](Self::forward), into uninitialised memory; used for the logits.
    fn forward_to<'o>(
        &self,
        input: &Self::Input,
        scratch: &mut Self::Scratch,
        workspace: &mut Self::Workspace,
        output: &'o mut MaybeUninit<Self::Output>,
    ) -> &'o mut Self::Output;
    /// Calls `visit` with number and activations of each layer that leaves them in `scratch`; the first layer of this
    /// part is number `first`.
    fn visit_activations(scratch: &Self::Scratch, first: usize, visit: &mut impl FnMut(usize, Activations<'_>)) {
        let _ = (scratch, first, visit);
    }
}

/// A part of a network that can borrow its weights from a blob of lifetime `'a`.
pub trait Load<'a>: Layer + Sized {
    /// Reads this part's layers from a blob whose description equals the type's, and initialises all of `uninit`.
    ///
    /// There is no `Result`: [`LayerReader`] keeps the first error.
    fn load_into(layers: &mut LayerReader<'a>, uninit: &mut MaybeUninit<Self>);
}
