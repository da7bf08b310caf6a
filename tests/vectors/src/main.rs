//! Compares the SIMD kernels of AArch64 and WebAssembly with the reference. `cargo xtask test` builds it for both and
//! runs it in `qemu-aarch64` and in Node; the exit code is 0 if all results are equal, else the number of a comparison.
#![no_std]
#![no_main]

mod compare;
mod start;
