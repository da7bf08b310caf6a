//! Layers put together, and the network that classifies.
#![allow(unsafe_code)] // an answer is written where it stays, without zeros before

use core::marker::PhantomData;
use core::mem::MaybeUninit;

use crate::blob::{Layers, LoadError, Logits};
use crate::classification::{Classification, LogitValue};
use crate::description::Description;
use crate::room::{Either, Room};

/// `N` values of the format `E`, as a type: what a layer accepts or gives.
pub struct Vector<E, const N: usize>(PhantomData<[E; N]>);

/// What only this crate's layers are: `forward_to` and `read_to` are relied upon to write all of their place.
pub trait Sealed {}

/// A part of a network: one [`Dense`](crate::Dense), or a [`Chain`] of them.
pub trait Layer: Sealed {
    /// [`Vector`] that goes in; the layer before must give exactly this.
    type Accepts;
    /// [`Vector`] that comes out.
    type Gives;
    /// Storage of the inputs, for example `[u8; 784]`.
    type Input;
    /// Storage of the outputs, for example `[i32; 10]`.
    type Output: Copy;
    /// RAM for the activations in between.
    type Scratch: Copy;
    /// Initial scratch; its content does not matter.
    const SCRATCH: Self::Scratch;
    /// RAM that is free again behind each layer.
    type Room: Room;
    /// Sizes and formats as a value, to compare with a blob.
    const DESCRIPTION: Description;
    /// Computes `output` from `input`.
    fn forward(
        &self,
        input: &Self::Input,
        scratch: &mut Self::Scratch,
        room: &mut Self::Room,
        output: &mut Self::Output,
    );
    /// [`forward`](Self::forward) to a place that need not have been written before: what the last layer of a network does.
    fn forward_to<'o>(
        &self,
        input: &Self::Input,
        scratch: &mut Self::Scratch,
        room: &mut Self::Room,
        output: &'o mut MaybeUninit<Self::Output>,
    ) -> &'o mut Self::Output;
}

/// A part of a network whose weights are borrowed from a blob of lifetime `'a`.
pub trait Load<'a>: Layer + Sized {
    /// Takes this part's layers from a blob whose description is that of the type, and writes all of `place`; [`Layers`] keeps what
    /// they are refused for.
    fn read_to(layers: &mut Layers<'a>, place: &mut MaybeUninit<Self>);
}

/// First `A`, then `B`: written with [`layers!`](crate::layers!).
///
/// ```compile_fail
/// # use sinapse::{Dense, I8, Identity, Network, Pixel, Relu, U4, layers};
/// // 32 outputs do not fit 16 inputs.
/// type Wrong = Network<layers![
///     Dense<'static, 784, 32, Pixel<U4>, I8, Relu<U4>>,
///     Dense<'static, 16, 10, U4, I8, Identity>,
/// ]>;
/// let scratch = Wrong::SCRATCH;
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Chain<A, B> {
    first: A,
    then: B,
}

/// Activations between the two parts of a [`Chain`], and the scratch of both.
#[derive(Clone, Copy, Debug)]
pub struct ChainScratch<T, A, B> {
    between: T,
    first: A,
    then: B,
}

/// All the RAM that a network works in: the activations between its layers, and what one layer after the other needs for its sums
/// and for the list of its inputs.
#[derive(Clone, Copy)]
pub struct Scratch<L: Layer> {
    activations: L::Scratch,
    room: L::Room,
}

/// The scratch of a network type, to name it in a `static`: `static mut SCRATCH: ScratchOf<Digits> = Digits::SCRATCH;`.
pub type ScratchOf<N> = <N as Works>::Scratch;

/// What works in a scratch: a [`Network`].
pub trait Works {
    /// See [`Network::SCRATCH`].
    type Scratch;
}

