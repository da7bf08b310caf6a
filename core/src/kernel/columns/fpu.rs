//! `f32` on a Cortex-M with a floating-point unit: sixteen accumulators stay in its registers.
//!
//! ```text
//! list = (column, x) of the inputs that are not zero
//! for each block of 16 outputs, in s0..s15:
//!     for (column, x) in list:
//!         s16..s23 = 8 weights · x, rounded      # 9 cycles to load, 8 to multiply
//!         s0..s7 += s16..s23                     # 8 to add
//!         the same for s8..s15
//! ```
//!
//! Products are rounded before they are added, input by input, as [`reference`](mod@crate::kernel::reference) defines
//! it: no `VFMA`.
#![allow(unsafe_code)] // assembly names FPU registers; lists hold columns as pointers

use core::arch::asm;

use super::armv7m::scan;
pub use super::nonzero::Workspace;
use super::nonzero::{LIST_CAPACITY, NonzeroInput, NonzeroList, Scan};
use crate::cast;
use crate::format::{Element, Pixel, U8};

/// Scan of pixels. The sum of levels has no limit here, only the length of the list.
const SCAN: Scan = Scan::new::<U8>(scan(true), i32::MAX / 2);

/// Same contract as [`axpy::add`](super::axpy::add).
#[inline(always)]
pub fn add<X: Element<Value = f32>>(
    weights: &[f32],
    input: &[X::Raw],
    workspace: &mut Workspace,
    accumulators: &mut [f32],
) {
    let weights = cast::bits(weights);
    if let Some(pixels) = X::bytes(input) {
        let mut list = NonzeroList::new(&SCAN, workspace);
        if !list.attach(weights, accumulators.len(), pixels) {
            return;
        }
        loop {
            let last = list.fill(&SCAN);
            for entry in list.entries() {
                entry.x = Pixel::<f32>::read(entry.x as u8).to_bits();
            }
            accumulate_columns(&mut list, accumulators);
            if last {
                break;
            }
        }
    } else {
        let mut list = NonzeroList::new(&SCAN, workspace);
        for (column, &raw) in weights.chunks_exact(accumulators.len()).zip(input) {
            let x = X::read(raw);
            if x != 0.0 {
                list.push(column.as_ptr(), x.to_bits());
            }
            if list.length() == LIST_CAPACITY {
                accumulate_columns(&mut list, accumulators);
            }
        }
        accumulate_columns(&mut list, accumulators);
    }
}

/// Adds all columns of the list, times their inputs, and empties the list.
#[inline(never)]
fn accumulate_columns(list: &mut NonzeroList<'_>, accumulators: &mut [f32]) {
    let entries = list.entries();
    if entries.is_empty() {
        return;
    }
    let (blocks, rest) = accumulators.as_chunks_mut::<16>();
    for block in blocks {
        accumulate_sixteen(entries, block);
    }
    let (blocks, rest) = rest.as_chunks_mut::<8>();
    for block in blocks {
        accumulate_eight(entries, block);
    }
    for (o, accumulator) in rest.iter_mut().enumerate() {
        for entry in entries.iter() {
            // SAFETY: after whole blocks, `column` points to one weight for each output that is left.
            *accumulator += f32::from_bits(unsafe { *entry.column.add(o) }) * f32::from_bits(entry.x);
        }
    }
    list.take();
}

/// Accumulates eight products; the column is at r2, the input in s24.
macro_rules! mac_eight {
    ($($accumulator:literal $product:literal),+) => {
        concat!(
            "vldmia r2!, {{s16-s23}}\n",
            $("vmul.f32 ", $product, ", ", $product, ", s24\n",)+
            $("vadd.f32 ", $accumulator, ", ", $accumulator, ", ", $product, "\n",)+
        )
    };
}

/// Adds `entries`, which are not empty, to one block: r0 next entry, r1 end, r2 column, r3 accumulators, s24 input.
macro_rules! accumulate_list {
    ($entries:expr, $accumulators:expr, $registers:literal, $($eight:expr),+) => {{
        let range = $entries.as_mut_ptr_range();
        // SAFETY: reads every entry and the weights of its column that belong to these accumulators, and advances the
        // column in the entry.
        unsafe {
            asm!(
                concat!("vldmia r3, {{", $registers, "}}"),
                "2:",
                "ldr r2, [r0]",
                "vldr s24, [r0, #4]",
                $($eight,)+
                "str r2, [r0], #8",
                "cmp r0, r1",
                "bne 2b",
                concat!("vstmia r3, {{", $registers, "}}"),
                inout("r0") range.start => _,
                in("r1") range.end,
                out("r2") _,
                in("r3") $accumulators.as_mut_ptr(),
                out("s0") _, out("s1") _, out("s2") _, out("s3") _, out("s4") _, out("s5") _,
                out("s6") _, out("s7") _, out("s8") _, out("s9") _, out("s10") _, out("s11") _,
                out("s12") _, out("s13") _, out("s14") _, out("s15") _, out("s16") _, out("s17") _,
                out("s18") _, out("s19") _, out("s20") _, out("s21") _, out("s22") _, out("s23") _,
                out("s24") _,
                options(nostack),
            );
        }
    }};
}

fn accumulate_sixteen(entries: &mut [NonzeroInput], accumulators: &mut [f32; 16]) {
    accumulate_list!(
        entries,
        accumulators,
        "s0-s15",
        mac_eight!("s0" "s16", "s1" "s17", "s2" "s18", "s3" "s19", "s4" "s20", "s5" "s21", "s6" "s22", "s7" "s23"),
        mac_eight!(
            "s8" "s16", "s9" "s17", "s10" "s18", "s11" "s19",
            "s12" "s20", "s13" "s21", "s14" "s22", "s15" "s23"
        )
    );
}

fn accumulate_eight(entries: &mut [NonzeroInput], accumulators: &mut [f32; 8]) {
    accumulate_list!(
        entries,
        accumulators,
        "s0-s7",
        mac_eight!("s0" "s16", "s1" "s17", "s2" "s18", "s3" "s19", "s4" "s20", "s5" "s21", "s6" "s22", "s7" "s23")
    );
}
