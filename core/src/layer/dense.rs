//! The fully connected layer.

use core::marker::PhantomData;
use core::mem::MaybeUninit;

use super::activation::Activation;
use super::{Layer, Load, Vector};
use crate::blob::{LayerNumbers, LayerReader, LayerShape};
use crate::cast::{self, Plain};
use crate::format::{Description, Element, LayerDescription, LayerKind, Requantization};
use crate::include::Aligned;
use crate::kernel::{self, Kernel, MatVec};
use crate::sealed::Sealed;
use crate::workspace::{Pair, Zeros};

/// Fully connected layer `y[o] = f(b[o] + Σ_i w[i][o] · x[i])`.
///
/// Weights lie input by input ([`Layout`](crate::format::Layout)), so an input that is zero costs nothing.
///
/// | parameter | meaning                       | examples                                |
/// |-----------|-------------------------------|-----------------------------------------|
/// | `IN`      | number of inputs `x`          | 784                                     |
/// | `OUT`     | number of outputs `y`         | 32                                      |
/// | `X`       | format of the inputs          | `Pixel<U4>`, `Pixel<f32>`, `U4`, `f32`  |
/// | `W`       | format of the weights `w`     | `I8`, `I4`, `I2`, `f32`                 |
/// | `F`       | activation function `f`       | `Relu<U4>`, `Sigmoid<f32>`, `Identity`  |
///
/// The first layer of a network reads pixels, `Pixel<U4>`, or `f32`; a [`Network`](crate::Network) that begins with
/// levels such as `U4` does not compile.
///
/// # Range
///
/// Integer layers: `load` has checked `|b| + A·Σ|w| < 2³¹` for every output, `A` the maximum level of the inputs, so
/// the `i32` accumulators cannot overflow. `f32` layers: all accumulators are finite if the network's inputs are in
/// −1..=1; they are summed input by input, in order, without fused multiply-add. An accumulator that is NaN or infinite
/// after other inputs becomes NaN through every activation, so that the logits show it.
#[derive(Clone, Copy, Debug)]
pub struct Dense<'a, const IN: usize, const OUT: usize, X: Element, W: Kernel<X>, F> {
    /// Weights `[rows][row_cells]`, bias `[OUT]` in steps of weight scale × input step.
    numbers: LayerNumbers<'a>,
    /// Corrections that the kernel computes once at load time; usually empty.
    prepared: W::Prepared<OUT>,
    formats: PhantomData<(X, F)>,
}

impl<const IN: usize, const OUT: usize, X, W, F> Dense<'_, IN, OUT, X, W, F>
where
    X: Element,
    W: Kernel<X>,
    F: Activation<W::Value>,
{
    const SHAPE: LayerShape = LayerShape::new(
        IN as u16,
        X::FORMAT,
        LayerDescription {
            kind: LayerKind::Dense,
            outputs: OUT as u16,
            weights: W::FORMAT,
            activation: F::KIND,
            output: <F::Output as Element>::FORMAT,
        },
    );
}

/// Places of a layer's tensors in a blob that was checked while building, in bytes.
#[doc(hidden)]
#[derive(Clone, Copy, Debug)]
pub struct Parts {
    /// See [`Requantization::pre_shift`].
    pub pre_shift: u8,
    /// See [`Requantization::shift`].
    pub shift: u8,
    /// Offset and number of the multipliers.
    pub multipliers: (usize, usize),
    /// Offset of the bias.
    pub bias: usize,
    /// Offset of the weights.
    pub weights: usize,
}

impl<'a, const IN: usize, const OUT: usize, X, W, F> Dense<'a, IN, OUT, X, W, F>
where
    X: Element,
    W: Kernel<X>,
    F: Activation<W::Value>,
{
    /// Builds the layer of [`include_network!`](crate::include_network!).
    ///
    /// # Panics
    ///
    /// At compile time, if the tensors do not lie in the blob.
    #[doc(hidden)]
    pub const fn in_blob<const N: usize>(blob: &'a Aligned<[u8; N]>, parts: Parts) -> Self {
        let (at, count) = parts.multipliers;
        assert!(count <= 1 || count == OUT, "one multiplier, or one per output");
        let multipliers = cast::pairs_at(blob, at, count);
        let requantization = Requantization { pre_shift: parts.pre_shift, shift: parts.shift, multipliers };
        let bias = cast::words_at(blob, parts.bias, OUT);
        let weights = cast::words_at(blob, parts.weights, const { Self::SHAPE }.weight_words());
        let prepared = kernel::prepared_while_building::<W::Prepared<OUT>, OUT>(weights, bias, IN);
        Dense { numbers: LayerNumbers { requantization, bias, weights }, prepared, formats: PhantomData }
    }
}

