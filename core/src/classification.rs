//! From logits to a class, a margin and probabilities.
//!
//! # One output
//!
//! A network with a single output is a detector: its logit `z` is compared with that of an absent rival, 0. The class
//! is always 0, the margin is `z` itself, which may be negative, and the probability of the class is `σ(z)`.
//! [`Network::is_confident`](crate::Network::is_confident) is true if `z` reaches the reject margin (`z ≥ 0`, a
//! probability of at least one half, if the model has none): the class is there. False means "not there, or unknown".
//!
//! # Not a number
//!
//! `f32` inputs that are NaN or infinite make logits that are not finite. The margin is then NaN, which reaches no
//! reject margin: the answer is "unknown". Probabilities are NaN, too. Which of the logits are NaN is not promised.

use crate::layer::activation::sigmoid;

/// A logit: `i32`, which counts steps, or `f32`.
pub trait LogitValue: Copy + PartialOrd + core::ops::Sub<Output = Self> {
    /// Returns the real value of a logit: `self · step` for an `i32`, `self` for an `f32`.
    fn real(self, step: f32) -> f32;
    /// Returns true if a margin is a finite number of at least `steps` steps.
    fn reaches(self, steps: u32, step: f32) -> bool;
    /// Corrects class and margin, found by comparisons, if a score is not finite; integers always are.
    fn corrected(_scores: &[Self], class: usize, margin: Self) -> (usize, Self) {
        (class, margin)
    }
}

impl LogitValue for i32 {
    fn real(self, step: f32) -> f32 {
        self as f32 * step
    }
    fn reaches(self, steps: u32, _: f32) -> bool {
        // A margin is negative only if there is one class. `load` keeps logits below 2³⁰, so their difference fits.
        self >= 0 && self.cast_unsigned() >= steps
    }
}

impl LogitValue for f32 {
    fn real(self, _: f32) -> f32 {
        self
    }
    fn reaches(self, steps: u32, step: f32) -> bool {
        self.is_finite() && self >= steps as f32 * step
    }
    fn corrected(scores: &[f32], class: usize, margin: f32) -> (usize, f32) {
        if scores.iter().all(|score| score.is_finite()) { (class, margin) } else { (argmax(scores), f32::NAN) }
    }
}

/// The answer of a network to one input.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Classification<V, const CLASSES: usize> {
    /// Index of the largest score; of equal scores, the first.
    pub class: usize,
    /// Logits, one per class.
    pub scores: [V; CLASSES],
    /// Difference between the largest and the second largest score, at least 0; with [one output](self#one-output), its
    /// score, of either sign; NaN if a score is [not finite](self#not-a-number).
    pub margin: V,
}

/// Answers can be logged by `defmt`: fails to compile if they cannot.
#[cfg(feature = "defmt")]
const _: () = {
    const fn is_logged<T: defmt::Format>() {}
    is_logged::<Classification<i32, 10>>();
    is_logged::<Classification<f32, 10>>();
};

impl<V: LogitValue, const CLASSES: usize> Classification<V, CLASSES> {
    /// Finds class and margin of `scores`.
    ///
    /// # Examples
    ///
    /// ```
    /// let answer = sinapse::Classification::from_scores([-5, 20, 13]);
    /// assert_eq!((answer.class, answer.margin), (1, 7));
    /// ```
    pub fn from_scores(scores: [V; CLASSES]) -> Self {
        let (class, margin) = Self::argmax_with_margin(&scores);
        Classification { class, scores, margin }
    }

    /// Returns the class and the margin.
    pub(crate) fn argmax_with_margin(scores: &[V; CLASSES]) -> (usize, V) {
        const { assert!(CLASSES > 0, "a classification needs at least one class") };
        let [first, second, others @ ..] = &scores[..] else { return V::corrected(scores, 0, scores[0]) };
        let (mut class, mut best, mut next) = if second > first { (1, *second, *first) } else { (0, *first, *second) };
        for (index, &score) in (2..).zip(others) {
            // Tested first, because most scores are below both.
            if score > next {
                if score > best {
                    (class, best, next) = (index, score, best);
                } else {
                    next = score;
                }
            }
        }
        V::corrected(scores, class, best - next)
    }

    /// Returns the `K` best classes with their scores, best first; equal scores are sorted by class.
    pub fn best<const K: usize>(&self) -> heapless::Vec<(usize, V), K> {
        let mut best: heapless::Vec<(usize, V), K> = heapless::Vec::new();
        for (class, &score) in self.scores.iter().enumerate() {
            let rank = best.iter().position(|&(_, other)| score > other).unwrap_or(best.len());
            if rank == K {
                continue; // `K` better classes have been found
            }
            if best.is_full() {
                best.pop();
            }
            let _ = best.insert(rank, (class, score)); // cannot fail: a full list has just lost its last entry
        }
        best
    }
}

