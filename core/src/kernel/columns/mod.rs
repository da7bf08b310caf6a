//! Two outputs in one 32-bit multiplication, and nothing for zero inputs: for cores without vectors.
//!
//! Stored weights are numbers without a sign (`weight + offset`), so a mask picks two of a word into the halves of a
//! register, and one `MLA` adds both, times the level:
//!
//! ```text
//! list = the inputs that are not zero, (column, x), as many as 16 bits can sum      # `scan`
//! for each block of outputs, in 8 registers:                                        # `AccumulateFn`
//!     lanes = 0
//!     for (column, x) in list:
//!         for each register: lanes += (column >> shift & 0x00ff_00ff) · x
//!     sums += both halves of lanes, less offset · Σx
//! ```
//!
//! A register holds `L + 2¹⁶·H` modulo 2³². Once `offset · Σx` is taken from both, `L` and `H` are signed sums within 16
//! bits (`limit · Σx < 2¹⁵`, see [`LayerKernels`]), so `L` is the sign-extended lower half and `H` what is left of the upper.
//!
//! The two inner loops are `portable`; Arm's microcontrollers have them in assembly, because a compiler does not keep
//! the eight sums in registers there: 50 cycles instead of 22 for 16 outputs of 4-bit weights on a Cortex-M4. Those with
//! Thumb-2 list the inputs at the top level apart, where [`separates_saturated`] says so: their columns are added first and
//! multiplied once.
#![allow(unsafe_code)] // a list of columns is walked without asking again whether they are in the weights

use core::mem::MaybeUninit;
#[cfg(sinapse_dsp)]
use core::num::NonZero;

mod args;
#[cfg(sinapse_core = "armv6m")]
mod armv6m;
#[cfg(sinapse_thumb2)]
mod armv7m;
pub mod axpy;
mod chunk;
#[cfg(sinapse_fpu)]
pub mod fpu;
mod nonzero;
#[cfg(sinapse_core = "other")]
mod portable;

#[cfg(sinapse_core = "armv6m")]
use armv6m as imp;
#[cfg(sinapse_thumb2)]
use armv7m as imp;
#[cfg(sinapse_core = "other")]
use portable as imp;

pub use nonzero::Workspace;

use args::{AccumulateArgs, AccumulateFn};
use nonzero::{NonzeroList, Scan};

#[cfg(sinapse_dsp)]
use crate::format::Requantization;
use crate::format::{QuantizedActivation, QuantizedInput, U4, Weight, WeightFormat};
#[cfg(sinapse_dsp)]
use crate::kernel::requantize;
use crate::workspace::Entry;

/// What a layer's formats choose; a program has no other loops.
struct LayerKernels {
    scan: Scan,
    /// Bits of a weight, and what is added to it.
    bits: u32,
    offset: u32,
    /// Adds a list to blocks of sixteen sums.
    add: AccumulateFn,
    /// Adds columns at the top level, where they are kept apart: a program without them does not link it.
    #[cfg(sinapse_thumb2)]
    add_saturated: Option<AccumulateFn>,
    /// Highest level of the inputs.
    #[cfg(sinapse_thumb2)]
    max_level: u8,
}

/// QuantizedInput that the loops of layers without ReLU could give: the most usual ones, so that a program has one copy of the loops.
type DefaultOutput = U4;

