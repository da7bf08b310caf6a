//! The network: loading it from a blob and running its layers.
#![allow(unsafe_code)] // results are built in place, without being zeroed first

use core::mem::MaybeUninit;

use crate::blob::{Expected, LayerReader, LoadError, Logits};
use crate::classification::{Classification, LogitValue};
use crate::format::Description;
use crate::layer::activations::Activations;
use crate::layer::{Layer, Load};
use crate::picture::is_blank;
use crate::scratch::{HasScratch, Scratch};
use crate::workspace::{Workspace, Zeros};

/// A loaded network, which borrows its weights from the blob.
///
/// `L` is one layer, or several of them written with [`layers!`](crate::layers!). See
/// [`include_model!`](crate::include_model!) for an example.
///
/// # Blobs in RAM
///
/// A blob that is received at run time does not live for `'static`: give the type the lifetime of its buffer.
///
/// ```
/// use sinapse::{Aligned, Dense, I4, I8, Identity, LoadError, Network, Pixel, Relu, U4, layers};
///
/// type Tiny<'a> = Network<layers![
///     Dense<'a, 4, 2, Pixel<U4>, I4, Relu<U4>>,
///     Dense<'a, 2, 2, U4, I8, Identity>,
/// ]>;
///
/// fn class_of(picture: &[u8; 4], buffer: &Aligned<[u8; 1024]>) -> Result<usize, LoadError> {
///     let network = Tiny::load_prefix(buffer)?; // borrows its weights from the buffer
///     let mut scratch = Tiny::SCRATCH;
///     Ok(network.classify(picture, &mut scratch).class)
/// }
///
/// let mut buffer = Aligned([0; 1024]);
/// # let received = include_bytes!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/tiny.postcard"));
/// buffer.0[..received.len()].copy_from_slice(received);
/// assert_eq!(class_of(&[255, 16, 0, 128], &buffer)?, 1);
/// # Ok::<(), LoadError>(())
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Network<L> {
    layers: L,
    logit_step: f32,
    reject_margin: u32,
}

impl<L: Layer> Network<L> {
    /// Initial scratch, `let mut scratch = Digits::SCRATCH;`: all the RAM that the network works in but for a small
    /// stack. In a `static`, its size is known to the linker.
    pub const SCRATCH: Scratch<L> = Scratch { activations: L::SCRATCH, workspace: L::Workspace::UNINIT };

    /// Description of the network's type: front end, sizes and number formats.
    ///
    /// Fails to compile if the first layer reads levels instead of pixels. A blob does not tell one from the other, and
    /// bytes above the maximum level would give wrong answers. Inputs that are levels enter as
    /// `Pixel<U4>`, shifted to the highest bits of their bytes.
    ///
    /// ```compile_fail,E0080
    /// # use sinapse::{Dense, I4, I8, Identity, Network, Pixel, Relu, U4, layers};
    /// // `U4` instead of `Pixel<U4>` in the first layer.
    /// type Wrong<'a> = Network<layers![Dense<'a, 4, 2, U4, I4, Relu<U4>>, Dense<'a, 2, 2, U4, I8, Identity>]>;
    /// let loaded = Wrong::load(&[]);
    /// ```
    ///
    /// ```
    /// # use sinapse::{Dense, I4, I8, Identity, Network, Pixel, Relu, U4, layers};
    /// type Right<'a> = Network<layers![Dense<'a, 4, 2, Pixel<U4>, I4, Relu<U4>>, Dense<'a, 2, 2, U4, I8, Identity>]>;
    /// let loaded = Right::load(&[]);
    /// ```
    pub const DESCRIPTION: Description = {
        assert!(
            !L::NEEDS_LAYER_BEFORE,
            "the first layer of a network reads pixels, as `Pixel<U4>`, or `f32`; \
             `U4`, `U2` and `U1` are levels, which only another layer can output"
        );
        L::DESCRIPTION
    };

    /// Builds the network of [`include_network!`](crate::include_network!), whose blob was checked while building.
    #[doc(hidden)]
    pub const fn from_layers(layers: L, logit_step: f32, reject_margin: u32) -> Self
    where
        L: Copy,
    {
        Network { layers, logit_step, reject_margin }
    }

