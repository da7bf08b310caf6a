//! What a neuron does with its sum: identity, ReLU, sigmoid.
#![allow(unsafe_code)] // logits are written where they are wanted, without zeros before

use core::marker::PhantomData;
use core::mem::MaybeUninit;

use crate::cast;
use crate::format::{ActivationKind, Element, Logit, QuantizedActivation, Requantization};
use crate::kernel::{self, Kernel, MatVec};
use crate::workspace::Workspace;

/// An activation function at compile time, over sums of type `V`.
pub trait Activation<V: Copy>: Copy {
    /// What the layer passes on.
    type Output: Element;
    /// RAM for the sums, where they are not the outputs.
    type Workspace<const OUT: usize>: Workspace + AsMut<[MaybeUninit<V>]>;
    /// The same as a value.
    const KIND: ActivationKind;
    /// Outputs from sums, as many as there are of both; `requantization` matters to integers alone.
    fn apply(accumulators: &[V], requantization: &Requantization<'_>, outputs: &mut [<Self::Output as Element>::Raw]);
    /// [`apply`](Self::apply) to sums that are not written yet.
    #[inline(always)]
    fn fill<W: Kernel<X>, X: Element<Value = V>, const OUT: usize>(
        product: MatVec<'_, W, X>,
        workspace: &mut Self::Workspace<OUT>,
        requantization: &Requantization<'_>,
        outputs: &mut [<Self::Output as Element>::Raw; OUT],
    ) {
        Self::apply(product.compute(workspace.as_mut()), requantization, outputs);
    }
    /// [`fill`](Self::fill) to a place that need not have been written before.
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

/// `y = a`: the last layer, whose sums are the logits.
#[derive(Clone, Copy, Debug)]
pub struct Identity;

/// `y = max(0, a)`, as values of the format `E`.
#[derive(Clone, Copy, Debug)]
pub struct Relu<E>(PhantomData<E>);

/// `y = 1 / (1 + e^−a)`, as values of the format `E`: the squashing function of the teaching network.
#[derive(Clone, Copy, Debug)]
pub struct Sigmoid<E>(PhantomData<E>);

impl<V: Copy + Default> Activation<V> for Identity
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
        // SAFETY: kernels write sums, and nothing else.
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
            // SAFETY: kernels have written what they return.
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
            *output = relu(sum);
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
            *output = sigmoid(sum);
        }
    }
}

/// `max(0, a)`; negative zero becomes zero.
#[inline]
pub fn relu(a: f32) -> f32 {
    if a > 0.0 { a } else { 0.0 }
}

/// Logistic function `σ(a) = 1 / (1 + e^−a)`, with the `libm` exponential, so that all machines agree bit for bit.
///
/// # Range
///
/// 0..=1; absolute error below 1.2e-7 against the real function (tested).
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
    fn sigmoid_stays_within_its_stated_error() {
        for step in -2_000..=2_000 {
            let a = step as f32 / 100.0;
            let exact = 1.0 / (1.0 + (-f64::from(a)).exp());
            assert!((f64::from(sigmoid(a)) - exact).abs() < 1.2e-7, "σ({a})");
        }
    }

    #[test]
    fn sigmoid_saturates_without_leaving_zero_to_one() {
        assert_eq!(sigmoid(-1e9), 0.0);
        assert_eq!(sigmoid(1e9), 1.0);
    }

    #[test]
    fn relu_cuts_negative_sums() {
        assert_eq!(relu(-2.5), 0.0);
        assert_eq!(relu(2.5), 2.5);
        assert!(relu(-0.0).is_sign_positive());
    }
}
