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
pub use imp::Kept;

#[cfg(not(sinapse_helium))]
pub use imp::Room;

use core::mem::MaybeUninit;

#[cfg(not(sinapse_helium))]
use super::bias::filled;
use crate::workspace::Entry;

/// None: vectors list rows of inputs, a few at a time.
#[cfg(sinapse_helium)]
pub type Room = ();

/// What a layer of 8-bit weights that reads 8-bit levels keeps in RAM beside the blob: nothing, but where [`sums`] wants it.
#[cfg(not(sinapse_helium))]
pub type Kept<const OUT: usize> = [i32; 0];

/// Writes what is [`Kept`] of a layer with so many inputs.
#[inline(always)]
pub fn keep(weights: &[u32], bias: &[i32], inputs: usize, kept: &mut [i32]) {
    #[cfg(sinapse_helium)]
    imp::keep(weights, bias, inputs, kept);
    #[cfg(not(sinapse_helium))]
    let _ = (weights, bias, inputs, kept);
}

/// As [`reference::sums`](crate::kernel::reference::sums), for 8-bit weights in tiles, with what [`keep`] has written, or nothing of it.
///
/// # Range
///
/// Sums in between may pass 2³¹: they are taken modulo 2³², and the true one, which `load` has bounded, is left.
#[inline(always)]
pub fn sums<'s>(
    weights: &[u32],
    bias: &[i32],
    kept: &[i32],
    input: &[u8],
    room: &mut [MaybeUninit<Entry>],
    sums: &'s mut [MaybeUninit<i32>],
) -> &'s mut [i32] {
    #[cfg(sinapse_helium)]
    {
        let _ = room;
        imp::sums(weights, bias, kept, input, sums)
    }
    #[cfg(not(sinapse_helium))]
    {
        let _ = kept;
        let sums = filled(bias, sums);
        if let Some(room) = room.first_chunk_mut() {
            imp::add(weights, input, room, sums);
        }
        sums
    }
}
