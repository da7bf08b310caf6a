//! Adds the columns of a nonzero list, times their levels, to blocks of sixteen accumulators.

use core::arch::naked_asm;

use super::super::args::{AccumulateArgs, AccumulateFn};
use crate::format::QuantizedActivation;

/// Multiplies the whole word in r4 by the level and accumulates it in `$lane`; [`subtract_lane!`] removes the other
/// lanes later.
macro_rules! mla_word {
    ($lane:literal) => {
        concat!("mov r3, r4\n", "muls r3, r7, r3\n", "add ", $lane, ", r3\n")
    };
}

/// Accumulates two outputs of the word in r4 in `$lane`.
macro_rules! mla_lane {
    ($lane:literal, $shift:literal) => {
        concat!("lsrs r3, r4, #", $shift, "\nands r3, r5\n", "muls r3, r7, r3\n", "add ", $lane, ", r3\n")
    };
}

/// Accumulates the next word of 8-bit weights.
macro_rules! mla_bytes {
    ($a:literal, $b:literal) => {
        concat!("ldmia r6!, {{r4}}\n", mla_word!($a), mla_lane!($b, "8"))
    };
}

/// Accumulates the next word of 4-bit weights.
macro_rules! mla_nibbles {
    ($a:literal, $b:literal, $c:literal, $d:literal) => {
        concat!("ldmia r6!, {{r4}}\n", mla_word!($a), mla_lane!($b, "4"), mla_lane!($c, "8"), mla_lane!($d, "12"))
    };
}

/// Accumulates the next word of ternary weights.
macro_rules! mla_pairs {
    () => {
        concat!(
            "ldmia r6!, {{r4}}\n",
            mla_word!("r0"),
            mla_lane!("r1", "2"),
            mla_lane!("r8", "4"),
            mla_lane!("r9", "6"),
            mla_lane!("r10", "8"),
            mla_lane!("r11", "10"),
            mla_lane!("r12", "12"),
            mla_lane!("lr", "14")
        )
    };
}

/// Subtracts a lane from the whole word's sum in r3, which leaves the first lane in the end.
macro_rules! subtract_lane {
    ($lane:literal, $shift:literal) => {
        concat!("mov r7, ", $lane, "\nlsls r7, r7, #", $shift, "\nsubs r3, r3, r7\n")
    };
}

/// Loads the start value of the lanes into r7, and the addresses of the accumulators before and after into r0 and r1,
/// which hold no lanes any more.
macro_rules! load_epilogue_state {
    () => {
        "ldr r7, [sp]\nldr r0, [sp, #12]\nldr r1, [sp, #16]\n"
    };
}

/// Adds the lower half of a lane to the accumulator at offset `$at`.
macro_rules! add_low_half {
    ($lane:literal, $at:literal) => {
        concat!("sxth r2, ", $lane, "\nldr r7, [r0, #", $at, "]\nadds r7, r7, r2\nstr r7, [r1, #", $at, "]\n")
    };
}

/// Adds the upper half of a lane, rounded because of the borrow from the lower half, to the accumulator at offset
/// `$at`.
macro_rules! add_high_half {
    ($lane:literal, $at:literal) => {
        concat!(
            "asrs r2, ",
            $lane,
            ", #15\nadds r2, #1\nasrs r2, r2, #1\nldr r7, [r0, #",
            $at,
            "]\nadds r7, r7, r2\nstr r7, [r1, #",
            $at,
            "]\n"
        )
    };
}

/// Epilogue of a word of 8-bit weights: two lanes to four accumulators from `$o0` on.
macro_rules! epilogue_bytes {
    ($a:literal, $b:literal, $o0:literal $o1:literal $o2:literal $o3:literal) => {
        concat!(
            "mov r3, ",
            $a,
            "\n",
            subtract_lane!($b, "8"),
            "mov r4, ",
            $b,
            "\n",
            load_epilogue_state!(),
            "adds r3, r3, r7\nadds r4, r4, r7\n",
            add_low_half!("r3", $o0),
            add_low_half!("r4", $o1),
            add_high_half!("r3", $o2),
            add_high_half!("r4", $o3),
        )
    };
}

