//! The inner loops: one interface, selected here and nowhere else.
//!
//! [`reference`](mod@reference) defines the result; every other kernel equals it, bit for bit.

#[cfg(sinapse_fpu)]
pub mod float;
pub mod lanes;
pub mod quads;
pub mod reference;
pub mod relu;
pub mod skip;

use core::mem::MaybeUninit;

use crate::element::{Element, Levels};
use crate::weight::{I2, I4, I8, Order, Weight};

/// Sums of a layer whose inputs have the format `X`, by the kernel of this machine.
pub trait Kernel<X: Element>: Weight<Value = X::Value> {
    /// As [`reference::sums`]; returns `sums`, which need not have been written before.
    fn sums<'s>(
        weights: &[Self::Cell],
        bias: &[Self::Value],
        input: &[X::Raw],
        sums: &'s mut [MaybeUninit<Self::Value>],
    ) -> &'s mut [Self::Value];
}

macro_rules! integer_kernel {
    ($($weight:ty),*) => {$(
        impl<X: Levels> Kernel<X> for $weight {
            #[inline(always)]
            fn sums<'s>(
                weights: &[u32],
                bias: &[i32],
                input: &[u8],
                sums: &'s mut [MaybeUninit<i32>],
            ) -> &'s mut [i32] {
                match const { <$weight as Weight>::FORMAT.order(X::FORMAT) } {
                    Order::Columns => lanes::sums::<$weight, X>(weights, bias, input, sums),
                    Order::Quads => {
                        let sums = filled(bias, sums);
                        quads::add(weights, input, sums);
                        sums
                    }
                }
            }
        }
    )*};
}
integer_kernel!(I8, I4, I2);

impl<X: Element<Value = f32>> Kernel<X> for f32 {
    #[inline(always)]
    fn sums<'s>(weights: &[f32], bias: &[f32], input: &[X::Raw], sums: &'s mut [MaybeUninit<f32>]) -> &'s mut [f32] {
        let sums = filled(bias, sums);
        #[cfg(sinapse_fpu)]
        float::add::<X>(weights, input, sums);
        #[cfg(not(sinapse_fpu))]
        skip::add::<f32, X>(weights, input, sums);
        sums
    }
}

/// Sums before any input: as many of `bias` as there is room for.
pub fn filled<'s, V: Copy>(bias: &[V], sums: &'s mut [MaybeUninit<V>]) -> &'s mut [V] {
    let length = bias.len().min(sums.len());
    sums.get_mut(..length).unwrap_or_default().write_copy_of_slice(bias.get(..length).unwrap_or_default())
}
