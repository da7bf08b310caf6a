//! Networks whose shape is known at run time: any blob, by the kernels that typed networks use.
//!
//! For trainers, importers and tests on a computer with an allocator; a board knows its network and uses
//! [`Network`](crate::Network). Needs the feature `alloc`.

use alloc::borrow::Cow;
use alloc::vec;
use alloc::vec::Vec;
use core::mem::MaybeUninit;

pub use crate::blob::Blob;
use crate::blob::crc::Crc32;
use crate::blob::{LayerBytes, LayerView, LoadError, Logits, Provenance, Reader, encode};
use crate::cast::{self, Plain};
use crate::format::{ActivationKind, Element, ElementFormat, LayerKind, Preprocessing, WeightFormat};
use crate::kernel::Kernel;
use crate::layer::activation;
use crate::picture::downscale::{Downscaling, downscale};
use crate::picture::{is_blank, shift};
use crate::{Description, I2, I4, I8, U4, U8};

/// A checked network of any shape.
#[derive(Clone, Debug)]
pub struct Model<'a> {
    /// Sizes and formats.
    pub description: Description,
    /// Width and height of the input picture.
    pub size: (usize, usize),
    /// Unit of the logits, and the margin below which an answer is rejected.
    pub logits: Logits,
    /// Origin of the network.
    pub provenance: Provenance<'a>,
    /// All layers.
    pub layers: Vec<LayerView<'a>>,
}

/// Logits of one image.
#[derive(Clone, Debug, PartialEq)]
pub enum Scores {
    /// Integer accumulators of the last layer.
    I32(Vec<i32>),
    /// Single precision.
    F32(Vec<f32>),
}

