//! Requantisation: from 32-bit accumulators to the next layer's levels, by the one multiplication a Cortex-M0 has.

use core::num::NonZero;

use super::element::ElementFormat;

/// Requantisation of accumulators `a` to levels, `y = ((a >> pre_shift) · multiplier + 2^(shift−1)) >> shift`.
///
/// `pre_shift` brings the largest possible accumulator into 16 bits and `multiplier` has at most 16 bits, so that the
/// product fits a 32-bit register: no 64-bit multiplication, no division.
///
/// # Range
///
/// `load` has checked `(S >> pre_shift) · multiplier + 2^(shift−1) < 2³¹` for the largest possible accumulator `S`.
///
/// Source: the fixed-point rescaling of Jacob et al., "Quantization and Training of Neural Networks for Efficient
/// Integer-Arithmetic-Only Inference" (2018), §2.2, narrowed to 32 bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Requantization<'a> {
    /// Right shift before the multiplication, 0..=31.
    pub pre_shift: u8,
    /// Right shift after it, 1..=31.
    pub shift: u8,
    /// Multipliers, little-endian `u16`: one for the whole layer, or one per output.
    pub multipliers: &'a [[u8; 2]],
}

impl Requantization<'_> {
    /// Returns the multiplier of output `o`.
    #[inline(always)]
    pub fn multiplier(&self, o: usize) -> i32 {
        let index = if self.multipliers.len() == 1 { 0 } else { o };
        // The default is never used: `load` has checked that there is one multiplier for all outputs, or one for each.
        let bytes = self.multipliers.get(index).copied().unwrap_or_default();
        i32::from(u16::from_le_bytes(bytes))
    }

    /// Rescales accumulator `a` of output `o` to the steps of the next layer's inputs: signed, rounded half up.
    #[inline(always)]
    pub fn rescale(&self, a: i32, o: usize) -> i32 {
        self.rescale_by(a, self.multiplier(o))
    }

    /// Rescales an accumulator by a given multiplier, see [`rescale`](Self::rescale).
    #[inline(always)]
    fn rescale_by(&self, a: i32, multiplier: i32) -> i32 {
        ((a >> self.pre_shift) * multiplier + (1 << (self.shift - 1))) >> self.shift
    }

    /// Applies ReLU and requantises: `min(A, max(0, rescale(a)))`, `A` the maximum level.
    #[inline(always)]
    pub fn relu(&self, a: i32, o: usize, max_level: u8) -> u8 {
        self.relu_by(a, self.multiplier(o), max_level)
    }

    /// Applies ReLU and requantises by a given multiplier, see [`relu`](Self::relu).
    #[inline(always)]
    pub fn relu_by(&self, a: i32, multiplier: i32, max_level: u8) -> u8 {
        self.rescale_by(a.max(0), multiplier).min(i32::from(max_level)) as u8
    }

    /// Returns the scale `multiplier · 2^(32 − shift)` in units of 2⁻³², with which `rescale(a)` is
    /// `a · scale / 2³²`, rounded half up.
    ///
    /// `None` if there is a `pre_shift`, if each output has its own multiplier, or if the scale is 0 or at least 2³¹.
    #[inline(always)]
    pub fn scale(&self) -> Option<NonZero<u32>> {
        let &[multiplier] = self.multipliers else { return None };
        let multiplier = u32::from(u16::from_le_bytes(multiplier));
        if self.pre_shift != 0 || multiplier >> (self.shift - 1) != 0 {
            return None;
        }
        NonZero::new(multiplier << (32 - self.shift))
    }

    /// Applies the sigmoid by [table](SIGMOID) and quantises to levels of `format`; accumulators rescale to sixteenths.
    #[inline(always)]
    pub fn sigmoid(&self, a: i32, o: usize, format: ElementFormat) -> u8 {
        let index = (self.rescale(a, o) + 128).clamp(0, 255) as usize;
        ((u32::from(SIGMOID[index]) * u32::from(format.max_level()) + 127) / 255) as u8
    }
}

