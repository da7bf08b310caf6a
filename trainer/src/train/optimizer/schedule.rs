//! Learning-rate schedule.

/// Linear warm-up over the first twentieth of a phase, then cosine decay to zero (Loshchilov and Hutter 2017), as a
/// factor 0..=1 of the peak rate.
pub fn cosine(step: usize, steps: usize) -> f32 {
    let warm_up = (steps / 20).max(1);
    if step < warm_up {
        return (step + 1) as f32 / warm_up as f32;
    }
    let progress = (step - warm_up) as f32 / (steps - warm_up).max(1) as f32;
    0.5 * (1.0 + (std::f32::consts::PI * progress).cos())
}

#[cfg(test)]
mod tests {
    use super::cosine;

    #[test]
    fn the_rate_rises_to_its_peak_and_falls_to_almost_nothing() {
        assert!(cosine(0, 1000) < 0.05);
        assert_eq!(cosine(50, 1000), 1.0);
        assert!(cosine(999, 1000) < 1e-4);
        assert!(cosine(0, 1) <= 1.0);
    }
}
