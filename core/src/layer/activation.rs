//! Activation functions: identity, ReLU, sigmoid.
#![allow(unsafe_code)] // logits are computed in place, without being zeroed first

use core::marker::PhantomData;
use core::mem::MaybeUninit;

use crate::cast;
use crate::format::{ActivationKind, Element, Logit, Number, QuantizedActivation, Requantization};
use crate::kernel::{self, Kernel, MatVec};
use crate::sealed::Sealed;
use crate::workspace::Workspace;

/// An activation function as a type, over accumulators of type `V`.
///
/// Sealed: unsafe code relies on `fill_new` to initialise all of the outputs.
pub trait Activation<V: Number>: Sealed + Copy {
    /// Format of the layer's outputs.
    type Output: Element;
    /// RAM for the accumulators; empty where they are the outputs.
    #[doc(hidden)]
    type Workspace<const OUT: usize>: Workspace + AsMut<[MaybeUninit<V>]>;
    /// The function as a value.
    const KIND: ActivationKind;
    /// Computes outputs from accumulators, up to the shorter length; only integer layers use `requantization`.
    #[doc(hidden)]
    fn apply(accumulators: &[V], requantization: &Requantization<'_>, outputs: &mut [<Self::Output as Element>::Raw]);
    /// Computes a matrix–vector product and [applies](Self::apply) the function to it.
    #[doc(hidden)]
    #[inline(always)]
    fn fill<W: Kernel<X>, X: Element<Value = V>, const OUT: usize>(
        product: MatVec<'_, W, X>,
        workspace: &mut Self::Workspace<OUT>,
        requantization: &Requantization<'_>,
        outputs: &mut [<Self::Output as Element>::Raw; OUT],
    ) {
        Self::apply(product.compute(workspace.as_mut()), requantization, outputs);
    }
    /// Computes the outputs like [`fill`](Self::fill), into uninitialised memory.
    #[doc(hidden)]
    #[inline(always)]
    fn fill_new<'o, W: Kernel<X>, X: Element<Value = V>, const OUT: usize>(
        product: MatVec<'_, W, X>,
        workspace: &mut Self::Workspace<OUT>,
        requantization: &Requantization<'_>,
        outputs: &'o mut MaybeUninit<[<Self::Output as Element>::Raw; OUT]>,
    ) -> &'o mut [<Self::Output as Element>::Raw; OUT] {
        let outputs = outputs.write([Default::default(); OUT]);
        Self::fill(product, workspace, requantization, outputs);
        outputs
    }
}

/// Identity `y = a`, for the last layer, whose accumulators are the logits.
#[derive(Clone, Copy, Debug)]
pub struct Identity;

/// Rectified linear unit `y = max(0, a)`, in the format `E`.
#[derive(Clone, Copy, Debug)]
pub struct Relu<E>(PhantomData<E>);

/// Logistic function `y = 1 / (1 + e^−a)`, in the format `E`; the activation of the teaching network.
#[derive(Clone, Copy, Debug)]
pub struct Sigmoid<E>(PhantomData<E>);

impl Sealed for Identity {}
impl<E> Sealed for Relu<E> {}
impl<E> Sealed for Sigmoid<E> {}

impl<V: Number> Activation<V> for Identity
where
    Logit<V>: Element<Raw = V>,
{
    type Output = Logit<V>;
    type Workspace<const OUT: usize> = [MaybeUninit<V>; 0];
    const KIND: ActivationKind = ActivationKind::Identity;
    #[inline(always)]
    fn apply(accumulators: &[V], _: &Requantization<'_>, outputs: &mut [V]) {
        for (output, &sum) in outputs.iter_mut().zip(accumulators) {
            *output = sum;
        }
    }
    #[inline(always)]
    fn fill<W: Kernel<X>, X: Element<Value = V>, const OUT: usize>(
        product: MatVec<'_, W, X>,
        _: &mut Self::Workspace<OUT>,
        _: &Requantization<'_>,
        outputs: &mut [V; OUT],
    ) {
        // SAFETY: kernels write accumulators and nothing else.
        product.compute(unsafe { cast::as_uninit(outputs) });
    }
    #[inline(always)]
    fn fill_new<'o, W: Kernel<X>, X: Element<Value = V>, const OUT: usize>(
        product: MatVec<'_, W, X>,
        _: &mut Self::Workspace<OUT>,
        _: &Requantization<'_>,
        outputs: &'o mut MaybeUninit<[V; OUT]>,
    ) -> &'o mut [V; OUT] {
        if product.compute(outputs.as_mut()).len() == OUT {
            // SAFETY: the kernel returned all `OUT` accumulators, and it initialises what it returns.
            unsafe { outputs.assume_init_mut() }
        } else {
            outputs.write([V::default(); OUT])
        }
    }
}

