//! The loop for Armv7-M and Armv8-M: four sums at a time, clamped by one instruction.
#![allow(unsafe_code)] // assembly

use core::arch::asm;

use crate::element::Level;
use crate::requantize::Requantization;

/// One sum in `$a`, with the multiplier in lr, which `$load` may fill. A negative sum is rescaled like any other: it becomes no
/// more than zero, and `USAT` makes it zero.
macro_rules! one {
    ($a:literal, $load:literal) => {
        concat!(
            $load,
            "asr ",
            $a,
            ", r8\n",
            "mla ",
            $a,
            ", ",
            $a,
            ", lr, r10\n",
            "asr ",
            $a,
            ", r11\n",
            "usat ",
            $a,
            ", #{bits}, ",
            $a,
            "\n",
            "strb ",
            $a,
            ", [r5], #1\n"
        )
    };
}

/// Fours of sums at r4 to levels at r5: r8 the first shift, r10 half a step, r11 the second shift, r12 the end of the sums;
/// the multiplier in lr, or one for each at r9.
macro_rules! fours {
    ($load:literal, $requantization:expr, $multiplier:expr, $fours:expr, $levels:expr) => {{
        let range = $fours.as_ptr_range();
        let half = 1u32 << ($requantization.shift - 1);
        // SAFETY: reads `fours`, of which there is at least one, and a multiplier for each sum where there are many; writes a
        // level for each.
        unsafe {
            asm!(
                "2:",
                "ldm r4!, {{r0, r1, r2, r3}}",
                one!("r0", $load),
                one!("r1", $load),
                one!("r2", $load),
                one!("r3", $load),
                "cmp r4, r12",
                "bne 2b",
                out("r0") _,
                out("r1") _,
                out("r2") _,
                out("r3") _,
                inout("r4") range.start => _,
                inout("r5") $levels.as_mut_ptr() => _,
                in("r8") u32::from($requantization.pre_shift),
                inout("r9") $requantization.multipliers.as_ptr() => _,
                in("r10") half,
                in("r11") u32::from($requantization.shift),
                in("r12") range.end,
                inout("lr") $multiplier => _,
                bits = const E::FORMAT.bits(),
                options(nostack),
            );
        }
    }};
}

/// As [`relu`](super::relu).
#[inline(always)]
pub fn relu<E: Level>(requantization: &Requantization<'_>, sums: &[i32], levels: &mut [u8]) {
    let (fours, _) = sums.as_chunks::<4>();
    let many = requantization.multipliers.len() != 1;
    let enough = levels.len() >= 4 * fours.len() && (!many || requantization.multipliers.len() >= 4 * fours.len());
    let done = if fours.is_empty() || !enough {
        0
    } else {
        if let &[one] = requantization.multipliers {
            fours!("", requantization, u32::from(u16::from_le_bytes(one)), fours, levels);
        } else {
            fours!("ldrh lr, [r9], #2\n", requantization, 0, fours, levels);
        }
        4 * fours.len()
    };
    for (o, (level, &sum)) in levels.iter_mut().zip(sums).enumerate().skip(done) {
        *level = requantization.relu(sum, o, E::FORMAT.top_level());
    }
}
