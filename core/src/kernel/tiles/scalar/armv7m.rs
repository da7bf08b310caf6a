//! Accumulate loop of tiles for Armv7-M without the DSP extension: Cortex-M3.

use core::arch::asm;

use super::list::{InputEntry, Products};

/// Accumulates two outputs of the half word in r3; r2 is the level.
macro_rules! mla_two_outputs {
    ($both:literal, $odd:literal) => {
        concat!("mla ", $both, ", r3, r2, ", $both, "\n", "asr r3, r3, #8\n", "mla ", $odd, ", r3, r2, ", $odd, "\n",)
    };
}

/// Same contract as [`portable::products`](super::portable::products); 20 instructions per input.
#[inline(always)]
pub fn products(entries: *const InputEntry, position: usize) -> [Products; 4] {
    let mut products = [[0i32; 2]; 4];
    // SAFETY: reads entries up to the end marker and the weights of their inputs to eight outputs that the layer has;
    // writes the eight sums of `products`.
    unsafe {
        asm!(
            "push {{r1, r6, r7}}",
            "movs r5, #0",
            "movs r6, #0",
            "movs r7, #0",
            "mov r8, r5",
            "mov r9, r5",
            "mov r10, r5",
            "mov r11, r5",
            "mov r12, r5",
            "b 3f",
            "2:",
            "ldrsh r3, [r1, r4]",
            "add r1, r4",
            mla_two_outputs!("r5", "r6"),
            "ldrsh r3, [r1, #32]",
            mla_two_outputs!("r7", "r8"),
            "ldrsh r3, [r1, #64]",
            mla_two_outputs!("r9", "r10"),
            "ldrsh r3, [r1, #96]",
            mla_two_outputs!("r11", "r12"),
            "3:",
            "ldm r0!, {{r1, r2}}",
            "cmp r2, #0",
            "bne 2b",
            "pop {{r0}}",
            "stm r0, {{r5, r6, r7, r8, r9, r10, r11, r12}}",
            "pop {{r6, r7}}",
            inout("r0") entries => _,
            inout("r1") products.as_mut_ptr() => _,
            out("r2") _,
            out("r3") _,
            in("r4") 2 * position,
            out("r5") _,
            out("r8") _,
            out("r9") _,
            out("r10") _,
            out("r11") _,
            out("r12") _,
        );
    }
    products.map(|[both, odd]| (both, odd))
}
