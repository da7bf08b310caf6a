//! Any blob on the host: the core's reader and kernels, with a shape known only at run time.

use std::borrow::Cow;
use std::mem::MaybeUninit;
use std::path::{Path, PathBuf};

use rayon::prelude::*;
use sinapse::activation::{self, ActivationKind};
use sinapse::blob::{LayerView, LoadError, Logits, Provenance, Reader};
use sinapse::crc::Crc32;
use sinapse::element::ElementFormat;
use sinapse::kernel::Kernel;
use sinapse::reduce::reduce;
use sinapse::views;
use sinapse::weight::WeightFormat;
use sinapse::{Description, I2, I4, I8, U4, U8};

/// A blob's bytes, aligned as the core wants them.
#[derive(Clone, Debug)]
pub struct Blob {
    words: Vec<u128>,
    length: usize,
}

impl Blob {
    /// Copies bytes to an aligned place.
    pub fn new(bytes: &[u8]) -> Blob {
        let mut words = vec![0u128; bytes.len().div_ceil(16)];
        bytemuck::cast_slice_mut(&mut words)[..bytes.len()].copy_from_slice(bytes);
        Blob { words, length: bytes.len() }
    }

    /// Reads a blob file.
    ///
    /// # Errors
    ///
    /// Where the file cannot be read.
    pub fn read(path: &Path) -> Result<Blob, ModelError> {
        let bytes = std::fs::read(path).map_err(|source| ModelError::Unreadable { path: path.into(), source })?;
        Ok(Blob::new(&bytes))
    }

    /// The bytes.
    pub fn bytes(&self) -> &[u8] {
        &bytemuck::cast_slice(&self.words)[..self.length]
    }
}

/// Why a model file cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ModelError {
    /// The file cannot be read.
    #[error("model {}: {source}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// The system's reason.
        source: std::io::Error,
    },
    /// The file is not a sound blob.
    #[error("model {}: {source}", path.display())]
    Refused {
        /// The file.
        path: PathBuf,
        /// The core's reason.
        source: Box<LoadError>,
    },
    /// The images are not of the size that the network reads.
    #[error("the model reads images of {width} × {height} pixels, found {found_width} × {found_height}")]
    WrongImageSize {
        /// Width that the model reads.
        width: usize,
        /// Height that the model reads.
        height: usize,
        /// Width found.
        found_width: usize,
        /// Height found.
        found_height: usize,
    },
}

/// A checked network of any shape.
#[derive(Clone, Debug)]
pub struct Model<'a> {
    /// Sizes and formats.
    pub description: Description,
    /// Width and height of the input picture.
    pub size: (usize, usize),
    /// What the logits mean.
    pub logits: Logits,
    /// Where the network comes from.
    pub provenance: Provenance<'a>,
    /// All layers.
    pub layers: Vec<LayerView<'a>>,
}

