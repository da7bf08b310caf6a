//! Loops over inputs and outputs, compiled once per instruction set.

/// Defines `columns`, `tiles`, `floats` and `relu`, which call the functions of the surrounding file (listed at the
/// head of [`simd`](super)).
///
/// This is a macro, because a function with target features is only inlined into functions that have these features
/// too.
macro_rules! define_loops {
    ($features:literal) => {
        /// Same contract as [`axpy::add`](crate::kernel::columns::axpy::add), for integers.
        #[target_feature(enable = $features)]
        pub(super) fn columns<W, X>(weights: &[u32], input: &[u8], accumulators: &mut [i32])
        where
            W: $crate::format::Weight<Value = i32, Cell = u32>,
            X: $crate::format::QuantizedInput,
        {
            use $crate::kernel::simd::nonzero_mask::{self, BLOCK, SEGMENT};
            let offset = (W::FORMAT.offset() as u32).wrapping_mul(nonzero_mask::level_sum::<X>(input)).cast_signed();
            for accumulator in accumulators.iter_mut() {
                *accumulator = accumulator.wrapping_sub(offset);
            }
            let row_words = W::row_cells(X::FORMAT, accumulators.len());
            for (segment, input) in input.chunks(4 * SEGMENT).enumerate() {
                let weights = weights.get(4 * SEGMENT * row_words * segment..).unwrap_or_default();
                let mask = nonzero_mask::mask_of(input, 8, |bytes| nonzero_words(bytes, X::MASK));
                for (block, accumulators) in accumulators.chunks_mut(BLOCK).enumerate() {
                    let first = block * BLOCK * W::FORMAT.bits() as usize / 32;
                    let mut lanes = [zero(); 4];
                    nonzero_mask::for_each_set(&mask, input.len().div_ceil(4), |g| {
                        let x = nonzero_mask::four_inputs::<X>(input, g);
                        let at = 4 * g * row_words + first;
                        if let Some(columns) = nonzero_mask::eight_of_four_rows(weights, at, row_words) {
                            add_columns::<W, X>(&mut lanes, columns, x);
                        } else {
                            let [[a], [b], [c], [d]] =
                                [0, 1, 2, 3].map(|k| nonzero_mask::padded_eights(weights, at + k * row_words));
                            add_columns::<W, X>(&mut lanes, [&a, &b, &c, &d], x);
                        }
                    });
                    let lanes = in_order(lanes).map(|lanes| to_array(lanes));
                    for (accumulator, &lane) in accumulators.iter_mut().zip(lanes.as_flattened()) {
                        *accumulator = accumulator.wrapping_add(lane);
                    }
                }
            }
        }

        /// Same contract as [`tiles::portable::add`](crate::kernel::tiles::portable::add), by the equations of
        /// [`tiles`](crate::kernel::tiles).
        #[target_feature(enable = $features)]
        pub(super) fn tiles(weights: &[u32], input: &[u8], accumulators: &mut [i32]) {
            use $crate::format::U8;
            use $crate::kernel::simd::nonzero_mask::{self, SEGMENT};
            let offset = 128u32.wrapping_mul(nonzero_mask::level_sum::<U8>(input)).cast_signed();
            for accumulator in accumulators.iter_mut().step_by(2) {
                *accumulator = accumulator.wrapping_sub(offset);
            }
            let row_words = 8 * accumulators.len().div_ceil(2);
            for (segment, input) in input.chunks(16 * SEGMENT).enumerate() {
                let weights = weights.get(SEGMENT * row_words * segment..).unwrap_or_default();
                let mask = nonzero_mask::mask_of(input, 2, |two_rows: &[u8; 32]| {
                    let words = nonzero_words(two_rows, u32::MAX);
                    u64::from(words & 0xf != 0) | u64::from(words & 0xf0 != 0) << 1
                });
                for (block, accumulators) in accumulators.chunks_mut(2 * BLOCK_PAIRS).enumerate() {
                    let tiles = (weights, row_words, 8 * BLOCK_PAIRS * block);
                    match accumulators.len() {
                        ..=2 => tiles_of_block::<1>(tiles, input, &mask, accumulators),
                        3..=4 => tiles_of_block::<2>(tiles, input, &mask, accumulators),
                        5..=8 => tiles_of_block::<4>(tiles, input, &mask, accumulators),
                        _ => tiles_of_block::<BLOCK_PAIRS>(tiles, input, &mask, accumulators),
                    }
                }
            }
        }

        /// Accumulates the tiles `(words, words of a row, first word)` for `2 · N` outputs, or fewer.
        ///
        /// Not inlined, and the last row kept out of the loop, so that nothing else takes registers from the
        /// accumulators.
        #[inline(never)]
        #[target_feature(enable = $features)]
        fn tiles_of_block<const N: usize>(
            (weights, row_words, first): (&[u32], usize, usize),
            input: &[u8],
            mask: &$crate::kernel::simd::nonzero_mask::NonzeroMask,
            accumulators: &mut [i32],
        ) {
            use $crate::kernel::simd::nonzero_mask;
            let (mut both, mut odd) = ([tile_zero(); N], [tile_zero(); N]);
            let (whole, mut last) = (input.as_chunks::<16>().0, None);
            nonzero_mask::for_each_set(mask, input.len().div_ceil(16), |row| {
                match (whole.get(row), nonzero_mask::eights(weights, row * row_words + first)) {
                    (Some(x), Some(tiles)) => add_tiles(&mut both, &mut odd, tiles, x),
                    // Only the last row may have fewer inputs or, where the layer ends, fewer tiles than a block.
                    _ => last = Some(row),
                }
            });
            if let Some(row) = last {
                let tiles = nonzero_mask::padded_eights(weights, row * row_words + first);
                add_tiles(&mut both, &mut odd, &tiles, &nonzero_mask::padded_row(input, row));
            }
            for (k, accumulators) in accumulators.chunks_mut(8).enumerate() {
                // Missing lanes of a small block are zeros, which the compiler removes.
                let lane = |lanes: &[TileLanes; N], at| lanes.get(4 * k + at).copied().unwrap_or(tile_zero());
                let totals = |lanes| tile_totals([lane(lanes, 0), lane(lanes, 1), lane(lanes, 2), lane(lanes, 3)]);
                for (accumulators, (both, odd)) in
                    accumulators.chunks_mut(2).zip(totals(&both).into_iter().zip(totals(&odd)))
                {
                    for (accumulator, product) in accumulators.iter_mut().zip([both.wrapping_sub(odd << 8), odd]) {
                        *accumulator = accumulator.wrapping_add(product);
                    }
                }
            }
        }

        /// Same contract as [`axpy::add`](crate::kernel::columns::axpy::add), for `f32`: inputs in order.
        #[target_feature(enable = $features)]
        pub(super) fn floats<X>(weights: &[f32], input: &[X::Raw], accumulators: &mut [f32])
        where
            X: $crate::format::Element<Value = f32>,
        {
            use $crate::kernel::simd::nonzero_mask::{self, BLOCK, SEGMENT};
            let outputs = accumulators.len();
            for (segment, input) in input.chunks(SEGMENT).enumerate() {
                let weights = weights.get(SEGMENT * outputs * segment..).unwrap_or_default();
                let mask = match X::bytes(input) {
                    Some(bytes) => nonzero_mask::mask_of(bytes, 32, |bytes| nonzero_bytes(bytes)),
                    None => nonzero_mask::mask_of(input, 8, |eight: &[X::Raw; 8]| nonzero_floats(&eight.map(X::read))),
                };
                for (block, accumulators) in accumulators.chunks_mut(BLOCK).enumerate() {
                    let columns = (weights, outputs, block * BLOCK);
                    match accumulators.len() {
                        ..=8 => floats_of_block::<1, X>(columns, input, &mask, accumulators),
                        9..=16 => floats_of_block::<2, X>(columns, input, &mask, accumulators),
                        _ => floats_of_block::<4, X>(columns, input, &mask, accumulators),
                    }
                }
            }
        }

        /// Accumulates the columns `(weights, weights of a column, first one)` for `8 · N` outputs, or fewer.
        #[inline]
        #[target_feature(enable = $features)]
        fn floats_of_block<const N: usize, X>(
            (weights, outputs, first): (&[f32], usize, usize),
            input: &[X::Raw],
            mask: &$crate::kernel::simd::nonzero_mask::NonzeroMask,
            accumulators: &mut [f32],
        ) where
            X: $crate::format::Element<Value = f32>,
        {
            use $crate::kernel::simd::nonzero_mask;
            let mut lanes = [[0.0f32; 8]; N];
            lanes
                .as_flattened_mut()
                .iter_mut()
                .zip(&*accumulators)
                .for_each(|(lane, &accumulator)| *lane = accumulator);
            nonzero_mask::for_each_set(mask, input.len(), |i| {
                let x = input.get(i).copied().map(X::read).unwrap_or_default();
                let at = i * outputs + first;
                let copy;
                let column: &[[f32; 8]; N] = match nonzero_mask::eights(weights, at) {
                    Some(column) => column,
                    None => {
                        copy = nonzero_mask::padded_eights(weights, at);
                        &copy
                    }
                };
                // Rounded after the product and after the addition, as in the reference: Rust never contracts them to a
                // fused multiply-add.
                for (lanes, weights) in lanes.iter_mut().zip(column) {
                    for (lane, weight) in lanes.iter_mut().zip(weights) {
                        *lane += weight * x;
                    }
                }
            });
            accumulators.iter_mut().zip(lanes.as_flattened()).for_each(|(accumulator, &lane)| *accumulator = lane);
        }

        /// Same contract as [`relu`](crate::kernel::requantize::relu): the portable loop, vectorised by the compiler.
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
pub(super) use define_loops;
