//! Columns in safe Rust, one input after the other; zero inputs cost nothing.
//!
//! ```text
//! for each input x that is not zero:
//!     accumulators += column · x            # OUT elements, vectorised by the compiler
//! ```

use crate::format::{Element, I2, I4, I8, Weight, WeightFormat};

/// Weights whose columns can be added to all accumulators at once.
pub trait Column: Weight {
    /// Accumulates `accumulators[o] += column[o] · x`.
    fn add(column: &[Self::Cell], x: Self::Value, accumulators: &mut [Self::Value]);
}

impl Column for f32 {
    #[inline(always)]
    fn add(column: &[f32], x: f32, accumulators: &mut [f32]) {
        for (accumulator, weight) in accumulators.iter_mut().zip(column) {
            *accumulator += weight * x;
        }
    }
}

macro_rules! integer_column {
    ($($weight:ty),*) => {$(
        impl Column for $weight {
            #[inline(always)]
            fn add(column: &[u32], x: i32, accumulators: &mut [i32]) {
                const FORMAT: WeightFormat = <$weight as Weight>::FORMAT;
                const PER_WORD: usize = 32 / FORMAT.bits() as usize;
                for (accumulators, word) in accumulators.chunks_mut(PER_WORD).zip(column) {
                    for (o, accumulator) in accumulators.iter_mut().enumerate() {
                        let code = word >> (FORMAT.bits() * o as u32) & ((1 << FORMAT.bits()) - 1);
                        *accumulator += (code as i32 - FORMAT.offset()) * x;
                    }
                }
            }
        }
    )*};
}
integer_column!(I8, I4, I2);

/// Adds the products to `accumulators`, which hold the bias: [`reference::matvec`](crate::kernel::reference::matvec)
/// without its first step, for weights in columns.
#[inline]
pub fn add<W, X>(weights: &[W::Cell], input: &[X::Raw], accumulators: &mut [W::Value])
where
    W: Column + Weight<Value = X::Value>,
    X: Element,
{
    let row_cells = W::row_cells(X::FORMAT, accumulators.len());
    for (column, &raw) in weights.chunks_exact(row_cells).zip(input) {
        let x = X::read(raw);
        if x != X::Value::default() {
            W::add(column, x, accumulators);
        }
    }
}
