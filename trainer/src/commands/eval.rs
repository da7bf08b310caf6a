//! `sinapse eval`: the board's predictions for all test images.

use std::path::PathBuf;

use serde::Serialize;
use sinapse_trainer::evaluate::robustness::{self, Row};
use sinapse_trainer::evaluate::{ConfusionMatrix, Evaluation};
use sinapse_trainer::input::{self, Part};
use sinapse_trainer::model;

use super::data_argument::DataArgument;
use super::failure::Failure;

/// Arguments of `eval`.
#[derive(clap::Args)]
pub struct Arguments {
    /// Blob file.
    model: PathBuf,
    #[command(flatten)]
    data: DataArgument,
    /// Print a Markdown table of the accuracy on shifted, rotated, scaled and otherwise changed test images instead.
    #[arg(long)]
    robustness: bool,
    /// Print one JSON object.
    #[arg(long)]
    json: bool,
}

/// Beyond this number of classes, the confusion matrix is replaced by a list.
const WIDEST: usize = 20;
/// Length of that list.
const MOST_ERRORS: usize = 20;

#[derive(Serialize)]
struct Report {
    model: String,
    data: String,
    images: usize,
    correct: usize,
    accuracy: f64,
    logits_crc32: String,
    confusion: ConfusionMatrix,
    /// Class names.
    classes: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    robustness: Option<Vec<Row>>,
}

/// Runs the command.
pub fn run(arguments: Arguments) -> Result<(), Failure> {
    let blob = model::read(&arguments.model)?;
    let model = model::load(&blob, &arguments.model)?;
    let source = input::locate(arguments.data.data.as_deref())?;
    let test = input::load(&source, Part::Test)?;
    model::check_size(&model, test.images.width, test.images.height)?;
    let classes = model.description.classes();
    input::check_labels(&source, Part::Test, &test, classes)?;
    let robustness = arguments.robustness.then(|| robustness::table(&model, &test)).transpose()?;
    if let Some(rows) = robustness.as_ref().filter(|_| !arguments.json) {
        println!("{}", robustness::markdown(rows));
        return Ok(());
    }

    let Evaluation { confusion, logits_crc32 } = Evaluation::new(&model, &test);
    let (images, correct) = (test.labels.len(), confusion.correct());
    let report = Report {
        model: arguments.model.display().to_string(),
        data: source.to_string(),
        images,
        correct,
        accuracy: correct as f64 / images as f64,
        logits_crc32: format!("{logits_crc32:08x}"),
        confusion,
        classes: input::names_of_blob(&arguments.model, classes)?,
        robustness,
    };
    if arguments.json {
        println!("{}", serde_json::to_string(&report)?);
    } else {
        print(&report);
    }
    Ok(())
}

fn print(report: &Report) {
    println!("model         {}", report.model);
    println!("data          {}", report.data);
    println!("accuracy      {:.2} %  ({} of {} images)", 100.0 * report.accuracy, report.correct, report.images);
    println!("logits CRC-32 {}", report.logits_crc32);
    if report.classes.len() > WIDEST {
        print_confusions(report);
    } else {
        print_matrix(report);
    }
}

fn print_matrix(report: &Report) {
    println!("\n       answer");
    print!("label ");
    for class in 0..report.classes.len() {
        print!("{class:>6}");
    }
    println!();
    for (label, row) in report.confusion.counts.iter().enumerate() {
        print!("{label:>5} ");
        for &count in row {
            if count == 0 { print!("     ·") } else { print!("{count:>6}") }
        }
        let number = label.to_string();
        let name = Some(&report.classes[label]).filter(|name| **name != number);
        println!("{}", name.map_or(String::new(), |name| format!("  {name}")));
    }
}

/// Prints the most frequent confusions, for matrices that would be too wide.
fn print_confusions(report: &Report) {
    println!("\nmost frequent errors");
    for (count, label, answer) in report.confusion.errors().into_iter().take(MOST_ERRORS) {
        println!("{count:>6}  {} classified as {}", report.classes[label], report.classes[answer]);
    }
}