impl<E: QuantizedActivation> Activation<i32> for Relu<E> {
    type Output = E;
    type Workspace<const OUT: usize> = [MaybeUninit<i32>; OUT];
    const KIND: ActivationKind = ActivationKind::Relu;
    #[inline(always)]
    fn apply(accumulators: &[i32], requantization: &Requantization<'_>, outputs: &mut [u8]) {
        kernel::requantize::relu::<E>(requantization, accumulators, outputs);
    }
    #[inline(always)]
    fn fill<W: Kernel<X>, X: Element<Value = i32>, const OUT: usize>(
        product: MatVec<'_, W, X>,
        workspace: &mut Self::Workspace<OUT>,
        requantization: &Requantization<'_>,
        outputs: &mut [u8; OUT],
    ) {
        W::matvec_requantize::<E>(product, requantization, workspace, outputs);
    }
}

impl<E: QuantizedActivation> Activation<i32> for Sigmoid<E> {
    type Output = E;
    type Workspace<const OUT: usize> = [MaybeUninit<i32>; OUT];
    const KIND: ActivationKind = ActivationKind::Sigmoid;
    #[inline(always)]
    fn apply(accumulators: &[i32], requantization: &Requantization<'_>, outputs: &mut [u8]) {
        for (o, (output, &sum)) in outputs.iter_mut().zip(accumulators).enumerate() {
            *output = requantization.sigmoid(sum, o, E::FORMAT);
        }
    }
}

impl Activation<f32> for Relu<f32> {
    type Output = f32;
    type Workspace<const OUT: usize> = [MaybeUninit<f32>; OUT];
    const KIND: ActivationKind = ActivationKind::Relu;
    #[inline(always)]
    fn apply(accumulators: &[f32], _: &Requantization<'_>, outputs: &mut [f32]) {
        for (output, &sum) in outputs.iter_mut().zip(accumulators) {
            *output = finite_or_nan(sum, relu);
        }
    }
}

impl Activation<f32> for Sigmoid<f32> {
    type Output = f32;
    type Workspace<const OUT: usize> = [MaybeUninit<f32>; OUT];
    const KIND: ActivationKind = ActivationKind::Sigmoid;
    #[inline(always)]
    fn apply(accumulators: &[f32], _: &Requantization<'_>, outputs: &mut [f32]) {
        for (output, &sum) in outputs.iter_mut().zip(accumulators) {
            *output = finite_or_nan(sum, sigmoid);
        }
    }
}

/// Returns `f(a)`; NaN if the accumulator is NaN or infinite, because `max(0, NaN)` and `σ(∞)` would look like numbers.
#[inline(always)]
fn finite_or_nan(a: f32, f: impl Fn(f32) -> f32) -> f32 {
    // Compares bits, so that cores without a floating-point unit need no software comparison.
    if a.to_bits() << 1 < f32::INFINITY.to_bits() << 1 { f(a) } else { f32::NAN }
}

/// Returns `max(0, a)`; negative zero becomes zero.
#[inline]
pub fn relu(a: f32) -> f32 {
    if a > 0.0 { a } else { 0.0 }
}

/// Returns the logistic function `σ(a) = 1 / (1 + e^−a)`.
///
/// The exponential is that of `libm`, so that all machines agree bit for bit.
///
/// # Range
///
/// 0..=1; absolute error below 1.2e-7 against the real function (tested).
///
/// # Examples
///
/// ```
/// assert_eq!(sinapse::layer::activation::sigmoid(0.0), 0.5);
/// ```
#[inline]
pub fn sigmoid(a: f32) -> f32 {
    1.0 / (1.0 + libm::expf(-a))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_error_of_sigmoid_is_below_its_stated_bound() {
        for step in -2_000..=2_000 {
            let a = step as f32 / 100.0;
            let exact = 1.0 / (1.0 + (-f64::from(a)).exp());
            assert!((f64::from(sigmoid(a)) - exact).abs() < 1.2e-7, "σ({a})");
        }
    }

    #[test]
    fn sigmoid_saturates_at_zero_and_one() {
        assert_eq!(sigmoid(-1e9), 0.0);
        assert_eq!(sigmoid(1e9), 1.0);
    }

    #[test]
    fn relu_clamps_negative_values_to_positive_zero() {
        assert_eq!(relu(-2.5), 0.0);
        assert_eq!(relu(2.5), 2.5);
        assert!(relu(-0.0).is_sign_positive());
    }
}
