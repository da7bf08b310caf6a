//! The inner loops: one interface, selected here and nowhere else.
//!
//! [`reference`](mod@reference) defines the result; every other kernel equals it, bit for bit.

#[cfg(sinapse_fpu)]
pub mod float;
pub mod lanes;
pub mod quads;
pub mod reference;
pub mod skip;

use crate::element::{Element, Levels};
use crate::weight::{I2, I4, I8, Order, Weight};

/// Sums of a layer whose inputs have the format `X`, by the kernel of this machine.
pub trait Kernel<X: Element>: Weight<Value = X::Value> {
    /// As [`reference::sums`].
    fn sums(weights: &[Self::Cell], bias: &[Self::Value], input: &[X::Raw], sums: &mut [Self::Value]);
}

macro_rules! integer_kernel {
    ($($weight:ty),*) => {$(
        impl<X: Levels> Kernel<X> for $weight {
            #[inline(always)]
            fn sums(weights: &[u32], bias: &[i32], input: &[u8], sums: &mut [i32]) {
                match const { <$weight as Weight>::FORMAT.order(X::FORMAT) } {
                    Order::Columns => lanes::sums::<$weight, X>(weights, bias, input, sums),
                    Order::Quads => quads::sums(weights, bias, input, sums),
                }
            }
        }
    )*};
}
integer_kernel!(I8, I4, I2);

impl<X: Element<Value = f32>> Kernel<X> for f32 {
    #[inline(always)]
    fn sums(weights: &[f32], bias: &[f32], input: &[X::Raw], sums: &mut [f32]) {
        #[cfg(sinapse_fpu)]
        float::sums::<X>(weights, bias, input, sums);
        #[cfg(not(sinapse_fpu))]
        skip::sums::<f32, X>(weights, bias, input, sums);
    }
}