    /// Checks a blob (`docs/format.md`) as a whole and borrows the network from it. No weight is copied.
    ///
    /// The blob must begin at a multiple of 16 bytes, see [`Aligned`](crate::Aligned), and end with the slice, else see
    /// [`load_prefix`](Self::load_prefix).
    ///
    /// # Errors
    ///
    /// Refuses every byte string that is not a whole, sound blob of exactly this network; see [`LoadError`].
    ///
    /// # Range of `f32` inputs
    ///
    /// For an `f32` network, `load` proves that no accumulator overflows if every input is in −1..=1, as pixels always
    /// are. Larger inputs are computed as they are; if they overflow, or an input is NaN or infinite, the answer has a
    /// margin of NaN and is "unknown" ([`is_confident`](Self::is_confident) is false).
    #[inline(always)] // inlines to one call; the network is built in place, no `memcpy`
    pub fn load<'a>(blob: &'a [u8]) -> Result<Self, LoadError>
    where
        L: Load<'a>,
    {
        let mut network = MaybeUninit::uninit();
        match Self::load_into(blob, &mut network) {
            // SAFETY: `load_into` returned no error, so it has initialised the whole network.
            None => Ok(unsafe { network.assume_init() }),
            Some(error) => Err(error),
        }
    }

    /// Loads the blob at the beginning of a larger slice, a flash slot for example; what follows it is not read.
    ///
    /// The slice must be aligned as for [`load`](Self::load).
    ///
    /// # Errors
    ///
    /// Those of [`blob::length`](crate::blob::length) and of [`load`](Self::load); [`LoadError::WrongLength`] if the
    /// slice ends before the blob does.
    #[inline(always)]
    pub fn load_prefix<'a>(bytes: &'a [u8]) -> Result<Self, LoadError>
    where
        L: Load<'a>,
    {
        let expected = crate::blob::length(bytes)?;
        match bytes.get(..expected) {
            Some(blob) => Self::load(blob),
            None => Err(LoadError::WrongLength { found: bytes.len(), expected }),
        }
    }

    /// Loads the network into memory that the caller provides, where it stays.
    ///
    /// Compared with [`load`](Self::load), there is one copy of the network in RAM and no code that moves it.
    ///
    /// # Errors
    ///
    /// The same as [`load`](Self::load).
    #[inline(always)]
    pub fn load_in<'a, 'p>(blob: &'a [u8], place: &'p mut MaybeUninit<Self>) -> Result<&'p Self, LoadError>
    where
        L: Load<'a>,
    {
        match Self::load_into(blob, place) {
            // SAFETY: `load_into` returned no error, so it has initialised the whole network.
            None => Ok(unsafe { place.assume_init_ref() }),
            Some(error) => Err(error),
        }
    }

    /// Initialises all of `network`, or returns the reason for refusing the blob.
    #[inline(never)] // its stack frame is released when it returns
    fn load_into<'a>(blob: &'a [u8], network: &mut MaybeUninit<Self>) -> Option<LoadError>
    where
        L: Load<'a>,
    {
        let mut reader = match LayerReader::open(blob, const { &Expected::new(Self::DESCRIPTION) }) {
            Ok(reader) => reader,
            Err(error) => return Some(error),
        };
        let Logits { step, reject_margin } = reader.logits();
        let network = network.as_mut_ptr();
        // SAFETY: the pointers are to fields of `network`, and `load_into` initialises all of its destination.
        unsafe {
            (&raw mut (*network).logit_step).write(step);
            (&raw mut (*network).reject_margin).write(reject_margin);
            L::load_into(&mut reader, &mut *(&raw mut (*network).layers).cast());
        }
        reader.finish()
    }

    /// Computes the logits, the accumulators of the last layer, one per class: `f32`, or `i32` in steps of
    /// [`logit_step`](Self::logit_step).
    #[inline]
    pub fn logits(&self, input: &L::Input, scratch: &mut Scratch<L>) -> L::Output
    where
        L::Output: Zeros,
    {
        let mut logits = MaybeUninit::uninit();
        *self.forward_to(input, scratch, &mut logits)
    }

    #[inline(never)] // one copy of the layers' loops in the program, however many callers there are
    fn forward_to<'o>(
        &self,
        input: &L::Input,
        scratch: &mut Scratch<L>,
        logits: &'o mut MaybeUninit<L::Output>,
    ) -> &'o mut L::Output {
        self.layers.forward_to(input, &mut scratch.activations, &mut scratch.workspace, logits)
    }

    /// Calls `visit` with each hidden layer's number, from 0, and activations, as the last classification has left them
    /// in `scratch`: to show them on a display. Without any, they are zero; in a shift ensemble, they are those of its
    /// last pass. Programs that do not call this pay nothing for it.
    ///
    /// # Examples
    ///
    /// ```
    /// use sinapse::{Activations, Dense, I4, I8, Identity, Network, Pixel, Relu, U4, include_model, layers};
    ///
    /// type Tiny = Network<layers![
    ///     Dense<'static, 4, 2, Pixel<U4>, I4, Relu<U4>>,
    ///     Dense<'static, 2, 2, U4, I8, Identity>,
    /// ]>;
    ///
    /// let network = Tiny::load(include_model!(Tiny, concat!(env!("CARGO_MANIFEST_DIR"), "/tests/tiny.postcard")))?;
    /// let mut scratch = Tiny::SCRATCH;
    /// network.classify(&[255, 16, 0, 128], &mut scratch);
    /// network.activations(&scratch, |layer, activations| {
    ///     assert_eq!((layer, activations), (0, Activations::Levels(&[4, 0])));
    /// });
    /// # Ok::<(), sinapse::LoadError>(())
    /// ```
    pub fn activations(&self, scratch: &Scratch<L>, mut visit: impl FnMut(usize, Activations<'_>)) {
        L::visit_activations(&scratch.activations, 0, &mut visit);
    }

    /// Real value of one step of an integer logit. An `f32` network states its reject margin in such steps, too.
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
    /// Classifies one input: argmax and margin of its logits.
    #[inline(always)] // inlines to one call; the answer is built in place, no `memcpy`
    pub fn classify(&self, input: &L::Input, scratch: &mut Scratch<L>) -> Classification<V, CLASSES> {
        let mut answer = MaybeUninit::uninit();
        self.classify_to(input, scratch, &mut answer);
        // SAFETY: `classify_to` has initialised the whole answer.
        unsafe { answer.assume_init() }
    }

    /// Initialises all of `answer`.
    #[inline(never)]
    fn classify_to(
        &self,
        input: &L::Input,
        scratch: &mut Scratch<L>,
        answer: &mut MaybeUninit<Classification<V, CLASSES>>,
    ) {
        let answer = answer.as_mut_ptr();
        // SAFETY: the pointers are to the three fields of `answer`.
        let (class_ptr, margin_ptr, scores_ptr) =
            unsafe { (&raw mut (*answer).class, &raw mut (*answer).margin, &raw mut (*answer).scores) };
        // SAFETY: nothing else borrows the scores.
        let scores: &[V; CLASSES] =
            self.forward_to(input, scratch, unsafe { &mut *scores_ptr.cast::<MaybeUninit<[V; CLASSES]>>() });
        let (class, margin) = Classification::argmax_with_margin(scores);
        // SAFETY: both are fields of `answer`, disjoint from the scores, which `forward_to` has initialised.
        unsafe {
            class_ptr.write(class);
            margin_ptr.write(margin);
        }
    }

    /// Returns true if the margin reaches the model's reject margin; below it the honest answer is "unknown".
    /// [`known_class`](Self::known_class) also tests whether the picture is blank.
    ///
    /// Never true if a logit is NaN or infinite, as after an input that is.
    ///
    /// With [one output](crate::classification#one-output): true if the logit itself reaches the reject margin.
    pub fn is_confident(&self, classification: &Classification<V, CLASSES>) -> bool {
        classification.margin.reaches(self.reject_margin, self.logit_step)
    }

    /// Returns the probabilities of the classes: the [`softmax`](crate::softmax) of the logits' real values, or `σ(z)`
    /// for [one output](crate::classification#one-output).
    pub fn probabilities(&self, classification: &Classification<V, CLASSES>) -> [f32; CLASSES] {
        let mut probabilities = classification.scores.map(|score| score.real(self.logit_step));
        crate::classification::probabilities(&mut probabilities);
        probabilities
    }
}

