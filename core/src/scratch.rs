//! The RAM that a network works in, and its type.

use crate::layer::Layer;

/// All the RAM that a network works in: the activations between its layers, and a workspace for accumulators and the
/// list of nonzero inputs, which the layers use in turn.
#[derive(Clone, Copy)]
pub struct Scratch<L: Layer> {
    pub(crate) activations: L::Scratch,
    pub(crate) workspace: L::Workspace,
}

/// The scratch type of a network type, for a `static` in a cell.
///
/// A `ConstStaticCell` of the crate [`static_cell`](https://docs.rs/static_cell) hands out the one mutable reference
/// without `unsafe`; a reference to a `static mut` is refused by edition 2024.
///
/// # Examples
///
/// ```
/// use sinapse::{Dense, I4, I8, Identity, Network, Pixel, Relu, ScratchOf, U4, layers};
/// use static_cell::ConstStaticCell;
///
/// type Tiny = Network<layers![
///     Dense<'static, 4, 2, Pixel<U4>, I4, Relu<U4>>,
///     Dense<'static, 2, 2, U4, I8, Identity>,
/// ]>;
///
/// static SCRATCH: ConstStaticCell<ScratchOf<Tiny>> = ConstStaticCell::new(Tiny::SCRATCH);
///
/// let network = Tiny::load(sinapse::include_model!(
///     Tiny,
///     concat!(env!("CARGO_MANIFEST_DIR"), "/tests/tiny.postcard")
/// ))?;
/// let scratch = SCRATCH.take(); // once, in `main`; a second call panics
/// assert_eq!(network.classify(&[255, 16, 0, 128], scratch).class, 1);
/// # Ok::<(), sinapse::LoadError>(())
/// ```
pub type ScratchOf<N> = <N as HasScratch>::Scratch;

/// Types that work in a scratch: [`Network`](crate::Network)s. [`ScratchOf`] reads the type from here.
pub trait HasScratch {
    /// Type of [`Network::SCRATCH`](crate::Network::SCRATCH).
    type Scratch;
}
