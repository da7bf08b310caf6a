//! What is counted on each core, and what of; the numbers are in `tables.rs`.

use sinapse::element::ElementFormat;
use sinapse::weight::WeightFormat;

use super::activity::Activity;

/// Entries that a list of the columns has room for, before a look: 120, less sixteen.
pub const LIST: f64 = 104.0;
/// Pairs that a list of the tiles has room for, before a look: 64, less eight.
pub const PAIRS: f64 = 56.0;

/// Looking for inputs that are not zero.
#[derive(Clone, Copy, Debug)]
pub struct Scan {
    /// Sixteen inputs, before any of them is looked at: all that sixteen zeros take.
    pub row: f64,
    /// Four inputs, in a row that is not all zero.
    pub word: f64,
    /// An entry of the list.
    pub entry: f64,
    /// A zero in a word that is not all zero.
    pub zero: f64,
}

impl Scan {
    /// Scanning the inputs of a layer.
    pub fn of(&self, activity: &Activity, entries: f64) -> f64 {
        let zeros = (4.0 * activity.words - activity.nonzero).max(0.0);
        let words = 4.0 * activity.rows;
        self.row * activity.inputs / 16.0 + self.word * words + self.entry * entries + self.zero * zeros
    }
}

/// A nonzero input times its weights to a block of up to sixteen outputs.
#[derive(Clone, Copy, Debug)]
pub struct Products {
    /// Once for the block.
    pub entry: f64,
    /// Each 32-bit word of weights.
    pub word: f64,
}

/// An input at the top level and sixteen outputs, where such inputs are kept apart.
#[derive(Clone, Copy, Debug)]
pub struct Tops {
    /// 8-bit weights.
    pub i8: f64,
    /// 4-bit weights.
    pub i4: f64,
}

impl Tops {
    /// Whether a layer keeps them apart, as the core's `lanes` choose.
    pub fn are_apart(weights: WeightFormat, inputs: usize, outputs: usize) -> bool {
        match weights {
            WeightFormat::I8 => outputs.is_multiple_of(16),
            WeightFormat::I4 => outputs.is_multiple_of(32) && inputs >= 512,
            WeightFormat::I2 | WeightFormat::F32 => false,
        }
    }

    /// With weights of this format; `None` where no kernel keeps them apart.
    pub fn of(&self, weights: WeightFormat) -> Option<f64> {
        match weights {
            WeightFormat::I8 => Some(self.i8),
            WeightFormat::I4 => Some(self.i4),
            WeightFormat::I2 | WeightFormat::F32 => None,
        }
    }
}

/// 8-bit weights times 8-bit levels.
#[derive(Clone, Copy, Debug)]
pub struct Tiles {
    /// Listing the pairs.
    pub scan: Scan,
    /// A pair of inputs and eight outputs.
    pub pair: f64,
    /// A pair of inputs and one of the outputs after the last eight.
    pub pair_of_rest: f64,
    /// Whether the list is one of pairs; of inputs otherwise.
    pub by_pairs: bool,
    /// An input and an output, where inputs are not taken by pairs.
    pub input: f64,
    /// An output, whenever the list is emptied.
    pub flush: f64,
}

/// Bytes of a program without its blob.
#[derive(Clone, Copy, Debug)]
pub struct Program {
    /// Start-up, loader, loop and judgement.
    pub base: usize,
    /// Columns of 8-bit weights.
    pub i8: usize,
    /// Inputs at the top level, apart.
    pub tops: usize,
    /// Columns of 4-bit weights.
    pub i4: usize,
    /// Columns of ternary weights.
    pub i2: usize,
    /// Columns of `f32`.
    pub f32: usize,
    /// Tiles.
    pub tiles: usize,
    /// Hidden layers of integers.
    pub hidden: usize,
    /// Hidden layers of `f32`, with the exponential.
    pub hidden_f32: usize,
    /// Reduction of the picture.
    pub reduction: usize,
    /// Correction of its slant.
    pub deslant: usize,
    /// Its views.
    pub views: usize,
    /// Bytes of a list of inputs for columns of integers, as the core's kernels ask for.
    pub columns_list: usize,
    /// The same for tiles.
    pub tiles_list: usize,
    /// The same for `f32`.
    pub f32_list: usize,
    /// Stack of a layer with columns of integers, without pointers to layers and logits.
    pub columns_stack: usize,
    /// More, where inputs at the top level are kept apart.
    pub tops_stack: usize,
    /// More, where the sums are no multiple of sixteen.
    pub rest_stack: usize,
    /// More, where levels come out of them.
    pub hidden_stack: usize,
    /// The same with tiles.
    pub tiles_stack: usize,
    /// The same with `f32`.
    pub f32_stack: usize,
    /// More stack for each layer.
    pub layer_stack: usize,
}

/// All of a core.
#[derive(Clone, Copy, Debug)]
pub struct Coefficients {
    /// An image, whatever its network.
    pub image: f64,
    /// A layer, whatever its size.
    pub layer: f64,
    /// A class: the largest sum and its margin.
    pub class: f64,
    /// A pixel of a picture that is moved, for each of its views.
    pub moved: f64,
    /// A pixel of a picture whose slant is corrected.
    pub deslanted: f64,
    /// A pixel of the smaller picture, where it is halved.
    pub halved: f64,
    /// The same where it is not zero, in addition.
    pub halved_lit: f64,
    /// A pixel of a picture that is reduced otherwise.
    pub reduced_picture: f64,
    /// A pixel of the smaller picture that is not zero.
    pub reduced_lit: f64,
    /// Listing the inputs of columns of integers.
    pub scan: Scan,
    /// Listing the inputs of columns of `f32`.
    pub scan_f32: Scan,
    /// Columns of 8-bit weights.
    pub i8: Products,
    /// Columns of 4-bit weights.
    pub i4: Products,
    /// Columns of ternary weights.
    pub i2: Products,
    /// Columns of `f32`, a word a weight.
    pub f32: Products,
    /// Inputs at the top level, on cores that keep them apart.
    pub tops: Option<Tops>,
    /// A block of sums, whenever the list is emptied.
    pub flush: f64,
    /// The same, in addition, where the block has fewer than sixteen sums: they are copied.
    pub flush_rest: f64,
    /// Inputs between two looks at the sum of levels, see [`Coefficients::budget`].
    pub step: f64,
    /// 8-bit weights times 8-bit levels.
    pub tiles: Tiles,
    /// A hidden output of ReLU.
    pub relu: f64,
    /// The same where the loops that add columns make levels, too, of sums by sixteen.
    pub relu_at_end: Option<f64>,
    /// The same in `f32`.
    pub relu_f32: f64,
    /// A hidden output of sigmoid, from a table.
    pub sigmoid: f64,
    /// The same in `f32`, from an exponential.
    pub sigmoid_f32: f64,
    /// Sizes; `None` where none were measured.
    pub program: Option<Program>,
}

impl Coefficients {
    /// What products with weights of this format take.
    pub fn products(&self, weights: WeightFormat) -> Products {
        match weights {
            WeightFormat::F32 => self.f32,
            WeightFormat::I8 => self.i8,
            WeightFormat::I4 => self.i4,
            WeightFormat::I2 => self.i2,
        }
    }

    /// Sum of the levels that a list has when it is emptied because 16 bits have no room for more: looked at every few inputs,
    /// so half as many more are in it as a mean.
    pub fn budget(&self, weights: WeightFormat, input: ElementFormat) -> f64 {
        let top = f64::from(input.top_level());
        (32_767.0 / f64::from(weights.limit().max(1)) - self.step * top / 2.0).max(top)
    }
}