/// Epilogue of four lanes, to eight accumulators; `$first` leaves the first lane in r3.
macro_rules! epilogue_four {
    ($first:expr, $b:literal, $c:literal, $d:literal, $($low:literal)+, $($high:literal)+) => {
        concat!(
            $first,
            "mov r4, ",
            $b,
            "\nmov r5, ",
            $c,
            "\nmov r6, ",
            $d,
            "\n",
            load_epilogue_state!(),
            "adds r3, r3, r7\nadds r4, r4, r7\nadds r5, r5, r7\nadds r6, r6, r7\n",
            epilogue_four!(@low "r3" "r4" "r5" "r6", $($low)+),
            epilogue_four!(@high "r3" "r4" "r5" "r6", $($high)+),
        )
    };
    (@low $($lane:literal)+, $($at:literal)+) => { concat!($(add_low_half!($lane, $at)),+) };
    (@high $($lane:literal)+, $($at:literal)+) => { concat!($(add_high_half!($lane, $at)),+) };
}

/// Epilogue of a word of 4-bit weights: four lanes to eight accumulators.
macro_rules! epilogue_nibbles {
    ($a:literal, $b:literal, $c:literal, $d:literal, $($at:tt)+) => {
        epilogue_four!(
            concat!("mov r3, ", $a, "\n", subtract_lane!($b, "4"), subtract_lane!($c, "8"), subtract_lane!($d, "12")),
            $b, $c, $d, $($at)+
        )
    };
}

/// Defines a loop over a nonzero list, once per block: r2 next entry, r6 column, r7 level, r5 mask, r4 word of weights,
/// r0, r1 and r8 to lr lanes. On the stack are the fields of [`AccumulateArgs`].
macro_rules! accumulate_fn {
    ($name:ident, $mask:literal, $words:expr, $epilogue:expr) => {
        /// # Safety
        ///
        /// The list has an entry and an end marker, and its columns have words for these accumulators.
        #[unsafe(naked)]
        unsafe extern "C" fn $name(args: &AccumulateArgs) {
            naked_asm!(
                "push {{r4, r5, r6, r7, lr}}",
                "mov r4, r8",
                "mov r5, r9",
                "mov r6, r10",
                "mov r7, r11",
                "push {{r4, r5, r6, r7}}",
                "ldmia r0!, {{r1, r2, r3, r4, r5, r6}}",
                "push {{r1, r2, r3, r4, r5, r6}}",
                "1:",
                "movs r0, #0",
                "movs r1, #0",
                "mov r8, r0",
                "mov r9, r0",
                "mov r10, r0",
                "mov r11, r0",
                "mov r12, r0",
                "mov lr, r0",
                concat!("movs r5, #", $mask),
                "lsls r3, r5, #16",
                "orrs r5, r3",
                "ldr r2, [sp, #8]",
                "ldr r6, [r2]",
                "ldr r7, [r2, #4]",
                "2:",
                $words,
                "stmia r2!, {{r6, r7}}",
                "ldr r6, [r2]",
                "ldr r7, [r2, #4]",
                "cmp r7, #0",
                "bne 2b",
                $epilogue,
                "adds r0, #64",
                "adds r1, #64",
                "str r0, [sp, #12]",
                "str r1, [sp, #16]",
                "ldr r2, [sp, #20]",
                "cmp r1, r2",
                "bhs 3f",
                "b 1b",
                "3:",
                "add sp, #24",
                "pop {{r4, r5, r6, r7}}",
                "mov r8, r4",
                "mov r9, r5",
                "mov r10, r6",
                "mov r11, r7",
                "pop {{r4, r5, r6, r7, pc}}",
            )
        }
    };
}

