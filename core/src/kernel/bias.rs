//! Sums before any input.

use core::mem::MaybeUninit;

/// Sums before any input: as many of `bias` as there is room for.
pub fn copy_bias<'s, V: Copy>(bias: &[V], accumulators: &'s mut [MaybeUninit<V>]) -> &'s mut [V] {
    let length = bias.len().min(accumulators.len());
    accumulators.get_mut(..length).unwrap_or_default().write_copy_of_slice(bias.get(..length).unwrap_or_default())
}
