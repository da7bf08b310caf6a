//! Units of work that the model counts; their costs on each core are in `tables.rs`.

use sinapse::format::{ElementFormat, WeightFormat};

use super::activity::Activity;

/// Entries after which the nonzero list of column kernels counts as full: its 120 less the sixteen of one scan step.
pub const ENTRIES_PER_LIST: f64 = 104.0;
/// Entries after which the list of pairs of tile kernels counts as full: its 64 less the eight of one scan step.
pub const PAIRS_PER_LIST: f64 = 56.0;

/// Searching for nonzero inputs.
#[derive(Clone, Copy, Debug)]
pub struct ScanCost {
    /// Sixteen inputs before any is examined: the entire cost of sixteen zeros.
    pub row: f64,
    /// Four inputs, in a row that is not all zero.
    pub word: f64,
    /// One entry of the list.
    pub entry: f64,
    /// One zero in a word that is not all zero.
    pub zero: f64,
}

impl ScanCost {
    /// Cost of scanning the inputs of a layer.
    pub fn cost(&self, activity: &Activity, entries: f64) -> f64 {
        let zeros = (4.0 * activity.words - activity.nonzero).max(0.0);
        let words = 4.0 * activity.rows;
        self.row * activity.inputs / 16.0 + self.word * words + self.entry * entries + self.zero * zeros
    }
}

/// A nonzero input times its weights for a block of up to sixteen outputs.
#[derive(Clone, Copy, Debug)]
pub struct ProductCost {
    /// Once per block.
    pub entry: f64,
    /// Per 32-bit word of weights.
    pub word: f64,
}

/// An input at the maximum level and sixteen outputs, on cores that list such inputs separately.
#[derive(Clone, Copy, Debug)]
pub struct SaturatedCost {
    /// 8-bit weights.
    pub i8: f64,
    /// 4-bit weights.
    pub i4: f64,
}

impl SaturatedCost {
    /// Whether a layer lists them separately, as the core's kernels decide.
    pub fn are_listed(weights: WeightFormat, inputs: usize, outputs: usize) -> bool {
        match weights {
            WeightFormat::I8 => outputs.is_multiple_of(16),
            WeightFormat::I4 => outputs.is_multiple_of(32) && inputs >= 512,
            WeightFormat::I2 | WeightFormat::F32 => false,
        }
    }

    /// Cost with weights of this format; `None` if no kernel lists them separately.
    pub fn cost(&self, weights: WeightFormat) -> Option<f64> {
        match weights {
            WeightFormat::I8 => Some(self.i8),
            WeightFormat::I4 => Some(self.i4),
            WeightFormat::I2 | WeightFormat::F32 => None,
        }
    }
}

/// 8-bit weights times 8-bit activations.
#[derive(Clone, Copy, Debug)]
pub struct TileCost {
    /// Building the list.
    pub scan: ScanCost,
    /// A pair of inputs and eight outputs.
    pub pair: f64,
    /// A pair of inputs and one of the outputs beyond the last eight.
    pub pair_remainder: f64,
    /// Whether the list holds pairs; single inputs otherwise.
    pub by_pairs: bool,
    /// An input and an output, on cores without pairs.
    pub input: f64,
    /// An output, each time the list is flushed.
    pub flush: f64,
}

