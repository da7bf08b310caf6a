//! Progress of a training: a bar and live curves on a terminal, plain lines elsewhere, metrics in a file.

use std::fs::File;
use std::io::{IsTerminal, Seek, Write};
use std::path::Path;
use std::time::Instant;

use indicatif::{ProgressBar, ProgressStyle};
use sinapse_trainer::report::{EpochRecord, History, terminal};
use sinapse_trainer::train::{EpochReport, Observer};

use super::failure::Failure;

/// Height of each live curve in characters.
const ROWS: usize = 6;
/// Largest width of each live curve in characters.
const COLUMNS: usize = 70;

/// Progress on standard error, with its history.
pub struct Progress {
    bar: Option<ProgressBar>,
    begin: Instant,
    epochs: u32,
    /// Epochs completed, and those of them that an earlier run completed.
    done: u32,
    earlier: u32,
    metrics: Option<Metrics>,
    /// All epochs so far.
    pub history: History,
}

/// A JSON Lines file with one line per epoch.
pub struct Metrics {
    file: File,
    path: String,
    failed: bool,
}

impl Metrics {
    /// Creates the file, or opens that of a resumed training; returns the epochs it holds.
    pub fn open(path: &Path, resume: bool) -> Result<(Metrics, History), Failure> {
        let shown = path.display().to_string();
        let mut history = History::default();
        if resume && path.exists() {
            let text = std::fs::read_to_string(path).map_err(|error| format!("cannot read {shown}: {error}"))?;
            // An unfinished last line of a killed program is ignored.
            let records = text.lines().map_while(|line| serde_json::from_str(line).ok());
            records.for_each(|record| _ = history.push(record));
        }
        let file = File::options().create(true).write(true).truncate(!resume).open(path);
        let file = file.map_err(|error| format!("cannot write {shown}: {error}"))?;
        let mut metrics = Metrics { file, path: shown, failed: false };
        metrics.rewrite(&history);
        Ok((metrics, history))
    }

    /// Writes all epochs from the beginning.
    fn rewrite(&mut self, history: &History) {
        let emptied = self.file.set_len(0).and_then(|()| self.file.rewind());
        self.check(emptied);
        history.epochs.iter().for_each(|record| self.write(record));
    }

    fn write(&mut self, record: &EpochRecord) {
        let line = serde_json::to_string(record).map_err(std::io::Error::from);
        let written = line.and_then(|line| writeln!(self.file, "{line}"));
        self.check(written);
    }

    /// A full disk must not end a training: it is reported once.
    fn check(&mut self, result: std::io::Result<()>) {
        if let Err(error) = result
            && !std::mem::replace(&mut self.failed, true)
        {
            eprintln!("warning: cannot write {}: {error}; the training continues", self.path);
        }
    }
}

impl Progress {
    /// Creates a progress bar over `epochs` epochs if standard error is a terminal.
    pub fn new(epochs: u32, metrics: Option<(Metrics, History)>) -> Progress {
        let style = ProgressStyle::with_template("{msg}\n{bar:40} {percent} %, {per_sec} images, {eta} left");
        let bar = std::io::stderr().is_terminal().then(|| {
            let bar = ProgressBar::new(0);
            bar.with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
        });
        let (metrics, history) = metrics.unzip();
        let history = history.unwrap_or_default();
        Progress { bar, begin: Instant::now(), epochs, done: 0, earlier: 0, metrics, history }
    }

    /// Ends the bar; the curves remain.
    pub fn finish(&self) {
        if let Some(bar) = &self.bar {
            bar.abandon();
        }
    }

    /// Draws accuracy and loss, side by side if the terminal is wide enough.
    fn curves(&self) -> String {
        if self.history.epochs.len() < 2 {
            return String::new();
        }
        let width = console_width();
        let columns = (width / 2).saturating_sub(18).clamp(20, COLUMNS);
        let draw = |chart| terminal(&chart, columns, ROWS);
        let (left, right) = (draw(self.history.accuracy()), draw(self.history.loss()));
        let widest = left.iter().map(|line| line.chars().count()).max().unwrap_or(0) + 2;
        if width < 2 * widest {
            return left.join("\n");
        }
        let side_by_side = left.iter().zip(&right).map(|(left, right)| format!("{left:widest$}{right}"));
        side_by_side.collect::<Vec<_>>().join("\n")
    }
}

/// Terminal width as given by the shell, otherwise 80.
fn console_width() -> usize {
    std::env::var("COLUMNS").ok().and_then(|columns| columns.parse().ok()).unwrap_or(80)
}

/// Formats a duration for people.
fn duration(seconds: f64) -> String {
    let whole = seconds.round() as u64;
    match whole {
        0..60 => format!("{seconds:.1} s"),
        60..3600 => format!("{} min {} s", whole / 60, whole % 60),
        _ => format!("{} h {} min", whole / 3600, whole % 3600 / 60),
    }
}

impl Observer for Progress {
    fn images(&mut self, done: usize, of: usize) {
        if let Some(bar) = &self.bar {
            bar.set_length((of * self.epochs as usize) as u64);
            bar.set_position((of * self.done as usize + done) as u64);
        }
    }

    fn epoch(&mut self, report: &EpochReport) {
        if self.done == 0 {
            self.earlier = report.epoch - 1;
        }
        self.done = report.epoch;
        let record = EpochRecord::new(report, self.begin.elapsed().as_secs_f64());
        let accuracy = 100.0 * record.validation_accuracy;
        let of_an_epoch = record.seconds / f64::from((report.epoch - self.earlier).max(1));
        let left = of_an_epoch * f64::from(report.epochs - report.epoch);
        let again = self.history.push(record.clone());
        match &mut self.metrics {
            Some(metrics) if again => metrics.rewrite(&self.history),
            Some(metrics) => metrics.write(&record),
            None => {}
        }
        let arithmetic = if report.quantised { "as on the board" } else { "f32" };
        let line = format!(
            "epoch {:>3}/{} ({arithmetic}): loss {:.4}, validation {accuracy:.2} %",
            report.epoch, report.epochs, report.loss
        );
        match &self.bar {
            Some(bar) => {
                bar.println(line);
                bar.set_message(self.curves());
            }
            None => eprintln!("{line}, {} left", duration(left)),
        }
    }
}
