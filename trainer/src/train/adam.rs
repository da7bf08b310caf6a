//! AdamW (Loshchilov and Hutter 2019): Adam with weight decay apart from the gradient.

use std::ops::Range;

use rayon::prelude::*;

use super::parameters::Layout;

const BETA1: f32 = 0.9;
const BETA2: f32 = 0.999;
const EPSILON: f32 = 1e-8;
/// Parameters per parallel task; the result does not depend on it.
const CHUNK: usize = 16_384;
/// Parameters whose gradients are summed at a time, in registers.
const LANES: usize = 64;

/// First and second moments, and the averaged parameters.
#[derive(Clone)]
pub struct Adam {
    momentum: Vec<f32>,
    variance: Vec<f32>,
    /// Exponential moving average of the parameters.
    pub average: Vec<f32>,
    /// Stretches of parameters, and whether they decay: weights do, biases and scales do not.
    stretches: Vec<(Range<usize>, bool)>,
    steps: i32,
}

/// One step's settings.
#[derive(Clone, Copy)]
pub struct Step {
    /// Learning rate of this step.
    pub learning_rate: f32,
    /// Weight decay, on weights alone.
    pub weight_decay: f32,
    /// Decay of the average.
    pub averaging: f32,
}

/// A stretch of parameters with all that belongs to it.
struct Stretch<'a> {
    parameters: &'a mut [f32],
    momentum: &'a mut [f32],
    variance: &'a mut [f32],
    average: &'a mut [f32],
}

impl Adam {
    /// Fresh moments for these parameters.
    pub fn new(layout: &Layout, parameters: &[f32]) -> Adam {
        let mut stretches = Vec::new();
        for (index, layer) in layout.layers.iter().enumerate() {
            let end = layout.layers.get(index + 1).map_or(layout.length, |next| next.weights.start);
            stretches.push((layer.weights.clone(), true));
            stretches.push((layer.weights.end..end, false));
        }
        Adam {
            momentum: vec![0.0; layout.length],
            variance: vec![0.0; layout.length],
            average: parameters.to_vec(),
            stretches,
            steps: 0,
        }
    }

    /// `p −= lr · (m̂ / (√v̂ + ε) + decay · p)`; the gradients of all shards are added on the way.
    pub fn step(&mut self, parameters: &mut [f32], gradients: &[&[f32]], step: Step) {
        self.steps += 1;
        // Early averages would remember the random start: follow quickly at first.
        let averaging = step.averaging.min((1.0 + self.steps as f32) / (10.0 + self.steps as f32));
        let rates = Rates {
            momentum_correction: 1.0 / (1.0 - BETA1.powi(self.steps)),
            variance_correction: 1.0 / (1.0 - BETA2.powi(self.steps)),
            step: Step { averaging, ..step },
        };
        let stretches = &self.stretches;
        let chunks = parameters
            .par_chunks_mut(CHUNK)
            .zip(self.momentum.par_chunks_mut(CHUNK))
            .zip(self.variance.par_chunks_mut(CHUNK))
            .zip(self.average.par_chunks_mut(CHUNK));
        chunks.enumerate().for_each(|(index, (((parameters, momentum), variance), average))| {
            let start = index * CHUNK;
            let end = start + parameters.len();
            for (range, decays) in stretches {
                let (from, to) = (range.start.max(start), range.end.min(end));
                if from >= to {
                    continue;
                }
                let here = from - start..to - start;
                let stretch = Stretch {
                    parameters: &mut parameters[here.clone()],
                    momentum: &mut momentum[here.clone()],
                    variance: &mut variance[here.clone()],
                    average: &mut average[here],
                };
                let decay = if *decays { step.weight_decay } else { 0.0 };
                let rates = Rates { step: Step { weight_decay: decay, ..rates.step }, ..rates };
                pulp::Arch::new().dispatch(|| {
                    update(stretch, gradients, from, rates);
                });
            }
        });
    }
}

/// A step's settings with what they depend on.
#[derive(Clone, Copy)]
struct Rates {
    momentum_correction: f32,
    variance_correction: f32,
    step: Step,
}

#[inline(always)]
fn update(stretch: Stretch<'_>, gradients: &[&[f32]], from: usize, rates: Rates) {
    let Stretch { parameters, momentum, variance, average } = stretch;
    let Rates { momentum_correction, variance_correction, step } = rates;
    let length = parameters.len();
    let mut total = [0.0f32; LANES];
    for start in (0..length).step_by(LANES) {
        let here = start..length.min(start + LANES);
        let count = here.len();
        total[..count].copy_from_slice(&gradients[0][from + start..][..count]);
        for shard in &gradients[1..] {
            for (total, gradient) in total.iter_mut().zip(&shard[from + start..][..count]) {
                *total += gradient;
            }
        }
        let parameters = parameters[here.clone()].iter_mut().zip(&mut momentum[here.clone()]);
        let averages = variance[here.clone()].iter_mut().zip(&mut average[here]);
        for (((p, m), (v, a)), &gradient) in parameters.zip(averages).zip(&total) {
            *m += (1.0 - BETA1) * (gradient - *m);
            *v += (1.0 - BETA2) * (gradient * gradient - *v);
            let direction = *m * momentum_correction / ((*v * variance_correction).sqrt() + EPSILON);
            *p -= step.learning_rate * (direction + step.weight_decay * *p);
            *a = *p + step.averaging * (*a - *p);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::train::parameters::LayerLayout;

    fn one_weight_one_bias() -> Layout {
        let layer = LayerLayout { inputs: 1, outputs: 1, weights: 0..1, bias: 1..2, log_scales: 2..2, log_step: 2..2 };
        Layout { layers: vec![layer], length: 2 }
    }

    #[test]
    fn the_first_step_has_the_length_of_the_learning_rate() {
        let mut parameters = vec![1.0, 1.0];
        let mut adam = Adam::new(&one_weight_one_bias(), &parameters);
        let step = Step { learning_rate: 0.1, weight_decay: 0.0, averaging: 0.0 };
        adam.step(&mut parameters, &[&[3.0, -5.0], &[1.0, 1.0]], step);
        assert!((parameters[0] - 0.9).abs() < 1e-5 && (parameters[1] - 1.1).abs() < 1e-5, "{parameters:?}");
    }

    #[test]
    fn weights_decay_and_biases_do_not() {
        let mut parameters = vec![1.0, 1.0];
        let mut adam = Adam::new(&one_weight_one_bias(), &parameters);
        let step = Step { learning_rate: 0.1, weight_decay: 0.5, averaging: 0.0 };
        adam.step(&mut parameters, &[&[0.0, 0.0]], step);
        assert_eq!(parameters, [0.95, 1.0]);
    }
}
