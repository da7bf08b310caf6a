//! Instruction sets with a kernel.

/// Instruction sets of the target architecture, the best one last.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd)]
pub(super) enum InstructionSet {
    #[cfg(sinapse_simd = "x86_64")]
    Sse2,
    #[cfg(sinapse_simd = "x86_64")]
    Avx2,
    #[cfg(sinapse_simd = "x86_64")]
    Avx512,
    #[cfg(sinapse_simd = "aarch64")]
    Neon,
    #[cfg(sinapse_simd = "wasm32")]
    Simd128,
}
