//! The front-end steps [`Deslant`](Step::Deslant) and [`Downscale`](Step::Downscale) as a layer.

use core::marker::PhantomData;
use core::mem::MaybeUninit;

use super::{Layer, Load, Vector};
use crate::blob::LayerReader;
use crate::format::{Description, Element, Pixel, Preprocessing, Scale, Step, U8};
use crate::picture::downscale::{Downscaling, downscale};
use crate::sealed::Sealed;

/// A [`Scale`] as a type, [`Deslanted`] or not.
pub trait ScaleType: Sealed + Copy {
    /// The scale as a value.
    const SCALE: Scale;
    /// True if the picture is deslanted before it is downscaled.
    const DESLANT: bool = false;
}

/// Scale `S`, with the picture [deslanted](crate::picture::deslant) first.
#[derive(Clone, Copy, Debug)]
pub struct Deslanted<S>(PhantomData<S>);
impl<S> Sealed for Deslanted<S> {}
impl<S: ScaleType> ScaleType for Deslanted<S> {
    const SCALE: Scale = S::SCALE;
    const DESLANT: bool = true;
}

macro_rules! scale {
    ($($name:ident)*) => {$(
        #[doc = concat!("[`Scale::", stringify!($name), "`] as a type.")]
        #[derive(Clone, Copy, Debug)]
        pub struct $name;
        impl Sealed for $name {}
        impl ScaleType for $name {
            const SCALE: Scale = Scale::$name;
        }
    )*};
}
scale! { One TwoThirds Half Third }

/// Deslants (if asked to), crops and downscales a picture before the first [`Dense`](crate::Dense) layer.
///
/// | parameter | meaning                                            | examples                         |
/// |-----------|----------------------------------------------------|----------------------------------|
/// | `IN`      | number of pixels in the picture                    | 784                              |
/// | `WIDTH`   | pixels per row                                     | 28                               |
/// | `CROP`    | pixels cut off at each edge                        | 2                                |
/// | `S`       | scale of the cropped picture, [`Deslanted`] or not | [`Half`], `Deslanted<TwoThirds>` |
/// | `OUT`     | number of pixels in the result                     | 144                              |
/// | `E`       | the next layer reads the result as `Pixel<E>`      | `U4`                             |
#[derive(Clone, Copy, Debug)]
pub struct Downscale<const IN: usize, const WIDTH: usize, const CROP: usize, S, const OUT: usize, E>(
    PhantomData<(S, E)>,
);

impl<const IN: usize, const WIDTH: usize, const CROP: usize, S, const OUT: usize, E>
    Downscale<IN, WIDTH, CROP, S, OUT, E>
{
    /// The layer, which has no numbers.
    #[doc(hidden)]
    #[allow(clippy::new_without_default)] // the macro's constructor, not a user's
    pub const fn new() -> Self {
        Downscale(PhantomData)
    }
}

impl<const IN: usize, const WIDTH: usize, const CROP: usize, S, const OUT: usize, E> Sealed
    for Downscale<IN, WIDTH, CROP, S, OUT, E>
{
}

impl<const IN: usize, const WIDTH: usize, const CROP: usize, S: ScaleType, const OUT: usize, E> Layer
    for Downscale<IN, WIDTH, CROP, S, OUT, E>
where
    Pixel<E>: Element<Raw = u8>,
{
    type InputSpec = Vector<Pixel<U8>, IN>;
    type OutputSpec = Vector<Pixel<E>, OUT>;
    type Input = [u8; IN];
    type Output = [u8; OUT];
    type Scratch = ();
    const SCRATCH: () = ();
    type Workspace = ();
    const DESCRIPTION: Description = {
        assert!(
            WIDTH > 0 && WIDTH <= 65_535 && IN / WIDTH <= 65_535 && IN.is_multiple_of(WIDTH),
            "IN must be a whole number of rows of WIDTH pixels, at most 65,535 × 65,535"
        );
        assert!(CROP <= 255 && OUT <= 65_535, "CROP must be at most 255 and OUT at most 65,535");
        let preprocessing = Self::PREPROCESSING;
        assert!(
            !S::DESLANT || preprocessing.can_deslant(),
            "Deslanted needs a CROP of at least 1 and a picture of at most 100 × 100 pixels"
        );
        assert!(
            matches!(preprocessing.pixels(), Some(pixels) if pixels as usize == OUT),
            "OUT must be the number of pixels in the cropped and downscaled picture"
        );
        Description::new(OUT as u16, <Pixel<E> as Element>::FORMAT).preprocessed_by(preprocessing)
    };

    #[inline]
    fn forward(&self, input: &[u8; IN], (): &mut (), (): &mut (), output: &mut [u8; OUT]) {
        downscale(input, &const { Downscaling::new(&Self::PREPROCESSING) }, output);
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
    Downscale<IN, WIDTH, CROP, S, OUT, E>
{
    /// The front end as a value. The casts lose nothing: `DESCRIPTION` checks the parameters before it reads this.
    const PREPROCESSING: Preprocessing = {
        let mut preprocessing = Preprocessing::new(WIDTH as u16, (IN / WIDTH) as u16);
        if S::DESLANT {
            preprocessing.push(Step::Deslant);
        }
        preprocessing.then(Step::Downscale { crop: CROP as u8, scale: S::SCALE })
    };
}

impl<const IN: usize, const WIDTH: usize, const CROP: usize, S: ScaleType, const OUT: usize, E> Load<'_>
    for Downscale<IN, WIDTH, CROP, S, OUT, E>
where
    Pixel<E>: Element<Raw = u8>,
{
    fn load_into(_: &mut LayerReader<'_>, uninit: &mut MaybeUninit<Self>) {
        uninit.write(Downscale(PhantomData));
    }
}
