//! The slow, obvious kernel; it defines the result of all others.

use crate::format::{Element, Weight};

/// Matrix–vector product `accumulators[o] = bias[o] + Σ_i weights[i][o] · x[i]`, inputs in order, zero inputs skipped.
///
/// Skipping zeros changes no integer result; for `f32` it is part of the definition (`−0 + 0` is `+0`).
///
/// | name           | shape                                                         |
/// |----------------|---------------------------------------------------------------|
/// | `weights`      | `[rows][row_cells]`, see [`Layout`](crate::format::Layout)    |
/// | `bias`         | `[OUT]`                                                       |
/// | `input`        | `[IN]`                                                        |
/// | `accumulators` | `[OUT]`                                                       |
pub fn matvec<W, X>(weights: &[W::Cell], bias: &[W::Value], input: &[X::Raw], accumulators: &mut [W::Value])
where
    W: Weight<Value = X::Value>,
    X: Element,
{
    let layout = W::FORMAT.layout(X::FORMAT);
    let row_cells = W::row_cells(X::FORMAT, accumulators.len());
    for (o, (accumulator, &bias)) in accumulators.iter_mut().zip(bias).enumerate() {
        *accumulator = bias;
        for (row, inputs) in weights.chunks_exact(row_cells).zip(input.chunks(layout.inputs_of_row())) {
            for (i, &raw) in inputs.iter().enumerate() {
                let x = X::read(raw);
                if x != X::Value::default() {
                    *accumulator += W::get(row, layout, i, o) * x;
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::format::{I8, Pixel, U4, U8};

    #[test]
    fn two_by_two_by_hand() {
        let mut sums_f32 = [0.0; 2];
        matvec::<f32, f32>(&[1.0, 2.0, 3.0, 4.0], &[0.5, -0.5], &[10.0, 1.0], &mut sums_f32);
        assert_eq!(sums_f32, [13.5, 23.5]);

        // Columns are padded to whole words; the pixels 16 and 255 are the levels 1 and 15.
        let mut sums_i32 = [0; 2];
        let weights = [0x8080_8281, 0x8080_7f83];
        matvec::<I8, Pixel<U4>>(&weights, &[100, 200], &[16, 255], &mut sums_i32);
        assert_eq!(sums_i32, [100 + 1 + 45, 200 + 2 - 15]);

        // Two of the sixteen inputs of a tile: 1·1 + 3·255 and 2·1 − 1·255. Even outputs have an offset of 128, odd
        // ones none.
        let mut tile = [0x0080_0080; 8];
        tile[0] = 0xff83_0281;
        matvec::<I8, Pixel<U8>>(&tile, &[100, 200], &[1, 255], &mut sums_i32);
        assert_eq!(sums_i32, [100 + 1 + 765, 200 + 2 - 255]);
    }
}
