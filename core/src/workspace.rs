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
pub unsafe trait Room: Copy {
    /// Room with no particular content.
    const ANY: Self;
}

// SAFETY: no bytes.
unsafe impl Room for () {
    const ANY: Self = ();
}

// SAFETY: `MaybeUninit` takes any bytes.
unsafe impl<T: Copy, const N: usize> Room for [MaybeUninit<T>; N] {
    const ANY: Self = [MaybeUninit::uninit(); N];
}

/// Room for a list of inputs: none, or as many entries as the kernel asks for.
pub trait ListRoom: Room {
    /// The entries.
    fn entries(&mut self) -> &mut [MaybeUninit<Entry>];
}

impl ListRoom for () {
    #[inline(always)]
    fn entries(&mut self) -> &mut [MaybeUninit<Entry>] {
        &mut []
    }
}

impl<const N: usize> ListRoom for [MaybeUninit<Entry>; N] {
    #[inline(always)]
    fn entries(&mut self) -> &mut [MaybeUninit<Entry>] {
        self
    }
}

/// Room for both at the same time.
#[derive(Clone, Copy)]
pub struct Both<A, B> {
    /// One.
    pub one: A,
    /// And the other.
    pub other: B,
}

// SAFETY: as both are.
unsafe impl<A: Room, B: Room> Room for Both<A, B> {
    const ANY: Self = Both { one: A::ANY, other: B::ANY };
}

/// Room for one after the other: as large as the larger one.
#[derive(Clone, Copy)]
pub union Either<A: Room, B: Room> {
    one: A,
    other: B,
}

// SAFETY: as either is.
unsafe impl<A: Room, B: Room> Room for Either<A, B> {
    const ANY: Self = Either { one: A::ANY };
}

impl<A: Room, B: Room> Either<A, B> {
    /// For one.
    #[inline(always)]
    pub fn one(&mut self) -> &mut A {
        // SAFETY: any bytes are a value of a room.
        unsafe { &mut self.one }
    }

    /// For the other.
    #[inline(always)]
    pub fn other(&mut self) -> &mut B {
        // SAFETY: as above.
        unsafe { &mut self.other }
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
        assert_eq!(size_of::<Either<Bytes<3>, Bytes<5>>>(), 5);
        assert_eq!(size_of::<Both<Bytes<3>, Bytes<5>>>(), 8);
        assert_eq!(size_of::<Either<Bytes<3>, ()>>(), 3);
    }

    #[test]
    fn what_one_has_written_the_other_sees_as_room() {
        let mut either = Either::<Bytes<3>, Bytes<5>>::ANY;
        either.one()[0].write(7);
        assert_eq!(either.other()[4].write(9), &9);
        assert_eq!((either.one().len(), either.other().len()), (3, 5));
    }
}
