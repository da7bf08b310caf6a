//! Workspaces: RAM that a layer needs only while it computes, so that the next layer can reuse it.
#![allow(unsafe_code)] // layers overlay their workspaces in the same bytes

use core::mem::MaybeUninit;

use crate::sealed::Sealed;

/// Two words: an entry in a kernel's list of nonzero inputs.
pub type Entry = [usize; 2];

/// RAM whose content does not matter between uses.
///
/// # Safety
///
/// Any bytes, initialised or not, are a valid value of the type.
pub unsafe trait Workspace: Copy {
    /// An uninitialised workspace.
    const UNINIT: Self;
}

// SAFETY: the type has no bytes.
unsafe impl Workspace for () {
    const UNINIT: Self = ();
}

// SAFETY: any bytes are a valid `MaybeUninit`.
unsafe impl<T: Copy, const N: usize> Workspace for [MaybeUninit<T>; N] {
    const UNINIT: Self = [MaybeUninit::uninit(); N];
}

/// Workspace for a list of nonzero inputs: empty, or as many entries as the kernel asks for.
pub trait ListWorkspace: Workspace + Sealed {
    /// Returns the entries, none of which need be initialised.
    fn entries(&mut self) -> &mut [MaybeUninit<Entry>];
}

impl Sealed for () {}
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

/// Two workspaces in use at the same time.
#[derive(Clone, Copy)]
pub struct Pair<A, B> {
    /// First workspace.
    pub first: A,
    /// Second workspace.
    pub second: B,
}

// SAFETY: any bytes are valid for both fields.
unsafe impl<A: Workspace, B: Workspace> Workspace for Pair<A, B> {
    const UNINIT: Self = Pair { first: A::UNINIT, second: B::UNINIT };
}

/// Two workspaces in use one after the other, in the same bytes: as large as the larger of them.
#[derive(Clone, Copy)]
pub union Overlay<A: Workspace, B: Workspace> {
    first: A,
    second: B,
}

// SAFETY: any bytes are valid for either field.
unsafe impl<A: Workspace, B: Workspace> Workspace for Overlay<A, B> {
    const UNINIT: Self = Overlay { first: A::UNINIT };
}

impl<A: Workspace, B: Workspace> Overlay<A, B> {
    /// Returns the first workspace, with unspecified content.
    #[inline(always)]
    pub fn first(&mut self) -> &mut A {
        // SAFETY: any bytes are a valid `Workspace`, also those that the other field has left.
        unsafe { &mut self.first }
    }

    /// Returns the second workspace, with unspecified content.
    #[inline(always)]
    pub fn second(&mut self) -> &mut B {
        // SAFETY: any bytes are a valid `Workspace`, also those that the other field has left.
        unsafe { &mut self.second }
    }
}

/// Arrays that can be zero in a constant; the standard library has no `Default` for arrays of every length.
///
/// Sealed: every bit pattern is a valid value of all types that have it, on which the Helium kernel relies.
pub trait Zeros: Copy + Sealed {
    /// Array of zeros.
    const ZEROS: Self;
}
impl<T, const N: usize> Sealed for [T; N] {}
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
    fn an_overlay_is_as_large_as_the_larger_workspace_and_a_pair_as_large_as_both() {
        assert_eq!(size_of::<Overlay<Bytes<3>, Bytes<5>>>(), 5);
        assert_eq!(size_of::<Pair<Bytes<3>, Bytes<5>>>(), 8);
        assert_eq!(size_of::<Overlay<Bytes<3>, ()>>(), 3);
    }

    #[test]
    fn both_workspaces_of_an_overlay_can_be_written_in_turn() {
        let mut overlay = Overlay::<Bytes<3>, Bytes<5>>::UNINIT;
        overlay.first()[0].write(7);
        assert_eq!(overlay.second()[4].write(9), &9);
        assert_eq!((overlay.first().len(), overlay.second().len()), (3, 5));
    }
}