/// Flash, RAM and stack of the parts of a program without its blob, in bytes.
#[derive(Clone, Copy, Debug)]
pub struct Program {
    /// Start-up, loader, main loop, and the choice of the class.
    pub base: usize,
    /// Columns of 8-bit weights.
    pub i8: usize,
    /// Separate list of inputs at the maximum level.
    pub saturated: usize,
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
    /// Hidden layers of `f32`, with the exponential function.
    pub hidden_f32: usize,
    /// Picture preprocessing.
    pub preprocessing: usize,
    /// Slant correction.
    pub deslant: usize,
    /// Shift ensemble.
    pub shift_ensemble: usize,
    /// RAM of the list of inputs of integer columns, as the core's kernels declare it.
    pub columns_list: usize,
    /// RAM of the list of tiles.
    pub tiles_list: usize,
    /// RAM of the list of `f32` columns.
    pub f32_list: usize,
    /// Stack of a layer with integer columns, without the pointers to layers and the logits.
    pub columns_stack: usize,
    /// Additional stack for the separate list of inputs at the maximum level.
    pub saturated_stack: usize,
    /// Additional stack if the number of outputs is not a multiple of sixteen.
    pub remainder_stack: usize,
    /// Additional stack if the layer requantises its outputs.
    pub hidden_stack: usize,
    /// Stack of a layer with tiles.
    pub tiles_stack: usize,
    /// Stack of a layer with `f32` columns.
    pub f32_stack: usize,
    /// Additional stack per layer.
    pub layer_stack: usize,
}

/// Costs of one core.
#[derive(Clone, Copy, Debug)]
pub struct Coefficients {
    /// Per image, for any network.
    pub image: f64,
    /// Per layer, of any size.
    pub layer: f64,
    /// Per class: the largest logit and its margin.
    pub class: f64,
    /// Per pixel of a shifted picture, in every pass.
    pub shifted: f64,
    /// Per pixel of a deslanted picture.
    pub deslanted: f64,
    /// Per pixel of a picture halved in size.
    pub halved: f64,
    /// The same, in addition, per nonzero pixel.
    pub halved_nonzero: f64,
    /// Per pixel of a picture before any other downscaling.
    pub downscaled: f64,
    /// Per nonzero pixel after it.
    pub downscaled_nonzero: f64,
    /// Listing the inputs of integer columns.
    pub scan: ScanCost,
    /// Listing the inputs of `f32` columns.
    pub scan_f32: ScanCost,
    /// Columns of 8-bit weights.
    pub i8: ProductCost,
    /// Columns of 4-bit weights.
    pub i4: ProductCost,
    /// Columns of ternary weights.
    pub i2: ProductCost,
    /// Columns of `f32`, one word per weight.
    pub f32: ProductCost,
    /// Inputs at the maximum level, on cores that list them separately.
    pub saturated: Option<SaturatedCost>,
    /// A block of accumulators, each time the list is flushed.
    pub flush: f64,
    /// The same, in addition, if the block has fewer than sixteen accumulators and is copied.
    pub flush_remainder: f64,
    /// Inputs between two checks of the sum of levels; see [`Coefficients::budget`].
    pub step: f64,
    /// 8-bit weights times 8-bit activations.
    pub tiles: TileCost,
    /// A hidden ReLU output.
    pub relu: f64,
    /// The same if the column loops requantise in their epilogue, for outputs in sixteens.
    pub relu_epilogue: Option<f64>,
    /// The same in `f32`.
    pub relu_f32: f64,
    /// A hidden sigmoid output, by table.
    pub sigmoid: f64,
    /// The same in `f32`, by the exponential function.
    pub sigmoid_f32: f64,
    /// Sizes; `None` where not measured.
    pub program: Option<Program>,
}

impl Coefficients {
    /// Cost of products with weights of this format.
    pub fn products(&self, weights: WeightFormat) -> ProductCost {
        match weights {
            WeightFormat::F32 => self.f32,
            WeightFormat::I8 => self.i8,
            WeightFormat::I4 => self.i4,
            WeightFormat::I2 => self.i2,
        }
    }

    /// Mean sum of the levels in a list that is flushed because 16-bit accumulators could overflow. The sum is checked
    /// every few inputs, so the list holds half as many more on average.
    pub fn budget(&self, weights: WeightFormat, input: ElementFormat) -> f64 {
        let max_level = f64::from(input.max_level());
        (32_767.0 / f64::from(weights.limit().max(1)) - self.step * max_level / 2.0).max(max_level)
    }
}
