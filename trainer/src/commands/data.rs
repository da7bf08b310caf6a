//! `sinapse data`: the data that would be used, and why; writing it as IDX files.

use std::path::{Path, PathBuf};

use serde::Serialize;
use sinapse_trainer::input::{self, Part, Source};

use super::data_argument::DataArgument;
use super::failure::Failure;

/// Arguments of `data`.
#[derive(clap::Args)]
pub struct Arguments {
    #[command(flatten)]
    data: DataArgument,
    /// Download MNIST into the cache folder first.
    #[arg(long)]
    download: bool,
    /// Write the images and labels into this folder as raw IDX files with MNIST's names, instead of reporting on them.
    #[arg(long, value_name = "DIR")]
    write: Option<PathBuf>,
    /// Part to write [default: both].
    #[arg(long, value_enum, requires = "write")]
    part: Option<PartArgument>,
    /// Write drawn digits, whatever other data there is.
    #[arg(long, requires = "write", conflicts_with = "data")]
    drawn: bool,
    /// Print one JSON object.
    #[arg(long)]
    json: bool,
}

/// The two parts, on the command line.
#[derive(Clone, Copy, clap::ValueEnum)]
enum PartArgument {
    Train,
    Test,
}

/// Report on written files.
#[derive(Serialize)]
struct Written {
    /// Origin of the images, as a sentence.
    source: String,
    /// True for digits drawn by the program.
    drawn: bool,
}

/// Runs the command.
pub fn run(arguments: Arguments) -> Result<(), Failure> {
    if arguments.download {
        download()?;
    }
    if let Some(folder) = &arguments.write {
        return write(&arguments, folder);
    }
    let report = input::inventory(arguments.data.data.as_deref())?;
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

/// Downloads MNIST into the cache folder.
#[cfg(feature = "download")]
fn download() -> Result<(), Failure> {
    let folder = input::cache_folder().ok_or("no cache folder: set XDG_CACHE_HOME or HOME")?;
    Ok(input::download(&folder, &input::MIRRORS)?)
}

/// Says how to get a program that downloads.
#[cfg(not(feature = "download"))]
fn download() -> Result<(), Failure> {
    Err("this `sinapse` was built without downloads; run: \
         cargo run --release --package sinapse-trainer -- data --download"
        .into())
}

/// Writes the chosen parts into a folder.
fn write(arguments: &Arguments, folder: &Path) -> Result<(), Failure> {
    let source = if arguments.drawn { Source::Drawn } else { input::locate(arguments.data.data.as_deref())? };
    std::fs::create_dir_all(folder).map_err(|error| format!("cannot write {}: {error}", folder.display()))?;
    let parts: &[Part] = match arguments.part {
        Some(PartArgument::Train) => &[Part::Train],
        Some(PartArgument::Test) => &[Part::Test],
        None => &[Part::Train, Part::Test],
    };
    for &part in parts {
        input::write_part(folder, part, &input::load(&source, part)?)?;
    }
    let written = Written { source: source.to_string(), drawn: source == Source::Drawn };
    if arguments.json {
        println!("{}", serde_json::to_string(&written)?);
    } else {
        println!("wrote {} to {}", written.source, folder.display());
    }
    Ok(())
}
