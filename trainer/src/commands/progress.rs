//! How a training shows itself: bars on a terminal, plain lines elsewhere.

use std::io::IsTerminal;

use indicatif::{ProgressBar, ProgressStyle};
use sinapse_trainer::train::{EpochReport, Observer};

/// Progress on standard error.
pub struct Progress {
    bar: Option<ProgressBar>,
}

impl Progress {
    /// A bar where standard error is a terminal.
    pub fn new() -> Progress {
        let style = ProgressStyle::with_template("{msg} {bar:40} {pos}/{len} images, {per_sec}, {eta} left");
        let bar = std::io::stderr().is_terminal().then(|| {
            let bar = ProgressBar::new(0);
            bar.with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
        });
        Progress { bar }
    }
}

impl Observer for Progress {
    fn images(&mut self, done: usize, of: usize) {
        if let Some(bar) = &self.bar {
            bar.set_length(of as u64);
            bar.set_position(done as u64);
        }
    }

    fn epoch(&mut self, report: &EpochReport) {
        let arithmetic = if report.quantised { "as on the board" } else { "f32" };
        let accuracy = 100.0 * report.correct as f64 / report.images as f64;
        let line = format!(
            "epoch {:>3}/{} ({arithmetic}): loss {:.4}, validation {accuracy:.2} %",
            report.epoch, report.epochs, report.loss
        );
        match &self.bar {
            Some(bar) => {
                bar.println(line);
                bar.reset();
            }
            None => eprintln!("{line}"),
        }
    }
}