impl<const IN: usize, const OUT: usize, X, W, F> Dense<'_, IN, OUT, X, W, F>
where
    X: Element,
    W: Kernel<X>,
    W::Cell: Plain,
    W::Value: Plain,
{
    /// Collects the arguments of the matrix–vector product `b[o] + Σ_i w[i][o] · x[i]`.
    #[inline(always)]
    fn product<'a>(&'a self, input: &'a [X::Raw; IN], workspace: &'a mut W::Workspace) -> Option<MatVec<'a, W, X>> {
        // An array, because kernels need no bounds checks if the compiler knows the length. `load` has checked it.
        let bias = self.numbers.bias.first_chunk::<OUT>()?;
        let (weights, bias) = (cast::same_size(self.numbers.weights), cast::same_array(bias));
        Some(MatVec { prepared: self.prepared.as_ref(), workspace, weights, bias, input })
    }
}

impl<const IN: usize, const OUT: usize, X: Element, W: Kernel<X>, F> Sealed for Dense<'_, IN, OUT, X, W, F> {}

impl<const IN: usize, const OUT: usize, X, W, F> Layer for Dense<'_, IN, OUT, X, W, F>
where
    X: Element,
    W: Kernel<X>,
    W::Cell: Plain,
    W::Value: Plain,
    F: Activation<W::Value>,
{
    type InputSpec = Vector<X, IN>;
    type OutputSpec = Vector<F::Output, OUT>;
    type Input = [X::Raw; IN];
    type Output = [<F::Output as Element>::Raw; OUT];
    type Scratch = ();
    const SCRATCH: () = ();
    type Workspace = Pair<W::Workspace, F::Workspace<OUT>>;
    const NEEDS_LAYER_BEFORE: bool = X::IS_PARTIAL;
    const DESCRIPTION: Description = {
        assert!(IN > 0 && OUT > 0, "a layer needs at least one input and one output");
        assert!(IN <= 65_535 && OUT <= 65_535, "a layer has at most 65,535 inputs and 65,535 outputs");
        let LayerShape { inputs, input, description, .. } = Self::SHAPE;
        Description::of_layer(inputs, input, description)
    };

    #[inline]
    fn forward(&self, input: &Self::Input, (): &mut (), workspace: &mut Self::Workspace, output: &mut Self::Output) {
        let Some(product) = self.product(input, &mut workspace.first) else { return };
        F::fill(product, &mut workspace.second, &self.numbers.requantization, output);
    }

    #[inline]
    fn forward_to<'o>(
        &self,
        input: &Self::Input,
        (): &mut (),
        workspace: &mut Self::Workspace,
        output: &'o mut MaybeUninit<Self::Output>,
    ) -> &'o mut Self::Output {
        match self.product(input, &mut workspace.first) {
            Some(product) => F::fill_new(product, &mut workspace.second, &self.numbers.requantization, output),
            None => output.write([Default::default(); OUT]),
        }
    }
}

impl<'a, const IN: usize, const OUT: usize, X, W, F> Load<'a> for Dense<'a, IN, OUT, X, W, F>
where
    X: Element,
    W: Kernel<X>,
    W::Cell: Plain,
    W::Value: Plain,
    F: Activation<W::Value>,
{
    #[inline(always)]
    fn load_into(layers: &mut LayerReader<'a>, uninit: &mut MaybeUninit<Self>) {
        let numbers = layers.next(&const { Self::SHAPE });
        let layer = uninit.write(Dense { numbers, prepared: W::Prepared::ZEROS, formats: PhantomData });
        let LayerNumbers { weights, bias, .. } = layer.numbers;
        W::prepare(cast::same_size(weights), cast::same_size(bias), IN, layer.prepared.as_mut());
    }
}
