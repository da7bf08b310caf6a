//! Accumulate loop of tiles for Armv6-M: Cortex-M0 and M0+.
//!
//! Only r0 to r7 can be loaded, shifted and multiplied; the other registers can be added to, so they hold sums.

use core::arch::asm;

use super::list::{InputEntry, Products};

/// Accumulates two outputs: r1 weights, r2 level, r4 position; `$next` advances the weights.
macro_rules! mla_two_outputs {
    ($both:literal, $odd:literal, $next:literal) => {
        concat!(
            "ldrsh r3, [r1, r4]\n",
            $next,
            "asrs r5, r3, #8\n",
            "muls r3, r2, r3\n",
            "muls r5, r2, r5\n",
            "add ",
            $both,
            ", r3\n",
            "add ",
            $odd,
            ", r5\n",
        )
    };
}

/// Same contract as [`portable::products`](super::portable::products); 38 cycles per input.
#[inline(always)]
pub fn products(entries: *const InputEntry, position: usize) -> [Products; 4] {
    let mut products = [[0i32; 2]; 4];
    // SAFETY: reads entries up to the end marker and the weights of their inputs to eight outputs that the layer has;
    // writes the eight sums of `products`.
    unsafe {
        asm!(
            "push {{r1, r6, r7}}",
            "movs r6, #0",
            "movs r7, #0",
            "mov r8, r6",
            "mov r9, r6",
            "mov r10, r6",
            "mov r11, r6",
            "mov r12, r6",
            "mov lr, r6",
            "b 3f",
            "2:",
            mla_two_outputs!("r6", "r7", "adds r1, #32\n"),
            mla_two_outputs!("r8", "r9", "adds r1, #32\n"),
            mla_two_outputs!("r10", "r11", "adds r1, #32\n"),
            mla_two_outputs!("r12", "lr", ""),
            "3:",
            "ldmia r0!, {{r1, r2}}",
            "cmp r2, #0",
            "bne 2b",
            "mov r1, r6",
            "mov r2, r7",
            "pop {{r0, r6, r7}}",
            "mov r3, r8",
            "mov r4, r9",
            "stmia r0!, {{r1, r2, r3, r4}}",
            "mov r1, r10",
            "mov r2, r11",
            "mov r3, r12",
            "mov r4, lr",
            "stmia r0!, {{r1, r2, r3, r4}}",
            inout("r0") entries => _,
            inout("r1") products.as_mut_ptr() => _,
            out("r2") _,
            out("r3") _,
            inout("r4") 2 * position => _,
            out("r5") _,
            out("r8") _,
            out("r9") _,
            out("r10") _,
            out("r11") _,
            out("r12") _,
            out("lr") _,
        );
    }
    products.map(|[both, odd]| (both, odd))
}
