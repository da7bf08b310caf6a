//! 8-bit weights times 8-bit levels, in tiles: two inputs × two outputs in a word, nothing for a pair of zero inputs.
//!
//! A half word is the signed number `h = w[2k] + 128 + 256 · w[2k + 1]`, the weights of one input to two outputs. Two
//! products give both outputs, modulo 2³²:
//!
//! ```text
//! odd  = Σ (h >> 8) · x                         # = Σ w[2k + 1] · x
//! even = Σ h · x - 256 · odd - 128 · Σ x        # = Σ w[2k] · x
//! ```
//!
//! In code, `both` is the sum `Σ h · x`.
//!
//! The file or folder of a core defines `Workspace` and `add` (the contract of [`portable::add`], with a workspace);
//! `helium` has a `matvec` with `prepare` and `Prepared` instead, because it corrects the bias at load time.

#[cfg(all(sinapse_dsp, not(sinapse_helium)))]
mod armv7em;
#[cfg(sinapse_helium)]
mod helium;
pub mod portable;
#[cfg(not(sinapse_dsp))]
mod scalar;

#[cfg(all(sinapse_dsp, not(sinapse_helium)))]
use armv7em as imp;
#[cfg(sinapse_helium)]
use helium as imp;
#[cfg(not(sinapse_dsp))]
use scalar as imp;

#[cfg(sinapse_helium)]
pub use imp::{Prepared, prepared_as};

#[cfg(not(sinapse_helium))]
pub use imp::Workspace;

use core::mem::MaybeUninit;

#[cfg(not(sinapse_helium))]
use super::bias::copy_bias;
use crate::workspace::Entry;

/// Empty: Helium lists a few rows at a time, on the stack.
#[cfg(sinapse_helium)]
pub type Workspace = ();

/// Per-layer corrections of 8-bit weights with 8-bit levels: none, except on Helium.
#[cfg(not(sinapse_helium))]
pub type Prepared<const OUT: usize> = [i32; 0];

/// Computes the corrections of a layer with `inputs` inputs, see [`Prepared`].
#[inline(always)]
pub fn prepare(weights: &[u32], bias: &[i32], inputs: usize, prepared: &mut [i32]) {
    #[cfg(sinapse_helium)]
    imp::prepare(weights, bias, inputs, prepared);
    #[cfg(not(sinapse_helium))]
    let _ = (weights, bias, inputs, prepared);
}

/// Same contract as [`reference::matvec`](crate::kernel::reference::matvec), for 8-bit weights in tiles. `prepared` is
/// from [`prepare`], or empty.
///
/// # Range
///
/// Intermediate sums may exceed 2³¹: they are taken modulo 2³², and the result, which `load` has bounded, is exact.
#[inline(always)]
pub fn matvec<'s>(
    weights: &[u32],
    bias: &[i32],
    prepared: &[i32],
    input: &[u8],
    workspace: &mut [MaybeUninit<Entry>],
    accumulators: &'s mut [MaybeUninit<i32>],
) -> &'s mut [i32] {
    #[cfg(sinapse_helium)]
    {
        let _ = workspace;
        imp::matvec(weights, bias, prepared, input, accumulators)
    }
    #[cfg(not(sinapse_helium))]
    {
        let _ = prepared;
        let accumulators = copy_bias(bias, accumulators);
        if let Some(workspace) = workspace.first_chunk_mut() {
            imp::add(weights, input, workspace, accumulators);
        }
        accumulators
    }
}
