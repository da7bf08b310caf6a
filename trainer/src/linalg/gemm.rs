//! Matrix products, by the `gemm` crate's kernels for `f32`: the crate itself compiles those of five more types.
#![allow(unsafe_code)] // the crate's only entry point takes pointers; lengths are asserted here

use gemm_common::Parallelism;

/// A dense row-major matrix that is read, possibly transposed.
#[derive(Clone, Copy)]
pub struct Matrix<'a> {
    values: &'a [f32],
    rows: usize,
    columns: usize,
    row_stride: isize,
    column_stride: isize,
}

impl<'a> Matrix<'a> {
    /// `values` as a matrix of `rows` × `columns`, row by row.
    ///
    /// # Panics
    ///
    /// If the length is not `rows · columns`.
    pub fn new(values: &'a [f32], rows: usize, columns: usize) -> Self {
        assert_eq!(values.len(), rows * columns, "a matrix of {rows} × {columns}");
        Matrix { values, rows, columns, row_stride: columns as isize, column_stride: 1 }
    }

    /// Some of the columns.
    ///
    /// # Panics
    ///
    /// If there are fewer columns, or if the matrix is transposed.
    pub fn columns(self, range: std::ops::Range<usize>) -> Self {
        assert!(range.end <= self.columns && self.column_stride == 1, "columns {range:?} of {}", self.columns);
        Matrix { values: &self.values[range.start.min(self.values.len())..], columns: range.len(), ..self }
    }

    /// The same values, rows and columns exchanged.
    pub fn transposed(self) -> Self {
        Matrix {
            values: self.values,
            rows: self.columns,
            columns: self.rows,
            row_stride: self.column_stride,
            column_stride: self.row_stride,
        }
    }
}

/// `out = a · b`, or `out += a · b` where `accumulate`; one thread.
///
/// # Panics
///
/// If the shapes do not fit.
pub fn multiply(a: Matrix<'_>, b: Matrix<'_>, out: &mut [f32], accumulate: bool) {
    assert_eq!(a.columns, b.rows, "inner sizes of a product");
    assert_eq!(out.len(), a.rows * b.columns, "size of a product");
    // The kernel wants a destination whose rows are adjacent: `outᵀ = bᵀ · aᵀ`. A single column has them already.
    let (left, right, column_stride, row_stride) = match b.columns {
        0 | 1 => (a, b, 1, b.columns as isize),
        columns => (b.transposed(), a.transposed(), columns as isize, 1),
    };
    // SAFETY: `Matrix::new` and the assertions above make every index `row · stride + column · stride` of the three
    // matrices lie within their slices (`columns` moves the start and keeps the last index); `out` is borrowed mutably,
    // so it overlaps neither `a` nor `b`.
    unsafe {
        gemm_f32::gemm::f32::get_gemm_fn()(
            left.rows,
            right.columns,
            left.columns,
            out.as_mut_ptr(),
            column_stride,
            row_stride,
            accumulate,
            left.values.as_ptr(),
            left.column_stride,
            left.row_stride,
            right.values.as_ptr(),
            right.column_stride,
            right.row_stride,
            1.0,
            1.0,
            false,
            false,
            false,
            Parallelism::None,
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn products_with_and_without_transposition() {
        let a = Matrix::new(&[1.0, 2.0, 3.0, 4.0, 5.0, 6.0], 2, 3);
        let mut out = [0.0; 4];
        multiply(a, a.transposed(), &mut out, false);
        assert_eq!(out, [14.0, 32.0, 32.0, 77.0]);
        multiply(a, a.transposed(), &mut out, true);
        assert_eq!(out, [28.0, 64.0, 64.0, 154.0]);
    }

    #[test]
    fn columns_of_a_matrix_are_a_matrix() {
        let a = Matrix::new(&[1.0, 2.0, 3.0, 4.0, 5.0, 6.0], 2, 3).columns(1..3);
        let mut out = [0.0; 4];
        multiply(a.transposed(), a, &mut out, false);
        assert_eq!(out, [4.0 + 25.0, 6.0 + 30.0, 6.0 + 30.0, 9.0 + 36.0]);
    }
}
