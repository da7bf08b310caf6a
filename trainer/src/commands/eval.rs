//! `sinapse eval`: what the board would answer, over all test images.

use std::path::PathBuf;

use serde::Serialize;
use sinapse::crc::Crc32;
use sinapse_trainer::data::{self, Part};
use sinapse_trainer::model::{Blob, Model};

use super::{DataArgument, Failure};

/// Arguments of `eval`.
#[derive(clap::Args)]
pub struct Arguments {
    /// Blob file.
    model: PathBuf,
    #[command(flatten)]
    data: DataArgument,
    /// Print one JSON object.
    #[arg(long)]
    json: bool,
}

#[derive(Serialize)]
struct Report {
    model: String,
    data: String,
    images: usize,
    correct: usize,
    accuracy: f64,
    logits_crc32: String,
    /// `[label][answer]`
    confusion: Vec<Vec<u32>>,
}

/// Runs the command.
pub fn run(arguments: Arguments) -> Result<(), Failure> {
    let blob = Blob::read(&arguments.model)?;
    let model = Model::of_file(&blob, &arguments.model)?;
    let source = data::locate(arguments.data.data.as_deref())?;
    let test = data::load(&source, Part::Test)?;
    model.check_size(test.images.width, test.images.height)?;

    let scores = model.scores_of_all(&test.images.pixels);
    let classes = model.description.classes();
    let most = test.labels.iter().max().map_or(0, |&label| usize::from(label) + 1);
    let mut confusion = vec![vec![0u32; classes]; classes.max(most)];
    let mut crc = Crc32::new();
    for (scores, &label) in scores.iter().zip(&test.labels) {
        scores.checksum(&mut crc);
        confusion[usize::from(label)][scores.class()] += 1;
    }
    let images = test.labels.len();
    let correct: u32 = (0..classes).map(|class| confusion[class][class]).sum();
    let report = Report {
        model: arguments.model.display().to_string(),
        data: source.to_string(),
        images,
        correct: correct as usize,
        accuracy: f64::from(correct) / images as f64,
        logits_crc32: format!("{:08x}", crc.finish()),
        confusion,
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
    println!("\n       answer");
    print!("label ");
    for class in 0..report.confusion.first().map_or(0, Vec::len) {
        print!("{class:>6}");
    }
    println!();
    for (label, row) in report.confusion.iter().enumerate() {
        print!("{label:>5} ");
        for &count in row {
            if count == 0 { print!("     ·") } else { print!("{count:>6}") }
        }
        println!();
    }
}
