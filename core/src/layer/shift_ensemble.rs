//! Five views of one picture: as it is, and moved by a pixel towards each corner. The layers read one after the other, and their
//! logits are added.
//!
//! A digit that is read wrong is often read right a pixel further: the sum of five answers errs less than each of them, as that of
//! five networks would, and needs the weights of one. It takes five times the time, and RAM for one moved picture.
#![allow(unsafe_code)] // a network is written where it stays

use core::mem::MaybeUninit;

use super::{Layer, Load, Sealed};
use crate::blob::Layers;
use crate::format::{Description, VIEWS};
use crate::picture::shift::view;

/// A network, written with [`layers!`](crate::layers!) and a [`Reduce`](crate::Reduce) at its beginning, that reads all [views](self) of its
/// picture. Its logits are the sums of theirs, a step of them is worth a fifth.
#[derive(Clone, Copy, Debug)]
pub struct Views<L> {
    network: L,
}

/// A moved picture, and the scratch of the network that reads it.
#[derive(Clone, Copy, Debug)]
pub struct ViewsScratch<const IN: usize, S> {
    moved: [u8; IN],
    network: S,
}

impl<L> Sealed for Views<L> {}

impl<const IN: usize, const CLASSES: usize, L> Layer for Views<L>
where
    L: Layer<Input = [u8; IN], Output = [i32; CLASSES]>,
{
    type Accepts = L::Accepts;
    type Gives = L::Gives;
    type Input = [u8; IN];
    type Output = [i32; CLASSES];
    type Scratch = ViewsScratch<IN, L::Scratch>;
    const SCRATCH: Self::Scratch = ViewsScratch { moved: [0; IN], network: L::SCRATCH };
    type Room = L::Room;
    const DESCRIPTION: Description = match L::DESCRIPTION.in_views() {
        Some(description) => description,
        None => panic!("views are of a picture: the network begins with a Reduce, and computes with integers"),
    };

    #[inline]
    fn forward(
        &self,
        picture: &[u8; IN],
        scratch: &mut Self::Scratch,
        room: &mut Self::Room,
        sums: &mut [i32; CLASSES],
    ) {
        *sums = [0; CLASSES];
        let ViewsScratch { moved, network } = scratch;
        for index in 0..VIEWS {
            view(picture, const { Self::WIDTH }, index, moved);
            let mut of_view = MaybeUninit::uninit();
            let of_view = self.network.forward_to(moved, network, room, &mut of_view);
            // The loader has checked that five of them have no more than 30 bits.
            sums.iter_mut().zip(of_view).for_each(|(sum, of_view)| *sum += *of_view);
        }
    }

    fn forward_to<'o>(
        &self,
        picture: &[u8; IN],
        scratch: &mut Self::Scratch,
        room: &mut Self::Room,
        output: &'o mut MaybeUninit<[i32; CLASSES]>,
    ) -> &'o mut [i32; CLASSES] {
        let output = output.write([0; CLASSES]);
        self.forward(picture, scratch, room, output);
        output
    }
}

impl<const IN: usize, const CLASSES: usize, L> Views<L>
where
    L: Layer<Input = [u8; IN], Output = [i32; CLASSES]>,
{
    const WIDTH: usize = match <Self as Layer>::DESCRIPTION.reduction {
        Some(reduction) => reduction.width as usize,
        None => 0, // `DESCRIPTION` is of a picture
    };
}

impl<'a, const IN: usize, const CLASSES: usize, L> Load<'a> for Views<L>
where
    L: Load<'a> + Layer<Input = [u8; IN], Output = [i32; CLASSES]>,
{
    #[inline(always)]
    fn read_to(layers: &mut Layers<'a>, place: &mut MaybeUninit<Self>) {
        let views = place.as_mut_ptr();
        // SAFETY: the place of the only field, within that of the whole.
        L::read_to(layers, unsafe { &mut *(&raw mut (*views).network).cast() });
    }
}
