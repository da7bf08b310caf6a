//! AdamW (Loshchilov and Hutter 2019): Adam with decoupled weight decay.

use std::ops::Range;

use crate::linalg::simd::vectorised;

const BETA1: f32 = 0.9;
const BETA2: f32 = 0.999;
const EPSILON: f32 = 1e-8;

/// Moments of the gradient, and the averaged parameters.
#[derive(Clone)]
pub struct Adam {
    /// First moment: moving average of the gradient.
    pub momentum: Vec<f32>,
    /// Second moment: moving average of the squared gradient.
    pub variance: Vec<f32>,
    /// Exponential moving average of the parameters; empty without averaging.
    pub average: Vec<f32>,
    /// Number of steps taken.
    pub steps: i32,
}

/// Hyperparameters of one step.
#[derive(Clone, Copy)]
pub struct Hyperparameters {
    /// Learning rate of this step.
    pub learning_rate: f32,
    /// Weight decay, applied to weights only.
    pub weight_decay: f32,
    /// Decay of the parameter average.
    pub averaging: f32,
}

/// Hyperparameters of one step with its bias corrections.
#[derive(Clone, Copy)]
pub struct Rates {
    momentum_correction: f32,
    variance_correction: f32,
    step: Hyperparameters,
}

/// A range of parameters with its optimiser state.
pub struct ParameterGroup<'a> {
    /// The parameters.
    pub parameters: &'a mut [f32],
    momentum: &'a mut [f32],
    variance: &'a mut [f32],
    average: &'a mut [f32],
}

impl Adam {
    /// Creates zero moments, and an average that starts from these parameters.
    pub fn new(parameters: &[f32], averaged: bool) -> Adam {
        Adam {
            momentum: vec![0.0; parameters.len()],
            variance: vec![0.0; parameters.len()],
            average: if averaged { parameters.to_vec() } else { Vec::new() },
            steps: 0,
        }
    }

    /// Returns the averaged parameters, or the parameters themselves without averaging.
    pub fn averaged<'a>(&'a self, parameters: &'a [f32]) -> &'a [f32] {
        if self.average.is_empty() { parameters } else { &self.average }
    }

    /// Counts a step and computes its rates.
    pub fn begin_step(&mut self, step: Hyperparameters) -> Rates {
        self.steps += 1;
        // Early averages would remember the random initialisation: follow quickly at first.
        let averaging = step.averaging.min((1.0 + self.steps as f32) / (10.0 + self.steps as f32));
        Rates {
            momentum_correction: 1.0 / (1.0 - BETA1.powi(self.steps)),
            variance_correction: 1.0 / (1.0 - BETA2.powi(self.steps)),
            step: Hyperparameters { averaging, ..step },
        }
    }

    /// Splits the parameters into non-overlapping groups, in ascending order.
    pub fn groups<'a>(
        &'a mut self,
        parameters: &'a mut [f32],
        ranges: impl Iterator<Item = Range<usize>> + Clone,
    ) -> Vec<ParameterGroup<'a>> {
        let parts = split(parameters, ranges.clone()).zip(split(&mut self.momentum, ranges.clone()));
        let more = split(&mut self.variance, ranges.clone()).zip(split(&mut self.average, ranges));
        parts
            .zip(more)
            .map(|((parameters, momentum), (variance, average))| ParameterGroup {
                parameters,
                momentum,
                variance,
                average,
            })
            .collect()
    }
}

/// Splits a slice into ranges in ascending order; an empty slice gives empty parts.
fn split(mut rest: &mut [f32], ranges: impl Iterator<Item = Range<usize>>) -> impl Iterator<Item = &mut [f32]> {
    let mut done = 0;
    let empty = rest.is_empty();
    ranges.map(move |range| {
        if empty {
            return &mut [][..];
        }
        let (part, after) = std::mem::take(&mut rest)[range.start - done..].split_at_mut(range.len());
        (rest, done) = (after, range.end);
        part
    })
}

impl ParameterGroup<'_> {
    /// `p −= lr · (m̂ / (√v̂ + ε) + decay · p)`.
    pub fn step(&mut self, gradient: &[f32], rates: Rates, decays: bool) {
        let decay = if decays { rates.step.weight_decay } else { 0.0 };
        let rates = Rates { step: Hyperparameters { weight_decay: decay, ..rates.step }, ..rates };
        vectorised(
            #[inline(always)]
            || self.update(gradient, rates),
        );
    }

    #[inline(always)]
    fn update(&mut self, gradient: &[f32], rates: Rates) {
        let Rates { momentum_correction, variance_correction, step } = rates;
        let length = gradient.len();
        let (parameters, momentum, variance) =
            (&mut self.parameters[..length], &mut self.momentum[..length], &mut self.variance[..length]);
        for i in 0..length {
            let gradient = gradient[i];
            momentum[i] += (1.0 - BETA1) * (gradient - momentum[i]);
            variance[i] += (1.0 - BETA2) * (gradient * gradient - variance[i]);
            let direction = momentum[i] * momentum_correction / ((variance[i] * variance_correction).sqrt() + EPSILON);
            parameters[i] -= step.learning_rate * (direction + step.weight_decay * parameters[i]);
        }
        for (a, &p) in self.average.iter_mut().zip(parameters.iter()) {
            *a = p + step.averaging * (*a - p);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn after_one_step(gradient: f32, weight_decay: f32, decays: bool) -> f32 {
        let mut parameters = vec![9.0, 1.0];
        let mut adam = Adam::new(&parameters, true);
        let rates = adam.begin_step(Hyperparameters { learning_rate: 0.1, weight_decay, averaging: 0.0 });
        for mut group in adam.groups(&mut parameters, std::iter::once(1..2)) {
            group.step(&[gradient], rates, decays);
        }
        assert_eq!(parameters, [9.0, adam.average[1]]);
        parameters[1]
    }

    #[test]
    fn the_first_step_has_the_length_of_the_learning_rate() {
        assert!((after_one_step(4.0, 0.0, true) - 0.9).abs() < 1e-5);
        assert!((after_one_step(-4.0, 0.0, true) - 1.1).abs() < 1e-5);
    }

    #[test]
    fn weights_decay_and_biases_do_not() {
        assert_eq!((after_one_step(0.0, 0.5, true), after_one_step(0.0, 0.5, false)), (0.95, 1.0));
    }
}
