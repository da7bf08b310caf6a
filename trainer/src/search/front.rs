//! The Pareto front: results that nothing else is both cheaper and better than.

use super::trial::TrialResult;

/// Cost to trade against accuracy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Objective {
    /// Flash of the weights.
    Bytes,
    /// Modelled cycles.
    Cycles,
}

impl Objective {
    /// Cost of a result.
    pub fn cost(self, result: &TrialResult) -> u64 {
        match self {
            Objective::Bytes => result.weight_bytes,
            Objective::Cycles => result.cycles,
        }
    }
}

/// Returns the results that no other one is cheaper than without being worse, cheapest first.
pub fn front<'a>(results: impl IntoIterator<Item = &'a TrialResult>, objective: Objective) -> Vec<&'a TrialResult> {
    let mut sorted: Vec<&TrialResult> = results.into_iter().filter(|result| result.weight_bytes > 0).collect();
    sorted.sort_by(|a, b| {
        let better_first = b.validation_accuracy.total_cmp(&a.validation_accuracy);
        objective.cost(a).cmp(&objective.cost(b)).then(better_first).then(a.key.cmp(&b.key))
    });
    let mut best = f64::NEG_INFINITY;
    sorted.retain(|result| {
        let better = result.validation_accuracy > best;
        best = best.max(result.validation_accuracy);
        better
    });
    sorted
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    pub fn result(key: &str, weight_bytes: u64, cycles: u64, validation_accuracy: f64) -> TrialResult {
        TrialResult {
            key: key.into(),
            shape: "4-2-2".into(),
            layers: String::new(),
            weight_bytes,
            scratch_bytes: 2,
            cycles,
            validation_accuracy,
            validation_images: 100,
            validation_correct: (100.0 * validation_accuracy) as u64,
            data: "MNIST".into(),
            seed: 1,
            seconds: 1.0,
        }
    }

    #[test]
    fn the_front_holds_what_nothing_cheaper_equals() {
        let all = [
            result("a", 100, 9, 0.5),
            result("b", 100, 5, 0.6),
            result("c", 200, 1, 0.6),
            result("d", 300, 2, 0.9),
            result("broken", 0, 0, 0.1),
        ];
        let keys = |objective| front(&all, objective).iter().map(|result| result.key.as_str()).collect::<Vec<_>>();
        assert_eq!(keys(Objective::Bytes), ["b", "d"]);
        assert_eq!(keys(Objective::Cycles), ["c", "d"]);
    }
}
