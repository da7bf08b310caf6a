//! Detection of the instruction sets of an x86-64 CPU, done once.
//!
//! Intel, "Software Developer's Manual", volume 1, §15.2–15.4 (AVX-512) and §14.3 (AVX): the CPU must have the
//! instructions, and the operating system must save their registers.

use core::arch::x86_64::{__cpuid, __cpuid_count, _xgetbv};
use core::sync::atomic::{AtomicU8, Ordering};

use super::instruction_set::InstructionSet;

/// Best instruction set plus one; 0 before detection.
static BEST: AtomicU8 = AtomicU8::new(0);

/// Returns the best instruction set that this CPU has and that `--cfg sinapse_kernel` allows.
#[inline]
pub(super) fn best() -> InstructionSet {
    // Relaxed: threads that detect at the same time store the same value.
    match BEST.load(Ordering::Relaxed) {
        1 => InstructionSet::Sse2,
        2 => InstructionSet::Avx2,
        3 => InstructionSet::Avx512,
        _ => detect(),
    }
}

#[cold]
fn detect() -> InstructionSet {
    let best = if cfg!(sinapse_kernel = "sse2") || !has_avx2() {
        InstructionSet::Sse2
    } else if cfg!(sinapse_kernel = "avx2") || !has_avx512() {
        InstructionSet::Avx2
    } else {
        InstructionSet::Avx512
    };
    BEST.store(best as u8 + 1, Ordering::Relaxed);
    best
}

/// Returns whether all of `bits` are set in `register`.
fn all_set(register: u32, bits: &[u32]) -> bool {
    bits.iter().all(|bit| register >> bit & 1 == 1)
}

/// Returns whether the operating system saves these components of the register state.
fn os_saves(states: &[u32]) -> bool {
    #[target_feature(enable = "xsave")]
    fn enabled_states() -> u64 {
        // SAFETY: XCR0 exists wherever `XGETBV` does.
        unsafe { _xgetbv(0) }
    }
    const OSXSAVE: u32 = 27;
    // SAFETY: the bit OSXSAVE says that `XGETBV` may be used.
    all_set(__cpuid(1).ecx, &[OSXSAVE]) && all_set(unsafe { enabled_states() } as u32, states)
}

/// Returns whether there is AVX2, with the AVX that it builds on.
fn has_avx2() -> bool {
    const AVX: u32 = 28;
    const AVX2: u32 = 5;
    // State components 1 and 2: the lower and upper halves of 256 bits.
    __cpuid(0).eax >= 7
        && all_set(__cpuid(1).ecx, &[AVX])
        && all_set(__cpuid_count(7, 0).ebx, &[AVX2])
        && os_saves(&[1, 2])
}

/// Returns whether there is AVX-512 with 256-bit vectors and byte products (VL, VNNI): Ice Lake, Zen 4 or newer.
fn has_avx512() -> bool {
    const F: u32 = 16;
    const VL: u32 = 31;
    const VNNI: u32 = 11;
    // The compiler's `avx512f` implies these two.
    const FMA: u32 = 12;
    const F16C: u32 = 29;
    let extended = __cpuid_count(7, 0);
    // State components 5, 6 and 7: masks, and the parts of the registers beyond 256 bits.
    has_avx2()
        && all_set(__cpuid(1).ecx, &[FMA, F16C])
        && all_set(extended.ebx, &[F, VL])
        && all_set(extended.ecx, &[VNNI])
        && os_saves(&[5, 6, 7])
}