impl<L: Layer> Works for Network<L> {
    type Scratch = Scratch<L>;
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

impl<A, B> Sealed for Chain<A, B> {}

impl<A, B> Layer for Chain<A, B>
where
    A: Layer,
    A::Output: Zeros,
    B: Layer<Accepts = A::Gives, Input = A::Output>,
{
    type Accepts = A::Accepts;
    type Gives = B::Gives;
    type Input = A::Input;
    type Output = B::Output;
    type Scratch = ChainScratch<A::Output, A::Scratch, B::Scratch>;
    const SCRATCH: Self::Scratch = ChainScratch { between: A::Output::ZEROS, first: A::SCRATCH, then: B::SCRATCH };
    type Room = Either<A::Room, B::Room>;
    const DESCRIPTION: Description = {
        let whole = A::DESCRIPTION.then(&B::DESCRIPTION);
        assert!(whole.is_some(), "a network has at most 16 layers");
        match whole {
            Some(whole) => whole,
            None => A::DESCRIPTION,
        }
    };

    #[inline]
    fn forward(
        &self,
        input: &Self::Input,
        scratch: &mut Self::Scratch,
        room: &mut Self::Room,
        output: &mut Self::Output,
    ) {
        self.first.forward(input, &mut scratch.first, room.one(), &mut scratch.between);
        self.then.forward(&scratch.between, &mut scratch.then, room.other(), output);
    }

    #[inline]
    fn forward_to<'o>(
        &self,
        input: &Self::Input,
        scratch: &mut Self::Scratch,
        room: &mut Self::Room,
        output: &'o mut MaybeUninit<Self::Output>,
    ) -> &'o mut Self::Output {
        self.first.forward(input, &mut scratch.first, room.one(), &mut scratch.between);
        self.then.forward_to(&scratch.between, &mut scratch.then, room.other(), output)
    }
}

impl<'a, A, B> Load<'a> for Chain<A, B>
where
    A: Load<'a>,
    A::Output: Zeros,
    B: Load<'a> + Layer<Accepts = A::Gives, Input = A::Output>,
{
    #[inline(always)]
    fn read_to(layers: &mut Layers<'a>, place: &mut MaybeUninit<Self>) {
        let chain = place.as_mut_ptr();
        // SAFETY: two places within that of the chain, one after the other.
        A::read_to(layers, unsafe { &mut *(&raw mut (*chain).first).cast() });
        // SAFETY: as above.
        B::read_to(layers, unsafe { &mut *(&raw mut (*chain).then).cast() });
    }
}

/// The type of layers one after the other: `layers![A, B, C]` is `Chain<A, Chain<B, C>>`.
#[macro_export]
macro_rules! layers {
    ($layer:ty $(,)?) => { $layer };
    ($layer:ty, $($more:ty),+ $(,)?) => { $crate::Chain<$layer, $crate::layers![$($more),+]> };
}

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
    pub const SCRATCH: Scratch<L> = Scratch { activations: L::SCRATCH, room: L::Room::ANY };

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
        match Self::load_to(blob, &mut network) {
            // SAFETY: without an error, `load_to` has written all of it.
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
        match Self::load_to(blob, place) {
            // SAFETY: without an error, `load_to` has written all of it.
            None => Ok(unsafe { place.assume_init_ref() }),
            Some(error) => Err(error),
        }
    }

    /// Writes all of `network`, or returns why not.
    #[inline(never)] // its stack is free again once it returns
    fn load_to<'a>(blob: &'a [u8], network: &mut MaybeUninit<Self>) -> Option<LoadError>
    where
        L: Load<'a>,
    {
        let mut reader = match Layers::open(blob, &const { L::DESCRIPTION }) {
            Ok(reader) => reader,
            Err(error) => return Some(error),
        };
        let Logits { step, reject_margin } = reader.logits();
        let network = network.as_mut_ptr();
        // SAFETY: places within that of the network; `read_to` writes all of its own.
        unsafe {
            (&raw mut (*network).logit_step).write(step);
            (&raw mut (*network).reject_margin).write(reject_margin);
            L::read_to(&mut reader, &mut *(&raw mut (*network).layers).cast());
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
        self.layers.forward_to(input, &mut scratch.activations, &mut scratch.room, logits)
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
        let (best, distance) = Classification::judge(scores);
        // SAFETY: as above; the scores are written by then.
        unsafe {
            class.write(best);
            margin.write(distance);
        }
    }

    /// Whether the margin reaches the model's threshold; below it an honest answer is "unknown".
    pub fn knows(&self, classification: &Classification<V, CLASSES>) -> bool {
        classification.margin.reaches(self.reject_margin, self.logit_step)
    }

    /// Probabilities of the classes, by [`softmax`](crate::softmax).
    pub fn probabilities(&self, classification: &Classification<V, CLASSES>) -> [f32; CLASSES] {
        let mut probabilities = classification.scores.map(|score| score.real(self.logit_step));
        crate::softmax(&mut probabilities);
        probabilities
    }
}
