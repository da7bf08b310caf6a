//! SIMD kernels for hosts (x86-64, AArch64, WebAssembly): vectors of 16 bytes and more.
//!
//! ```text
//! accumulators -= offset · Σ x                        # stored weights are `weight + offset`
//! mask = a bit for each four inputs that are not all zero
//! for each block of 32 outputs:                       # accumulators stay in registers
//!     for each group in mask:
//!         accumulators += four columns of 32 weights, each times its input
//! ```
//!
//! Tiles and `f32` work the same way, on rows of sixteen inputs and on single inputs. The loops are written once, in
//! `loops`, and compiled for every instruction set.
//!
//! # Files of an instruction set
//!
//! A file invokes `define_loops!` with its target features and defines what the loops call:
//!
//! | item                                     | contract                                                            |
//! |------------------------------------------|---------------------------------------------------------------------|
//! | `Lanes`                                  | eight 32-bit accumulators of columns                                |
//! | `zero()`                                 | `Lanes` of zeros                                                    |
//! | `nonzero_words(bytes, mask)`             | bit `g`: word `g` of 32 bytes has a bit of `mask`                   |
//! | `nonzero_bytes(bytes)`                   | bit `i`: byte `i` of 32 is not zero                                 |
//! | `nonzero_floats(numbers)`                | bit `i`: number `i` of eight is not zero                            |
//! | `add_columns::<W, X>(lanes, columns, x)` | accumulates four columns of 32 outputs, times the four bytes of `x` |
//! | `in_order(lanes)`                        | the four `Lanes` of a block in the order of its outputs             |
//! | `to_array(lanes)`                        | `Lanes` as numbers                                                  |
//! | `BLOCK_PAIRS`                            | pairs of outputs in a block of tiles                                |
//! | `TileLanes`                              | partial sums of one accumulator of tiles                            |
//! | `tile_zero()`                            | `TileLanes` of zeros                                                |
//! | `add_tiles(both, odd, tiles, x)`         | accumulates a row of tiles, times its sixteen inputs                |
//! | `tile_totals(lanes)`                     | totals of four `TileLanes`, modulo 2³²                              |
//!
//! By convention, `load` loads a vector of words, `expand::<W>` unpacks the stored weights of 32 outputs to bytes, and
//! `widen_inputs` extends inputs to 16 bits; the loops do not call these. Then add the file to `InstructionSet`,
//! `dispatch!` and [`Instructions::best`].
#![allow(unsafe_code)] // calls functions with target features, after detecting that the CPU has them

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

/// An instruction set that this CPU has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Instructions(InstructionSet);

macro_rules! dispatch {
    ($($set:ident $module:ident),*) => {
        #[allow(unused_unsafe)] // features that a target guarantees need no `unsafe`
        impl Instructions {
            /// Iterates over all instruction sets that this CPU has, the best one last.
            pub fn all() -> impl Iterator<Item = Instructions> {
                [$(InstructionSet::$set),*].into_iter().filter(|&set| set <= Self::best().0).map(Instructions)
            }

            /// Name of its file, which is also the value of `--cfg sinapse_kernel` that allows no better one.
            pub fn name(self) -> &'static str {
                match self.0 {
                    $(InstructionSet::$set => stringify!($module)),*
                }
            }

            /// Path of its file within the kernels, for reports.
            pub fn path(self) -> &'static str {
                match self.0 {
                    $(InstructionSet::$set => concat!("simd/", stringify!($module))),*
                }
            }

            /// Same contract as [`axpy::add`](super::columns::axpy::add), for integers.
            #[inline]
            pub fn add_columns<W, X>(self, weights: &[u32], input: &[u8], accumulators: &mut [i32])
            where
                W: Weight<Value = i32, Cell = u32>,
                X: QuantizedInput,
            {
                match self.0 {
                    // SAFETY: an `Instructions` is only made of an instruction set that the CPU has.
                    $(InstructionSet::$set => unsafe { $module::columns::<W, X>(weights, input, accumulators) }),*
                }
            }

            /// Same contract as [`tiles::portable::add`](super::tiles::portable::add).
            #[inline]
            pub fn add_tiles(self, weights: &[u32], input: &[u8], accumulators: &mut [i32]) {
                match self.0 {
                    // SAFETY: as above.
                    $(InstructionSet::$set => unsafe { $module::tiles(weights, input, accumulators) }),*
                }
            }

            /// Same contract as [`axpy::add`](super::columns::axpy::add), for `f32`.
            #[inline]
            pub fn add_floats<X>(self, weights: &[f32], input: &[X::Raw], accumulators: &mut [f32])
            where
                X: Element<Value = f32>,
            {
                match self.0 {
                    // SAFETY: as above.
                    $(InstructionSet::$set => unsafe { $module::floats::<X>(weights, input, accumulators) }),*
                }
            }

            /// Same contract as [`requantize::relu`](super::requantize::relu).
            #[inline]
            pub fn relu<E: QuantizedActivation>(
                self,
                requantization: &Requantization<'_>,
                accumulators: &[i32],
                levels: &mut [u8],
            ) {
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
    /// Returns the best instruction set of this CPU.
    #[cfg(sinapse_simd = "x86_64")]
    #[inline]
    pub fn best() -> Instructions {
        Instructions(cpuid::best())
    }

    /// Returns the best instruction set of this CPU.
    #[cfg(sinapse_simd = "aarch64")]
    #[inline]
    pub fn best() -> Instructions {
        Instructions(InstructionSet::Neon)
    }

    /// Returns the best instruction set of this CPU.
    #[cfg(sinapse_simd = "wasm32")]
    #[inline]
    pub fn best() -> Instructions {
        Instructions(InstructionSet::Simd128)
    }
}

/// Same contract as [`requantize::relu`](super::requantize::relu), by the best instruction set.
#[inline(always)]
pub fn relu<E: QuantizedActivation>(requantization: &Requantization<'_>, accumulators: &[i32], levels: &mut [u8]) {
    Instructions::best().relu::<E>(requantization, accumulators, levels);
}
