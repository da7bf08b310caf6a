//! The loops over inputs and outputs, compiled once for each set of instructions.

/// Defines `columns`, `tiles`, `floats` and `relu`, which use the functions of the file they stand in.
///
/// A macro, because a function for certain instructions is inlined only where these are allowed.
macro_rules! loops {
    ($features:literal) => {
        /// As [`skip::add`](crate::kernel::columns::axpy::add), for integers.
        #[target_feature(enable = $features)]
        pub(super) fn columns<W, X>(weights: &[u32], input: &[u8], accumulators: &mut [i32])
        where
            W: $crate::format::Weight<Value = i32, Cell = u32>,
            X: $crate::format::QuantizedInput,
        {
            use $crate::kernel::simd::nonzero_mask::{self as part, BLOCK, SEGMENT};
            let offset = (W::FORMAT.offset() as u32).wrapping_mul(part::total::<X>(input)).cast_signed();
            for sum in accumulators.iter_mut() {
                *sum = sum.wrapping_sub(offset);
            }
            let row_words = W::row_cells(X::FORMAT, accumulators.len());
            for (part, input) in input.chunks(4 * SEGMENT).enumerate() {
                let weights = weights.get(4 * SEGMENT * row_words * part..).unwrap_or_default();
                let ones = part::mask_of(input, 8, |bytes| nonzero_words(bytes, X::MASK));
                for (block, accumulators) in accumulators.chunks_mut(BLOCK).enumerate() {
                    let first = block * BLOCK * W::FORMAT.bits() as usize / 32;
                    let mut lanes = [zero(); 4];
                    part::for_each_set(&ones, input.len().div_ceil(4), |g| {
                        let x = part::four::<X>(input, g);
                        let at = 4 * g * row_words + first;
                        if let Some(columns) = part::eight_of_four_rows(weights, at, row_words) {
                            add_columns::<W, X>(&mut lanes, columns, x);
                        } else {
                            let [[a], [b], [c], [d]] =
                                [0, 1, 2, 3].map(|k| part::last_eights(weights, at + k * row_words));
                            add_columns::<W, X>(&mut lanes, [&a, &b, &c, &d], x);
                        }
                    });
                    let lanes = in_order(lanes).map(|lanes| numbers(lanes));
                    for (sum, &lane) in accumulators.iter_mut().zip(lanes.as_flattened()) {
                        *sum = sum.wrapping_add(lane);
                    }
                }
            }
        }

        /// As [`tiles::add`](crate::kernel::tiles::add), by its equations.
        #[target_feature(enable = $features)]
        pub(super) fn tiles(weights: &[u32], input: &[u8], accumulators: &mut [i32]) {
            use $crate::format::U8;
            use $crate::kernel::simd::nonzero_mask::{self as part, SEGMENT};
            let offset = 128u32.wrapping_mul(part::total::<U8>(input)).cast_signed();
            for sum in accumulators.iter_mut().step_by(2) {
                *sum = sum.wrapping_sub(offset);
            }
            let row_words = 8 * accumulators.len().div_ceil(2);
            for (part, input) in input.chunks(16 * SEGMENT).enumerate() {
                let weights = weights.get(SEGMENT * row_words * part..).unwrap_or_default();
                let rows = part::mask_of(input, 2, |two_rows: &[u8; 32]| {
                    let ones = nonzero_words(two_rows, u32::MAX);
                    u64::from(ones & 0xf != 0) | u64::from(ones & 0xf0 != 0) << 1
                });
                for (block, accumulators) in accumulators.chunks_mut(2 * BLOCK_PAIRS).enumerate() {
                    let tiles = (weights, row_words, 8 * BLOCK_PAIRS * block);
                    match accumulators.len() {
                        ..=2 => tiles_of_block::<1>(tiles, input, &rows, accumulators),
                        3..=4 => tiles_of_block::<2>(tiles, input, &rows, accumulators),
                        5..=8 => tiles_of_block::<4>(tiles, input, &rows, accumulators),
                        _ => tiles_of_block::<BLOCK_PAIRS>(tiles, input, &rows, accumulators),
                    }
                }
            }
        }

        /// Adds the tiles `(words, words of a row, first word)` to `2 · N` sums, or fewer.
        ///
        /// Not inlined, and the last row apart: nothing else takes registers from the sums.
        #[inline(never)]
        #[target_feature(enable = $features)]
        fn tiles_of_block<const N: usize>(
            (weights, row_words, first): (&[u32], usize, usize),
            input: &[u8],
            rows: &$crate::kernel::simd::nonzero_mask::NonzeroMask,
            accumulators: &mut [i32],
        ) {
            use $crate::kernel::simd::nonzero_mask as part;
            let (mut both, mut odd) = ([tile_zero(); N], [tile_zero(); N]);
            let (whole, mut last) = (input.as_chunks::<16>().0, None);
            part::for_each_set(rows, input.len().div_ceil(16), |row| {
                match (whole.get(row), part::eights(weights, row * row_words + first)) {
                    (Some(x), Some(tiles)) => add_tiles(&mut both, &mut odd, tiles, x),
                    // Only the last row may have fewer inputs, and after it fewer tiles than a block.
                    _ => last = Some(row),
                }
            });
            if let Some(row) = last {
                let tiles = part::last_eights(weights, row * row_words + first);
                add_tiles(&mut both, &mut odd, &tiles, &part::last_sixteen(input, row));
            }
            for (k, accumulators) in accumulators.chunks_mut(8).enumerate() {
                // What a block has not are zeros, of which nothing is left in the code.
                let of = |lanes: &[TileLanes; N], at| lanes.get(4 * k + at).copied().unwrap_or(tile_zero());
                let four = |lanes| tile_totals([of(lanes, 0), of(lanes, 1), of(lanes, 2), of(lanes, 3)]);
                for (accumulators, (both, odd)) in
                    accumulators.chunks_mut(2).zip(four(&both).into_iter().zip(four(&odd)))
                {
                    for (sum, product) in accumulators.iter_mut().zip([both.wrapping_sub(odd << 8), odd]) {
                        *sum = sum.wrapping_add(product);
                    }
                }
            }
        }

        /// As [`skip::add`](crate::kernel::columns::axpy::add), for `f32`: inputs in order.
        #[target_feature(enable = $features)]
        pub(super) fn floats<X>(weights: &[f32], input: &[X::Raw], accumulators: &mut [f32])
        where
            X: $crate::format::Element<Value = f32>,
        {
            use $crate::kernel::simd::nonzero_mask::{self as part, BLOCK, SEGMENT};
            let outputs = accumulators.len();
            for (part, input) in input.chunks(SEGMENT).enumerate() {
                let weights = weights.get(SEGMENT * outputs * part..).unwrap_or_default();
                let ones = match X::bytes(input) {
                    Some(bytes) => part::mask_of(bytes, 32, |bytes| nonzero_bytes(bytes)),
                    None => part::mask_of(input, 8, |eight: &[X::Raw; 8]| nonzero_floats(&eight.map(X::read))),
                };
                for (block, accumulators) in accumulators.chunks_mut(BLOCK).enumerate() {
                    let columns = (weights, outputs, block * BLOCK);
                    match accumulators.len() {
                        ..=8 => floats_of_block::<1, X>(columns, input, &ones, accumulators),
                        9..=16 => floats_of_block::<2, X>(columns, input, &ones, accumulators),
                        _ => floats_of_block::<4, X>(columns, input, &ones, accumulators),
                    }
                }
            }
        }

        /// Adds the columns `(weights, weights of a column, first one)` to `8 · N` sums, or fewer.
        #[inline]
        #[target_feature(enable = $features)]
        fn floats_of_block<const N: usize, X>(
            (weights, outputs, first): (&[f32], usize, usize),
            input: &[X::Raw],
            ones: &$crate::kernel::simd::nonzero_mask::NonzeroMask,
            accumulators: &mut [f32],
        ) where
            X: $crate::format::Element<Value = f32>,
        {
            use $crate::kernel::simd::nonzero_mask as part;
            let mut lanes = [[0.0f32; 8]; N];
            lanes.as_flattened_mut().iter_mut().zip(&*accumulators).for_each(|(lane, &sum)| *lane = sum);
            part::for_each_set(ones, input.len(), |i| {
                let x = input.get(i).copied().map(X::read).unwrap_or_default();
                let at = i * outputs + first;
                let copy;
                let column: &[[f32; 8]; N] = match part::eights(weights, at) {
                    Some(column) => column,
                    None => {
                        copy = part::last_eights(weights, at);
                        &copy
                    }
                };
                // Rounded twice, as the reference: the compiler makes no fused multiplication of it.
                for (lanes, weights) in lanes.iter_mut().zip(column) {
                    for (lane, weight) in lanes.iter_mut().zip(weights) {
                        *lane += weight * x;
                    }
                }
            });
            accumulators.iter_mut().zip(lanes.as_flattened()).for_each(|(sum, &lane)| *sum = lane);
        }

        /// As [`relu`](crate::kernel::requantize::relu): the loop in Rust, which the compiler turns into these instructions.
        #[target_feature(enable = $features)]
        pub(super) fn relu<E: $crate::format::QuantizedActivation>(
            requantization: &$crate::format::Requantization<'_>,
            accumulators: &[i32],
            levels: &mut [u8],
        ) {
            $crate::kernel::requantize::portable::relu::<E>(requantization, accumulators, levels);
        }
    };
}
pub(super) use loops;
