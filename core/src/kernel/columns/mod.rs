//! Integer weights in columns, for cores without SIMD: two outputs per 32-bit multiplication, zero inputs cost nothing.
//!
//! Stored weights have no sign (`weight + offset`), so a mask moves two weights of a word into the halves of a
//! register, the lanes, and one `MLA` accumulates both, times the level:
//!
//! ```text
//! list = (column, x) of the inputs that are not zero, as many as 16 bits can sum    # `scan`
//! for each block of outputs, in 8 registers:                                        # `AccumulateFn`
//!     lanes = 0
//!     for (column, x) in list:
//!         for each register: lanes += (column >> shift & 0x00ff_00ff) · x
//!     accumulators += both halves of lanes, less offset · Σx                        # epilogue
//! ```
//!
//! A register holds `L + 2¹⁶·H` modulo 2³². Once `offset · Σx` is subtracted from both, `L` and `H` are signed sums
//! within 16 bits (`limit · Σx < 2¹⁵`, see `LayerKernels` in `kernels.rs`), so `L` is the sign-extended lower half and
//! `H` the rest of the upper one.
//!
//! The two inner loops are `portable`; Arm's microcontrollers have them in assembly, because a compiler does not keep
//! the eight lanes in registers there: 50 cycles instead of 22 for 16 outputs of 4-bit weights on a Cortex-M4. Cores
//! with Thumb-2 list saturated inputs (inputs at the maximum level) apart, where `separates_saturated` says so: their
//! columns are added first and multiplied once.
//!
//! # Files of a core
//!
//! The folder of a core, or `portable`, defines these for `kernels.rs`, the table of loops:
//!
//! | function                               | contract                                                               |
//! |----------------------------------------|------------------------------------------------------------------------|
//! | `scan(unchecked)`                      | loop that lists nonzero inputs; `unchecked`: no full list can overflow |
//! | `bytes::<E>()`                         | `AccumulateFn`s for 8-bit weights: blocks of 1, 2, 3 and 4 words       |
//! | `nibbles::<E>()`                       | for 4-bit weights: blocks of 1 and 2 words                             |
//! | `pairs::<E>()`                         | for ternary weights: blocks of 1 word                                  |
//! | `scan_saturated::<X>(unchecked)`       | Thumb-2: like `scan`, with saturated inputs listed apart               |
//! | `saturated_bytes`, `saturated_nibbles` | Thumb-2: `AccumulateFn`s for the columns of saturated inputs           |
//!
//! `E` is the format of the outputs, for cores whose accumulate loops can requantise (DSP extension).
#![allow(unsafe_code)] // lists hold columns as pointers, checked once per layer rather than once per input

use core::mem::MaybeUninit;

mod accumulate;
mod args;
#[cfg(sinapse_core = "armv6m")]
mod armv6m;
#[cfg(sinapse_thumb2)]
mod armv7m;
pub mod axpy;
mod chunk;
#[cfg(sinapse_fpu)]
pub mod fpu;
mod kernels;
mod nonzero;
#[cfg(sinapse_core = "other")]
mod portable;

pub use nonzero::Workspace;

use accumulate::matvec_with;
use args::Epilogue;
use kernels::{LayerKernels, accumulate_fn, separates_saturated};

#[cfg(sinapse_dsp)]
use crate::format::Requantization;
use crate::format::{QuantizedActivation, QuantizedInput, U4, Weight};
#[cfg(sinapse_dsp)]
use crate::kernel::requantize;
use crate::workspace::Entry;

/// Output format of the loops of layers that do not requantise: the most common one, so that a program has one copy of
/// the loops.
type DefaultOutput = U4;

/// Same contract as [`reference::matvec`](crate::kernel::reference::matvec), with accumulators that may be
/// uninitialised.
///
/// Returns them, or an empty slice if `weights` is too short.
#[inline(always)] // the number of outputs, where the compiler knows it, chooses the loops
pub fn matvec<'s, W, X>(
    weights: &[u32],
    bias: &[i32],
    input: &[u8],
    workspace: &mut [MaybeUninit<Entry>],
    accumulators: &'s mut [MaybeUninit<i32>],
) -> &'s mut [i32]
where
    W: Weight<Value = i32, Cell = u32>,
    X: QuantizedInput,
{
    let outputs = bias.len().min(accumulators.len());
    let (Some(bias), Some(accumulators)) = (bias.get(..outputs), accumulators.get_mut(..outputs)) else {
        return &mut [];
    };
    if matvec_into::<W, X, DefaultOutput>(weights, bias, input, workspace, accumulators, None) {
        // SAFETY: `matvec_into` has written all of them.
        unsafe { accumulators.assume_init_mut() }
    } else {
        &mut []
    }
}

/// [`matvec`] followed by [`requantize::relu`], in one pass where the loops can requantise.
///
/// `accumulators` is memory for the sums in between.
#[cfg(sinapse_dsp)]
#[inline(always)]
pub fn matvec_requantize<W, X, E>(
    weights: &[u32],
    bias: &[i32],
    input: &[u8],
    requantization: &Requantization<'_>,
    workspace: &mut [MaybeUninit<Entry>],
    accumulators: &mut [MaybeUninit<i32>],
    levels: &mut [u8],
) where
    W: Weight<Value = i32, Cell = u32>,
    X: QuantizedInput,
    E: QuantizedActivation,
{
    let whole = bias.len().is_multiple_of(16) && bias.len() == levels.len() && bias.len() == accumulators.len();
    if !whole {
        return requantize::relu::<E>(
            requantization,
            self::matvec::<W, X>(weights, bias, input, workspace, accumulators),
            levels,
        );
    }
    if let Some(scale) = requantization.scale() {
        matvec_into::<W, X, E>(
            weights,
            bias,
            input,
            workspace,
            accumulators,
            Some(Epilogue { scale, levels: levels.as_mut_ptr() }),
        );
    } else {
        let accumulators = self::matvec::<W, X>(weights, bias, input, workspace, accumulators);
        requantize::one_by_one(requantization, accumulators, levels, E::FORMAT.max_level());
    }
}

/// [`matvec_with`] the loops that the formats choose.
#[inline(always)]
fn matvec_into<W, X, E>(
    weights: &[u32],
    bias: &[i32],
    input: &[u8],
    workspace: &mut [MaybeUninit<Entry>],
    accumulators: &mut [MaybeUninit<i32>],
    epilogue: Option<Epilogue>,
) -> bool
where
    W: Weight<Value = i32, Cell = u32>,
    X: QuantizedInput,
    E: QuantizedActivation,
{
    let Some(workspace) = workspace.first_chunk_mut() else { return false };
    let tail_fn = accumulate_fn::<DefaultOutput>(W::FORMAT, accumulators.len() % 16);
    if separates_saturated(W::FORMAT, input.len(), accumulators.len()) {
        let kernels = const { &LayerKernels::new::<W, X, E>(true) };
        matvec_with::<true>(kernels, tail_fn, weights, bias, input, workspace, accumulators, epilogue)
    } else {
        let kernels = const { &LayerKernels::new::<W, X, E>(false) };
        matvec_with::<false>(kernels, tail_fn, weights, bias, input, workspace, accumulators, epilogue)
    }
}
