//! Loops compiled for the widest vectors of the machine.

/// Runs a closure compiled for the widest vectors; it must be marked `#[inline(always)]`.
///
/// The bound makes the closure a plain `FnOnce`. Passed to [`pulp::Arch::dispatch`] directly, a closure that can be
/// called more than once goes through a shim that is compiled for the baseline machine: twenty times slower.
#[inline(always)]
pub fn vectorised<F: FnOnce()>(work: F) {
    pulp::Arch::new().dispatch(work);
}

/// Converts a whole number from 0 to 2²³ − 1; `as` would be compiled to one scalar conversion per number.
#[inline(always)]
pub fn whole_to_u32(whole: f32) -> u32 {
    (whole + 8_388_608.0).to_bits() & 0x7f_ffff
}

/// Converts a whole number from 0 to 2³¹ − 128.
#[inline(always)]
pub fn whole_to_i32(whole: f32) -> i32 {
    let high = (whole * (1.0 / 65_536.0)).trunc();
    (whole_to_u32(high) << 16 | whole_to_u32(whole - high * 65_536.0)) as i32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_numbers_become_the_same_integers_as_by_a_cast() {
        for exponent in 0..31 {
            for mantissa in (0..1 << 23).step_by(99_991) {
                let whole = f32::from_bits((127 + exponent) << 23 | mantissa).trunc();
                assert_eq!(whole_to_i32(whole), whole as i32);
                if exponent < 23 {
                    assert_eq!(whole_to_u32(whole), whole as u32);
                }
            }
        }
        assert_eq!([whole_to_u32(0.0) as i32, whole_to_i32(0.0), whole_to_i32(2_147_483_520.0)], [0, 0, 2_147_483_520]);
    }
}
