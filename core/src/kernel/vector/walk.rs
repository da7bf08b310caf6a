//! The loops over inputs and outputs, compiled once for each set of instructions.

/// Defines `columns`, `quads` and `floats`, which use the functions of the file they stand in.
///
/// A macro, because a function for certain instructions is inlined only where these are allowed.
macro_rules! walk {
    ($features:literal) => {
        /// As [`reference::sums`](crate::kernel::reference::sums), for integer weights in columns.
        #[target_feature(enable = $features)]
        pub(super) fn columns<W, X>(weights: &[u32], bias: &[i32], input: &[u8], sums: &mut [i32])
        where
            W: $crate::weight::Weight<Value = i32, Cell = u32>,
            X: $crate::element::Levels,
        {
            use $crate::kernel::vector::part::{self, BLOCK, PART};
            let offset = (W::FORMAT.offset() as u32).wrapping_mul(part::total::<X>(input)).cast_signed();
            for (sum, &bias) in sums.iter_mut().zip(bias) {
                *sum = bias.wrapping_sub(offset);
            }
            let row_words = W::row_cells(X::FORMAT, sums.len());
            for (part, input) in input.chunks(4 * PART).enumerate() {
                let weights = weights.get(4 * PART * row_words * part..).unwrap_or_default();
                let ones = part::ones_of(input, 8, |bytes| nonzero_words(bytes, X::MASK));
                for (block, sums) in sums.chunks_mut(BLOCK).enumerate() {
                    let first = block * BLOCK * W::FORMAT.bits() as usize / 32;
                    let mut lanes = [zero(); 4];
                    part::for_each_one(&ones, input.len().div_ceil(4), |g| {
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
                    for (sum, &lane) in sums.iter_mut().zip(lanes.as_flattened()) {
                        *sum = sum.wrapping_add(lane);
                    }
                }
            }
        }

        /// As [`reference::sums`](crate::kernel::reference::sums), for 8-bit weights in quads.
        #[target_feature(enable = $features)]
        pub(super) fn quads(weights: &[u32], bias: &[i32], input: &[u8], sums: &mut [i32]) {
            use $crate::element::U8;
            use $crate::kernel::vector::part::{self, BLOCK, PART};
            let offset = QUADS_OFFSET.wrapping_mul(part::total::<U8>(input)).cast_signed();
            for (sum, &bias) in sums.iter_mut().zip(bias) {
                *sum = bias.wrapping_sub(offset);
            }
            let outputs = sums.len();
            for (part, input) in input.chunks(4 * PART).enumerate() {
                let weights = weights.get(PART * outputs * part..).unwrap_or_default();
                let ones = part::ones_of(input, 8, |bytes| nonzero_words(bytes, u32::MAX));
                for (block, sums) in sums.chunks_mut(BLOCK).enumerate() {
                    let rows = (weights, outputs, block * BLOCK);
                    match sums.len() {
                        ..=8 => quads_of_block::<1>(rows, input, &ones, sums),
                        9..=16 => quads_of_block::<2>(rows, input, &ones, sums),
                        _ => quads_of_block::<4>(rows, input, &ones, sums),
                    }
                }
            }
        }

        /// Adds the rows `(words, words of a row, first word)` of quads to `8 · N` sums, or fewer.
        #[inline]
        #[target_feature(enable = $features)]
        fn quads_of_block<const N: usize>(
            (weights, row_words, first): (&[u32], usize, usize),
            input: &[u8],
            ones: &$crate::kernel::vector::part::Ones,
            sums: &mut [i32],
        ) {
            use $crate::element::U8;
            use $crate::kernel::vector::part;
            let mut lanes = [zero(); N];
            part::for_each_one(ones, input.len().div_ceil(4), |g| {
                let x = part::four::<U8>(input, g);
                let at = g * row_words + first;
                match part::eights(weights, at) {
                    Some(row) => add_quads(&mut lanes, row, x),
                    None => add_quads(&mut lanes, &part::last_eights(weights, at), x),
                }
            });
            let lanes = lanes.map(|lanes| numbers(lanes));
            for (sum, &lane) in sums.iter_mut().zip(lanes.as_flattened()) {
                *sum = sum.wrapping_add(lane);
            }
        }

        /// As [`reference::sums`](crate::kernel::reference::sums), for `f32`: inputs in order.
        #[target_feature(enable = $features)]
        pub(super) fn floats<X>(weights: &[f32], bias: &[f32], input: &[X::Raw], sums: &mut [f32])
        where
            X: $crate::element::Element<Value = f32>,
        {
            use $crate::kernel::vector::part::{self, BLOCK, PART};
            for (sum, &bias) in sums.iter_mut().zip(bias) {
                *sum = bias;
            }
            let outputs = sums.len();
            for (part, input) in input.chunks(PART).enumerate() {
                let weights = weights.get(PART * outputs * part..).unwrap_or_default();
                let ones = match X::bytes(input) {
                    Some(bytes) => part::ones_of(bytes, 32, |bytes| nonzero_bytes(bytes)),
                    None => part::ones_of(input, 8, |eight: &[X::Raw; 8]| nonzero_floats(&eight.map(X::read))),
                };
                for (block, sums) in sums.chunks_mut(BLOCK).enumerate() {
                    let columns = (weights, outputs, block * BLOCK);
                    match sums.len() {
                        ..=8 => floats_of_block::<1, X>(columns, input, &ones, sums),
                        9..=16 => floats_of_block::<2, X>(columns, input, &ones, sums),
                        _ => floats_of_block::<4, X>(columns, input, &ones, sums),
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
            ones: &$crate::kernel::vector::part::Ones,
            sums: &mut [f32],
        ) where
            X: $crate::element::Element<Value = f32>,
        {
            use $crate::kernel::vector::part;
            let mut lanes = [[0.0f32; 8]; N];
            lanes.as_flattened_mut().iter_mut().zip(&*sums).for_each(|(lane, &sum)| *lane = sum);
            part::for_each_one(ones, input.len(), |i| {
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
            sums.iter_mut().zip(lanes.as_flattened()).for_each(|(sum, &lane)| *sum = lane);
        }
    };
}
pub(super) use walk;
