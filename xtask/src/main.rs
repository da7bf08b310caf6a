//! The project's commands: `cargo xtask setup`, `demo`, `test`, `target-eval`, `bench`, `run`, `figures`.

mod bare;
mod bench;
mod data;
mod demo;
mod draw;
mod figures;
mod firmware;
mod machine;
mod machines;
mod miri;
mod model;
mod picture;
mod qemu;
mod run;
mod setup;
mod shell;
mod target_eval;
mod test;
mod thumb;
mod toolchain;
mod vectors;
mod wasm;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// Any error; `main` prints it on one line.
type Failure = Box<dyn std::error::Error>;

/// The project's commands.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Make sure of everything that the other commands need: bare-metal targets, QEMU, Node.
    Setup,
    /// Train for a minute or two, put the network into the firmware, boot it in QEMU, compare with the laptop.
    Demo(demo::Arguments),
    /// All checks and tests, on the host and in QEMU.
    Test,
    /// Run all test images through the firmware in QEMU.
    TargetEval(target_eval::Arguments),
    /// Instructions, modelled cycles and memory of layers and models on each core; writes docs/performance.md.
    Bench(bench::Arguments),
    /// Boot the firmware in QEMU, with arguments of its own.
    Run(run::Arguments),
    /// Measure the committed models; write their cards and the table and picture of the README.
    Figures,
    /// Draw the ten digits that the firmware carries anew.
    #[command(hide = true)]
    DrawFirmwareDigits,
}

fn main() -> ExitCode {
    sigpipe::reset(); // `| head` ends the program quietly
    let outcome = match Cli::parse().command {
        Command::Setup => setup::run(),
        Command::Demo(arguments) => demo::run(arguments),
        Command::Test => test::run(),
        Command::TargetEval(arguments) => target_eval::run(arguments),
        Command::Bench(arguments) => bench::run(arguments),
        Command::Run(arguments) => run::run(arguments),
        Command::Figures => figures::run().and_then(|()| picture::run()),
        Command::DrawFirmwareDigits => draw::run(),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::from(2)
        }
    }
}
