//! Dense and sparse matrix products, and vectorised loops.

pub mod gemm;
pub mod simd;
pub mod sparse;
