//! Measurements of a model, and how numbers are written.

use serde::Deserialize;

use crate::bench::count::Summary;
use crate::target_eval::Report;

/// The fields of `sinapse inspect --json` that are needed here.
#[derive(Deserialize)]
pub struct Inspection {
    pub shape: Vec<usize>,
    pub layers: String,
    pub weight_bytes: usize,
    pub blob_bytes: usize,
    pub scratch_bytes: usize,
    pub multiply_adds: usize,
    pub provenance: Provenance,
}

#[derive(Deserialize)]
pub struct Provenance {
    pub program: String,
    pub recipe: String,
    pub data: String,
    pub seed: u64,
    pub validation_images: u32,
    pub validation_correct: u32,
}

/// The fields of `sinapse eval --json` that are needed here.
#[derive(Deserialize)]
pub struct Evaluation {
    pub images: u32,
    pub correct: u32,
    pub logits_crc32: String,
}

pub struct Figures {
    pub name: &'static str,
    pub inspection: Inspection,
    pub host: Evaluation,
    /// A Markdown table.
    pub robustness: String,
    pub board: Option<Board>,
}

/// Results of a run over all test images, and of a counted run over the first of them.
pub struct Board {
    pub report: Report,
    pub costs: Summary,
}

impl Figures {
    pub fn shape(&self) -> String {
        let sizes: Vec<_> = self.inspection.shape.iter().map(usize::to_string).collect();
        sizes.join("-")
    }

    pub fn percent(&self) -> f64 {
        100.0 * f64::from(self.host.correct) / f64::from(self.host.images)
    }
}

impl Board {
    pub fn ram_bytes(&self) -> u64 {
        u64::from(self.report.stack_bytes) + self.report.sizes.ram_bytes
    }
}

pub fn bytes(count: u64) -> String {
    format!("{} B", thousands(count))
}

/// Formats `12345` as `12,345`.
pub fn thousands(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousands_are_set_apart() {
        assert_eq!([0, 999, 1000, 1_234_567].map(thousands), ["0", "999", "1,000", "1,234,567"]);
    }
}
