//! Dropout (Srivastava et al. 2014).

/// Random dropout of hidden outputs in one pass.
#[derive(Clone, Copy, Debug)]
pub struct Dropout {
    /// Fraction of the outputs that are dropped.
    pub rate: f32,
    /// Seed for this block and step.
    pub seed: u64,
}

/// Zeroes outputs at random and scales up the others.
pub fn apply_dropout(dropout: Dropout, index: usize, outputs: &mut [f32]) {
    let limit = (dropout.rate * 256.0) as u64;
    let keep_probability = 1.0 / (1.0 - limit as f32 / 256.0);
    let mut state = dropout.seed ^ (index as u64).wrapping_mul(0x2545_f491_4f6c_dd1d);
    for eight in outputs.chunks_mut(8) {
        // SplitMix64 (Steele et al. 2014): eight bytes decide on eight outputs.
        state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut bits = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        bits ^= bits >> 31;
        for output in eight {
            *output *= if bits & 255 < limit { 0.0 } else { keep_probability };
            bits >>= 8;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dropout_zeroes_its_fraction_and_preserves_the_mean() {
        let mut outputs = vec![1.0f32; 80_000];
        apply_dropout(Dropout { rate: 0.25, seed: 7 }, 1, &mut outputs);
        let dropped = outputs.iter().filter(|&&output| output == 0.0).count();
        assert!((19_000..21_000).contains(&dropped), "{dropped}");
        assert!((0.99..1.01).contains(&(outputs.iter().sum::<f32>() / 80_000.0)));
    }
}
