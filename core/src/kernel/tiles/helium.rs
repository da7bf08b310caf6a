//! Tiles on cores with vectors of 128 bits (Armv8.1-M, Helium): Cortex-M52, M55 and M85.
//!
//! Every input is multiplied, zero or not: a tile of sixteen inputs and two outputs takes five instructions.
//!
//! ```text
//! for each block of 8 outputs, in r0, r2, .., r14:
//!     for each row of sixteen inputs x:                              # VLDRB
//!         for two outputs each:
//!             even, odd = weights, taken apart                       # VLD20, VLD21
//!             sums += Σ even · x, Σ (odd + 128) · x                  # VMLADAVA, VEOR and VMLADAVA
//! sums -= 128 · Σ x
//! ```
#![allow(unsafe_code)] // vector registers are named in assembly

use core::arch::asm;

use super::portable;

/// As [`portable::add`].
#[inline(always)]
pub fn add(weights: &[u32], input: &[u8], sums: &mut [i32]) {
    let row_words = 8 * sums.len().div_ceil(2);
    let (rows, rest) = input.as_chunks::<16>();
    let Some((first, last)) = weights.split_at_checked(rows.len() * row_words) else {
        // Fewer weights than inputs.
        return portable::add(weights, input, sums);
    };
    if !rows.is_empty() {
        add_rows(first, row_words, rows, sums);
    }
    portable::add(last, input.get(16 * rows.len()..).unwrap_or(rest), sums);
}

/// A tile: q0 and q1 the weights, q2 the inputs, q7 the sign bits.
macro_rules! tile {
    ($even:literal, $odd:literal) => {
        concat!(
            "vld20.8 {{q0, q1}}, [r3]\n",
            "vld21.8 {{q0, q1}}, [r3]!\n",
            "veor q1, q1, q7\n",
            "vmladava.u8 ",
            $even,
            ", q0, q2\n",
            "vmladava.u8 ",
            $odd,
            ", q1, q2\n"
        )
    };
}

/// Four rows at a time, then one by one: r1 the inputs, r3 the weights, r5 and r7 fours and single rows to go, r11 the way to
/// the next row.
macro_rules! tiles {
    ($weights:expr, $row_words:expr, $rows:expr, $pairs:literal, $row:expr) => {{
        let (a, b, c, d, e, f, g, h): (u32, u32, u32, u32, u32, u32, u32, u32);
        // SAFETY: reads all rows, and of each row of weights the tiles of these outputs.
        unsafe {
            asm!(
                "push {{r6, r7}}",
                "mov r7, r9",
                "movs r6, #0",
                "mov r9, #0x80",
                "vdup.8 q7, r9",
                "cmp r5, #0",
                "beq 3f",
                "2:",
                concat!($row, $row, $row, $row),
                "subs r5, #1",
                "bne 2b",
                "3:",
                "cmp r7, #0",
                "beq 5f",
                "4:",
                $row,
                "subs r7, #1",
                "bne 4b",
                "5:",
                "mov r9, r6",
                "pop {{r6, r7}}",
                inout("r0") 0 => a,
                inout("r1") $rows.as_ptr() => _,
                inout("r2") 0 => b,
                inout("r3") $weights => _,
                inout("r4") 0 => c,
                inout("r5") $rows.len() / 4 => _,
                inout("r8") 0 => e,
                inout("r9") $rows.len() % 4 => d,
                inout("r10") 0 => f,
                in("r11") 4 * $row_words - 32 * $pairs,
                inout("r12") 0 => g,
                inout("lr") 0 => h,
                out("s0") _, out("s1") _, out("s2") _, out("s3") _, out("s4") _, out("s5") _, out("s6") _, out("s7") _,
                out("s8") _, out("s9") _, out("s10") _, out("s11") _,
                out("s28") _, out("s29") _, out("s30") _, out("s31") _,
            );
        }
        [a, b, c, d, e, f, g, h]
    }};
}

/// Adds the products of all rows to `sums`.
#[inline(never)]
fn add_rows(weights: &[u32], row_words: usize, rows: &[[u8; 16]], sums: &mut [i32]) {
    let offset = sum(rows).wrapping_mul(128);
    for (k, block) in sums.chunks_mut(8).enumerate() {
        let weights = weights.as_ptr().wrapping_add(32 * k);
        let products: [u32; 8] = match block.len().div_ceil(2) {
            1 => tiles!(
                weights,
                row_words,
                rows,
                1,
                concat!("vldrb.8 q2, [r1], #16\n", tile!("r0", "r2"), "add r3, r11\n")
            ),
            2 => tiles!(
                weights,
                row_words,
                rows,
                2,
                concat!("vldrb.8 q2, [r1], #16\n", tile!("r0", "r2"), tile!("r4", "r6"), "add r3, r11\n")
            ),
            3 => tiles!(
                weights,
                row_words,
                rows,
                3,
                concat!(
                    "vldrb.8 q2, [r1], #16\n",
                    tile!("r0", "r2"),
                    tile!("r4", "r6"),
                    tile!("r8", "r10"),
                    "add r3, r11\n"
                )
            ),
            _ => tiles!(
                weights,
                row_words,
                rows,
                4,
                concat!(
                    "vldrb.8 q2, [r1], #16\n",
                    tile!("r0", "r2"),
                    tile!("r4", "r6"),
                    tile!("r8", "r10"),
                    tile!("r12", "lr"),
                    "add r3, r11\n"
                )
            ),
        };
        for (sum, product) in block.iter_mut().zip(products) {
            *sum = sum.wrapping_add(product.wrapping_sub(offset).cast_signed());
        }
    }
}

/// Sum of the inputs of all rows, of which there is at least one.
#[inline(always)]
fn sum(rows: &[[u8; 16]]) -> u32 {
    let range = rows.as_ptr_range();
    let sum;
    // SAFETY: reads all rows.
    unsafe {
        asm!(
            "2:",
            "vldrb.8 q0, [r1], #16",
            "vaddva.u8 r0, q0",
            "cmp r1, r3",
            "bne 2b",
            inout("r0") 0 => sum,
            inout("r1") range.start => _,
            in("r3") range.end,
            out("s0") _, out("s1") _, out("s2") _, out("s3") _,
            options(nostack, readonly),
        );
    }
    sum
}
