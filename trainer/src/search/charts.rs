//! Charts of the Pareto fronts, beside published systems.

use super::front::{Objective, front};
use super::trial::TrialResult;
use crate::report::{Chart, Mark, Series};

/// A published system, with its accuracy on MNIST's test images.
struct Published {
    name: &'static str,
    weight_bytes: f64,
    /// Modelled Cortex-M4 cycles, counted in QEMU.
    cycles: f64,
    percent: f64,
}

/// Accuracies are as published by BitNetMCU; sizes follow from shape and bits; cycles were counted as for this
/// project's own networks.
const PUBLISHED: [Published; 3] = [
    Published { name: "BitNetMCU 256-64-64-64-10, 4 bit", weight_bytes: 12_608.0, cycles: 244_000.0, percent: 99.02 },
    Published { name: "BitNetMCU 256-16-16-10, 2 bit", weight_bytes: 1_128.0, cycles: 43_000.0, percent: 94.2 },
    Published { name: "BitNetMCU, convolutions", weight_bytes: 12_000.0, cycles: 1_300_000.0, percent: 99.55 },
];

/// Chart of accuracy against bytes.
pub fn bytes_chart(results: &[TrialResult]) -> Chart {
    chart(results, Objective::Bytes, "bytes of weights, biases and multipliers")
}

/// Chart of accuracy against cycles.
pub fn cycles_chart(results: &[TrialResult]) -> Chart {
    chart(results, Objective::Cycles, "mean modelled Cortex-M4 cycles per image")
}

fn chart(results: &[TrialResult], objective: Objective, x_label: &str) -> Chart {
    let point = |result: &TrialResult| [objective.cost(result) as f64, 100.0 * result.validation_accuracy];
    let series = |name: &str, mark, color, chosen: Vec<&TrialResult>| Series {
        name: name.into(),
        mark,
        color,
        points: chosen.iter().map(|result| point(result)).collect(),
        labels: chosen
            .iter()
            .map(|result| format!("{}: {:.2} %", result.layers, 100.0 * result.validation_accuracy))
            .collect(),
    };
    let on_front = front(results, objective);
    // A few failures must not squeeze all other points into a corner.
    let least = on_front.first().map_or(0.0, |first| first.validation_accuracy) - 0.05;
    let shown = |result: &&TrialResult| result.weight_bytes > 0 && result.validation_accuracy >= least;
    let mut all = vec![
        series("trials", Mark::Dot, "#9aa", results.iter().filter(shown).collect()),
        series("front", Mark::Front, "#1f77b4", on_front),
    ];
    if results.first().is_some_and(|result| result.data.starts_with("MNIST")) {
        let cost = |system: &Published| if objective == Objective::Bytes { system.weight_bytes } else { system.cycles };
        all.push(Series {
            name: "published (test images)".into(),
            mark: Mark::Diamond,
            color: "#d62728",
            points: PUBLISHED.iter().map(|system| [cost(system), system.percent]).collect(),
            labels: PUBLISHED.iter().map(|system| format!("{}: {} %", system.name, system.percent)).collect(),
        });
    }
    let data = results.first().map_or("", |result| result.data.as_str());
    Chart {
        title: format!("{} trials on {data}", results.len()),
        x_label: x_label.into(),
        y_label: "percent of the validation images".into(),
        logarithmic: true,
        series: all,
    }
}

#[cfg(test)]
mod tests {
    use super::super::front::tests::result;
    use super::*;

    #[test]
    fn published_systems_are_marked_on_mnist_alone() {
        let mut results = [result("a", 1_000, 9_000, 0.95), result("b", 2_000, 20_000, 0.97)];
        let svg = crate::report::svg(&bytes_chart(&results));
        assert!(svg.contains("BitNetMCU") && svg.contains("95.00 %"), "{svg}");
        results.iter_mut().for_each(|result| result.data = "IDX files in x".into());
        assert!(!crate::report::svg(&cycles_chart(&results)).contains("BitNetMCU"));
    }
}