accumulate_fn!(bytes_1, "0xff", mla_bytes!("r0", "r1"), epilogue_bytes!("r0", "r1", "0" "4" "8" "12"));
accumulate_fn!(
    bytes_2,
    "0xff",
    concat!(mla_bytes!("r0", "r1"), mla_bytes!("r8", "r9")),
    concat!(epilogue_bytes!("r0", "r1", "0" "4" "8" "12"), epilogue_bytes!("r8", "r9", "16" "20" "24" "28"))
);
accumulate_fn!(
    bytes_3,
    "0xff",
    concat!(mla_bytes!("r0", "r1"), mla_bytes!("r8", "r9"), mla_bytes!("r10", "r11")),
    concat!(
        epilogue_bytes!("r0", "r1", "0" "4" "8" "12"),
        epilogue_bytes!("r8", "r9", "16" "20" "24" "28"),
        epilogue_bytes!("r10", "r11", "32" "36" "40" "44")
    )
);
accumulate_fn!(
    bytes_4,
    "0xff",
    concat!(mla_bytes!("r0", "r1"), mla_bytes!("r8", "r9"), mla_bytes!("r10", "r11"), mla_bytes!("r12", "lr")),
    concat!(
        epilogue_bytes!("r0", "r1", "0" "4" "8" "12"),
        epilogue_bytes!("r8", "r9", "16" "20" "24" "28"),
        epilogue_bytes!("r10", "r11", "32" "36" "40" "44"),
        epilogue_bytes!("r12", "lr", "48" "52" "56" "60")
    )
);
accumulate_fn!(
    nibbles_1,
    "0xf",
    mla_nibbles!("r0", "r1", "r8", "r9"),
    epilogue_nibbles!("r0", "r1", "r8", "r9", "0" "4" "8" "12", "16" "20" "24" "28")
);
accumulate_fn!(
    nibbles_2,
    "0xf",
    concat!(mla_nibbles!("r0", "r1", "r8", "r9"), mla_nibbles!("r10", "r11", "r12", "lr")),
    concat!(
        epilogue_nibbles!("r0", "r1", "r8", "r9", "0" "4" "8" "12", "16" "20" "24" "28"),
        epilogue_nibbles!("r10", "r11", "r12", "lr", "32" "36" "40" "44", "48" "52" "56" "60")
    )
);
accumulate_fn!(
    pairs_1,
    "3",
    mla_pairs!(),
    concat!(
        epilogue_four!(
            concat!(
                "mov r3, r0\n",
                subtract_lane!("r1", "2"),
                subtract_lane!("r8", "4"),
                subtract_lane!("r9", "6"),
                subtract_lane!("r10", "8"),
                subtract_lane!("r11", "10"),
                subtract_lane!("r12", "12"),
                subtract_lane!("lr", "14")
            ),
            "r1", "r8", "r9", "0" "4" "8" "12", "32" "36" "40" "44"
        ),
        epilogue_four!("mov r3, r10\n", "r11", "r12", "lr", "16" "20" "24" "28", "48" "52" "56" "60")
    )
);

/// Same contract as [`portable::bytes`](super::super::portable::bytes).
#[expect(clippy::extra_unused_type_parameters, reason = "some cores requantize in this loop")]
pub const fn bytes<E: QuantizedActivation>() -> [AccumulateFn; 4] {
    [bytes_1, bytes_2, bytes_3, bytes_4]
}
/// Same contract as [`portable::nibbles`](super::super::portable::nibbles); 41 cycles for an input and 16 outputs.
#[expect(clippy::extra_unused_type_parameters, reason = "some cores requantize in this loop")]
pub const fn nibbles<E: QuantizedActivation>() -> [AccumulateFn; 2] {
    [nibbles_1, nibbles_2]
}
/// Same contract as [`portable::pairs`](super::super::portable::pairs).
#[expect(clippy::extra_unused_type_parameters, reason = "some cores requantize in this loop")]
pub const fn pairs<E: QuantizedActivation>() -> AccumulateFn {
    pairs_1
}