/// Values that a layer reads.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum LayerInput<'v> {
    /// Quantised activations.
    Levels(&'v [u8]),
    /// Single precision.
    F32(&'v [f32]),
}

impl<'a> Model<'a> {
    /// Checks a blob as [`Network::load`](crate::Network::load) does, for any shape.
    ///
    /// # Errors
    ///
    /// Those of [`Network::load`](crate::Network::load).
    pub fn load(blob: &'a Blob) -> Result<Model<'a>, LoadError> {
        let mut reader = Reader::open(blob.bytes())?;
        let description = *reader.description();
        let size = (usize::from(reader.head().width), usize::from(reader.head().height));
        let provenance = *reader.provenance();
        let layers = description.layers().iter().map(|_| reader.next_layer()).collect::<Result<_, _>>()?;
        let logits = reader.finish()?;
        Ok(Model { description, size, logits, provenance, layers })
    }

    /// Computes the logits of an image.
    ///
    /// # Panics
    ///
    /// If the image does not have as many pixels as the network reads.
    pub fn scores(&self, image: &[u8]) -> Scores {
        if self.description.input == ElementFormat::F32 {
            return Scores::F32(self.forward_f32(&first_layer_input(&self.description, image, 0), |_| ()));
        }
        let pass = |index| self.forward_integer(&first_layer_input(&self.description, image, index), |_| ());
        let mut logits = pass(0);
        for index in 1..self.description.passes() {
            logits.iter_mut().zip(pass(index)).for_each(|(logit, more)| *logit += more);
        }
        Scores::I32(logits)
    }

    /// Returns true if a picture is [blank](crate::picture::is_blank) to this network; the answer is then "unknown".
    pub fn is_blank(&self, image: &[u8]) -> bool {
        is_blank(image, self.description.input)
    }

    /// Calls `observe` with the values that each layer reads, first layer first (first pass of a shift ensemble).
    ///
    /// # Panics
    ///
    /// Same as [`Model::scores`].
    pub fn observe_inputs(&self, image: &[u8], mut observe: impl FnMut(LayerInput<'_>)) {
        let image = first_layer_input(&self.description, image, 0);
        if self.description.input == ElementFormat::F32 {
            self.forward_f32(&image, |values| observe(LayerInput::F32(values)));
        } else {
            self.forward_integer(&image, |levels| observe(LayerInput::Levels(levels)));
        }
    }

    /// Logits of a network in single precision; `observe` is called with each layer's inputs.
    fn forward_f32(&self, image: &[u8], mut observe: impl FnMut(&[f32])) -> Vec<f32> {
        let mut values: Vec<f32> = image.iter().map(|&pixel| f32::from(pixel) / 255.0).collect();
        for view in &self.layers {
            observe(&values);
            let mut accumulators = accumulate::<f32, f32>(view, &values);
            for sum in &mut accumulators {
                *sum = match view.description.activation {
                    ActivationKind::Identity => *sum,
                    ActivationKind::Relu => activation::relu(*sum),
                    ActivationKind::Sigmoid => activation::sigmoid(*sum),
                };
            }
            values = accumulators;
        }
        values
    }

    /// Logits of an integer network; `observe` is called with each layer's inputs.
    fn forward_integer(&self, image: &[u8], mut observe: impl FnMut(&[u8])) -> Vec<i32> {
        let mut levels: Vec<u8> = image.iter().map(|&pixel| self.description.input.level_of_pixel(pixel)).collect();
        let mut accumulators = Vec::new();
        for view in &self.layers {
            observe(&levels);
            let format = view.description;
            accumulators = integer_accumulators(view, &levels);
            if format.activation == ActivationKind::Identity {
                break;
            }
            let level = |(o, &a): (usize, &i32)| match format.activation {
                ActivationKind::Sigmoid => view.requantization.sigmoid(a, o, format.output),
                _ => view.requantization.relu(a, o, format.output.max_level()),
            };
            levels = accumulators.iter().enumerate().map(level).collect();
        }
        accumulators
    }

    /// Encodes the same weights as a shift ensemble, see [`shift`].
    ///
    /// Returns `None` for a network in single precision.
    pub fn with_shift_ensemble(&self) -> Option<Vec<u8>> {
        let (width, height) = (self.size.0 as u16, self.size.1 as u16);
        let preprocessing = self.description.preprocessing.unwrap_or(Preprocessing::new(width, height));
        let description = self.description.preprocessed_by(preprocessing).with_shift_ensemble()?;
        let layers: Vec<LayerBytes> = self.layers.iter().map(LayerBytes::of_view).collect();
        let step = self.logits.step / f32::from(description.passes());
        Some(encode(&description, (width, height), Logits { step, ..self.logits }, &self.provenance, &layers))
    }

    /// Bytes of weights and biases, with multipliers and the padding of columns: all that grows with the shape.
    pub fn weight_bytes(&self) -> usize {
        let bytes = |view: &LayerView<'_>| {
            view.weights.len() + view.bias.len() + view.requantization.multipliers.as_flattened().len()
        };
        self.layers.iter().map(bytes).sum()
    }

    /// RAM of the activations between layers, see [`scratch_bytes`].
    pub fn scratch_bytes(&self) -> usize {
        scratch_bytes(&self.description)
    }

    /// Multiply-adds of an input without zeros, over all passes of a shift ensemble.
    pub fn multiply_adds(&self) -> usize {
        let one_pass: usize =
            self.layers.iter().map(|layer| layer.inputs * usize::from(layer.description.outputs)).sum();
        usize::from(self.description.passes()) * one_pass
    }
}

/// RAM of prepared pictures and of the activations between layers: the part of
/// [`Network::SCRATCH`](crate::Network::SCRATCH) that is the same on every core.
pub fn scratch_bytes(description: &Description) -> usize {
    let layers = description.layers();
    let one = if description.input == ElementFormat::F32 { 4 } else { 1 };
    let downscaled = description.preprocessing.map_or(0, |_| usize::from(description.inputs));
    let shifted = if description.passes() > 1 { description.picture_pixels() } else { 0 };
    let hidden = layers.iter().take(layers.len().saturating_sub(1));
    shifted + downscaled + hidden.map(|layer| usize::from(layer.outputs) * one).sum::<usize>()
}

/// Runs the front end: returns the pixels that the first layer reads in pass `0..passes` over an image.
///
/// # Panics
///
/// If the image does not have as many pixels as the network reads.
pub fn first_layer_input<'i>(description: &Description, image: &'i [u8], pass: u8) -> Cow<'i, [u8]> {
    assert_eq!(image.len(), description.picture_pixels(), "pixels of the image");
    let Some(preprocessing) = description.preprocessing else { return Cow::Borrowed(image) };
    let mut picture = Cow::Borrowed(image);
    if pass > 0 {
        shift::shifted(image, usize::from(preprocessing.width), pass, picture.to_mut());
    }
    let mut inputs = vec![0; usize::from(description.inputs)];
    downscale(&picture, &Downscaling::new(&preprocessing), &mut inputs);
    Cow::Owned(inputs)
}

