//! Smaller pictures: cropping and averaging before the first layer, in integers, the same on host and board.

use core::marker::PhantomData;
use core::mem::MaybeUninit;

use serde::{Deserialize, Serialize};

use crate::blob::Layers;
use crate::description::{Description, Reduction};
use crate::element::{Element, Pixel, U8};
use crate::network::{Layer, Load, Vector};

/// How many pixels become one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Scale {
    /// As they are: cropping alone.
    One,
    /// 3 × 3 pixels become 2 × 2, each the mean of the area that it covers.
    TwoThirds,
    /// 2 × 2 pixels become their mean.
    Half,
}

impl Scale {
    /// `(from, to)`: `from` pixels in a row become `to`.
    pub const fn ratio(self) -> (u16, u16) {
        match self {
            Scale::One => (1, 1),
            Scale::TwoThirds => (3, 2),
            Scale::Half => (2, 1),
        }
    }

    /// Width or height after cropping `crop` pixels at both ends and scaling; `None` where it is not a whole number.
    pub const fn reduced(self, length: u16, crop: u8) -> Option<u16> {
        let Some(rest) = length.checked_sub(2 * crop as u16) else { return None };
        let (from, to) = self.ratio();
        if rest == 0 || !rest.is_multiple_of(from) { None } else { Some(rest / from * to) }
    }

    /// Name of the Rust type.
    pub const fn name(self) -> &'static str {
        match self {
            Scale::One => "One",
            Scale::TwoThirds => "TwoThirds",
            Scale::Half => "Half",
        }
    }
}

/// A [`Scale`] at compile time.
pub trait ScaleType: Copy {
    /// The same as a value.
    const SCALE: Scale;
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
scale! { One TwoThirds Half }

/// The first part of a network that reads reduced pictures: `IN` pixels, rows of `WIDTH`, `CROP` of them cut off at
/// every side, the rest scaled by `S` to `OUT` pixels that a [`Dense`](crate::Dense) layer reads as `Pixel<E>`.
#[derive(Clone, Copy, Debug)]
pub struct Reduce<const IN: usize, const WIDTH: usize, const CROP: usize, S, const OUT: usize, E>(PhantomData<(S, E)>);

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
    const DESCRIPTION: Description = {
        assert!(
            WIDTH > 0 && WIDTH <= 65_535 && IN / WIDTH <= 65_535 && IN.is_multiple_of(WIDTH),
            "whole rows of pixels"
        );
        assert!(CROP <= 255 && OUT <= 65_535, "at most 255 pixels are cropped, at most 65,535 are left");
        let reduction =
            Reduction { width: WIDTH as u16, height: (IN / WIDTH) as u16, crop: CROP as u8, scale: S::SCALE };
        assert!(
            matches!(reduction.pixels(), Some(pixels) if pixels as usize == OUT),
            "OUT is not what the reduction leaves"
        );
        Description::new(OUT as u16, <Pixel<E> as Element>::FORMAT).reduced_by(reduction)
    };

    #[inline]
    fn forward(&self, input: &[u8; IN], (): &mut (), output: &mut [u8; OUT]) {
        reduce(input, WIDTH, CROP, S::SCALE, output);
    }

    fn forward_to<'o>(
        &self,
        input: &[u8; IN],
        (): &mut (),
        output: &'o mut MaybeUninit<[u8; OUT]>,
    ) -> &'o mut [u8; OUT] {
        let output = output.write([0; OUT]);
        self.forward(input, &mut (), output);
        output
    }
}

impl<const IN: usize, const WIDTH: usize, const CROP: usize, S: ScaleType, const OUT: usize, E> Load<'_>
    for Reduce<IN, WIDTH, CROP, S, OUT, E>
where
    Pixel<E>: Element<Raw = u8>,
{
    fn read(_: &mut Layers<'_>) -> Self {
        Reduce(PhantomData)
    }
}

/// Whether a word may lie at any address: else four pixels are read one by one, and pairs of them are faster.
const WORDS_ANYWHERE: bool = !cfg!(any(sinapse_core = "armv6m", target_arch = "riscv32"));

/// Crops and scales a picture of rows of `width` pixels; `out` has as many pixels as that leaves.
///
/// | scale       | output pixel                                                                 |
/// |-------------|------------------------------------------------------------------------------|
/// | `One`       | the pixel                                                                    |
/// | `TwoThirds` | `round((4a + 2b + 2c + d) / 9)`, `a` the corner pixel of its 3 × 3, `d` the middle |
/// | `Half`      | `(a + b + c + d + 2) >> 2`                                                   |
#[inline]
pub fn reduce(picture: &[u8], width: usize, crop: usize, scale: Scale, out: &mut [u8]) {
    let (from, to) = scale.ratio();
    let (from, to) = (usize::from(from), usize::from(to));
    let out_width = width.saturating_sub(2 * crop) / from * to;
    if out_width == 0 {
        return;
    }
    if scale == Scale::Half && WORDS_ANYWHERE && width.is_multiple_of(4) && crop.is_multiple_of(2) {
        return halve_words(picture.as_chunks().0, width / 4, crop, out);
    }
    let rows = picture.get(crop * width..).unwrap_or_default();
    for (rows, out) in rows.chunks_exact((from * width).max(1)).zip(out.chunks_exact_mut(to * out_width)) {
        // Rows without their borders; those beyond `from` are not read.
        let row = |y: usize| rows.get(y * width + crop..(y + 1) * width - crop).unwrap_or_default();
        match scale {
            Scale::One => out.iter_mut().zip(row(0)).for_each(|(out, &pixel)| *out = pixel),
            Scale::Half => halve([row(0), row(1)], out),
            Scale::TwoThirds => two_thirds([row(0), row(1), row(2)], out, out_width),
        }
    }
}

