//! Adds the columns of a nonzero list, times their levels, to blocks of sixteen accumulators.

use core::arch::naked_asm;

use super::super::args::{AccumulateArgs, AccumulateFn};
use crate::format::QuantizedActivation;

/// Loads the last words of a block into r6 (and r12), and stores the advanced column pointer in the entry.
macro_rules! load_last_words {
    ("one") => {
        "ldr r6, [r5], #4\nstr r5, [r10, #-8]\n"
    };
    ("two") => {
        "ldrd r6, r12, [r5], #8\nstr r5, [r10, #-8]\n"
    };
}

/// Accumulates the whole `$word · x` in `$lane`; [`subtract_lanes!`] removes the other lanes later.
macro_rules! mla_word {
    ($lane:literal, $word:literal) => {
        concat!("mla ", $lane, ", ", $word, ", r7, ", $lane, "\n")
    };
}

/// Accumulates two outputs of `$word` in `$lane`, with `$to` as scratch; the last lane of a word may use the word
/// itself.
macro_rules! mla_lane {
    ($lane:literal, $to:literal, $word:literal, $shift:literal) => {
        concat!("and ", $to, ", lr, ", $word, ", lsr #", $shift, "\nmla ", $lane, ", ", $to, ", r7, ", $lane, "\n")
    };
}

/// Accumulates a word of 8-bit weights.
#[cfg(not(sinapse_dsp))]
macro_rules! mla_bytes {
    ($word:literal, $a:literal, $b:literal) => {
        concat!(mla_word!($a, $word), mla_lane!($b, $word, $word, "8"))
    };
}

/// Accumulates a word of 8-bit weights; `UXTB16` needs no mask.
#[cfg(sinapse_dsp)]
macro_rules! mla_bytes {
    ($word:literal, $a:literal, $b:literal) => {
        concat!(
            mla_word!($a, $word),
            "uxtb16 ",
            $word,
            ", ",
            $word,
            ", ror #8\nmla ",
            $b,
            ", ",
            $word,
            ", r7, ",
            $b,
            "\n"
        )
    };
}

/// Accumulates a word of 4-bit weights, with r5 as scratch.
macro_rules! mla_nibbles {
    ($word:literal, $a:literal, $b:literal, $c:literal, $d:literal) => {
        concat!(
            mla_word!($a, $word),
            mla_lane!($b, "r5", $word, "4"),
            mla_lane!($c, "r5", $word, "8"),
            mla_lane!($d, $word, $word, "12")
        )
    };
}

/// Accumulates a word of ternary weights, with r5 as scratch.
macro_rules! mla_pairs {
    () => {
        concat!(
            mla_word!("r0", "r6"),
            mla_lane!("r1", "r5", "r6", "2"),
            mla_lane!("r2", "r5", "r6", "4"),
            mla_lane!("r3", "r5", "r6", "6"),
            mla_lane!("r4", "r5", "r6", "8"),
            mla_lane!("r8", "r5", "r6", "10"),
            mla_lane!("r9", "r5", "r6", "12"),
            mla_lane!("r11", "r6", "r6", "14")
        )
    };
}

/// Adds the lower half of a lane to an accumulator.
#[cfg(sinapse_dsp)]
macro_rules! add_low_half {
    ($sum:literal, $lane:literal) => {
        concat!("sxtah ", $sum, ", ", $sum, ", ", $lane, "\n")
    };
}

/// Adds the lower half of a lane to an accumulator.
#[cfg(not(sinapse_dsp))]
macro_rules! add_low_half {
    ($sum:literal, $lane:literal) => {
        concat!("sxth r12, ", $lane, "\nadd ", $sum, ", ", $sum, ", r12\n")
    };
}

/// Adds the upper half of a lane to an accumulator.
macro_rules! add_high_half {
    ($sum:literal, $lane:literal) => {
        concat!("add ", $lane, ", #0x8000\nadd ", $sum, ", ", $sum, ", ", $lane, ", asr #16\n")
    };
}

/// Epilogue of one word: adds its lanes, neighbours in pairs, to the next accumulators, first all lower halves, then
/// the upper ones.
macro_rules! store_sums {
    ($(($a:literal $b:literal))+) => {
        concat!(
            $("ldrd r6, r7, [r10], #8\n", add_low_half!("r6", $a), add_low_half!("r7", $b), "strd r6, r7, [r5], #8\n",)+
            $(
                "ldrd r6, r7, [r10], #8\n",
                add_high_half!("r6", $a),
                add_high_half!("r7", $b),
                "strd r6, r7, [r5], #8\n",
            )+
        )
    };
}

