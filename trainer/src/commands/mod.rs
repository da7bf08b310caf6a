//! The command line, one file per command.

mod classify;
mod data;
mod data_argument;
mod default_recipe;
mod eval;
mod failure;
mod inspect;
mod progress;
mod search;
mod task;
mod text_art;
mod train;
mod trial;

use clap::{Parser, Subcommand};

use failure::Failure;

/// Small neural networks for microcontrollers: train on a laptop, flash the weights, classify in a bare-metal loop.
#[derive(Parser)]
#[command(version, propagate_version = true)]
pub struct Cli {
    #[command(subcommand)]
    command: Command,
    /// Number of threads [default: all cores]; results do not depend on it.
    #[arg(long, global = true, value_name = "N")]
    threads: Option<usize>,
}

#[derive(Subcommand)]
enum Command {
    /// Train a network and write its blob.
    Train(train::Arguments),
    /// Search shapes and number formats under a budget: accuracy against bytes and against cycles.
    Search(search::Arguments),
    /// Train one recipe and print one line of JSON: a step of a search, for job queues.
    Trial(trial::Arguments),
    /// Measure accuracy and the checksum of all logits on the test images.
    Eval(eval::Arguments),
    /// Show shape, sizes and provenance of a blob.
    Inspect(inspect::Arguments),
    /// Classify digits in photographs and drawings.
    Classify(classify::Arguments),
    /// Show which data would be used, and why; download MNIST.
    Data(data::Arguments),
}

impl Cli {
    /// Runs the command.
    pub fn run(self) -> Result<(), Failure> {
        if let Some(threads) = self.threads {
            rayon::ThreadPoolBuilder::new().num_threads(threads).build_global()?;
        }
        match self.command {
            Command::Train(arguments) => train::run(arguments),
            Command::Search(arguments) => search::run(arguments, self.threads),
            Command::Trial(arguments) => trial::run(arguments),
            Command::Eval(arguments) => eval::run(arguments),
            Command::Inspect(arguments) => inspect::run(arguments),
            Command::Classify(arguments) => classify::run(arguments),
            Command::Data(arguments) => data::run(arguments),
        }
    }
}
