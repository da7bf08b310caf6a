//! The network that classifies.
#![allow(unsafe_code)] // an answer is written where it stays, without zeros before

use core::mem::MaybeUninit;

use crate::blob::{Expected, LayerReader, LoadError, Logits};
use crate::classification::{Classification, LogitValue};
use crate::format::Description;
use crate::layer::{Layer, Load};
use crate::workspace::{Workspace, Zeros};

/// A loaded network: layers whose weights stay where the blob lies.
#[derive(Clone, Copy, Debug)]
pub struct Network<L> {
    layers: L,
    logit_step: f32,
    reject_margin: u32,
}

impl<L: Layer> Network<L> {
    /// Initial scratch, `let mut scratch = Digits::SCRATCH;`: all the RAM that the network works in but for a small stack. In a
    /// `static`, it is known to the linker.
    pub const SCRATCH: Scratch<L> = Scratch { activations: L::SCRATCH, workspace: L::Workspace::UNINIT };

    /// Sizes and formats as a value.
    pub const DESCRIPTION: Description = L::DESCRIPTION;

    /// Borrows a network from a blob (`docs/format.md`), after checking all of it. No weight is copied.
    ///
    /// # Errors
    ///
    /// Every byte string that is not a whole, sound blob of exactly this network; see [`LoadError`].
    #[inline(always)] // what is left of it is a call: the network is written where it stays
    pub fn load<'a>(blob: &'a [u8]) -> Result<Self, LoadError>
    where
        L: Load<'a>,
    {
        let mut network = MaybeUninit::uninit();
        match Self::load_into(blob, &mut network) {
            // SAFETY: without an error, `load_into` has written all of it.
            None => Ok(unsafe { network.assume_init() }),
            Some(error) => Err(error),
        }
    }

    /// [`load`](Self::load) to a place of the program's choice, from which the network is not moved: one copy of it in RAM, and none
    /// of the code that moves.
    ///
    /// # Errors
    ///
    /// As [`load`](Self::load).
    #[inline(always)]
    pub fn load_in<'a, 'p>(blob: &'a [u8], place: &'p mut MaybeUninit<Self>) -> Result<&'p Self, LoadError>
    where
        L: Load<'a>,
    {
        match Self::load_into(blob, place) {
            // SAFETY: without an error, `load_into` has written all of it.
            None => Ok(unsafe { place.assume_init_ref() }),
            Some(error) => Err(error),
        }
    }

    /// Writes all of `network`, or returns why not.
    #[inline(never)] // its stack is free again once it returns
    fn load_into<'a>(blob: &'a [u8], network: &mut MaybeUninit<Self>) -> Option<LoadError>
    where
        L: Load<'a>,
    {
        let mut reader = match LayerReader::open(blob, const { &Expected::new(L::DESCRIPTION) }) {
            Ok(reader) => reader,
            Err(error) => return Some(error),
        };
        let Logits { step, reject_margin } = reader.logits();
        let network = network.as_mut_ptr();
        // SAFETY: places within that of the network; `load_into` writes all of its own.
        unsafe {
            (&raw mut (*network).logit_step).write(step);
            (&raw mut (*network).reject_margin).write(reject_margin);
            L::load_into(&mut reader, &mut *(&raw mut (*network).layers).cast());
        }
        reader.finish()
    }

    /// The sums of the last layer, one per class: `f32`, or `i32` in steps of [`logit_step`](Self::logit_step).
    #[inline]
    pub fn logits(&self, input: &L::Input, scratch: &mut Scratch<L>) -> L::Output
    where
        L::Output: Zeros,
    {
        let mut logits = MaybeUninit::uninit();
        *self.forward_to(input, scratch, &mut logits)
    }

    #[inline(never)] // a program has one copy of the layers' loops, however often it calls them
    fn forward_to<'o>(
        &self,
        input: &L::Input,
        scratch: &mut Scratch<L>,
        logits: &'o mut MaybeUninit<L::Output>,
    ) -> &'o mut L::Output {
        self.layers.forward_to(input, &mut scratch.activations, &mut scratch.workspace, logits)
    }

    /// Real value of one step of an integer logit; a float network counts its margins in such steps too.
    pub fn logit_step(&self) -> f32 {
        self.logit_step
    }
}

impl<L, V, const CLASSES: usize> Network<L>
where
    L: Layer<Output = [V; CLASSES]>,
    V: LogitValue,
    [V; CLASSES]: Zeros,
{
    /// Class, scores and margin of one input.
    #[inline(always)] // what is left of it is a call: the answer is written where it stays
    pub fn classify(&self, input: &L::Input, scratch: &mut Scratch<L>) -> Classification<V, CLASSES> {
        let mut answer = MaybeUninit::uninit();
        self.classify_to(input, scratch, &mut answer);
        // SAFETY: `classify_to` writes all of it.
        unsafe { answer.assume_init() }
    }

    /// Writes all of `answer`.
    #[inline(never)]
    fn classify_to(
        &self,
        input: &L::Input,
        scratch: &mut Scratch<L>,
        answer: &mut MaybeUninit<Classification<V, CLASSES>>,
    ) {
        let answer = answer.as_mut_ptr();
        // SAFETY: three places within that of the answer.
        let (class, margin, place) =
            unsafe { (&raw mut (*answer).class, &raw mut (*answer).margin, &raw mut (*answer).scores) };
        // SAFETY: nothing else borrows the scores.
        let scores: &[V; CLASSES] =
            self.forward_to(input, scratch, unsafe { &mut *place.cast::<MaybeUninit<[V; CLASSES]>>() });
        let (best, distance) = Classification::argmax_with_margin(scores);
        // SAFETY: as above; the scores are written by then.
        unsafe {
            class.write(best);
            margin.write(distance);
        }
    }

    /// Whether the margin reaches the model's threshold; below it an honest answer is "unknown".
    pub fn is_confident(&self, classification: &Classification<V, CLASSES>) -> bool {
        classification.margin.reaches(self.reject_margin, self.logit_step)
    }

    /// Probabilities of the classes, by [`softmax`](crate::softmax).
    pub fn probabilities(&self, classification: &Classification<V, CLASSES>) -> [f32; CLASSES] {
        let mut probabilities = classification.scores.map(|score| score.real(self.logit_step));
        crate::softmax(&mut probabilities);
        probabilities
    }
}

/// All the RAM that a network works in: the activations between its layers, and what one layer after the other needs for its sums
/// and for the list of its inputs.
#[derive(Clone, Copy)]
pub struct Scratch<L: Layer> {
    activations: L::Scratch,
    workspace: L::Workspace,
}

/// The scratch of a network type, to name it in a `static`: `static mut SCRATCH: ScratchOf<Digits> = Digits::SCRATCH;`.
pub type ScratchOf<N> = <N as HasScratch>::Scratch;

/// What works in a scratch: a [`Network`].
pub trait HasScratch {
    /// See [`Network::SCRATCH`].
    type Scratch;
}

impl<L: Layer> HasScratch for Network<L> {
    type Scratch = Scratch<L>;
}