/// Requantises the accumulators in r6 and r7 with the scale in lr and stores the levels: `SMMULR` multiplies and shifts
/// by 32 bits with rounding, `USAT` clamps on both sides.
#[cfg(sinapse_dsp)]
macro_rules! requantize_two {
    () => {
        concat!(
            "smmulr r6, r6, lr\nsmmulr r7, r7, lr\nusat r6, #{bits}, r6\nusat r7, #{bits}, r7\n",
            "strb r6, [r5], #1\nstrb r7, [r5], #1\n"
        )
    };
}

/// Same as [`store_sums!`], requantised with ReLU: no accumulator is stored.
#[cfg(sinapse_dsp)]
macro_rules! store_levels {
    ($(($a:literal $b:literal))+) => {
        concat!(
            $("ldrd r6, r7, [r10], #8\n", add_low_half!("r6", $a), add_low_half!("r7", $b), requantize_two!(),)+
            $("ldrd r6, r7, [r10], #8\n", add_high_half!("r6", $a), add_high_half!("r7", $b), requantize_two!(),)+
        )
    };
}

/// Epilogue: unpacks the lanes, whose neighbours are `$pairs`, word by word, and stores accumulators, or levels if
/// there is a scale.
#[cfg(sinapse_dsp)]
macro_rules! epilogue {
    ($($pairs:tt)+) => {
        concat!(
            "ldr lr, [sp, #24]\ncmp lr, #0\nbne 7f\n",
            $(store_sums! $pairs,)+
            "b 8f\n7:\n",
            $(store_levels! $pairs,)+
            "8:\n"
        )
    };
}

/// Epilogue: unpacks the lanes, whose neighbours are `$pairs`, word by word, and stores accumulators.
#[cfg(not(sinapse_dsp))]
macro_rules! epilogue {
    ($($pairs:tt)+) => {
        concat!($(store_sums! $pairs,)+)
    };
}

/// Defines a loop over a nonzero list, once per block.
///
/// Registers in the loop: r10 next entry, r5 column, r7 level, lr mask, r6 and r12 words of weights. In the epilogue:
/// r10 accumulators before, r5 destination. Four entries per turn, the first turn may have fewer, so that the end is
/// checked a quarter as often.
///
/// `$widen` computes the start value of lanes that hold whole words, in r0, from that of the other lanes, in r1. On the
/// stack are the fields of [`AccumulateArgs`].
macro_rules! accumulate_fn {
    (
        $name:ident,
        $widen:literal [$($first:literal)*] [$($other:literal)*],
        $mask:literal,
        $words:expr,
        $epilogue:expr
    ) => {
        /// # Safety
        ///
        /// The list has an end marker, and its columns have words for these accumulators.
        #[unsafe(naked)]
        unsafe extern "C" fn $name<E: QuantizedActivation>(args: &AccumulateArgs) {
            naked_asm!(
                enable_dsp!(),
                "push {{r4, r5, r6, r7, r8, r9, r10, r11, lr}}",
                "ldm r0, {{r1, r2, r3, r4, r5, r6, r7}}",
                "push {{r1, r2, r3, r4, r5, r6, r7}}",
                "1:",
                "ldm sp, {{r1, r6, r10}}",
                $widen,
                concat!($("mov ", $first, ", r0\n",)*),
                concat!($("mov ", $other, ", r1\n",)*),
                concat!("mov lr, #", $mask),
                "lsls r6, r6, #31",
                "ldm r10!, {{r5, r7}}",
                "bcs 6f",
                "bmi 5f",
                ".p2align 2",
                "2:",
                $words,
                "ldm r10!, {{r5, r7}}",
                "3:",
                $words,
                "ldm r10!, {{r5, r7}}",
                "4:",
                $words,
                "ldm r10!, {{r5, r7}}",
                "5:",
                $words,
                "ldm r10!, {{r5, r7}}",
                "cmp r7, #0",
                "bne 2b",
                "ldrd r10, r5, [sp, #12]",
                $epilogue,
                "strd r10, r5, [sp, #12]",
                "ldr r0, [sp, #20]",
                "cmp r5, r0",
                "blo 1b",
                "add sp, #28",
                "pop {{r4, r5, r6, r7, r8, r9, r10, r11, pc}}",
                "6:",
                "bmi 3b",
                "b 4b",
                "/* levels of {bits} bits */", // an operand must be used, with and without the DSP extension
                bits = const E::FORMAT.bits(),
            )
        }
    };
}