/// What adds a list to blocks of so many sums, 16 at most (0 counts as 16), and may make levels of `E` of them: a loop for each
/// number of words.
const fn accumulate_fn<E: QuantizedActivation>(weights: WeightFormat, accumulators: usize) -> AccumulateFn {
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

impl LayerKernels {
    /// Those of a layer whose inputs at the top level are kept apart, or not.
    const fn new<W: Weight, X: QuantizedInput, E: QuantizedActivation>(saturated_apart: bool) -> Self {
        let (weights, max_level) = (W::FORMAT, X::FORMAT.max_level());
        // `limit · Σx < 2¹⁵`. 8-bit levels of 8-bit weights, which would leave no room for a step, are tiles.
        let largest = 32_767 / weights.limit();
        let unchecked = largest >= nonzero::LIST as i32 * max_level as i32;
        #[cfg(sinapse_thumb2)]
        let scan = if saturated_apart { imp::scan_saturated::<X>(unchecked) } else { imp::scan(unchecked) };
        #[cfg(not(sinapse_thumb2))]
        let scan = imp::scan(!saturated_apart && unchecked);
        LayerKernels {
            scan: Scan::new::<X>(scan, largest),
            bits: weights.bits(),
            offset: weights.offset() as u32,
            add: accumulate_fn::<E>(weights, 16),
            #[cfg(sinapse_thumb2)]
            add_saturated: match weights {
                _ if !saturated_apart => None,
                WeightFormat::I4 => Some(imp::add_nibbles),
                _ => Some(imp::add_bytes),
            },
            #[cfg(sinapse_thumb2)]
            max_level,
        }
    }
}

/// Whether columns at the top level are kept apart: where assembly can add them, and there are enough to pay for it.
const fn separates_saturated(weights: WeightFormat, inputs: usize, outputs: usize) -> bool {
    cfg!(sinapse_thumb2)
        && match weights {
            WeightFormat::I8 => outputs.is_multiple_of(16),
            // Whole pictures have strokes of full ink; where pixels are means of several, few are at the top level.
            WeightFormat::I4 => outputs.is_multiple_of(32) && inputs >= 512,
            WeightFormat::I2 | WeightFormat::F32 => false,
        }
}

/// ReLU at the end of sums, by the loops that add the last list: levels instead of sums, as many, a multiple of sixteen.
#[cfg(sinapse_dsp)]
#[derive(Clone, Copy)]
struct Epilogue {
    /// [`Requantization::scale`].
    scale: NonZero<u32>,
    levels: *mut u8,
}

/// Without the DSP extension, ReLU is a loop of its own.
#[cfg(not(sinapse_dsp))]
#[derive(Clone, Copy)]
enum Epilogue {}

/// As [`reference::matvec`](crate::kernel::reference::matvec); returns the sums, which need not have been written before: none where there are
/// fewer weights than the inputs need.
#[inline(always)] // the number of sums, where the compiler knows it, chooses the loops
pub fn matvec<'s, W, X>(
    weights: &[u32],
    bias: &[i32],
    input: &[u8],
    workspace: &mut [MaybeUninit<Entry>],
    accumulators: &'s mut [MaybeUninit<i32>],
) -> &'s mut [i32]
where
    W: Weight<Value = i32, Cell = u32>,
    X: QuantizedInput,
{
    let outputs = bias.len().min(accumulators.len());
    let (Some(bias), Some(accumulators)) = (bias.get(..outputs), accumulators.get_mut(..outputs)) else {
        return &mut [];
    };
    if matvec_into::<W, X, DefaultOutput>(weights, bias, input, workspace, accumulators, None) {
        // SAFETY: all of them are written.
        unsafe { accumulators.assume_init_mut() }
    } else {
        &mut []
    }
}

/// As [`relu`](requantize::relu) of the [`accumulators`], for which there is room.
#[cfg(sinapse_dsp)]
#[inline(always)]
pub fn matvec_requantize<W, X, E>(
    weights: &[u32],
    bias: &[i32],
    input: &[u8],
    requantization: &Requantization<'_>,
    workspace: &mut [MaybeUninit<Entry>],
    accumulators: &mut [MaybeUninit<i32>],
    levels: &mut [u8],
) where
    W: Weight<Value = i32, Cell = u32>,
    X: QuantizedInput,
    E: QuantizedActivation,
{
    let whole = bias.len().is_multiple_of(16) && bias.len() == levels.len() && bias.len() == accumulators.len();
    if !whole {
        return requantize::relu::<E>(
            requantization,
            self::matvec::<W, X>(weights, bias, input, workspace, accumulators),
            levels,
        );
    }
    if let Some(scale) = requantization.scale() {
        matvec_into::<W, X, E>(
            weights,
            bias,
            input,
            workspace,
            accumulators,
            Some(Epilogue { scale, levels: levels.as_mut_ptr() }),
        );
    } else {
        let accumulators = self::matvec::<W, X>(weights, bias, input, workspace, accumulators);
        requantize::one_by_one(requantization, accumulators, levels, E::FORMAT.max_level());
    }
}

/// Writes as many sums as biases, or levels; `false`, and nothing, where there are fewer weights than the inputs need.
#[inline(always)]
fn matvec_into<W, X, E>(
    weights: &[u32],
    bias: &[i32],
    input: &[u8],
    workspace: &mut [MaybeUninit<Entry>],
    accumulators: &mut [MaybeUninit<i32>],
    epilogue: Option<Epilogue>,
) -> bool
where
    W: Weight<Value = i32, Cell = u32>,
    X: QuantizedInput,
    E: QuantizedActivation,
{
    let Some(workspace) = workspace.first_chunk_mut() else { return false };
    let rest = accumulate_fn::<DefaultOutput>(W::FORMAT, accumulators.len() % 16);
    if separates_saturated(W::FORMAT, input.len(), accumulators.len()) {
        let loops = const { &LayerKernels::new::<W, X, E>(true) };
        matvec_with::<true>(loops, rest, weights, bias, input, workspace, accumulators, epilogue)
    } else {
        let loops = const { &LayerKernels::new::<W, X, E>(false) };
        matvec_with::<false>(loops, rest, weights, bias, input, workspace, accumulators, epilogue)
    }
}