/// Two rows to one of half their width.
#[inline(always)]
fn halve([above, below]: [&[u8]; 2], out: &mut [u8]) {
    for ((&[a, b], &[c, d]), out) in above.as_chunks().0.iter().zip(below.as_chunks().0).zip(out) {
        *out = ((u32::from(a) + u32::from(b) + u32::from(c) + u32::from(d) + 2) >> 2) as u8;
    }
}

/// Rows of words to half of them, four pixels and the four below at a time.
#[inline(never)]
fn halve_words(picture: &[[u8; 4]], row_words: usize, crop: usize, out: &mut [u8]) {
    // The border may go through a word: its second pair is the first of a row, and the other way round at the end.
    let (border, half) = (crop / 4, crop / 2 % 2);
    let inner = (row_words - 2 * border).saturating_sub(2 * half);
    let rows = picture.chunks_exact(2 * row_words.max(1)).skip(crop / 2);
    for (rows, out) in rows.zip(out.chunks_exact_mut((2 * (inner + half)).max(1))) {
        let (above, below) = rows.split_at(row_words);
        let word = |row: &[[u8; 4]], k: usize| u32::from_le_bytes(row.get(k).copied().unwrap_or_default());
        if half == 1
            && let [first, .., last] = out
        {
            *first = (means(word(above, border), word(below, border)) >> 16) as u8;
            *last = means(word(above, border + 1 + inner), word(below, border + 1 + inner)) as u8;
        }
        let from = border + half;
        let (above, below) = (above.get(from..).unwrap_or_default(), below.get(from..).unwrap_or_default());
        let out = out.get_mut(half..half + 2 * inner).unwrap_or_default().as_chunks_mut::<2>().0;
        for ((&above, &below), out) in above.iter().zip(below).zip(out) {
            let means = means(u32::from_le_bytes(above), u32::from_le_bytes(below));
            *out = [means as u8, (means >> 16) as u8];
        }
    }
}

/// Means of four pixels and the four below them, in the lower bytes of both halves.
#[inline(always)]
fn means(above: u32, below: u32) -> u32 {
    const EVEN: u32 = 0x00ff_00ff;
    // Most of a picture is background.
    if above | below == 0 {
        return 0;
    }
    ((above & EVEN) + (above >> 8 & EVEN) + (below & EVEN) + (below >> 8 & EVEN) + 0x0002_0002) >> 2
}

/// Three rows to two.
#[inline(always)]
fn two_thirds([above, middle, below]: [&[u8]; 3], out: &mut [u8], out_width: usize) {
    let Some((upper, lower)) = out.split_at_mut_checked(out_width) else { return };
    let blocks = above.as_chunks().0.iter().zip(middle.as_chunks().0).zip(below.as_chunks().0);
    let outs = upper.as_chunks_mut().0.iter_mut().zip(lower.as_chunks_mut().0);
    for (((&[a, b, c], &[d, e, f]), &[g, h, i]), (upper, lower)) in blocks.zip(outs) {
        // Most of a picture is background.
        if a | b | c | d | e | f | g | h | i == 0 {
            (*upper, *lower) = ([0; 2], [0; 2]);
            continue;
        }
        let mean = |corner: u8, edge: u8, other_edge: u8| {
            let (corner, edges, middle) = (u32::from(corner), u32::from(edge) + u32::from(other_edge), u32::from(e));
            // 455 / 4096 is 1 / 9 within 0.02 %: the result is the rounded mean for every sum up to 9 · 255.
            (((4 * corner + 2 * edges + middle) * 455 + 2048) >> 12) as u8
        };
        (*upper, *lower) = ([mean(a, b, d), mean(c, b, f)], [mean(g, h, d), mean(i, h, f)]);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn half_is_the_rounded_mean_of_four() {
        let mut out = [0];
        reduce(&[1, 2, 3, 4], 2, 0, Scale::Half, &mut out);
        assert_eq!(out, [3]);
    }

    #[test]
    fn two_thirds_weighs_corner_edges_and_middle() {
        let picture = [90, 0, 0, 0, 0, 0, 0, 0, 9];
        let mut out = [0; 4];
        reduce(&picture, 3, 0, Scale::TwoThirds, &mut out);
        assert_eq!(out, [40, 0, 0, 4]);
        reduce(&[255; 9], 3, 0, Scale::TwoThirds, &mut out);
        assert_eq!(out, [255; 4]);
    }

    #[test]
    fn cropping_cuts_every_side() {
        let picture: [u8; 16] = core::array::from_fn(|index| index as u8);
        let mut out = [0; 4];
        reduce(&picture, 4, 1, Scale::One, &mut out);
        assert_eq!(out, [5, 6, 9, 10]);
    }

    #[test]
    fn sizes_that_do_not_divide_are_refused() {
        assert_eq!(Scale::TwoThirds.reduced(28, 2), Some(16));
        assert_eq!(Scale::TwoThirds.reduced(28, 1), None);
        assert_eq!(Scale::Half.reduced(28, 14), None);
        assert_eq!(Scale::Half.reduced(28, 200), None);
    }
}
