//! Sparse matrices in compressed sparse row (CSR) form times dense ones: the first layer's forward pass, and the
//! gradient of its weights.
//!
//! Four of five pixels of a digit are zero. One row per image ([`CsrMatrix::push_row`]) selects the weights to add; the
//! transpose, one row per pixel ([`CsrMatrix::transpose`]), selects the gradients to add. Both sums stay in registers.

use std::ops::Range;

use pulp::{Simd, WithSimd};

/// A sparse matrix in compressed sparse row form.
#[derive(Clone, Debug, Default)]
pub struct CsrMatrix {
    /// Entries `starts[row]..starts[row + 1]` belong to `row`.
    starts: Vec<u32>,
    /// Column of each entry.
    columns: Vec<u16>,
    /// Value of each entry.
    values: Vec<f32>,
}

/// Initial value of the sums.
#[derive(Clone, Copy)]
pub enum Init<'a> {
    /// The same for every row.
    Row(&'a [f32]),
    /// The present content of the output.
    Accumulate,
}

impl CsrMatrix {
    /// Removes all rows.
    pub fn clear(&mut self) {
        self.starts.clear();
        self.starts.push(0);
        self.columns.clear();
        self.values.clear();
    }

    /// Appends an image as a row: the nonzero values of its pixels.
    pub fn push_row(&mut self, image: &[u8], value_of: &[f32; 256]) {
        let mut end = self.columns.len();
        self.columns.resize(end + image.len(), 0);
        self.values.resize(end + image.len(), 0.0);
        for (word, pixels) in image.chunks(8).enumerate() {
            if pixels.iter().fold(0, |all, pixel| all | pixel) == 0 {
                continue;
            }
            for (offset, &pixel) in pixels.iter().enumerate() {
                // Always written, and kept if nonzero: no branch to mispredict.
                let value = value_of[usize::from(pixel)];
                self.columns[end] = (word * 8 + offset) as u16;
                self.values[end] = value;
                end += usize::from(value != 0.0);
            }
        }
        self.columns.truncate(end);
        self.values.truncate(end);
        self.starts.push(end as u32);
    }

    /// Columns and values of a row.
    pub fn row(&self, row: usize) -> impl Iterator<Item = (usize, f32)> {
        let entries = self.starts[row] as usize..self.starts[row + 1] as usize;
        self.columns[entries.clone()]
            .iter()
            .map(|&column| usize::from(column))
            .zip(self.values[entries].iter().copied())
    }

    /// Writes the transpose of this matrix of `width` columns to `out`.
    pub fn transpose(&self, width: usize, out: &mut CsrMatrix) {
        out.starts.clear();
        out.starts.resize(width + 1, 0);
        out.columns.resize(self.columns.len(), 0);
        out.values.resize(self.values.len(), 0.0);
        for &column in &self.columns {
            out.starts[usize::from(column) + 1] += 1;
        }
        // Each start advances while its row is filled, and ends where the next row begins.
        let mut sum = 0;
        for start in &mut out.starts {
            sum += *start;
            *start = sum;
        }
        for (row, bounds) in self.starts.windows(2).enumerate() {
            for entry in bounds[0] as usize..bounds[1] as usize {
                let next = &mut out.starts[usize::from(self.columns[entry])];
                out.columns[*next as usize] = row as u16;
                out.values[*next as usize] = self.values[entry];
                *next += 1;
            }
        }
        out.starts.rotate_right(1);
        out.starts[0] = 0;
    }

    /// Computes `out[r] = init + Σ value · matrix[column]` over the entries of each row `r` in `rows`, in order.
    ///
    /// | name     | shape             |
    /// |----------|-------------------|
    /// | `matrix` | `[…][width]`      |
    /// | `out`    | `[rows][width]`   |
    pub fn multiply(&self, rows: Range<usize>, matrix: &[f32], width: usize, init: Init<'_>, out: &mut [f32]) {
        pulp::Arch::new().dispatch(Multiply { lists: self, rows, matrix, width, init, out });
    }
}

struct Multiply<'a> {
    lists: &'a CsrMatrix,
    rows: Range<usize>,
    matrix: &'a [f32],
    width: usize,
    init: Init<'a>,
    out: &'a mut [f32],
}

impl WithSimd for Multiply<'_> {
    type Output = ();

    /// Stripes of eight vectors: their sums fill half of the registers, and their part of the matrix fits the cache.
    #[inline(always)]
    fn with_simd<S: Simd>(mut self, simd: S) {
        let mut from = 0;
        while from + 8 * S::F32_LANES <= self.width {
            self.stripe::<S, 8>(simd, from);
            from += 8 * S::F32_LANES;
        }
        if from + 4 * S::F32_LANES <= self.width {
            self.stripe::<S, 4>(simd, from);
            from += 4 * S::F32_LANES;
        }
        if from + 2 * S::F32_LANES <= self.width {
            self.stripe::<S, 2>(simd, from);
            from += 2 * S::F32_LANES;
        }
        if from + S::F32_LANES <= self.width {
            self.stripe::<S, 1>(simd, from);
            from += S::F32_LANES;
        }
        if from < self.width {
            self.rest(simd, from);
        }
    }
}

