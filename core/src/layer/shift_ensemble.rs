//! Shift ensemble: test-time augmentation by shifts of one pixel.
//!
//! The network runs on five copies of the picture, one after the other: as it is, and shifted by a pixel towards each
//! corner. Their logits are added. A digit that is misread is often read correctly a pixel further on, so the sum of
//! the five errs less often than any single one, like an ensemble of five networks, but with the weights of one. It
//! takes five times as long, and RAM for one shifted picture.
#![allow(unsafe_code)] // networks are built in place

use core::mem::MaybeUninit;

use super::activations::Activations;
use super::{Layer, Load};
use crate::blob::LayerReader;
use crate::format::{Description, SHIFTS};
use crate::picture::shift;
use crate::sealed::Sealed;

/// Runs the network `L` on five [shifted copies](self) of its picture and adds the logits.
///
/// `L` is written with [`layers!`](crate::layers!) and begins with a [`Downscale`](crate::Downscale). A step of the
/// summed logits is worth a fifth of a step of the network's own.
#[derive(Clone, Copy, Debug)]
pub struct ShiftEnsemble<L> {
    network: L,
}

/// A shifted picture, and the scratch of the network that reads it.
#[derive(Clone, Copy, Debug)]
pub struct ShiftEnsembleScratch<const IN: usize, S> {
    shifted: [u8; IN],
    network: S,
}

impl<L: Copy> ShiftEnsemble<L> {
    /// Makes a shift ensemble of a network.
    #[doc(hidden)]
    pub const fn new(network: L) -> Self {
        ShiftEnsemble { network }
    }
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
    const SCRATCH: Self::Scratch = ShiftEnsembleScratch { shifted: [0; IN], network: L::SCRATCH };
    type Workspace = L::Workspace;
    const DESCRIPTION: Description = match L::DESCRIPTION.with_shift_ensemble() {
        Some(description) => description,
        None => panic!("a ShiftEnsemble needs an integer network that begins with a Downscale"),
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
        let ShiftEnsembleScratch { shifted, network } = scratch;
        for index in 0..SHIFTS {
            shift::shifted(picture, const { Self::WIDTH }, index, shifted);
            let mut logits = MaybeUninit::uninit();
            let logits = self.network.forward_to(shifted, network, workspace, &mut logits);
            // No overflow: `load` has checked that each logit is below 2³⁰ / 5.
            accumulators.iter_mut().zip(logits).for_each(|(sum, logit)| *sum += *logit);
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

    fn visit_activations(scratch: &Self::Scratch, first: usize, visit: &mut impl FnMut(usize, Activations<'_>)) {
        L::visit_activations(&scratch.network, first, visit);
    }
}

impl<const IN: usize, const CLASSES: usize, L> ShiftEnsemble<L>
where
    L: Layer<Input = [u8; IN], Output = [i32; CLASSES]>,
{
    const WIDTH: usize = match <Self as Layer>::DESCRIPTION.preprocessing {
        Some(preprocessing) => preprocessing.width as usize,
        None => 0, // unreachable: `with_shift_ensemble` has refused a network without a picture
    };
}

impl<'a, const IN: usize, const CLASSES: usize, L> Load<'a> for ShiftEnsemble<L>
where
    L: Load<'a> + Layer<Input = [u8; IN], Output = [i32; CLASSES]>,
{
    #[inline(always)]
    fn load_into(layers: &mut LayerReader<'a>, uninit: &mut MaybeUninit<Self>) {
        let ensemble = uninit.as_mut_ptr();
        // SAFETY: the only field of `ensemble`, borrowed until the call returns; `MaybeUninit` allows it to be
        // uninitialised.
        L::load_into(layers, unsafe { &mut *(&raw mut (*ensemble).network).cast() });
    }
}
