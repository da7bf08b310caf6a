//! 8-bit weights times 8-bit levels: two inputs and two outputs in a word, nothing where both inputs are zero.
//!
//! A half word is the number `h = w[2k] + 128 + 256 · w[2k + 1]`, with a sign, for one input. Two products give both outputs,
//! modulo 2³²:
//!
//! ```text
//! odd  = Σ (h >> 8) · x                         # = Σ w[2k + 1] · x
//! even = Σ h · x - 256 · odd - 128 · Σ x        # = Σ w[2k] · x
//! ```

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
pub use imp::Prepared;

#[cfg(not(sinapse_helium))]
pub use imp::Workspace;

use core::mem::MaybeUninit;

#[cfg(not(sinapse_helium))]
use super::bias::copy_bias;
use crate::workspace::Entry;

/// None: vectors list rows of inputs, a few at a time.
#[cfg(sinapse_helium)]
pub type Workspace = ();

/// What a layer of 8-bit weights that reads 8-bit levels keeps in RAM beside the blob: nothing, but where [`accumulators`] wants it.
#[cfg(not(sinapse_helium))]
pub type Prepared<const OUT: usize> = [i32; 0];

/// Writes what is [`Prepared`] of a layer with so many inputs.
#[inline(always)]
pub fn prepare(weights: &[u32], bias: &[i32], inputs: usize, prepared: &mut [i32]) {
    #[cfg(sinapse_helium)]
    imp::prepare(weights, bias, inputs, prepared);
    #[cfg(not(sinapse_helium))]
    let _ = (weights, bias, inputs, prepared);
}

/// As [`reference::matvec`](crate::kernel::reference::matvec), for 8-bit weights in tiles, with what [`prepare`] has written, or nothing of it.
///
/// # Range
///
/// Sums in between may pass 2³¹: they are taken modulo 2³², and the true one, which `load` has bounded, is left.
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
