//! RAM that a layer needs while it computes, and that the next layer uses again.
#![allow(unsafe_code)] // layers see the same bytes, each in its own way

use core::mem::MaybeUninit;

/// Two words: an entry of a list of inputs.
pub type Entry = [usize; 2];

/// Room whose content does not matter.
///
/// # Safety
///
/// Any bytes, written or not, are a value of the type.
pub unsafe trait Workspace: Copy {
    /// Room with no particular content.
    const UNINIT: Self;
}

// SAFETY: no bytes.
unsafe impl Workspace for () {
    const UNINIT: Self = ();
}

// SAFETY: `MaybeUninit` takes any bytes.
unsafe impl<T: Copy, const N: usize> Workspace for [MaybeUninit<T>; N] {
    const UNINIT: Self = [MaybeUninit::uninit(); N];
}

/// Room for a list of inputs: none, or as many entries as the kernel asks for.
pub trait ListWorkspace: Workspace {
    /// The entries.
    fn entries(&mut self) -> &mut [MaybeUninit<Entry>];
}

impl ListWorkspace for () {
    #[inline(always)]
    fn entries(&mut self) -> &mut [MaybeUninit<Entry>] {
        &mut []
    }
}

impl<const N: usize> ListWorkspace for [MaybeUninit<Entry>; N] {
    #[inline(always)]
    fn entries(&mut self) -> &mut [MaybeUninit<Entry>] {
        self
    }
}

/// Room for both at the same time.
#[derive(Clone, Copy)]
pub struct Pair<A, B> {
    /// One.
    pub first: A,
    /// And the other.
    pub second: B,
}

// SAFETY: as both are.
unsafe impl<A: Workspace, B: Workspace> Workspace for Pair<A, B> {
    const UNINIT: Self = Pair { first: A::UNINIT, second: B::UNINIT };
}

/// Room for one after the other: as large as the larger one.
#[derive(Clone, Copy)]
pub union Overlay<A: Workspace, B: Workspace> {
    first: A,
    second: B,
}

// SAFETY: as either is.
unsafe impl<A: Workspace, B: Workspace> Workspace for Overlay<A, B> {
    const UNINIT: Self = Overlay { first: A::UNINIT };
}

impl<A: Workspace, B: Workspace> Overlay<A, B> {
    /// For one.
    #[inline(always)]
    pub fn first(&mut self) -> &mut A {
        // SAFETY: any bytes are a value of a room.
        unsafe { &mut self.first }
    }

    /// For the other.
    #[inline(always)]
    pub fn second(&mut self) -> &mut B {
        // SAFETY: as above.
        unsafe { &mut self.second }
    }
}

/// An array of zeros, for scratch constants; arrays of any length have no `Default`.
pub trait Zeros: Copy {
    /// All elements zero.
    const ZEROS: Self;
}
impl<const N: usize> Zeros for [u8; N] {
    const ZEROS: Self = [0; N];
}
impl<const N: usize> Zeros for [f32; N] {
    const ZEROS: Self = [0.0; N];
}
impl<const N: usize> Zeros for [i32; N] {
    const ZEROS: Self = [0; N];
}

#[cfg(test)]
mod tests {
    use super::*;

    type Bytes<const N: usize> = [MaybeUninit<u8>; N];

    #[test]
    fn either_is_as_large_as_the_larger_room_and_both_are_as_large_as_their_sum() {
        assert_eq!(size_of::<Overlay<Bytes<3>, Bytes<5>>>(), 5);
        assert_eq!(size_of::<Pair<Bytes<3>, Bytes<5>>>(), 8);
        assert_eq!(size_of::<Overlay<Bytes<3>, ()>>(), 3);
    }

    #[test]
    fn what_one_has_written_the_other_sees_as_room() {
        let mut either = Overlay::<Bytes<3>, Bytes<5>>::UNINIT;
        either.first()[0].write(7);
        assert_eq!(either.second()[4].write(9), &9);
        assert_eq!((either.first().len(), either.second().len()), (3, 5));
    }
}
