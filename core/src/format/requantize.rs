//! From 32-bit sums to the next layer's levels, with one multiplication that a Cortex-M0 has.

use core::num::NonZero;

use super::element::ElementFormat;

/// Rescaling of sums to levels: `y = ((a >> pre_shift) · multiplier + 2^(shift−1)) >> shift`.
///
/// `pre_shift` brings the largest possible sum into 16 bits, `multiplier` has at most 16 bits, so the product fits a
/// register of 32 bits: no 64-bit multiplication, no division. This follows the fixed-point rescaling of
/// Jacob et al., "Quantization and Training of Neural Networks for Efficient Integer-Arithmetic-Only Inference" (2018),
/// §2.2, narrowed to 32 bits.
///
/// # Range
///
/// `load` has checked for the largest sum `S` that `(S >> pre_shift) · multiplier + 2^(shift−1) < 2³¹`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Requantization<'a> {
    /// Right shift before the multiplication, 0..=31.
    pub pre_shift: u8,
    /// Right shift after it, 1..=31.
    pub shift: u8,
    /// `u16` little-endian: one for the whole layer, or one per output.
    pub multipliers: &'a [[u8; 2]],
}

impl Requantization<'_> {
    /// Multiplier of output `o`.
    #[inline(always)]
    pub fn multiplier(&self, o: usize) -> i32 {
        let index = if self.multipliers.len() == 1 { 0 } else { o };
        // `load` has checked that there is one for each output, or one for all.
        let bytes = self.multipliers.get(index).copied().unwrap_or_default();
        i32::from(u16::from_le_bytes(bytes))
    }

    /// Sum `a` of output `o` in steps of the next scale, rounded, sign kept.
    #[inline(always)]
    pub fn rescale(&self, a: i32, o: usize) -> i32 {
        self.rescale_by(a, self.multiplier(o))
    }

    /// [`rescale`](Self::rescale), where the output's multiplier is known.
    #[inline(always)]
    fn rescale_by(&self, a: i32, multiplier: i32) -> i32 {
        ((a >> self.pre_shift) * multiplier + (1 << (self.shift - 1))) >> self.shift
    }

    /// ReLU and rounding to levels: `min(A, max(0, rescale(a)))`.
    #[inline(always)]
    pub fn relu(&self, a: i32, o: usize, max_level: u8) -> u8 {
        self.relu_by(a, self.multiplier(o), max_level)
    }

    /// [`relu`](Self::relu), where the output's multiplier is known.
    #[inline(always)]
    pub fn relu_by(&self, a: i32, multiplier: i32, max_level: u8) -> u8 {
        self.rescale_by(a.max(0), multiplier).min(i32::from(max_level)) as u8
    }

    /// `multiplier · 2^(32 − shift)`, so that `rescale(a) = round(a · scale / 2³²)`, halves up; `None` where sums are shifted before, where
    /// each output has its own multiplier, and where that is not between 0 and 2³¹.
    #[inline(always)]
    pub fn scale(&self) -> Option<NonZero<u32>> {
        let &[multiplier] = self.multipliers else { return None };
        let multiplier = u32::from(u16::from_le_bytes(multiplier));
        if self.pre_shift != 0 || multiplier >> (self.shift - 1) != 0 {
            return None;
        }
        NonZero::new(multiplier << (32 - self.shift))
    }

    /// Sigmoid by table, to levels of `format`; the rescaled sum counts sixteenths.
    #[inline(always)]
    pub fn sigmoid(&self, a: i32, o: usize, format: ElementFormat) -> u8 {
        let index = (self.rescale(a, o) + 128).clamp(0, 255) as usize;
        ((u32::from(SIGMOID[index]) * u32::from(format.max_level()) + 127) / 255) as u8
    }
}

/// `round(255 · σ(z))` for `z = (index − 128) / 16`, −8 ≤ z < 8.
///
/// Beyond that range σ is within 0.0004 of 0 or 1, less than half a step of 1/255.
pub static SIGMOID: [u8; 256] = sigmoid_table();

/// The table, computed at compile time: `e^z` as the 2¹⁰-th power of a Taylor polynomial at `z / 2¹⁰`.
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
    fn relu_clamps_at_zero_and_at_the_top_level() {
        assert_eq!(halves().relu(-9, 0, 15), 0);
        assert_eq!(halves().relu(9, 0, 15), 5);
        assert_eq!(halves().relu(900, 0, 15), 15);
    }

    #[test]
    fn a_scale_rescales_as_multiplier_and_shift_do() {
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
    fn only_one_multiplier_without_a_first_shift_and_below_a_half_is_a_scale() {
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
    fn sums_beyond_the_table_saturate() {
        assert_eq!(halves().sigmoid(10_000, 0, ElementFormat::U4), 15);
        assert_eq!(halves().sigmoid(-10_000, 0, ElementFormat::U4), 0);
        assert_eq!(halves().sigmoid(0, 0, ElementFormat::U8), 128);
    }
}
