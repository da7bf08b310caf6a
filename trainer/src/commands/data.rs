//! `sinapse data`: which data would be used, and why.

use sinapse_trainer::input::{self, MIRRORS};

use super::{DataArgument, Failure};

/// Arguments of `data`.
#[derive(clap::Args)]
pub struct Arguments {
    #[command(flatten)]
    data: DataArgument,
    /// Download MNIST into the cache folder first.
    #[arg(long)]
    download: bool,
    /// Print one JSON object.
    #[arg(long)]
    json: bool,
}

/// Runs the command.
pub fn run(arguments: Arguments) -> Result<(), Failure> {
    if arguments.download {
        let folder = input::cache_folder().ok_or("no cache folder: set XDG_CACHE_HOME or HOME")?;
        input::download(&folder, &MIRRORS)?;
    }
    let report = input::report(arguments.data.data.as_deref())?;
    if arguments.json {
        println!("{}", serde_json::to_string(&report)?);
        return Ok(());
    }
    println!("data: {}", report.source);
    for candidate in &report.candidates {
        println!("  {:<14}{}", candidate.place, candidate.found);
    }
    for (name, part) in [("training", &report.training), ("test", &report.test)] {
        let mnist = if part.is_mnist { ", exactly MNIST's" } else { "" };
        let counts: Vec<String> = part.per_class.iter().map(usize::to_string).collect();
        println!(
            "{name}: {} images of {} × {}{mnist}; per class {}",
            part.images,
            part.width,
            part.height,
            counts.join(" ")
        );
    }
    if let Some(classes) = &report.classes {
        println!("classes: {}", classes.join(", "));
    }
    println!("validation: {} of the training images, {}", report.validation_images, report.validation);
    Ok(())
}