/// Returns the index of the largest value; of equal values, the first. NaN is passed over; 0 if there is nothing else.
pub fn argmax<V: PartialOrd>(values: &[V]) -> usize {
    let mut best: Option<(usize, &V)> = None;
    // No indexing: a bare program must not be able to panic.
    for (index, value) in values.iter().enumerate() {
        let is_better = match best {
            Some((_, best)) => value > best,
            None => value.partial_cmp(value).is_some(), // not NaN
        };
        if is_better {
            best = Some((index, value));
        }
    }
    best.map_or(0, |(index, _)| index)
}

/// Turns the logits of a network into the probabilities of its classes, in place: their [`softmax`], or the logistic
/// function of a [single logit](self#one-output).
///
/// # Examples
///
/// ```
/// let mut one = [0.0];
/// sinapse::classification::probabilities(&mut one);
/// assert_eq!(one, [0.5]);
/// ```
pub fn probabilities(logits: &mut [f32]) {
    match logits {
        [logit] => *logit = sigmoid(*logit),
        several => softmax(several),
    }
}

/// Turns logits into probabilities in place: `p[o] = e^(z[o] − max z) / Σ e^(z − max z)`.
///
/// NaN and infinity among the logits make all probabilities NaN.
///
/// Subtracting the largest logit does not change the result in exact arithmetic and keeps the exponentials in 0..=1.
///
/// # Examples
///
/// ```
/// let mut values = [1.0, 1.0];
/// sinapse::softmax(&mut values);
/// assert_eq!(values, [0.5, 0.5]);
/// ```
pub fn softmax(values: &mut [f32]) {
    let max = values.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    let mut total = 0.0;
    for value in values.iter_mut() {
        *value = libm::expf(*value - max);
        total += *value;
    }
    for value in values {
        *value /= total;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_of_equal_scores_wins_with_margin_zero() {
        let answer = Classification::from_scores([3, 9, 9]);
        assert_eq!((answer.class, answer.margin), (1, 0));
    }

    #[test]
    fn the_margin_is_the_distance_to_the_second_best() {
        let answer = Classification::from_scores([-5, 20, 13]);
        assert_eq!((answer.class, answer.margin), (1, 7));
    }

    #[test]
    fn the_margin_of_a_single_class_is_its_score() {
        assert_eq!(Classification::from_scores([4]).margin, 4);
    }

    #[test]
    fn best_returns_at_most_k_classes_sorted_by_score() {
        let answer = Classification::from_scores([1, 7, 3, 7, 5]);
        assert_eq!(answer.best::<3>().as_slice(), &[(1, 7), (3, 7), (4, 5)]);
        assert_eq!(answer.best::<8>().len(), 5);
    }

    #[test]
    fn a_margin_reaches_its_threshold_and_nothing_above() {
        assert!(7.reaches(7, 1.0) && !6.reaches(7, 1.0));
        assert!(0.5.reaches(512, 1.0 / 1024.0) && !0.49.reaches(512, 1.0 / 1024.0));
    }

    #[test]
    fn scores_that_are_not_finite_have_no_margin_and_never_win_over_a_number() {
        let of = |scores| {
            let answer = Classification::<f32, 3>::from_scores(scores);
            (answer.class, answer.margin.is_nan())
        };
        assert_eq!(of([1.0, f32::NAN, 2.0]), (2, true));
        assert_eq!(of([f32::NAN, 1.0, 2.0]), (2, true));
        assert_eq!(of([1.0, 2.0, f32::NAN]), (1, true));
        assert_eq!(of([f32::NAN; 3]), (0, true));
        assert_eq!(of([f32::INFINITY, 1.0, 2.0]), (0, true));
        assert_eq!(of([f32::NEG_INFINITY, 1.0, 2.0]), (2, true));
        assert!(Classification::from_scores([f32::NAN]).margin.is_nan());
        assert!(!f32::NAN.reaches(0, 1.0) && !f32::INFINITY.reaches(0, 1.0) && !(-100.0f32).reaches(0, 1.0));
        assert_eq!(argmax(&[f32::NAN, 1.0, f32::NAN, 3.0, 2.0]), 3);
    }

    #[test]
    fn the_margin_of_a_single_class_reaches_no_threshold_below_zero() {
        assert!(!(-100).reaches(0, 1.0) && !(-100).reaches(50, 1.0) && 0.reaches(0, 1.0));
    }

    #[test]
    fn softmax_survives_large_logits_and_sums_to_one() {
        let mut values = [1000.0, 999.0, -1000.0];
        softmax(&mut values);
        assert!((values.iter().sum::<f32>() - 1.0).abs() < 1e-6);
        assert!((values[0] - 0.731_058_6).abs() < 1e-6);
    }
}