/// Table of the sigmoid, `round(255 · σ(z))` for `z = (index − 128) / 16`, −8 ≤ z < 8.
///
/// Beyond that range σ is within 0.0004 of 0 or 1, less than half a step of 1/255.
pub static SIGMOID: [u8; 256] = sigmoid_table();

/// Computes [`SIGMOID`] at compile time, with `e^−z` as the 2¹⁰-th power of a Taylor polynomial at `−z / 2¹⁰`.
const fn sigmoid_table() -> [u8; 256] {
    let mut table = [0; 256];
    let mut index = 0;
    while index < 256 {
        let z = (index as f64 - 128.0) / 16.0;
        let t = -z / 1024.0;
        let mut exponential = 1.0 + t * (1.0 + t * (0.5 + t * (1.0 / 6.0 + t / 24.0)));
        let mut squarings = 0;
        while squarings < 10 {
            exponential *= exponential;
            squarings += 1;
        }
        table[index] = (255.0 / (1.0 + exponential) + 0.5) as u8;
        index += 1;
    }
    table
}

#[cfg(test)]
mod tests {
    use super::*;

    fn halves() -> Requantization<'static> {
        Requantization { pre_shift: 0, shift: 1, multipliers: &[[1, 0]] }
    }

    #[test]
    fn rescaling_rounds_halves_up() {
        assert_eq!(halves().rescale(3, 0), 2);
        assert_eq!(halves().rescale(-3, 0), -1);
        assert_eq!(halves().rescale(4, 0), 2);
    }

    #[test]
    fn relu_clamps_at_zero_and_at_the_maximum_level() {
        assert_eq!(halves().relu(-9, 0, 15), 0);
        assert_eq!(halves().relu(9, 0, 15), 5);
        assert_eq!(halves().relu(900, 0, 15), 15);
    }

    #[test]
    fn the_scale_rescales_like_multiplier_and_shift() {
        for (multiplier, shift) in [(1u16, 2), (3, 4), (26_213, 20), (65_535, 17), (65_535, 31), (1, 31)] {
            let multipliers = [multiplier.to_le_bytes()];
            let requantization = Requantization { pre_shift: 0, shift, multipliers: &multipliers };
            let scale = i64::from(requantization.scale().unwrap().get());
            for a in (-9_000..9_000).filter(|a| (i64::from(*a) * i64::from(multiplier) + (1 << (shift - 1))) >> 31 == 0)
            {
                let scaled = ((i64::from(a) * scale + (1 << 31)) >> 32) as i32;
                assert_eq!(scaled, requantization.rescale(a, 0), "{a} · {multiplier} / 2^{shift}");
            }
        }
    }

    #[test]
    fn only_a_single_multiplier_below_one_half_without_pre_shift_has_a_scale() {
        let scale = |pre_shift, shift, multipliers| Requantization { pre_shift, shift, multipliers }.scale();
        assert_eq!(scale(0, 2, &[[1, 0]]), NonZero::new(1 << 30));
        assert_eq!(scale(0, 1, &[[1, 0]]), None);
        assert_eq!(scale(0, 2, &[[0, 0]]), None);
        assert_eq!(scale(1, 2, &[[1, 0]]), None);
        assert_eq!(scale(0, 2, &[[1, 0], [1, 0]]), None);
    }

    #[test]
    fn the_sigmoid_table_is_the_rounded_sigmoid() {
        for (index, &level) in SIGMOID.iter().enumerate() {
            let z = (index as f64 - 128.0) / 16.0;
            assert_eq!(level, (255.0 / (1.0 + (-z).exp())).round() as u8, "z = {z}");
        }
    }

    #[test]
    fn accumulators_beyond_the_sigmoid_table_saturate() {
        assert_eq!(halves().sigmoid(10_000, 0, ElementFormat::U4), 15);
        assert_eq!(halves().sigmoid(-10_000, 0, ElementFormat::U4), 0);
        assert_eq!(halves().sigmoid(0, 0, ElementFormat::U8), 128);
    }
}
