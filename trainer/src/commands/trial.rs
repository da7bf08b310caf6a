//! `sinapse trial`: one recipe in, one line of JSON out.

use std::path::{Path, PathBuf};

use sinapse_trainer::atomic_file;
use sinapse_trainer::input;
use sinapse_trainer::recipe::Recipe;
use sinapse_trainer::search::{Folder, run_trial};

use super::data_argument::DataArgument;
use super::failure::Failure;
use super::task::{checkpoint_beside, images_for, teachers_of};

/// Arguments of `trial`.
#[derive(clap::Args)]
pub struct Arguments {
    /// Recipe file (TOML).
    #[arg(long, value_name = "FILE")]
    recipe: PathBuf,
    #[command(flatten)]
    data: DataArgument,
    /// File for the result, `-` for standard output. The file appears only when the trial is complete.
    #[arg(long, value_name = "FILE", default_value = "-")]
    result: PathBuf,
}

/// Runs the command.
pub fn run(arguments: Arguments) -> Result<(), Failure> {
    let recipe = Recipe::read(&arguments.recipe)?;
    let to_file = arguments.result != Path::new("-");
    if to_file {
        atomic_file::check_writable(&arguments.result)?;
    }
    let source = input::locate(arguments.data.data.as_deref())?;
    let (name, split) = images_for(&source, &recipe)?;
    let key = Folder::key(&std::fs::read_to_string(&arguments.recipe)?);
    let teachers = teachers_of(&recipe, &split.training)?;
    let checkpoint = to_file.then(|| checkpoint_beside(&arguments.result));
    let result = run_trial(&key, &recipe, &name, &split, &teachers, checkpoint.as_deref())?;
    let line = serde_json::to_string(&result)?;
    if let Some(checkpoint) = checkpoint {
        atomic_file::write_atomically(&arguments.result, format!("{line}\n").as_bytes())?;
        let _ = std::fs::remove_file(checkpoint); // short trials write none
    } else {
        println!("{line}");
    }
    Ok(())
}
