//! Smaller pictures: slant correction, cropping and averaging before the first layer, in integers, the same on host and board.

use core::marker::PhantomData;
use core::mem::MaybeUninit;

use super::{Layer, Load, Sealed, Vector};
use crate::blob::Layers;
use crate::format::{Description, Element, Pixel, Reduction, Scale, U8};
use crate::picture::downscale::reduce;

/// A [`Scale`] at compile time, [`Deslanted`] or not.
pub trait ScaleType: Copy {
    /// The same as a value.
    const SCALE: Scale;
    /// Whether the slant is corrected first.
    const DESLANT: bool = false;
}

/// The scale `S` behind a correction of the slant, see [`deslant`](crate::picture::deslant).
#[derive(Clone, Copy, Debug)]
pub struct Deslanted<S>(PhantomData<S>);
impl<S: ScaleType> ScaleType for Deslanted<S> {
    const SCALE: Scale = S::SCALE;
    const DESLANT: bool = true;
}

macro_rules! scale {
    ($($name:ident)*) => {$(
        #[doc = concat!("[`Scale::", stringify!($name), "`] at compile time.")]
        #[derive(Clone, Copy, Debug)]
        pub struct $name;
        impl ScaleType for $name {
            const SCALE: Scale = Scale::$name;
        }
    )*};
}
scale! { One TwoThirds Half Third }

/// The first part of a network that reads reduced pictures: `IN` pixels, rows of `WIDTH`, `CROP` of them cut off at
/// every side, the rest scaled by `S` to `OUT` pixels that a [`Dense`](crate::Dense) layer reads as `Pixel<E>`.
#[derive(Clone, Copy, Debug)]
pub struct Reduce<const IN: usize, const WIDTH: usize, const CROP: usize, S, const OUT: usize, E>(PhantomData<(S, E)>);

impl<const IN: usize, const WIDTH: usize, const CROP: usize, S, const OUT: usize, E> Sealed
    for Reduce<IN, WIDTH, CROP, S, OUT, E>
{
}

impl<const IN: usize, const WIDTH: usize, const CROP: usize, S: ScaleType, const OUT: usize, E> Layer
    for Reduce<IN, WIDTH, CROP, S, OUT, E>
where
    Pixel<E>: Element<Raw = u8>,
{
    type Accepts = Vector<Pixel<U8>, IN>;
    type Gives = Vector<Pixel<E>, OUT>;
    type Input = [u8; IN];
    type Output = [u8; OUT];
    type Scratch = ();
    const SCRATCH: () = ();
    type Room = ();
    const DESCRIPTION: Description = {
        assert!(
            WIDTH > 0 && WIDTH <= 65_535 && IN / WIDTH <= 65_535 && IN.is_multiple_of(WIDTH),
            "whole rows of pixels"
        );
        assert!(CROP <= 255 && OUT <= 65_535, "at most 255 pixels are cropped, at most 65,535 are left");
        let reduction = Self::REDUCTION;
        assert!(
            !S::DESLANT || reduction.can_deslant(),
            "slants are corrected within a border, and up to 100 × 100 pixels"
        );
        assert!(
            matches!(reduction.pixels(), Some(pixels) if pixels as usize == OUT),
            "OUT is not what the reduction leaves"
        );
        Description::new(OUT as u16, <Pixel<E> as Element>::FORMAT).reduced_by(reduction)
    };

    #[inline]
    fn forward(&self, input: &[u8; IN], (): &mut (), (): &mut (), output: &mut [u8; OUT]) {
        reduce(input, &const { Self::REDUCTION }, output);
    }

    fn forward_to<'o>(
        &self,
        input: &[u8; IN],
        (): &mut (),
        (): &mut (),
        output: &'o mut MaybeUninit<[u8; OUT]>,
    ) -> &'o mut [u8; OUT] {
        let output = output.write([0; OUT]);
        self.forward(input, &mut (), &mut (), output);
        output
    }
}

impl<const IN: usize, const WIDTH: usize, const CROP: usize, S: ScaleType, const OUT: usize, E>
    Reduce<IN, WIDTH, CROP, S, OUT, E>
{
    /// Its numbers fit: `DESCRIPTION` has been evaluated first.
    const REDUCTION: Reduction = Reduction {
        width: WIDTH as u16,
        height: (IN / WIDTH) as u16,
        crop: CROP as u8,
        scale: S::SCALE,
        deslant: S::DESLANT,
        views: false,
    };
}

impl<const IN: usize, const WIDTH: usize, const CROP: usize, S: ScaleType, const OUT: usize, E> Load<'_>
    for Reduce<IN, WIDTH, CROP, S, OUT, E>
where
    Pixel<E>: Element<Raw = u8>,
{
    fn read_to(_: &mut Layers<'_>, place: &mut MaybeUninit<Self>) {
        place.write(Reduce(PhantomData));
    }
}
