//! `sinapse classify`: classifies pictures as the board would.

use std::path::PathBuf;

use sinapse_trainer::input;
use sinapse_trainer::input::photo;
use sinapse_trainer::model;

use super::failure::Failure;
use super::text_art::text_art;

/// Arguments of `classify`.
#[derive(clap::Args)]
pub struct Arguments {
    /// Blob file; class names are read from `MODEL.classes.txt` next to it, if that exists.
    model: PathBuf,
    /// PNG, JPEG or PGM files. For a network of 28 × 28 pixels, the digit is extracted from a photograph or drawing of
    /// any size, dark on light or light on dark; for other networks the picture is resized.
    #[arg(required = true, value_name = "IMAGE")]
    images: Vec<PathBuf>,
    /// Do not extract a digit: classify the whole picture, grey and resized, as in training on a folder of pictures. A
    /// blank picture is unknown.
    #[arg(long)]
    as_is: bool,
    /// Print one JSON object per image, one per line.
    #[arg(long)]
    json: bool,
}

/// Length of the longest bar.
const BAR: f32 = 40.0;
/// Beyond this number of classes, only the most probable are shown.
const SHOWN: usize = 12;

/// Runs the command.
pub fn run(arguments: Arguments) -> Result<(), Failure> {
    let blob = model::read(&arguments.model)?;
    let model = model::load(&blob, &arguments.model)?;
    let names = input::names_of_blob(&arguments.model, model.description.classes())?;
    let (width, height) = model.size;
    let as_is = arguments.as_is || model.size != (28, 28);
    for path in &arguments.images {
        let photo = photo::read(path)?;
        let pixels = if as_is { photo::resize(&photo, width, height) } else { photo::to_digit(&photo)?.to_vec() };
        let scores = model.scores(&pixels);
        let mut probabilities = scores.real(model.logits);
        sinapse::classification::probabilities(&mut probabilities);
        let known =
            !model.is_blank(&pixels) && scores.margin_steps(model.logits) >= f64::from(model.logits.reject_margin);
        let answer = known.then(|| scores.class());
        let name = |class: usize| names[class].as_str();
        if arguments.json {
            let report = serde_json::json!({
                "image": path.display().to_string(),
                "answer": answer,
                "class": scores.class(),
                "name": name(scores.class()),
                "margin": scores.margin_steps(model.logits) * f64::from(model.logits.step),
                "probabilities": probabilities,
            });
            println!("{report}");
            continue;
        }
        println!("{}", path.display());
        for line in text_art(&pixels, width) {
            println!("  {line}");
        }
        let mut classes: Vec<usize> = (0..probabilities.len()).collect();
        if classes.len() > SHOWN {
            classes.sort_by(|&a, &b| probabilities[b].total_cmp(&probabilities[a]));
            classes.truncate(SHOWN);
        }
        let widest = classes.iter().map(|&class| name(class).chars().count()).max().unwrap_or(0);
        for class in classes {
            let bar = "█".repeat((probabilities[class] * BAR).round() as usize);
            println!("  {:<widest$} {:5.1} % {bar}", name(class), 100.0 * probabilities[class]);
        }
        match answer {
            Some(class) => println!("  answer: {}\n", name(class)),
            None => println!("  answer: unknown (nearest: {})\n", name(scores.class())),
        }
    }
    Ok(())
}