/// Accumulators of an integer layer, for any layout of its weights.
pub fn integer_accumulators(view: &LayerView<'_>, levels: &[u8]) -> Vec<i32> {
    // Levels of fewer bits are small 4-bit levels, and the layout of their weights is the same.
    match (view.description.weights, view.input) {
        (WeightFormat::I8, ElementFormat::U8) => accumulate::<I8, U8>(view, levels),
        (WeightFormat::I8, _) => accumulate::<I8, U4>(view, levels),
        (WeightFormat::I4, ElementFormat::U8) => accumulate::<I4, U8>(view, levels),
        (WeightFormat::I4, _) => accumulate::<I4, U4>(view, levels),
        (WeightFormat::I2, ElementFormat::U8) => accumulate::<I2, U8>(view, levels),
        (WeightFormat::I2, _) => accumulate::<I2, U4>(view, levels),
        (WeightFormat::F32, _) => unreachable!("the reader has checked that formats go together"),
    }
}

/// Accumulators of a layer, by the kernel of this machine.
fn accumulate<W, X>(view: &LayerView<'_>, input: &[X::Raw]) -> Vec<W::Value>
where
    W: Kernel<X, Cell: Plain, Value: Plain>,
    X: Element,
{
    let (weights, bias) = (aligned(view.weights), aligned(view.bias));
    match view.description.kind {
        LayerKind::Dense => {
            let mut accumulators = vec![MaybeUninit::uninit(); usize::from(view.description.outputs)];
            W::matvec_unprepared(weights, bias, input, &mut accumulators).to_vec()
        }
    }
}

/// Numbers of a checked blob.
fn aligned<T: Plain>(bytes: &[u8]) -> &[T] {
    cast::numbers(bytes).expect("the reader has checked alignment and length")
}

impl Scores {
    /// Returns the index of the largest score, the first of equals.
    pub fn class(&self) -> usize {
        match self {
            Scores::I32(scores) => crate::argmax(scores),
            Scores::F32(scores) => crate::argmax(scores),
        }
    }

    /// Returns the distance of the best to the second-best score, in logit steps; with one class, the score itself.
    pub fn margin_steps(&self, logits: Logits) -> f64 {
        let in_steps: Vec<f64> = match self {
            Scores::I32(scores) => scores.iter().map(|&score| f64::from(score)).collect(),
            Scores::F32(scores) => scores.iter().map(|score| f64::from(score / logits.step)).collect(),
        };
        let best = self.class();
        let rivals = in_steps.iter().enumerate().filter(|(class, _)| *class != best);
        rivals.map(|(_, score)| in_steps[best] - score).reduce(f64::min).unwrap_or(in_steps[best])
    }

    /// Returns the real values of the scores.
    pub fn real(&self, logits: Logits) -> Vec<f32> {
        match self {
            Scores::I32(scores) => scores.iter().map(|&score| score as f32 * logits.step).collect(),
            Scores::F32(scores) => scores.clone(),
        }
    }

    /// Adds the scores to a checksum: little-endian `i32`, or the bits of `f32`.
    pub fn checksum(&self, crc: &mut Crc32) {
        match self {
            Scores::I32(scores) => scores.iter().for_each(|score| crc.update(&score.to_le_bytes())),
            Scores::F32(scores) => scores.iter().for_each(|score| crc.update(&score.to_le_bytes())),
        }
    }
}
