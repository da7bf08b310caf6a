//! `sinapse train`: trains a network and writes its blob.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use sinapse_trainer::atomic_file;
use sinapse_trainer::input::{self, Source, Split};
use sinapse_trainer::recipe::{Arithmetic, Recipe, Shape};
use sinapse_trainer::report::{self, Summary};
use sinapse_trainer::train::{CheckpointOptions, Exported, Task, time_epochs, train};

use super::data_argument::DataArgument;
use super::default_recipe::{default_recipe, set_epochs};
use super::failure::Failure;
use super::progress::{Metrics, Progress};
use super::task::{checkpoint_beside, images_for, teachers_of};

/// Arguments of `train`.
#[derive(clap::Args)]
pub struct Arguments {
    /// Recipe file (TOML); see `recipes/`.
    #[arg(long, value_name = "FILE", conflicts_with = "network")]
    recipe: Option<PathBuf>,
    /// Shape of an integer network to train with the default recipe, for example 784-32-10.
    #[arg(long, value_name = "SHAPE", required_unless_present = "recipe")]
    network: Option<Shape>,
    /// Compute in single precision instead of integers (with --network).
    #[arg(long, conflicts_with = "recipe")]
    float: bool,
    #[command(flatten)]
    data: DataArgument,
    /// Blob file to write.
    #[arg(long, value_name = "FILE", default_value = "model.postcard")]
    out: PathBuf,
    /// Seed of all random numbers, instead of the recipe's.
    #[arg(long, value_name = "N")]
    seed: Option<u64>,
    /// Total epochs, instead of the recipe's; an integer network spends two fifths of them quantised.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=100_000))]
    epochs: Option<u32>,
    /// Write loss and accuracy of each epoch as JSON Lines; with --resume, append to them.
    #[arg(long, value_name = "FILE")]
    metrics: Option<PathBuf>,
    /// Write a report with curves and the recipe; the suffix selects the format: .html, .md or .svg.
    #[arg(long, value_name = "FILE")]
    report: Option<PathBuf>,
    /// Resume from the checkpoint of an interrupted or killed training.
    #[arg(long)]
    resume: bool,
    /// Only time this many epochs (quantised ones for an integer network), without validation or output.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=1_000))]
    time_epochs: Option<u32>,
    /// Print one JSON object at the end.
    #[arg(long)]
    json: bool,
}

/// Runs the command.
pub fn run(arguments: Arguments) -> Result<(), Failure> {
    let recipe = recipe_of(&arguments)?;
    check_outputs(&arguments)?;
    let source = input::locate(arguments.data.data.as_deref())?;
    let classes = input::class_names(&source)?;
    let (name, split) = images_for(&source, &recipe)?;
    let Split { training, validation, rule } = &split;
    let teachers = teachers_of(&recipe, training)?;
    let task = Task { recipe: &recipe, data: &name, training, validation, teachers: &teachers };
    if let Some(count) = arguments.time_epochs {
        return time(task, count, arguments.json);
    }
    let (training_images, validation_images) = (training.images.count, validation.images.count);
    eprintln!("data: {source}: {training_images} training and {validation_images} validation images ({rule})");

    let interrupted = raised_by_ctrl_c()?;
    let metrics = arguments.metrics.as_deref().map(|path| Metrics::open(path, arguments.resume)).transpose()?;
    let checkpoint = checkpoint_beside(&arguments.out);
    let options = CheckpointOptions { path: Some(&checkpoint), resume: arguments.resume };
    let mut progress = Progress::new(epochs_of(&recipe), metrics);
    let trained = train(task, options, &mut progress, &interrupted);
    progress.finish();
    let exported = trained?;
    let interrupted = interrupted.load(Ordering::Relaxed);
    atomic_file::write_atomically(&arguments.out, &exported.blob)?;
    input::write_names_beside(&arguments.out, classes.as_deref())?;
    if !interrupted {
        // Training is complete and the blob is written: nothing is left to resume.
        let _ = std::fs::remove_file(&checkpoint);
    } else if checkpoint.exists() {
        eprintln!("{}: continue from this checkpoint with --resume", checkpoint.display());
    }
    let outcome = Outcome {
        arguments: &arguments,
        recipe: &recipe,
        source: &source,
        split: &split,
        accuracy: exported.validation_correct as f64 / validation_images as f64,
        exported: &exported,
        interrupted,
    };
    if let Some(path) = &arguments.report {
        let text = report::document(report::Format::from_path(path)?, &outcome.summary()?, &progress.history);
        atomic_file::write_atomically(path, text.as_bytes())?;
    }
    outcome.print();
    Ok(())
}

