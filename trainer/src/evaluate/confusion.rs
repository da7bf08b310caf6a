//! Labels against predictions over a data set, and the checksum of all logits.

use serde::Serialize;
use sinapse::blob::crc::Crc32;

use crate::input::Dataset;
use crate::model::{Evaluate, Model};

/// Counts of predicted classes per label.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct ConfusionMatrix {
    /// `[label][prediction]`
    pub counts: Vec<Vec<u32>>,
}

/// Results of a network over a data set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Evaluation {
    /// Labels against predictions.
    pub confusion: ConfusionMatrix,
    /// CRC-32 of all logits, in the order of the images.
    pub logits_crc32: u32,
}

impl Evaluation {
    /// Runs a network over all images; every label is below its number of classes.
    pub fn new(model: &Model<'_>, data: &Dataset) -> Evaluation {
        let classes = model.description.classes();
        let mut counts = vec![vec![0; classes]; classes];
        let mut crc = Crc32::new();
        for (scores, &label) in model.scores_of_all(&data.images.pixels).iter().zip(&data.labels) {
            scores.checksum(&mut crc);
            counts[usize::from(label)][scores.class()] += 1;
        }
        Evaluation { confusion: ConfusionMatrix { counts }, logits_crc32: crc.finish() }
    }
}

impl ConfusionMatrix {
    /// Number of images whose predicted class is their label.
    pub fn correct(&self) -> usize {
        self.counts.iter().enumerate().map(|(class, row)| row[class] as usize).sum()
    }

    /// Confusions as `(count, label, prediction)`, most frequent first.
    pub fn errors(&self) -> Vec<(u32, usize, usize)> {
        let mut errors = Vec::new();
        for (label, row) in self.counts.iter().enumerate() {
            let wrong = row.iter().enumerate().filter(|(answer, count)| *answer != label && **count > 0);
            errors.extend(wrong.map(|(answer, &count)| (count, label, answer)));
        }
        errors.sort_by(|a, b| b.0.cmp(&a.0).then(a.cmp(b)));
        errors
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_are_sorted_by_frequency_and_the_diagonal_is_correct() {
        let matrix = ConfusionMatrix { counts: vec![vec![5, 1, 0], vec![2, 6, 0], vec![1, 0, 7]] };
        assert_eq!(matrix.correct(), 18);
        assert_eq!(matrix.errors(), [(2, 1, 0), (1, 0, 1), (1, 2, 0)]);
    }
}
