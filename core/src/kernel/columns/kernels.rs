//! Table of the loops in this folder: the instruction set of the core chooses the file, the formats of a layer the
//! loops.

use super::args::AccumulateFn;
use super::nonzero::{LIST_CAPACITY, Scan};
use crate::format::{QuantizedActivation, QuantizedInput, Weight, WeightFormat};

#[cfg(sinapse_core = "armv6m")]
use super::armv6m as imp;
#[cfg(sinapse_thumb2)]
use super::armv7m as imp;
#[cfg(sinapse_core = "other")]
use super::portable as imp;

/// Loops of one layer, chosen by its formats; a program links no others.
pub(super) struct LayerKernels {
    pub scan: Scan,
    /// Bits of a weight.
    pub bits: u32,
    /// Offset of the stored weights, which have no sign.
    pub offset: u32,
    /// Adds the nonzero list to whole blocks of sixteen accumulators.
    pub accumulate: AccumulateFn,
    /// Adds the columns of saturated inputs, if they are listed apart; other programs do not link it.
    #[cfg(sinapse_thumb2)]
    pub accumulate_saturated: Option<AccumulateFn>,
    /// Maximum level of the inputs.
    #[cfg(sinapse_thumb2)]
    pub max_level: u8,
}

impl LayerKernels {
    /// Loops of a layer with inputs `X`, weights `W` and, where the loops requantise, outputs `E`.
    pub const fn new<W: Weight, X: QuantizedInput, E: QuantizedActivation>(saturated_apart: bool) -> Self {
        let (weights, max_level) = (W::FORMAT, X::FORMAT.max_level());
        // `limit · Σx < 2¹⁵`, so that a lane half cannot overflow. 8-bit levels with 8-bit weights, which would leave
        // no budget for a step of the scan, are stored in tiles.
        let max_level_sum = 32_767 / weights.limit();
        let unchecked = max_level_sum >= LIST_CAPACITY as i32 * max_level as i32;
        #[cfg(sinapse_thumb2)]
        let scan = if saturated_apart { imp::scan_saturated::<X>(unchecked) } else { imp::scan(unchecked) };
        #[cfg(not(sinapse_thumb2))]
        let scan = imp::scan(!saturated_apart && unchecked);
        LayerKernels {
            scan: Scan::new::<X>(scan, max_level_sum),
            bits: weights.bits(),
            offset: weights.offset() as u32,
            accumulate: accumulate_fn::<E>(weights, 16),
            #[cfg(sinapse_thumb2)]
            accumulate_saturated: match weights {
                _ if !saturated_apart => None,
                WeightFormat::I4 => Some(imp::saturated_nibbles),
                _ => Some(imp::saturated_bytes),
            },
            #[cfg(sinapse_thumb2)]
            max_level,
        }
    }
}

/// Loop that adds a list to blocks of `accumulators`, 16 at most (0 stands for 16), and can requantise them to `E`.
///
/// There is a loop for each number of words that the weights of a block take.
pub(super) const fn accumulate_fn<E: QuantizedActivation>(weights: WeightFormat, accumulators: usize) -> AccumulateFn {
    let words = if accumulators == 0 { 4 } else { (accumulators * weights.bits() as usize).div_ceil(32) };
    match (weights, words) {
        (WeightFormat::I8, 1) => imp::bytes::<E>()[0],
        (WeightFormat::I8, 2) => imp::bytes::<E>()[1],
        (WeightFormat::I8, 3) => imp::bytes::<E>()[2],
        (WeightFormat::I8, _) => imp::bytes::<E>()[3],
        (WeightFormat::I4, 1) => imp::nibbles::<E>()[0],
        (WeightFormat::I4, _) => imp::nibbles::<E>()[1],
        (WeightFormat::I2 | WeightFormat::F32, _) => imp::pairs::<E>(),
    }
}

/// Returns whether saturated inputs are listed apart: where assembly can add their columns, and there are enough to pay
/// for it.
pub(super) const fn separates_saturated(weights: WeightFormat, inputs: usize, outputs: usize) -> bool {
    cfg!(sinapse_thumb2)
        && match weights {
            WeightFormat::I8 => outputs.is_multiple_of(16),
            // Whole pictures have strokes of full ink; where pixels are means of several, few of them are saturated.
            WeightFormat::I4 => outputs.is_multiple_of(32) && inputs >= 512,
            WeightFormat::I2 | WeightFormat::F32 => false,
        }
}
