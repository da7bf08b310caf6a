//! Cross-entropy to smoothed labels and to soft targets of teachers.

use super::input::InputBlock;

/// Weights of the terms of the loss.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Loss {
    /// Probability mass moved from the correct class to all classes.
    pub label_smoothing: f32,
    /// Weight of the soft targets in the loss; the labels have the rest.
    pub soft_target_weight: f32,
    /// Temperature of both softmaxes in the distillation term (Hinton et al. 2015).
    pub temperature: f32,
    /// Penalty on a hidden activation at its maximum level, proportionally less on lower ones; quantised epochs only.
    pub activity_penalty: f32,
}

impl Loss {
    /// Returns the sum of the losses of all images and writes the gradients of the logits, averaged over a batch of
    /// `batch`.
    ///
    /// `(1 − s)·(p − t) + s·T·(p_T − q)` for label targets `t` and soft targets `q` at temperature `T`: the gradients
    /// of the cross-entropy to the labels and of `T²` times the cross-entropy to the soft targets. `logits` are in
    /// units of `step`.
    pub fn gradients(&self, logits: &[f32], step: f32, input: &InputBlock, batch: usize, out: &mut [f32]) -> f32 {
        let classes = logits.len() / input.labels.len().max(1);
        let share = if input.soft_targets.is_empty() { 0.0 } else { self.soft_target_weight };
        let spread = self.label_smoothing / classes as f32;
        let mut cold = vec![0.0f32; classes];
        let mut loss = 0.0;
        let rows = logits.chunks_exact(classes).zip(out.chunks_exact_mut(classes));
        for (image, ((logits, out), &label)) in rows.zip(&input.labels).enumerate() {
            out.iter_mut().zip(logits).for_each(|(out, logit)| *out = logit * step);
            if share > 0.0 {
                cold.iter_mut().zip(&*out).for_each(|(cold, logit)| *cold = logit / self.temperature);
                sinapse::softmax(&mut cold);
            }
            sinapse::softmax(out);
            loss -= out[usize::from(label)].max(1e-12).ln();
            for (class, out) in out.iter_mut().enumerate() {
                let target = spread + if class == usize::from(label) { 1.0 - self.label_smoothing } else { 0.0 };
                *out = (1.0 - share) * (*out - target);
            }
            if share > 0.0 {
                let targets = &input.soft_targets[image * classes..][..classes];
                for ((out, cold), target) in out.iter_mut().zip(&cold).zip(targets) {
                    *out += share * self.temperature * (cold - target);
                }
            }
            out.iter_mut().for_each(|out| *out /= batch as f32);
        }
        loss
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn gradients(loss: Loss, soft_targets: Vec<f32>) -> Vec<f32> {
        let input = InputBlock { labels: vec![0], soft_targets, ..InputBlock::default() };
        let mut out = [0.0; 2];
        loss.gradients(&[0.0, 0.0], 1.0, &input, 1, &mut out);
        out.to_vec()
    }

    #[test]
    fn without_teachers_gradients_point_to_smoothed_labels() {
        let loss = Loss { label_smoothing: 0.2, soft_target_weight: 0.5, temperature: 2.0, activity_penalty: 0.0 };
        let expected = [0.5 - 0.9, 0.5 - 0.1];
        assert!(
            gradients(loss, Vec::new()).iter().zip(expected).all(|(found, gradient)| (found - gradient).abs() < 1e-6)
        );
    }

    #[test]
    fn soft_targets_count_by_weight_and_temperature() {
        let loss = Loss { label_smoothing: 0.0, soft_target_weight: 0.75, temperature: 2.0, activity_penalty: 0.0 };
        let expected = [0.25 * -0.5 + 0.75 * 2.0 * 0.25, 0.25 * 0.5 - 0.75 * 2.0 * 0.25];
        assert_eq!(gradients(loss, vec![0.25, 0.75]), expected);
    }
}
