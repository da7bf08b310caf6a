//! What Arm's microcontrollers have in common: a loop in assembly.
#![allow(unsafe_code)] // assembly

#[cfg(sinapse_core = "armv6m")]
#[path = "armv6m.rs"]
mod imp;
#[cfg(sinapse_thumb2)]
#[path = "armv7m.rs"]
mod imp;

use crate::element::Level;
use crate::requantize::Requantization;

/// Sums that become levels. Assembly knows the order of the fields.
#[repr(C)]
pub struct Task {
    sums: *const i32,
    levels: *mut u8,
    /// Bytes from one multiplier to the next: none where one is for all.
    multiplier_bytes: u32,
    pre_shift: u32,
    multipliers: *const [u8; 2],
    /// Half a step of the levels, before the last shift.
    half: u32,
    shift: u32,
    /// Where the sums end.
    end: *const i32,
}

/// As [`relu`](super::relu).
#[inline(always)]
pub fn relu<E: Level>(requantization: &Requantization<'_>, sums: &[i32], levels: &mut [u8]) {
    let Requantization { pre_shift, shift, multipliers } = *requantization;
    let (count, many) = (sums.len(), multipliers.len() != 1);
    // `load` has checked that there is a multiplier for each sum, or one for all.
    if count == 0 || levels.len() != count || many && multipliers.len() != count {
        return;
    }
    let task = Task {
        sums: sums.as_ptr(),
        levels: levels.as_mut_ptr(),
        multiplier_bytes: if many { 2 } else { 0 },
        pre_shift: u32::from(pre_shift),
        multipliers: multipliers.as_ptr(),
        half: 1 << (shift - 1),
        shift: u32::from(shift),
        end: sums.as_ptr().wrapping_add(count),
    };
    // SAFETY: `count` of each, which is not zero.
    unsafe { imp::run::<E>(&task) };
}
