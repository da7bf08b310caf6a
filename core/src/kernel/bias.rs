//! Start values of the accumulators.

use core::mem::MaybeUninit;

/// Copies as many elements of `bias` as fit into `accumulators`, and returns these.
pub fn copy_bias<'s, V: Copy>(bias: &[V], accumulators: &'s mut [MaybeUninit<V>]) -> &'s mut [V] {
    let length = bias.len().min(accumulators.len());
    accumulators.get_mut(..length).unwrap_or_default().write_copy_of_slice(bias.get(..length).unwrap_or_default())
}
