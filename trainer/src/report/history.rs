//! History of a training, epoch by epoch.

use serde::{Deserialize, Serialize};

use super::chart::{Chart, Mark, Series};
use crate::train::EpochReport;

/// Result of an epoch, as one line of the metrics.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct EpochRecord {
    /// Epochs completed.
    pub epoch: u32,
    /// Total number of epochs.
    pub epochs: u32,
    /// Whether the forward pass used the board's arithmetic.
    pub quantised: bool,
    /// Mean loss over the training images.
    pub loss: f32,
    /// Number of validation images.
    pub validation_images: usize,
    /// Number of them classified correctly.
    pub validation_correct: usize,
    /// Fraction of them classified correctly.
    pub validation_accuracy: f64,
    /// Seconds since the training was started or resumed.
    pub seconds: f64,
}

impl EpochRecord {
    /// Records a report at a time.
    pub fn new(report: &EpochReport, seconds: f64) -> EpochRecord {
        EpochRecord {
            epoch: report.epoch,
            epochs: report.epochs,
            quantised: report.quantised,
            loss: report.loss,
            validation_images: report.images,
            validation_correct: report.correct,
            validation_accuracy: report.correct as f64 / report.images.max(1) as f64,
            seconds,
        }
    }
}

/// All epochs so far.
#[derive(Clone, Debug, Default)]
pub struct History {
    /// Records, first to last.
    pub epochs: Vec<EpochRecord>,
}

impl History {
    /// Appends an epoch and drops records of the same or later epochs, left by a killed run.
    ///
    /// Returns whether there were any.
    pub fn push(&mut self, record: EpochRecord) -> bool {
        let before = self.epochs.len();
        self.epochs.retain(|earlier| earlier.epoch < record.epoch);
        let forgotten = self.epochs.len() < before;
        self.epochs.push(record);
        forgotten
    }

    /// Chart of the loss.
    pub fn loss(&self) -> Chart {
        self.chart("training loss", "mean loss", |record| f64::from(record.loss))
    }

    /// Chart of the accuracy.
    pub fn accuracy(&self) -> Chart {
        self.chart("validation accuracy", "percent", |record| 100.0 * record.validation_accuracy)
    }

    fn chart(&self, title: &str, y_label: &str, value: impl Fn(&EpochRecord) -> f64) -> Chart {
        // The two phases compute in different arithmetics: two lines.
        let phase = |quantised, name: &str, color| Series {
            name: name.into(),
            mark: Mark::Line,
            color,
            points: self
                .epochs
                .iter()
                .filter(|record| record.quantised == quantised)
                .map(|record| [f64::from(record.epoch), value(record)])
                .collect(),
            labels: Vec::new(),
        };
        let phases = [phase(false, "f32", "#1f77b4"), phase(true, "as on the board", "#d62728")];
        Chart {
            title: title.into(),
            x_label: "epoch".into(),
            y_label: y_label.into(),
            logarithmic: false,
            series: phases.into_iter().filter(|series| !series.points.is_empty()).collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_epoch_that_is_done_again_replaces_the_earlier_one_and_those_after_it() {
        let record = |epoch, loss| EpochRecord {
            epoch,
            epochs: 4,
            quantised: false,
            loss,
            validation_images: 10,
            validation_correct: 9,
            validation_accuracy: 0.9,
            seconds: 1.0,
        };
        let mut history = History::default();
        assert!((1..=3).all(|epoch| !history.push(record(epoch, 1.0))));
        assert!(history.push(record(2, 0.5)));
        let kept: Vec<(u32, f32)> = history.epochs.iter().map(|record| (record.epoch, record.loss)).collect();
        assert_eq!(kept, [(1, 1.0), (2, 0.5)]);
    }
}