impl<L, V, const PIXELS: usize, const CLASSES: usize> Network<L>
where
    L: Layer<Input = [u8; PIXELS], Output = [V; CLASSES]>,
    V: LogitValue,
    [V; CLASSES]: Zeros,
{
    /// Returns the class of a picture that [`classify`](Self::classify) has classified, or `None` for "unknown": the
    /// network [is not confident](Self::is_confident), or the picture [is blank](crate::picture::is_blank).
    ///
    /// The margin alone cannot tell: a blank picture is answered by the biases, which may be confident.
    ///
    /// # Examples
    ///
    /// ```
    /// use sinapse::{Dense, I4, I8, Identity, Network, Pixel, Relu, U4, include_model, layers};
    ///
    /// type Tiny = Network<layers![
    ///     Dense<'static, 4, 2, Pixel<U4>, I4, Relu<U4>>,
    ///     Dense<'static, 2, 2, U4, I8, Identity>,
    /// ]>;
    ///
    /// let network = Tiny::load(include_model!(Tiny, concat!(env!("CARGO_MANIFEST_DIR"), "/tests/tiny.postcard")))?;
    /// let mut scratch = Tiny::SCRATCH;
    /// for (picture, known) in [([255, 16, 0, 128], Some(1)), ([0; 4], None)] {
    ///     let answer = network.classify(&picture, &mut scratch);
    ///     assert!(network.is_confident(&answer));
    ///     assert_eq!(network.known_class(&answer, &picture), known);
    /// }
    /// # Ok::<(), sinapse::LoadError>(())
    /// ```
    pub fn known_class(&self, classification: &Classification<V, CLASSES>, picture: &[u8; PIXELS]) -> Option<usize> {
        let is_known = self.is_confident(classification) && !is_blank(picture, L::DESCRIPTION.input);
        is_known.then_some(classification.class)
    }
}

impl<L: Layer> HasScratch for Network<L> {
    type Scratch = Scratch<L>;
}