/// Defines a loop for blocks of 8-bit weights.
macro_rules! byte_accumulate_fn {
    ($name:ident [$($first:literal)*] [$($other:literal)*], $words:expr $(, $a:literal $b:literal)+) => {
        accumulate_fn!(
            $name,
            "add r0, r1, r1, lsl #8" [$($first)*] [$($other)*],
            0x00ff_00ff,
            $words,
            concat!($(subtract_lanes!($a, $b "8"),)+ epilogue!($((($a $b)))+))
        );
    };
}

/// Defines a loop for blocks of 4-bit weights.
macro_rules! nibble_accumulate_fn {
    (
        $name:ident [$($first:literal)*] [$($other:literal)*],
        $words:expr
        $(, $a:literal $b:literal $c:literal $d:literal)+
    ) => {
        accumulate_fn!(
            $name,
            "add r0, r1, r1, lsl #4\nadd r0, r0, r0, lsl #8" [$($first)*] [$($other)*],
            0x000f_000f,
            $words,
            concat!($(subtract_lanes!($a, $b "4", $c "8", $d "12"),)+ epilogue!($((($a $b) ($c $d)))+))
        );
    };
}

byte_accumulate_fn!(bytes_1 [] [], concat!(load_last_words!("one"), mla_bytes!("r6", "r0", "r1")), "r0" "r1");
byte_accumulate_fn!(
    bytes_2 ["r2"] ["r3"],
    concat!(load_last_words!("two"), mla_bytes!("r6", "r0", "r1"), mla_bytes!("r12", "r2", "r3")),
    "r0" "r1",
    "r2" "r3"
);
byte_accumulate_fn!(
    bytes_3 ["r2" "r4"] ["r3" "r8"],
    concat!(
        "ldrd r6, r12, [r5], #8\n",
        mla_bytes!("r6", "r0", "r1"),
        mla_bytes!("r12", "r2", "r3"),
        load_last_words!("one"),
        mla_bytes!("r6", "r4", "r8")
    ),
    "r0" "r1",
    "r2" "r3",
    "r4" "r8"
);
byte_accumulate_fn!(
    bytes_4 ["r2" "r4" "r9"] ["r3" "r8" "r11"],
    concat!(
        "ldrd r6, r12, [r5], #8\n",
        mla_bytes!("r6", "r0", "r1"),
        mla_bytes!("r12", "r2", "r3"),
        load_last_words!("two"),
        mla_bytes!("r6", "r4", "r8"),
        mla_bytes!("r12", "r9", "r11")
    ),
    "r0" "r1",
    "r2" "r3",
    "r4" "r8",
    "r9" "r11"
);
nibble_accumulate_fn!(
    nibbles_1 [] ["r2" "r3"],
    concat!(load_last_words!("one"), mla_nibbles!("r6", "r0", "r1", "r2", "r3")),
    "r0" "r1" "r2" "r3"
);
nibble_accumulate_fn!(
    nibbles_2 ["r4"] ["r2" "r3" "r8" "r9" "r11"],
    concat!(
        load_last_words!("two"),
        mla_nibbles!("r6", "r0", "r1", "r2", "r3"),
        mla_nibbles!("r12", "r4", "r8", "r9", "r11")
    ),
    "r0" "r1" "r2" "r3",
    "r4" "r8" "r9" "r11"
);
accumulate_fn!(
    pairs_1,
    "add r0, r1, r1, lsl #2\nadd r0, r0, r0, lsl #4\nadd r0, r0, r0, lsl #8" [] ["r2" "r3" "r4" "r8" "r9" "r11"],
    0x0003_0003,
    concat!(load_last_words!("one"), mla_pairs!()),
    concat!(
        subtract_lanes!("r0", "r1" "2", "r2" "4", "r3" "6", "r4" "8", "r8" "10", "r9" "12", "r11" "14"),
        epilogue!((("r0" "r1") ("r2" "r3") ("r4" "r8") ("r9" "r11")))
    )
);

/// Same contract as [`portable::bytes`](super::super::portable::bytes).
pub const fn bytes<E: QuantizedActivation>() -> [AccumulateFn; 4] {
    [bytes_1::<E>, bytes_2::<E>, bytes_3::<E>, bytes_4::<E>]
}
/// Same contract as [`portable::nibbles`](super::super::portable::nibbles).
pub const fn nibbles<E: QuantizedActivation>() -> [AccumulateFn; 2] {
    [nibbles_1::<E>, nibbles_2::<E>]
}
/// Same contract as [`portable::pairs`](super::super::portable::pairs).
pub const fn pairs<E: QuantizedActivation>() -> AccumulateFn {
    pairs_1::<E>
}
