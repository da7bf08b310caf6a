//! Loops for the widest vectors that the machine has.

/// Runs a closure that is compiled for them; it must be marked `#[inline(always)]`.
///
/// The bound makes the closure a plain `FnOnce`. Given to [`pulp::Arch::dispatch`] itself, a closure that could run twice
/// is called through a shim that is compiled for the oldest machine: twenty times slower.
#[inline(always)]
pub fn vectorised<F: FnOnce()>(work: F) {
    pulp::Arch::new().dispatch(work);
}
