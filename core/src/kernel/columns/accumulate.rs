//! Fills the nonzero list and adds it to the accumulators, until all inputs are done.

use core::mem::MaybeUninit;

use super::args::{AccumulateArgs, AccumulateFn, Epilogue};
use super::kernels::LayerKernels;
#[cfg(sinapse_thumb2)]
use super::nonzero::LIST_CAPACITY;
use super::nonzero::{NonzeroList, Workspace};

/// Writes as many accumulators as there are biases, or levels if there is an `epilogue`.
///
/// Returns `false`, and writes nothing, if `weights` is too short. `tail_fn` is the loop for the accumulators beyond
/// whole blocks of sixteen.
#[inline(never)] // shared by all integer layers
#[expect(clippy::too_many_arguments, reason = "a struct of them takes 26 cycles more on a Cortex-M4")]
pub(super) fn matvec_with<const SEPARATE_SATURATED: bool>(
    kernels: &LayerKernels,
    tail_fn: AccumulateFn,
    weights: &[u32],
    bias: &[i32],
    input: &[u8],
    workspace: &mut Workspace,
    accumulators: &mut [MaybeUninit<i32>],
    epilogue: Option<Epilogue>,
) -> bool {
    let column_words = (accumulators.len() * kernels.bits as usize).div_ceil(32);
    let mut list = NonzeroList::new(&kernels.scan, workspace);
    if !list.attach(weights, column_words, input) {
        return false;
    }
    // The first list is added to the bias, the others to the accumulators in place.
    let mut before = Some(bias);
    loop {
        let last = list.fill(&kernels.scan);
        #[cfg(sinapse_thumb2)]
        if SEPARATE_SATURATED && list.saturated_count() > if last { 0 } else { LIST_CAPACITY + 1 } {
            accumulate_saturated(kernels, &mut list, before.take(), accumulators);
        }
        let epilogue = epilogue.filter(|_| last);
        if last && (before.is_some() || epilogue.is_some()) && list.length() == 0 {
            // The loops want at least one entry. Its level is zero, so it changes nothing.
            list.push(weights.as_ptr(), 0);
        }
        if list.length() > 0 {
            accumulate(kernels, tail_fn, &mut list, before.take(), accumulators, epilogue);
        }
        if last {
            return true;
        }
    }
}

/// Adds all columns of the list, times their levels, to `before`, or to the accumulators in place, and empties the
/// list.
///
/// Accumulators in place are initialised; `before` has as many elements as `accumulators`.
#[inline(always)]
fn accumulate(
    kernels: &LayerKernels,
    tail_fn: AccumulateFn,
    list: &mut NonzeroList<'_>,
    before: Option<&[i32]>,
    accumulators: &mut [MaybeUninit<i32>],
    epilogue: Option<Epilogue>,
) {
    let start = 0u32.wrapping_sub(kernels.offset.wrapping_mul(list.level_sum()).wrapping_mul(0x1_0001));
    let length = list.length() as u32;
    let (blocks, tail) = accumulators.as_chunks_mut::<16>();
    let range = blocks.as_mut_ptr_range();
    let (to, end) = (range.start.cast::<i32>(), range.end.cast::<i32>());
    let mut args = AccumulateArgs {
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
        (args.to, args.end) = (levels.cast(), levels.wrapping_add(16 * blocks.len()).cast());
        args.factor = scale.get();
    }
    #[cfg(not(sinapse_dsp))]
    let _ = epilogue;
    if to != end {
        // SAFETY: `take` has written the end marker, and `attach` has checked that columns have words for all
        // accumulators.
        unsafe { (kernels.accumulate)(&args) };
    }
    if !tail.is_empty() {
        args.from = args.from.wrapping_add(16 * blocks.len());
        accumulate_tail(tail_fn, &mut args, tail);
    }
}

/// Adds the list to fewer than sixteen accumulators, through a copy that is a whole block.
#[inline(never)]
fn accumulate_tail(tail_fn: AccumulateFn, args: &mut AccumulateArgs, accumulators: &mut [MaybeUninit<i32>]) {
    // Assembly may read accumulators beyond the tail, whatever they are; Rust may not read uninitialised memory.
    let mut block = if cfg!(sinapse_core = "other") { [MaybeUninit::new(0); 16] } else { [MaybeUninit::uninit(); 16] };
    for (k, accumulator) in block.iter_mut().enumerate().take(accumulators.len()) {
        // SAFETY: there are as many accumulators before as now. Volatile, because a compiler would make the few words a
        // call of `memcpy`, which is slower.
        accumulator.write(unsafe { args.from.add(k).read_volatile() });
    }
    let range = block.as_mut_ptr_range();
    (args.from, args.to) = (range.start.cast(), range.start.cast());
    args.end = args.from.wrapping_add(accumulators.len()).cast();
    // SAFETY: the list has an end marker, its columns have words for these accumulators, and the block is a whole one.
    unsafe { tail_fn(args) };
    for (to, accumulator) in accumulators.iter_mut().zip(&block) {
        // SAFETY: as many elements as there are accumulators were initialised above.
        to.write(unsafe { accumulator.as_ptr().read_volatile() });
    }
}

// A full list of saturated inputs, two columns in the space of an entry, with weights at their limit: a lane half has
// 16 bits.
#[cfg(sinapse_thumb2)]
const _: () = assert!(2 * LIST_CAPACITY * 128 < 1 << 15);

/// Adds the columns of all saturated inputs, times the maximum level, like [`accumulate`], and removes them from the
/// list.
///
/// The number of accumulators is a multiple of sixteen.
#[cfg(sinapse_thumb2)]
#[inline(always)]
fn accumulate_saturated(
    kernels: &LayerKernels,
    list: &mut NonzeroList<'_>,
    before: Option<&[i32]>,
    accumulators: &mut [MaybeUninit<i32>],
) {
    let Some(accumulate_saturated) = kernels.accumulate_saturated else { return };
    let count = list.saturated_count() as u32;
    let range = accumulators.as_mut_ptr_range();
    let to = range.start.cast::<i32>();
    let args = AccumulateArgs {
        start: 0u32.wrapping_sub(kernels.offset.wrapping_mul(count).wrapping_mul(0x1_0001)),
        length: count,
        entries: list.take_saturated().cast(),
        from: before.map_or(to.cast_const(), <[i32]>::as_ptr),
        to: to.cast(),
        end: range.end.cast(),
        factor: u32::from(kernels.max_level),
    };
    // SAFETY: the columns end with a null pointer, and have words for these accumulators.
    unsafe { accumulate_saturated(&args) };
}
