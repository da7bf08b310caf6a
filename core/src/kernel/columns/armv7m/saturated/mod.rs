//! Columns of saturated inputs (inputs at the maximum level): added first, multiplied once.

/// Adds the lower halves of two lanes, times the maximum level in lr, to the next two accumulators.
#[cfg(sinapse_dsp)]
macro_rules! add_low_halves {
    ($a:literal, $b:literal) => {
        concat!(
            "ldrd r6, r7, [r10], #8\n",
            "smlabb r6, ",
            $a,
            ", lr, r6\n",
            "smlabb r7, ",
            $b,
            ", lr, r7\n",
            "strd r6, r7, [r5], #8\n",
        )
    };
}

/// Adds the lower halves of two lanes, times the maximum level in lr, to the next two accumulators.
#[cfg(not(sinapse_dsp))]
macro_rules! add_low_halves {
    ($a:literal, $b:literal) => {
        concat!(
            "ldrd r6, r7, [r10], #8\n",
            "sxth r12, ",
            $a,
            "\nmla r6, r12, lr, r6\n",
            "sxth r12, ",
            $b,
            "\nmla r7, r12, lr, r7\n",
            "strd r6, r7, [r5], #8\n",
        )
    };
}

/// Adds the upper halves of two lanes, times the maximum level in lr, to the next two accumulators.
macro_rules! add_high_halves {
    ($a:literal, $b:literal) => {
        concat!(
            "ldrd r6, r7, [r10], #8\n",
            "add ",
            $a,
            ", #0x8000\n",
            "add ",
            $b,
            ", #0x8000\n",
            "asr ",
            $a,
            ", #16\n",
            "asr ",
            $b,
            ", #16\n",
            "mla r6, ",
            $a,
            ", lr, r6\n",
            "mla r7, ",
            $b,
            ", lr, r7\n",
            "strd r6, r7, [r5], #8\n",
        )
    };
}

mod bytes;
mod nibbles;

pub use bytes::saturated_bytes;
pub use nibbles::saturated_nibbles;
