//! Vectors of 16 bytes and more, for hosts: one file for each set of instructions, with the same functions.
//!
//! ```text
//! sums -= offset · Σ x                                # stored weights are `weight + offset`
//! ones = a bit for each four inputs that are not all zero
//! for each block of 32 outputs:                       # their sums stay in registers
//!     for each group in ones:
//!         sums += four columns of 32 weights, each times its input
//! ```
//!
//! Tiles and `f32` go the same way, over rows of sixteen inputs and over single inputs. The loops are written once, in [`loops`],
//! and compiled for every set; a file has what differs: how four columns, or tiles of a row, are added.
#![allow(unsafe_code)] // functions for instructions that only some CPUs have are called after asking the CPU

#[cfg(sinapse_simd = "x86_64")]
mod avx2;
#[cfg(sinapse_simd = "x86_64")]
mod avx512;
#[cfg(sinapse_simd = "x86_64")]
mod cpuid;
mod instruction_set;
mod loops;
#[cfg(sinapse_simd = "aarch64")]
mod neon;
mod nonzero_mask;
#[cfg(sinapse_simd = "wasm32")]
mod simd128;
#[cfg(sinapse_simd = "x86_64")]
mod sse2;

use instruction_set::InstructionSet;

use crate::format::{Element, QuantizedActivation, QuantizedInput, Requantization, Weight};

/// A set of instructions that this CPU has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Instructions(InstructionSet);

macro_rules! dispatch {
    ($($set:ident $module:ident),*) => {
        #[allow(unused_unsafe)] // what every CPU of a target has needs no `unsafe`
        impl Instructions {
            /// All that this CPU has, the best one last.
            pub fn all() -> impl Iterator<Item = Instructions> {
                [$(InstructionSet::$set),*].into_iter().filter(|&set| set <= Self::best().0).map(Instructions)
            }

            /// The name of its file, and the value of `--cfg sinapse_kernel` that allows no better one.
            pub fn name(self) -> &'static str {
                match self.0 {
                    $(InstructionSet::$set => stringify!($module)),*
                }
            }

            /// As [`skip::add`](super::columns::axpy::add), for integers.
            #[inline]
            pub fn add_columns<W, X>(self, weights: &[u32], input: &[u8], accumulators: &mut [i32])
            where
                W: Weight<Value = i32, Cell = u32>,
                X: QuantizedInput,
            {
                match self.0 {
                    // SAFETY: an `Instructions` is a set that the CPU has.
                    $(InstructionSet::$set => unsafe { $module::columns::<W, X>(weights, input, accumulators) }),*
                }
            }

            /// As [`tiles::add`](super::tiles::add).
            #[inline]
            pub fn add_tiles(self, weights: &[u32], input: &[u8], accumulators: &mut [i32]) {
                match self.0 {
                    // SAFETY: as above.
                    $(InstructionSet::$set => unsafe { $module::tiles(weights, input, accumulators) }),*
                }
            }

            /// As [`skip::add`](super::columns::axpy::add), for `f32`.
            #[inline]
            pub fn add_floats<X: Element<Value = f32>>(self, weights: &[f32], input: &[X::Raw], accumulators: &mut [f32]) {
                match self.0 {
                    // SAFETY: as above.
                    $(InstructionSet::$set => unsafe { $module::floats::<X>(weights, input, accumulators) }),*
                }
            }

            /// As [`relu::relu`](super::requantize::relu).
            #[inline]
            pub fn relu<E: QuantizedActivation>(self, requantization: &Requantization<'_>, accumulators: &[i32], levels: &mut [u8]) {
                match self.0 {
                    // SAFETY: as above.
                    $(InstructionSet::$set => unsafe { $module::relu::<E>(requantization, accumulators, levels) }),*
                }
            }
        }
    };
}

#[cfg(sinapse_simd = "x86_64")]
dispatch!(Sse2 sse2, Avx2 avx2, Avx512 avx512);
#[cfg(sinapse_simd = "aarch64")]
dispatch!(Neon neon);
#[cfg(sinapse_simd = "wasm32")]
dispatch!(Simd128 simd128);

impl Instructions {
    /// The best that this CPU has.
    #[cfg(sinapse_simd = "x86_64")]
    #[inline]
    pub fn best() -> Instructions {
        Instructions(cpuid::best())
    }

    /// The best that this CPU has.
    #[cfg(sinapse_simd = "aarch64")]
    #[inline]
    pub fn best() -> Instructions {
        Instructions(InstructionSet::Neon)
    }

    /// The best that this CPU has.
    #[cfg(sinapse_simd = "wasm32")]
    #[inline]
    pub fn best() -> Instructions {
        Instructions(InstructionSet::Simd128)
    }
}

/// As [`relu::relu`](super::requantize::relu), by the best set.
#[inline(always)]
pub fn relu<E: QuantizedActivation>(requantization: &Requantization<'_>, accumulators: &[i32], levels: &mut [u8]) {
    Instructions::best().relu::<E>(requantization, accumulators, levels);
}
