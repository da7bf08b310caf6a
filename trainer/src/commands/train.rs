//! `sinapse train`: from images to a blob.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use sinapse_trainer::atomic_file;
use sinapse_trainer::input::{self, Dataset, Part, Source, Split};
use sinapse_trainer::recipe::{Arithmetic, NetworkRecipe, Recipe, Shape, Training};
use sinapse_trainer::report::{self, Summary};
use sinapse_trainer::train::Teachers;
use sinapse_trainer::train::{Keeping, Task, time_epochs, train};

use super::progress::{Metrics, Progress};
use super::{DataArgument, Failure};

/// Arguments of `train`.
#[derive(clap::Args)]
pub struct Arguments {
    /// Recipe file (TOML), see `recipes/`.
    #[arg(long, value_name = "FILE", conflicts_with = "network")]
    recipe: Option<PathBuf>,
    /// Shape of an integer network, for example 784-32-10, with the default recipe.
    #[arg(long, value_name = "SHAPE", required_unless_present = "recipe")]
    network: Option<Shape>,
    /// Compute in single precision instead of integers (with --network).
    #[arg(long, conflicts_with = "recipe")]
    float: bool,
    #[command(flatten)]
    data: DataArgument,
    /// Blob to write.
    #[arg(long, value_name = "FILE", default_value = "model.postcard")]
    out: PathBuf,
    /// Seed of all random numbers, instead of the recipe's.
    #[arg(long, value_name = "N")]
    seed: Option<u64>,
    /// Epochs in all, instead of the recipe's; an integer network spends two fifths of them quantised.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=100_000))]
    epochs: Option<u32>,
    /// Write loss and accuracy of every epoch, as JSON Lines; with --resume, after those that are there.
    #[arg(long, value_name = "FILE")]
    metrics: Option<PathBuf>,
    /// Write a report with curves and the recipe; the name's ending says which: .html, .md or .svg.
    #[arg(long, value_name = "FILE")]
    report: Option<PathBuf>,
    /// Go on from the checkpoint of a training that was interrupted or killed.
    #[arg(long)]
    resume: bool,
    /// Only time this many epochs (the quantised ones of an integer network), without validation; writes nothing.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=1_000))]
    time_epochs: Option<u32>,
    /// Print one JSON object at the end.
    #[arg(long)]
    json: bool,
}

/// Runs the command.
pub fn run(arguments: Arguments) -> Result<(), Failure> {
    let recipe = recipe_of(&arguments)?;
    atomic_file::check_writable(&arguments.out)?;
    if let Some(report) = &arguments.report {
        report::Format::of(report)?;
    }
    for path in [&arguments.report, &arguments.metrics].into_iter().flatten() {
        atomic_file::check_writable(path)?;
    }
    let source = input::locate(arguments.data.data.as_deref())?;
    let classes = input::class_names(&source)?;
    let (name, split) = images_for(&source, &recipe)?;
    let Split { training, validation, rule } = split;
    let teachers = teachers_of(&recipe, &training)?;
    let task = Task { recipe: &recipe, data: &name, training: &training, validation: &validation, teachers: &teachers };
    if let Some(count) = arguments.time_epochs {
        return time(task, count, arguments.json);
    }
    eprintln!(
        "data: {source}: {} training and {} validation images ({rule})",
        training.images.count, validation.images.count
    );

    let interrupted = Arc::new(AtomicBool::new(false));
    let raised = Arc::clone(&interrupted);
    ctrlc::set_handler(move || {
        if raised.swap(true, Ordering::Relaxed) {
            std::process::exit(130);
        }
        eprintln!("\nstopping after this batch; the best model so far is kept (Ctrl-C again: stop at once)");
    })?;

    let metrics = arguments.metrics.as_deref().map(|path| Metrics::open(path, arguments.resume)).transpose()?;
    let checkpoint = checkpoint_beside(&arguments.out);
    let keeping = Keeping { checkpoint: Some(&checkpoint), resume: arguments.resume };
    let mut progress = Progress::new(epochs_of(&recipe), metrics);
    let trained = train(task, keeping, &mut progress, &interrupted);
    progress.finish();
    let exported = trained?;
    atomic_file::write_atomically(&arguments.out, &exported.blob)?;
    input::write_names_beside(&arguments.out, classes.as_deref())?;
    if interrupted.load(Ordering::Relaxed) {
        if checkpoint.exists() {
            eprintln!("{}: --resume goes on from here", checkpoint.display());
        }
    } else {
        // The training is over and its network is written: there is nothing to go on from.
        let _ = std::fs::remove_file(&checkpoint);
    }
    let accuracy = exported.validation_correct as f64 / validation.images.count as f64;
    if let Some(path) = &arguments.report {
        let summary = Summary {
            title: format!("{}: {}", recipe.name, recipe.network.shape),
            rows: vec![
                ("model", arguments.out.display().to_string()),
                ("blob", format!("{} bytes", exported.blob.len())),
                ("data", source.to_string()),
                ("training images", training.images.count.to_string()),
                ("validation", format!("{} images, {rule}", validation.images.count)),
                ("read right", format!("{} ({:.2} %)", exported.validation_correct, 100.0 * accuracy)),
                ("seed", recipe.seed.to_string()),
                ("threads", rayon::current_num_threads().to_string()),
                ("written by", concat!("sinapse ", env!("CARGO_PKG_VERSION")).to_string()),
            ],
            recipe: toml::to_string(&recipe)?,
        };
        let text = report::document(report::Format::of(path)?, &summary, &progress.history);
        atomic_file::write_atomically(path, text.as_bytes())?;
    }
    if arguments.json {
        let report = serde_json::json!({
            "model": arguments.out.display().to_string(),
            "data": source.to_string(),
            "validation": rule.to_string(),
            "seed": recipe.seed,
            "blob_bytes": exported.blob.len(),
            "validation_images": validation.images.count,
            "validation_correct": exported.validation_correct,
            "validation_accuracy": accuracy,
            "interrupted": interrupted.load(Ordering::Relaxed),
        });
        println!("{report}");
    } else {
        println!(
            "{}: {} bytes, {:.2} % of the validation images right",
            arguments.out.display(),
            exported.blob.len(),
            100.0 * accuracy
        );
    }
    Ok(())
}