/// Values that one layer reads.
#[derive(Clone, Copy, Debug)]
pub enum LayerInput<'v> {
    /// Levels of an integer layer.
    Levels(&'v [u8]),
    /// Single precision.
    F32(&'v [f32]),
}

/// Logits of one image.
#[derive(Clone, Debug, PartialEq)]
pub enum Scores {
    /// Integer sums.
    I32(Vec<i32>),
    /// Single precision.
    F32(Vec<f32>),
}

impl<'a> Model<'a> {
    /// Checks a blob as [`sinapse::Network::load`] does, whatever its shape.
    ///
    /// # Errors
    ///
    /// The core's.
    pub fn load(blob: &'a Blob) -> Result<Model<'a>, LoadError> {
        let mut reader = Reader::open(blob.bytes())?;
        let description = *reader.description();
        let size = (usize::from(reader.head().width), usize::from(reader.head().height));
        let provenance = *reader.provenance();
        let layers = description.layers().iter().map(|_| reader.next_layer()).collect::<Result<_, _>>()?;
        let logits = reader.finish()?;
        Ok(Model { description, size, logits, provenance, layers })
    }

    /// As [`Model::load`], naming the file in the error.
    ///
    /// # Errors
    ///
    /// [`ModelError::Refused`].
    pub fn of_file(blob: &'a Blob, path: &Path) -> Result<Model<'a>, ModelError> {
        Model::load(blob).map_err(|source| ModelError::Refused { path: path.into(), source: Box::new(source) })
    }

    /// Checks that pictures of this size can be read.
    ///
    /// # Errors
    ///
    /// Both sizes, where they differ.
    pub fn check_size(&self, width: usize, height: usize) -> Result<(), ModelError> {
        if self.size == (width, height) {
            return Ok(());
        }
        let (model_width, model_height) = self.size;
        Err(ModelError::WrongImageSize {
            width: model_width,
            height: model_height,
            found_width: width,
            found_height: height,
        })
    }

    /// Logits of an image, by the core's kernels.
    ///
    /// # Panics
    ///
    /// Where the image has not as many pixels as the network reads.
    pub fn scores(&self, image: &[u8]) -> Scores {
        if self.description.input == ElementFormat::F32 {
            return Scores::F32(self.forward_f32(&inputs(&self.description, image, 0), |_| ()));
        }
        let of_view = |view| self.forward_integer(&inputs(&self.description, image, view), |_| ());
        let mut sums = of_view(0);
        for view in 1..self.description.views() {
            sums.iter_mut().zip(of_view(view)).for_each(|(sum, of_view)| *sum += of_view);
        }
        Scores::I32(sums)
    }

    /// Calls `observe` with the values that each layer reads of an image, first layer first. Of several views, only the first is run.
    ///
    /// # Panics
    ///
    /// As [`Model::scores`].
    pub fn observe_inputs(&self, image: &[u8], mut observe: impl FnMut(LayerInput<'_>)) {
        let image = inputs(&self.description, image, 0);
        if self.description.input == ElementFormat::F32 {
            self.forward_f32(&image, |values| observe(LayerInput::F32(values)));
        } else {
            self.forward_integer(&image, |levels| observe(LayerInput::Levels(levels)));
        }
    }

    /// The sums of the last layer; `see` is shown the values that each layer reads.
    fn forward_f32(&self, image: &[u8], mut see: impl FnMut(&[f32])) -> Vec<f32> {
        let mut values: Vec<f32> = image.iter().map(|&pixel| f32::from(pixel) / 255.0).collect();
        for view in &self.layers {
            see(&values);
            let mut sums = vec![MaybeUninit::uninit(); usize::from(view.description.outputs)];
            let (weights, bias) = (bytemuck::cast_slice(view.weights), bytemuck::cast_slice(view.bias));
            let sums = <f32 as Kernel<f32>>::sums(weights, bias, &values, &mut sums);
            for sum in sums.iter_mut() {
                *sum = match view.description.activation {
                    ActivationKind::Identity => *sum,
                    ActivationKind::Relu => activation::relu(*sum),
                    ActivationKind::Sigmoid => activation::sigmoid(*sum),
                };
            }
            values = sums.to_vec();
        }
        values
    }

    /// The sums of the last layer; `see` is shown the levels that each layer reads.
    fn forward_integer(&self, image: &[u8], mut see: impl FnMut(&[u8])) -> Vec<i32> {
        let mut levels: Vec<u8> = image.iter().map(|&pixel| self.description.input.level_of_pixel(pixel)).collect();
        let mut sums = Vec::new();
        for view in &self.layers {
            see(&levels);
            let format = view.description;
            sums = integer_sums(view, &levels);
            if format.activation == ActivationKind::Identity {
                break;
            }
            let level = |(o, &a): (usize, &i32)| match format.activation {
                ActivationKind::Sigmoid => view.requantization.sigmoid(a, o, format.output),
                _ => view.requantization.relu(a, o, format.output.top_level()),
            };
            levels = sums.iter().enumerate().map(level).collect();
        }
        sums
    }

    /// Scores of all images, `[images][IN]`, in parallel, in order.
    pub fn scores_of_all(&self, images: &[u8]) -> Vec<Scores> {
        images.par_chunks_exact(self.description.picture_pixels()).map(|image| self.scores(image)).collect()
    }

    /// How many images get their label.
    pub fn correct(&self, images: &[u8], labels: &[u8]) -> usize {
        let images = images.par_chunks_exact(self.description.picture_pixels());
        images.zip(labels).filter(|(image, label)| self.scores(image).class() == usize::from(**label)).count()
    }

    /// Bytes of weights and biases, with multipliers and the padding of columns: all that grows with the shape.
    pub fn weight_bytes(&self) -> usize {
        let bytes = |view: &LayerView<'_>| {
            view.weights.len() + view.bias.len() + view.requantization.multipliers.as_flattened().len()
        };
        self.layers.iter().map(bytes).sum()
    }

    /// RAM of the activations between the layers: the part of [`sinapse::Network::SCRATCH`] that is the same on every core.
    pub fn scratch_bytes(&self) -> usize {
        scratch_bytes(&self.description)
    }

    /// Multiplications and additions of an input without zeros, of all its views.
    pub fn multiply_adds(&self) -> usize {
        let of_view: usize =
            self.layers.iter().map(|layer| layer.inputs * usize::from(layer.description.outputs)).sum();
        usize::from(self.description.views()) * of_view
    }
}

/// RAM of the pictures that are made and of the activations between the layers: the part of [`sinapse::Network::SCRATCH`] that is the same
/// on every core.
pub fn scratch_bytes(description: &Description) -> usize {
    let layers = description.layers();
    let one = if description.input == ElementFormat::F32 { 4 } else { 1 };
    let reduced = description.reduction.map_or(0, |_| usize::from(description.inputs));
    let moved = if description.views() > 1 { description.picture_pixels() } else { 0 };
    let hidden = layers.iter().take(layers.len().saturating_sub(1));
    moved + reduced + hidden.map(|layer| usize::from(layer.outputs) * one).sum::<usize>()
}

/// What the first layer reads of a view of an image, `0..views`: all of it, or the smaller picture.
///
/// # Panics
///
/// Where the image has not as many pixels as the network reads.
pub fn inputs<'i>(description: &Description, image: &'i [u8], view: u8) -> Cow<'i, [u8]> {
    assert_eq!(image.len(), description.picture_pixels(), "pixels of the image");
    let Some(reduction) = description.reduction else { return Cow::Borrowed(image) };
    let mut seen = Cow::Borrowed(image);
    if view > 0 {
        views::view(image, usize::from(reduction.width), view, seen.to_mut());
    }
    let mut reduced = vec![0; usize::from(description.inputs)];
    reduce(&seen, &reduction, &mut reduced);
    Cow::Owned(reduced)
}

/// Sums of an integer layer by the core's kernels, whatever the layout of its weights.
pub fn integer_sums(view: &LayerView<'_>, levels: &[u8]) -> Vec<i32> {
    let mut room = vec![MaybeUninit::uninit(); usize::from(view.description.outputs)];
    let (weights, bias) = (bytemuck::cast_slice(view.weights), bytemuck::cast_slice(view.bias));
    // Levels of fewer bits are levels of 4 bits that happen to be small, and their weights lie in the same order.
    let sums = match (view.description.weights, view.input) {
        (WeightFormat::I8, ElementFormat::U8) => <I8 as Kernel<U8>>::sums(weights, bias, levels, &mut room),
        (WeightFormat::I8, _) => <I8 as Kernel<U4>>::sums(weights, bias, levels, &mut room),
        (WeightFormat::I4, ElementFormat::U8) => <I4 as Kernel<U8>>::sums(weights, bias, levels, &mut room),
        (WeightFormat::I4, _) => <I4 as Kernel<U4>>::sums(weights, bias, levels, &mut room),
        (WeightFormat::I2, ElementFormat::U8) => <I2 as Kernel<U8>>::sums(weights, bias, levels, &mut room),
        (WeightFormat::I2, _) => <I2 as Kernel<U4>>::sums(weights, bias, levels, &mut room),
        (WeightFormat::F32, _) => unreachable!("the reader has checked that formats go together"),
    };
    sums.to_vec()
}

impl Scores {
    /// Index of the largest score, the first of equals.
    pub fn class(&self) -> usize {
        match self {
            Scores::I32(scores) => sinapse::argmax(scores),
            Scores::F32(scores) => sinapse::argmax(scores),
        }
    }

    /// Distance of the best to the second-best score, in logit steps; the score itself where there is one class.
    pub fn margin_steps(&self, logits: Logits) -> f64 {
        let in_steps: Vec<f64> = match self {
            Scores::I32(scores) => scores.iter().map(|&score| f64::from(score)).collect(),
            Scores::F32(scores) => scores.iter().map(|score| f64::from(score / logits.step)).collect(),
        };
        let best = self.class();
        let rivals = in_steps.iter().enumerate().filter(|(class, _)| *class != best);
        rivals.map(|(_, score)| in_steps[best] - score).reduce(f64::min).unwrap_or(in_steps[best])
    }

    /// Real values of the scores.
    pub fn real(&self, logits: Logits) -> Vec<f32> {
        match self {
            Scores::I32(scores) => scores.iter().map(|&score| score as f32 * logits.step).collect(),
            Scores::F32(scores) => scores.clone(),
        }
    }

    /// Takes the scores into a checksum: little-endian `i32`, or the bits of `f32`.
    pub fn checksum(&self, crc: &mut Crc32) {
        match self {
            Scores::I32(scores) => scores.iter().for_each(|score| crc.update(&score.to_le_bytes())),
            Scores::F32(scores) => scores.iter().for_each(|score| crc.update(&score.to_le_bytes())),
        }
    }
}
