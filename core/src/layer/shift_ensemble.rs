//! Five views of one picture: as it is, and moved by a pixel towards each corner. The layers read one after the other, and their
//! logits are added.
//!
//! A digit that is read wrong is often read right a pixel further: the sum of five answers errs less than each of them, as that of
//! five networks would, and needs the weights of one. It takes five times the time, and RAM for one moved picture.
#![allow(unsafe_code)] // a network is written where it stays

use core::mem::MaybeUninit;

use super::{Layer, Load, Sealed};
use crate::blob::LayerReader;
use crate::format::{Description, SHIFTS};
use crate::picture::shift::shifted;

/// A network, written with [`layers!`](crate::layers!) and a [`Downscale`](crate::Reduce) at its beginning, that reads all [views](self) of its
/// picture. Its logits are the sums of theirs, a step of them is worth a fifth.
#[derive(Clone, Copy, Debug)]
pub struct ShiftEnsemble<L> {
    network: L,
}

/// A moved picture, and the scratch of the network that reads it.
#[derive(Clone, Copy, Debug)]
pub struct ShiftEnsembleScratch<const IN: usize, S> {
    moved: [u8; IN],
    network: S,
}

impl<L> Sealed for ShiftEnsemble<L> {}

impl<const IN: usize, const CLASSES: usize, L> Layer for ShiftEnsemble<L>
where
    L: Layer<Input = [u8; IN], Output = [i32; CLASSES]>,
{
    type InputSpec = L::InputSpec;
    type OutputSpec = L::OutputSpec;
    type Input = [u8; IN];
    type Output = [i32; CLASSES];
    type Scratch = ShiftEnsembleScratch<IN, L::Scratch>;
    const SCRATCH: Self::Scratch = ShiftEnsembleScratch { moved: [0; IN], network: L::SCRATCH };
    type Workspace = L::Workspace;
    const DESCRIPTION: Description = match L::DESCRIPTION.with_shift_ensemble() {
        Some(description) => description,
        None => panic!("views are of a picture: the network begins with a Downscale, and computes with integers"),
    };

    #[inline]
    fn forward(
        &self,
        picture: &[u8; IN],
        scratch: &mut Self::Scratch,
        workspace: &mut Self::Workspace,
        accumulators: &mut [i32; CLASSES],
    ) {
        *accumulators = [0; CLASSES];
        let ShiftEnsembleScratch { moved, network } = scratch;
        for index in 0..SHIFTS {
            shifted(picture, const { Self::WIDTH }, index, moved);
            let mut of_view = MaybeUninit::uninit();
            let of_view = self.network.forward_to(moved, network, workspace, &mut of_view);
            // The loader has checked that five of them have no more than 30 bits.
            accumulators.iter_mut().zip(of_view).for_each(|(sum, of_view)| *sum += *of_view);
        }
    }

    fn forward_to<'o>(
        &self,
        picture: &[u8; IN],
        scratch: &mut Self::Scratch,
        workspace: &mut Self::Workspace,
        output: &'o mut MaybeUninit<[i32; CLASSES]>,
    ) -> &'o mut [i32; CLASSES] {
        let output = output.write([0; CLASSES]);
        self.forward(picture, scratch, workspace, output);
        output
    }
}

impl<const IN: usize, const CLASSES: usize, L> ShiftEnsemble<L>
where
    L: Layer<Input = [u8; IN], Output = [i32; CLASSES]>,
{
    const WIDTH: usize = match <Self as Layer>::DESCRIPTION.preprocessing {
        Some(preprocessing) => preprocessing.width as usize,
        None => 0, // `DESCRIPTION` is of a picture
    };
}

impl<'a, const IN: usize, const CLASSES: usize, L> Load<'a> for ShiftEnsemble<L>
where
    L: Load<'a> + Layer<Input = [u8; IN], Output = [i32; CLASSES]>,
{
    #[inline(always)]
    fn load_into(layers: &mut LayerReader<'a>, place: &mut MaybeUninit<Self>) {
        let views = place.as_mut_ptr();
        // SAFETY: the place of the only field, within that of the whole.
        L::load_into(layers, unsafe { &mut *(&raw mut (*views).network).cast() });
    }
}