/// [`matvec_into`]; `rest` is for those beyond blocks of sixteen.
#[inline(never)] // all integer layers share it
#[expect(clippy::too_many_arguments, reason = "a value of them all takes 26 cycles more on a Cortex-M4")]
fn matvec_with<const SEPARATE_SATURATED: bool>(
    loops: &LayerKernels,
    rest: AccumulateFn,
    weights: &[u32],
    bias: &[i32],
    input: &[u8],
    workspace: &mut Workspace,
    accumulators: &mut [MaybeUninit<i32>],
    epilogue: Option<Epilogue>,
) -> bool {
    let column_words = (accumulators.len() * loops.bits as usize).div_ceil(32);
    let mut list = NonzeroList::new(&loops.scan, workspace);
    if !list.attach(weights, column_words, input) {
        return false;
    }
    let mut before = Some(bias);
    loop {
        let last = list.fill(&loops.scan);
        #[cfg(sinapse_thumb2)]
        if SEPARATE_SATURATED && list.saturated_count() > if last { 0 } else { nonzero::LIST + 1 } {
            add_saturated(loops, &mut list, before.take(), accumulators);
        }
        let epilogue = epilogue.filter(|_| last);
        if last && (before.is_some() || epilogue.is_some()) && list.length() == 0 {
            // An entry of no weight: without any, the sums are those before all the same.
            list.push(weights.as_ptr(), 0);
        }
        if list.length() > 0 {
            add(loops, rest, &mut list, before.take(), accumulators, epilogue);
        }
        if last {
            return true;
        }
    }
}

/// Adds all columns, times their levels, to the sums `before`, or to those in place, and empties the list.
///
/// Sums in place are written; `before` has as many as `accumulators`.
#[inline(always)]
fn add(
    loops: &LayerKernels,
    rest: AccumulateFn,
    list: &mut NonzeroList<'_>,
    before: Option<&[i32]>,
    accumulators: &mut [MaybeUninit<i32>],
    epilogue: Option<Epilogue>,
) {
    let start = 0u32.wrapping_sub(loops.offset.wrapping_mul(list.total()).wrapping_mul(0x1_0001));
    let length = list.length() as u32;
    let (whole, tail) = accumulators.as_chunks_mut::<16>();
    let range = whole.as_mut_ptr_range();
    let (to, end) = (range.start.cast::<i32>(), range.end.cast::<i32>());
    let mut blocks = AccumulateArgs {
        start,
        length,
        entries: list.take().cast(),
        from: before.map_or(to.cast_const(), <[i32]>::as_ptr),
        to: to.cast(),
        end: end.cast(),
        #[cfg(sinapse_thumb2)]
        factor: 0,
    };
    #[cfg(sinapse_dsp)]
    if let Some(Epilogue { scale, levels }) = epilogue {
        (blocks.to, blocks.end) = (levels.cast(), levels.wrapping_add(16 * whole.len()).cast());
        blocks.factor = scale.get();
    }
    #[cfg(not(sinapse_dsp))]
    let _ = epilogue;
    if to != end {
        // SAFETY: the list has an end, and columns that have words for these sums.
        unsafe { (loops.add)(&blocks) };
    }
    if !tail.is_empty() {
        blocks.from = blocks.from.wrapping_add(16 * whole.len());
        add_rest(rest, &mut blocks, tail);
    }
}

/// Adds the list to fewer than sixteen sums, by way of a whole block.
#[inline(never)]
fn add_rest(rest: AccumulateFn, blocks: &mut AccumulateArgs, accumulators: &mut [MaybeUninit<i32>]) {
    // Assembly does not mind what it reads beyond the sums.
    let mut block = if cfg!(sinapse_core = "other") { [MaybeUninit::new(0); 16] } else { [MaybeUninit::uninit(); 16] };
    for (k, sum) in block.iter_mut().enumerate().take(accumulators.len()) {
        // SAFETY: as many sums before as now. Few words, which a compiler would leave to a slower `memcpy`.
        sum.write(unsafe { blocks.from.add(k).read_volatile() });
    }
    let range = block.as_mut_ptr_range();
    (blocks.from, blocks.to) = (range.start.cast(), range.start.cast());
    blocks.end = blocks.from.wrapping_add(accumulators.len()).cast();
    // SAFETY: the list has an end, and columns that have words for these sums; there is room for sixteen.
    unsafe { rest(blocks) };
    for (to, sum) in accumulators.iter_mut().zip(&block) {
        // SAFETY: sums before are written.
        to.write(unsafe { sum.as_ptr().read_volatile() });
    }
}

// As many columns as there is room for, two to an entry, of the largest weights: a sum has 16 bits.
#[cfg(sinapse_thumb2)]
const _: () = assert!(2 * nonzero::LIST * 128 < 1 << 15);

/// Adds all columns at the top level to sums as in [`add`], whose number is a multiple of sixteen, and forgets them.
#[cfg(sinapse_thumb2)]
#[inline(always)]
fn add_saturated(
    loops: &LayerKernels,
    list: &mut NonzeroList<'_>,
    before: Option<&[i32]>,
    accumulators: &mut [MaybeUninit<i32>],
) {
    let Some(add_saturated) = loops.add_saturated else { return };
    let count = list.saturated_count() as u32;
    let range = accumulators.as_mut_ptr_range();
    let to = range.start.cast::<i32>();
    let blocks = AccumulateArgs {
        start: 0u32.wrapping_sub(loops.offset.wrapping_mul(count).wrapping_mul(0x1_0001)),
        length: count,
        entries: list.take_saturated().cast(),
        from: before.map_or(to.cast_const(), <[i32]>::as_ptr),
        to: to.cast(),
        end: range.end.cast(),
        factor: u32::from(loops.max_level),
    };
    // SAFETY: the columns end with a null, and have words for these sums.
    unsafe { add_saturated(&blocks) };
}