/// The images that the recipe's network can read, split, and what a blob calls them.
pub fn images_for(source: &Source, recipe: &Recipe) -> Result<(String, Split), Failure> {
    let all = input::load(source, Part::Train)?;
    recipe.check_data(&all)?;
    let name = input::provenance_name(source, &all);
    let whole = recipe.training.all_images.then(|| all.clone());
    let mut split = input::split(source, all)?;
    let name = if whole.is_some() { name } else { format!("{name}, {}", split.rule.provenance()) };
    // Once a recipe is chosen, the validation images may be learned from, too.
    if let Some(whole) = whole {
        split.training = whole;
    }
    Ok((name, split))
}

fn epochs_of(recipe: &Recipe) -> u32 {
    let quantised = match recipe.network.arithmetic {
        Arithmetic::Integer => recipe.training.quantised_epochs,
        Arithmetic::F32 => 0,
    };
    recipe.training.epochs + quantised
}

/// `model.postcard` → `model.postcard.checkpoint`.
pub fn checkpoint_beside(out: &Path) -> PathBuf {
    let mut name = out.as_os_str().to_owned();
    name.push(".checkpoint");
    name.into()
}

/// The recipe's teachers, read.
pub fn teachers_of(recipe: &Recipe, training: &Dataset) -> Result<Teachers, Failure> {
    let Some(distillation) = &recipe.distillation else { return Ok(Teachers::default()) };
    let size = (training.images.width, training.images.height);
    let classes = recipe.network.shape.0.last().copied().unwrap_or_default();
    let paths = distillation.teachers.iter().map(PathBuf::as_path);
    Ok(Teachers::read(paths, distillation.temperature, size, classes)?)
}

fn time(task: Task<'_>, count: u32, json: bool) -> Result<(), Failure> {
    let quantised = task.recipe.network.arithmetic == Arithmetic::Integer && task.recipe.training.quantised_epochs > 0;
    let seconds: Vec<f64> = time_epochs(task, quantised, count).iter().map(|time| time.as_secs_f64()).collect();
    let images = task.training.images.count;
    if json {
        println!("{}", serde_json::json!({ "images": images, "quantised": quantised, "seconds": seconds }));
    } else {
        let best = seconds.iter().fold(f64::INFINITY, |a, b| a.min(*b));
        println!("{images} images an epoch, {:.3} s the fastest of {count} epochs", best);
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

/// So many epochs in all: an integer network spends two fifths of them quantised.
pub fn set_epochs(recipe: &mut Recipe, epochs: u32) {
    let quantised = match recipe.network.arithmetic {
        Arithmetic::Integer => epochs * 2 / 5,
        Arithmetic::F32 => 0,
    };
    recipe.training.epochs = epochs - quantised;
    recipe.training.quantised_epochs = quantised;
}

/// The recipe without a recipe file.
pub fn default_recipe(shape: Shape, float: bool) -> Recipe {
    Recipe {
        name: "default".into(),
        seed: 1,
        network: NetworkRecipe {
            shape,
            arithmetic: if float { Arithmetic::F32 } else { Arithmetic::Integer },
            activation: if float { sinapse_trainer::recipe::Activation::Sigmoid } else { Default::default() },
            reduction: None,
            input: Default::default(),
            weights: Default::default(),
            activations: Default::default(),
            per_output_scales: false,
        },
        training: Training::default(),
        augmentation: None,
        distillation: None,
    }
}