/// Fails before the training if an output could not be written after it.
fn check_outputs(arguments: &Arguments) -> Result<(), Failure> {
    atomic_file::check_writable(&arguments.out)?;
    if let Some(report) = &arguments.report {
        report::Format::from_path(report)?;
    }
    for path in [&arguments.report, &arguments.metrics].into_iter().flatten() {
        atomic_file::check_writable(path)?;
    }
    Ok(())
}

/// Returns a flag that the first Ctrl-C raises; a second one ends the program.
fn raised_by_ctrl_c() -> Result<Arc<AtomicBool>, Failure> {
    let interrupted = Arc::new(AtomicBool::new(false));
    let raised = Arc::clone(&interrupted);
    ctrlc::set_handler(move || {
        if raised.swap(true, Ordering::Relaxed) {
            std::process::exit(130);
        }
        eprintln!("\nstopping after this batch; the best model so far is kept (press Ctrl-C again to stop at once)");
    })?;
    Ok(interrupted)
}

/// A finished or interrupted training.
struct Outcome<'a> {
    arguments: &'a Arguments,
    recipe: &'a Recipe,
    source: &'a Source,
    split: &'a Split,
    exported: &'a Exported,
    /// Fraction of the validation images classified correctly.
    accuracy: f64,
    interrupted: bool,
}

impl Outcome<'_> {
    /// Heading, table and recipe of the report.
    fn summary(&self) -> Result<Summary, Failure> {
        let Outcome { recipe, split, exported, .. } = self;
        Ok(Summary {
            title: format!("{}: {}", recipe.name, recipe.network.shape),
            rows: vec![
                ("model", self.arguments.out.display().to_string()),
                ("blob", format!("{} bytes", exported.blob.len())),
                ("data", self.source.to_string()),
                ("training images", split.training.images.count.to_string()),
                ("validation", format!("{} images, {}", split.validation.images.count, split.rule)),
                ("correct", format!("{} ({:.2} %)", exported.validation_correct, 100.0 * self.accuracy)),
                ("seed", recipe.seed.to_string()),
                ("threads", rayon::current_num_threads().to_string()),
                ("written by", concat!("sinapse ", env!("CARGO_PKG_VERSION")).to_string()),
            ],
            recipe: toml::to_string(recipe)?,
        })
    }

    fn print(&self) {
        let Outcome { arguments, split, exported, accuracy, .. } = self;
        if arguments.json {
            let report = serde_json::json!({
                "model": arguments.out.display().to_string(),
                "data": self.source.to_string(),
                "validation": split.rule.to_string(),
                "seed": self.recipe.seed,
                "blob_bytes": exported.blob.len(),
                "validation_images": split.validation.images.count,
                "validation_correct": exported.validation_correct,
                "validation_accuracy": accuracy,
                "interrupted": self.interrupted,
            });
            println!("{report}");
            return;
        }
        let (model, bytes) = (arguments.out.display(), exported.blob.len());
        println!("{model}: {bytes} bytes, {:.2} % of the validation images correct", 100.0 * accuracy);
    }
}

fn epochs_of(recipe: &Recipe) -> u32 {
    let quantised = match recipe.network.arithmetic {
        Arithmetic::Integer => recipe.training.quantised_epochs,
        Arithmetic::F32 => 0,
    };
    recipe.training.epochs + quantised
}

fn time(task: Task<'_>, count: u32, json: bool) -> Result<(), Failure> {
    let quantised = task.recipe.network.arithmetic == Arithmetic::Integer && task.recipe.training.quantised_epochs > 0;
    let seconds: Vec<f64> = time_epochs(task, quantised, count).iter().map(|time| time.as_secs_f64()).collect();
    let images = task.training.images.count;
    if json {
        println!("{}", serde_json::json!({ "images": images, "quantised": quantised, "seconds": seconds }));
    } else {
        let best = seconds.iter().fold(f64::INFINITY, |a, b| a.min(*b));
        println!("{images} images per epoch, {:.3} s in the fastest of {count} epochs", best);
    }
    Ok(())
}

fn recipe_of(arguments: &Arguments) -> Result<Recipe, Failure> {
    let mut recipe = match (&arguments.recipe, &arguments.network) {
        (Some(path), _) => Recipe::read(path)?,
        (None, Some(shape)) => default_recipe(shape.clone(), arguments.float),
        (None, None) => return Err("give --recipe FILE or --network SHAPE".into()),
    };
    if let Some(seed) = arguments.seed {
        recipe.seed = seed;
    }
    if let Some(epochs) = arguments.epochs {
        set_epochs(&mut recipe, epochs);
    }
    recipe.check()?;
    Ok(recipe)
}
