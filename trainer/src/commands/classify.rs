//! `sinapse classify`: reads pictures as the board would.

use std::path::PathBuf;

use sinapse_trainer::model::{Blob, Model};
use sinapse_trainer::{photo, picture};

use super::Failure;

/// Arguments of `classify`.
#[derive(clap::Args)]
pub struct Arguments {
    /// Blob file.
    model: PathBuf,
    /// PNG, JPEG or PGM files, of any size, dark on light or light on dark.
    #[arg(required = true, value_name = "IMAGE")]
    images: Vec<PathBuf>,
    /// Print one JSON object per image, one a line.
    #[arg(long)]
    json: bool,
}

/// Width of the longest bar.
const BAR: f32 = 40.0;

/// Runs the command.
pub fn run(arguments: Arguments) -> Result<(), Failure> {
    let blob = Blob::read(&arguments.model)?;
    let model = Model::of_file(&blob, &arguments.model)?;
    model.check_size(28, 28)?;
    for path in &arguments.images {
        let digit = photo::to_digit(&photo::read(path)?)?;
        let scores = model.scores(&digit);
        let mut probabilities = scores.real(model.logits);
        sinapse::softmax(&mut probabilities);
        let known = scores.margin_steps(model.logits) >= f64::from(model.logits.reject_margin);
        let answer = known.then(|| scores.class());
        if arguments.json {
            let report = serde_json::json!({
                "image": path.display().to_string(),
                "answer": answer,
                "class": scores.class(),
                "margin": scores.margin_steps(model.logits) * f64::from(model.logits.step),
                "probabilities": probabilities,
            });
            println!("{report}");
        } else {
            println!("{}", path.display());
            for line in picture::text_art(&digit, 28) {
                println!("  {line}");
            }
            for (class, probability) in probabilities.iter().enumerate() {
                let bar = "█".repeat((probability * BAR).round() as usize);
                println!("  {class} {:5.1} % {bar}", 100.0 * probability);
            }
            match answer {
                Some(class) => println!("  answer: {class}\n"),
                None => println!("  answer: unknown (nearest: {})\n", scores.class()),
            }
        }
    }
    Ok(())
}
