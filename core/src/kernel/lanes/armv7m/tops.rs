//! Columns at the top level: added first, multiplied once.

use core::arch::asm;

use super::super::Blocks;

/// A word of weights at the top level, without a multiplication.
#[cfg(sinapse_dsp)]
macro_rules! top_bytes {
    ($word:literal, $a:literal, $b:literal) => {
        concat!("add ", $a, ", ", $word, "\nuxtab16 ", $b, ", ", $b, ", ", $word, ", ror #8\n")
    };
}

/// A word of weights at the top level, without a multiplication.
#[cfg(not(sinapse_dsp))]
macro_rules! top_bytes {
    ($word:literal, $a:literal, $b:literal) => {
        concat!("add ", $a, ", ", $word, "\nand ", $word, ", lr, ", $word, ", lsr #8\nadd ", $b, ", ", $word, "\n")
    };
}

/// Adds two lanes, times the level in lr, to four sums.
#[cfg(sinapse_dsp)]
macro_rules! store_tops {
    ($a:literal, $b:literal, $low:literal, $high:literal) => {
        concat!(
            "ldrd r6, r7, [r10, #",
            $low,
            "]\n",
            "smlabb r6, ",
            $a,
            ", lr, r6\n",
            "smlabb r7, ",
            $b,
            ", lr, r7\n",
            "strd r6, r7, [r5, #",
            $low,
            "]\n",
            "ldrd r6, r7, [r10, #",
            $high,
            "]\n",
            "add ",
            $a,
            ", #0x8000\n",
            "add ",
            $b,
            ", #0x8000\n",
            "smlatb r6, ",
            $a,
            ", lr, r6\n",
            "smlatb r7, ",
            $b,
            ", lr, r7\n",
            "strd r6, r7, [r5, #",
            $high,
            "]\n"
        )
    };
}

/// Adds two lanes, times the level in lr, to four sums.
#[cfg(not(sinapse_dsp))]
macro_rules! store_tops {
    ($a:literal, $b:literal, $low:literal, $high:literal) => {
        concat!(
            "ldrd r6, r7, [r10, #",
            $low,
            "]\n",
            "sxth r12, ",
            $a,
            "\n",
            "mla r6, r12, lr, r6\n",
            "sxth r12, ",
            $b,
            "\n",
            "mla r7, r12, lr, r7\n",
            "strd r6, r7, [r5, #",
            $low,
            "]\n",
            "ldrd r6, r7, [r10, #",
            $high,
            "]\n",
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
            "strd r6, r7, [r5, #",
            $high,
            "]\n"
        )
    };
}

/// Adds whole blocks of 8-bit weights at the top level, at least one column up to a null: 20 cycles a column and block.
///
/// On the stack: blocks to go, what lanes start with, the level, the sums before, r6, r7, the columns, the sums after.
#[inline(always)]
pub fn add_tops(columns: *mut *const u32, top_level: u8, blocks: Blocks) {
    let Blocks { count, start, from, to, .. } = blocks;
    // SAFETY: reads columns up to a null, four words of each for every block, and moves them on; reads and writes the sums,
    // for which `from` and `to` have room.
    unsafe {
        asm!(
            "push {{r0, r1, r2, r5, r6, r7, r10, r12}}",
            "4:",
            "ldr r10, [sp, #24]",
            "ldr r0, [sp, #4]",
            "mov r2, r0",
            "mov r4, r0",
            "mov r9, r0",
            "movs r1, #0", // `UXTAB16` carries nothing from half to half: those lanes start at zero
            "movs r3, #0",
            "mov r8, #0",
            "mov r11, #0",
            "mov lr, #0x00ff00ff",
            "ldr r5, [r10]",
            "2:",
            "ldrd r6, r7, [r5], #8",
            top_bytes!("r6", "r0", "r1"),
            top_bytes!("r7", "r2", "r3"),
            "ldrd r6, r7, [r5], #8",
            "str r5, [r10]",
            "ldr r5, [r10, #4]!",
            top_bytes!("r6", "r4", "r8"),
            top_bytes!("r7", "r9", "r11"),
            "cmp r5, #0",
            "bne 2b",
            decode!("r0", "r1" "8"),
            decode!("r2", "r3" "8"),
            decode!("r4", "r8" "8"),
            decode!("r9", "r11" "8"),
            "ldrd r12, lr, [sp, #4]",
            "add r1, r12",
            "add r3, r12",
            "add r8, r12",
            "add r11, r12",
            "ldr r10, [sp, #12]",
            "ldr r5, [sp, #28]",
            store_tops!("r0", "r1", "0", "8"),
            store_tops!("r2", "r3", "16", "24"),
            store_tops!("r4", "r8", "32", "40"),
            store_tops!("r9", "r11", "48", "56"),
            "add r10, #64",
            "add r5, #64",
            "str r10, [sp, #12]",
            "str r5, [sp, #28]",
            "ldr r0, [sp]",
            "subs r0, #1",
            "str r0, [sp]",
            "bne 4b",
            "add sp, #16",
            "pop {{r6, r7}}",
            "add sp, #8",
            inout("r0") count => _,
            inout("r1") start => _,
            inout("r2") u32::from(top_level) => _,
            out("r3") _,
            out("r4") _,
            out("r8") _,
            out("r9") _,
            out("r11") _,
            inout("r5") from => _,
            inout("r10") columns => _,
            inout("r12") to => _,
            out("lr") _,
        );
    }
}
