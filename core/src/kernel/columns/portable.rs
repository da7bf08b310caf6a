//! The inner loops in Rust, for every machine.

use super::args::{AccumulateArgs, AccumulateFn};
use super::chunk::WORDS;
use super::nonzero::{NonzeroInput, NonzeroList};
use crate::format::{I2, I4, I8, QuantizedActivation, Weight};

/// Returns the loop that lists nonzero inputs until the list is full or no whole chunk is left.
pub const fn scan(_unchecked: bool) -> unsafe extern "C" fn(&mut NonzeroList<'_>) {
    scan_chunks
}

/// See [`scan`].
///
/// # Safety
///
/// There is a whole chunk of inputs, the list is not full, and every input has a column.
unsafe extern "C" fn scan_chunks(list: &mut NonzeroList<'_>) {
    while list.next != list.end {
        for _ in 0..WORDS {
            // SAFETY: `next` is before `end`, where whole chunks end.
            let word = (unsafe { *list.next } & list.mask) >> list.shift;
            list.next = list.next.wrapping_add(1);
            if word == 0 {
                list.column = list.column.wrapping_byte_add(4 * list.stride as usize);
                continue;
            }
            for x in word.to_le_bytes() {
                if x != 0 {
                    list.push(list.column, u32::from(x));
                }
                list.column = list.column.wrapping_byte_add(list.stride as usize);
            }
        }
        if list.is_full(0) {
            break;
        }
    }
}

/// Returns the accumulate loops for columns of 8-bit weights, by the words of a block.
#[expect(clippy::extra_unused_type_parameters, reason = "some cores requantize in this loop")]
pub const fn bytes<E: QuantizedActivation>() -> [AccumulateFn; 4] {
    [accumulate_blocks::<I8, 1>, accumulate_blocks::<I8, 2>, accumulate_blocks::<I8, 3>, accumulate_blocks::<I8, 4>]
}
/// Returns the accumulate loops for columns of 4-bit weights, by the words of a block.
#[expect(clippy::extra_unused_type_parameters, reason = "some cores requantize in this loop")]
pub const fn nibbles<E: QuantizedActivation>() -> [AccumulateFn; 2] {
    [accumulate_blocks::<I4, 1>, accumulate_blocks::<I4, 2>]
}
/// Returns the accumulate loop for columns of ternary weights, one word to a block.
#[expect(clippy::extra_unused_type_parameters, reason = "some cores requantize in this loop")]
pub const fn pairs<E: QuantizedActivation>() -> AccumulateFn {
    accumulate_blocks::<I2, 1>
}

/// Adds the next `WORDS` words of all columns in the list, times their levels, to a block of accumulators, block after
/// block.
///
/// # Safety
///
/// The list has an end marker, and its columns have words for these accumulators.
unsafe extern "C" fn accumulate_blocks<W: Weight<Cell = u32>, const WORDS: usize>(args: &AccumulateArgs) {
    let (mut from, mut to) = (args.from, args.to.cast::<i32>());
    while to.cast_const() < args.end.cast() {
        let lanes = accumulate_lanes::<W, WORDS>(args);
        unpack::<W, WORDS>(&lanes, from, to);
        (from, to) = (from.wrapping_add(16), to.wrapping_add(16));
    }
}

/// Unrolls `$body` for each of eight lanes: optimised for size, a loop would keep them in memory.
macro_rules! each_lane {
    ($index:ident, $body:block) => {
        each_lane!(@ $index $body 0 1 2 3 4 5 6 7)
    };
    (@ $index:ident $body:block $($number:literal)+) => {
        $({
            let $index: usize = $number;
            $body
        })+
    };
}

/// Accumulates a block in eight lanes of two outputs each, `[word][phase]`.
#[inline(always)]
fn accumulate_lanes<W: Weight<Cell = u32>, const WORDS: usize>(args: &AccumulateArgs) -> [u32; 8] {
    let bits = W::FORMAT.bits();
    let phases = 16 / bits as usize;
    let mask = ((1 << bits) - 1) * 0x1_0001;
    let mut lanes = [args.start; 8];
    let mut next = args.entries.cast::<NonzeroInput>();
    // SAFETY: the list ends with `x = 0`, and columns have the words that the caller asks for.
    while let NonzeroInput { column, x: x @ 1.. } = unsafe { *next } {
        each_lane!(index, {
            if index / phases < WORDS {
                // SAFETY: as above.
                let word = unsafe { *column.add(index / phases) };
                let two = word >> ((index % phases) as u32 * bits) & mask;
                lanes[index] = lanes[index].wrapping_add(two.wrapping_mul(x));
            }
        });
        // SAFETY: as above.
        unsafe {
            (*next).column = column.wrapping_add(WORDS);
            next = next.add(1);
        }
    }
    lanes
}

/// Epilogue: adds both halves of the lanes to the accumulators at `from`, and stores them at `to`.
#[inline(always)]
fn unpack<W: Weight, const WORDS: usize>(lanes: &[u32; 8], from: *const i32, to: *mut i32) {
    let phases = 16 / W::FORMAT.bits() as usize;
    each_lane!(index, {
        if index / phases < WORDS {
            let both = lanes[index];
            let (low, high) = (i32::from(both as i16), both.wrapping_add(0x8000) as i32 >> 16);
            let o = index / phases * 2 * phases + index % phases;
            // SAFETY: the caller has accumulators for all outputs of these words.
            unsafe {
                *to.add(o) = (*from.add(o)).wrapping_add(low);
                *to.add(o + phases) = (*from.add(o + phases)).wrapping_add(high);
            }
        }
    });
}