impl Multiply<'_> {
    /// Columns `from..` of all rows, `VECTORS` vectors of them.
    #[inline(always)]
    fn stripe<S: Simd, const VECTORS: usize>(&mut self, simd: S, from: usize) {
        let (width, here) = (self.width, from..from + VECTORS * S::F32_LANES);
        for (out, bounds) in self.out.chunks_exact_mut(width).zip(self.lists.bounds(&self.rows)) {
            let out = S::as_mut_simd_f32s(&mut out[here.clone()]).0;
            let mut sums = [simd.splat_f32s(0.0); VECTORS];
            match self.init {
                Init::Row(row) => sums.copy_from_slice(S::as_simd_f32s(&row[here.clone()]).0),
                Init::Accumulate => sums.copy_from_slice(out),
            }
            for (&column, &value) in self.lists.columns[bounds.clone()].iter().zip(&self.lists.values[bounds]) {
                let row = &self.matrix[usize::from(column) * width..][here.clone()];
                let value = simd.splat_f32s(value);
                for (sum, &number) in sums.iter_mut().zip(S::as_simd_f32s(row).0) {
                    *sum = simd.mul_add_f32s(value, number, *sum);
                }
            }
            out.copy_from_slice(&sums);
        }
    }

    /// The last columns, which do not fill a vector.
    #[inline(always)]
    fn rest<S: Simd>(&mut self, simd: S, from: usize) {
        let width = self.width;
        for (out, bounds) in self.out.chunks_exact_mut(width).zip(self.lists.bounds(&self.rows)) {
            let mut sum = match self.init {
                Init::Row(row) => simd.partial_load_f32s(&row[from..width]),
                Init::Accumulate => simd.partial_load_f32s(&out[from..]),
            };
            for (&column, &value) in self.lists.columns[bounds.clone()].iter().zip(&self.lists.values[bounds]) {
                let row = &self.matrix[usize::from(column) * width..][from..width];
                sum = simd.mul_add_f32s(simd.splat_f32s(value), simd.partial_load_f32s(row), sum);
            }
            simd.partial_store_f32s(&mut out[from..], sum);
        }
    }
}

impl CsrMatrix {
    #[inline(always)]
    fn bounds(&self, rows: &Range<usize>) -> impl Iterator<Item = Range<usize>> {
        self.starts[rows.start..=rows.end].windows(2).map(|pair| pair[0] as usize..pair[1] as usize)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn two_images() -> CsrMatrix {
        let values = std::array::from_fn(|pixel| pixel as f32);
        let mut lists = CsrMatrix::default();
        lists.clear();
        lists.push_row(&[0, 2, 0, 0, 0, 0, 0, 0, 0, 1], &values);
        lists.push_row(&[3, 4, 0, 0, 0, 0, 0, 0, 0, 0], &values);
        lists
    }

    #[test]
    fn sums_equal_a_plain_product_for_every_width() {
        for width in 1..300 {
            let matrix: Vec<f32> = (0..10 * width).map(|index| (index % 13) as f32).collect();
            let start: Vec<f32> = (0..width).map(|o| o as f32).collect();
            let mut out = vec![0.0; 2 * width];
            two_images().multiply(0..2, &matrix, width, Init::Row(&start), &mut out);
            let at = |i: usize, o: usize| matrix[i * width + o];
            for o in 0..width {
                assert_eq!(out[o], start[o] + 2.0 * at(1, o) + at(9, o), "output {o} of {width}");
                assert_eq!(out[width + o], start[o] + 3.0 * at(0, o) + 4.0 * at(1, o), "output {o} of {width}");
            }
            two_images().multiply(1..2, &matrix, width, Init::Accumulate, &mut out[..width]);
            assert_eq!(out[0], start[0] + 6.0 * at(1, 0) + at(9, 0) + 3.0 * at(0, 0), "{width}");
        }
    }

    #[test]
    fn a_transpose_holds_the_same_numbers() {
        let mut transposed = CsrMatrix::default();
        two_images().transpose(10, &mut transposed);
        let identity = [1.0, 0.0, 0.0, 1.0];
        let mut out = vec![0.0; 20];
        transposed.multiply(0..10, &identity, 2, Init::Row(&[0.0; 2]), &mut out);
        let expected: Vec<f32> = [[0, 3], [2, 4], [0, 0], [0, 0], [0, 0], [0, 0], [0, 0], [0, 0], [0, 0], [1, 0]]
            .concat()
            .iter()
            .map(|&x| x as f32)
            .collect();
        assert_eq!(out, expected);
    }
}
