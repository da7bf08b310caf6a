//! The inner loops: one interface, selected here and nowhere else.
//!
//! [`reference`](mod@reference) defines the result; every other kernel equals it, bit for bit.
//!
//! | kernel      | for                                                            |
//! |-------------|----------------------------------------------------------------|
//! | `vector`    | x86-64, AArch64, WebAssembly with `simd128`: everything        |
//! | `lanes`     | other machines: integer weights in columns                     |
//! | `quads`     | other machines: integer weights in quads                       |
//! | `float`     | Cortex-M with a floating-point unit: `f32`                     |
//! | `skip`      | other machines: `f32`                                          |
//!
//! `--cfg sinapse_kernel="reference"`, `"skip"` or `"lanes"` takes that one instead; `"sse2"`, `"avx2"` and `"avx512"` take no
//! better instructions than these.

#[cfg(sinapse_fpu)]
pub mod float;
pub mod lanes;
pub mod quads;
pub mod reference;
pub mod skip;
#[cfg(not(sinapse_vector = "none"))]
pub mod vector;

use crate::element::{Element, Levels};
use crate::weight::{I2, I4, I8, Order, Weight};

/// Sums of a layer whose inputs have the format `X`, by the kernel of this machine.
pub trait Kernel<X: Element>: Weight<Value = X::Value> {
    /// As [`reference::sums`].
    fn sums(weights: &[Self::Cell], bias: &[Self::Value], input: &[X::Raw], sums: &mut [Self::Value]);
}

/// Name of the kernel that runs here for integer weights in columns: its file, for reports.
pub fn selected() -> &'static str {
    if cfg!(sinapse_kernel = "reference") {
        return "reference";
    }
    #[cfg(not(any(sinapse_vector = "none", sinapse_kernel = "skip", sinapse_kernel = "lanes")))]
    return vector::Instructions::best().name();
    #[cfg(any(sinapse_vector = "none", sinapse_kernel = "skip", sinapse_kernel = "lanes"))]
    if cfg!(sinapse_kernel = "skip") { "skip" } else { "lanes" }
}

/// As [`reference::sums`], in integers.
#[inline(always)]
fn integer_sums<W, X>(weights: &[u32], bias: &[i32], input: &[u8], sums: &mut [i32])
where
    W: skip::Column + Weight<Value = i32, Cell = u32>,
    X: Levels,
{
    let order = const { W::FORMAT.order(X::FORMAT) };
    if cfg!(sinapse_kernel = "reference") {
        return reference::sums::<W, X>(weights, bias, input, sums);
    }
    #[cfg(not(any(sinapse_vector = "none", sinapse_kernel = "skip", sinapse_kernel = "lanes")))]
    return match order {
        Order::Columns => vector::Instructions::best().columns::<W, X>(weights, bias, input, sums),
        Order::Quads => vector::Instructions::best().quads(weights, bias, input, sums),
    };
    #[cfg(any(sinapse_vector = "none", sinapse_kernel = "skip", sinapse_kernel = "lanes"))]
    match order {
        Order::Columns if cfg!(sinapse_kernel = "skip") => skip::sums::<W, X>(weights, bias, input, sums),
        Order::Columns => lanes::sums::<W, X>(weights, bias, input, sums),
        Order::Quads => quads::sums(weights, bias, input, sums),
    }
}

macro_rules! integer_kernel {
    ($($weight:ty),*) => {$(
        impl<X: Levels> Kernel<X> for $weight {
            #[inline(always)]
            fn sums(weights: &[u32], bias: &[i32], input: &[u8], sums: &mut [i32]) {
                integer_sums::<$weight, X>(weights, bias, input, sums);
            }
        }
    )*};
}
integer_kernel!(I8, I4, I2);

impl<X: Element<Value = f32>> Kernel<X> for f32 {
    #[inline(always)]
    fn sums(weights: &[f32], bias: &[f32], input: &[X::Raw], sums: &mut [f32]) {
        if cfg!(sinapse_kernel = "reference") {
            return reference::sums::<f32, X>(weights, bias, input, sums);
        }
        #[cfg(not(any(sinapse_vector = "none", sinapse_kernel = "skip", sinapse_kernel = "lanes")))]
        vector::Instructions::best().floats::<X>(weights, bias, input, sums);
        #[cfg(sinapse_fpu)]
        float::sums::<X>(weights, bias, input, sums);
        #[cfg(all(not(sinapse_fpu), any(sinapse_vector = "none", sinapse_kernel = "skip", sinapse_kernel = "lanes")))]
        skip::sums::<f32, X>(weights, bias, input, sums);
    }
}
