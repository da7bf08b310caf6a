//! The project's commands: `cargo xtask setup`, `demo`, `test`, `target-eval`, `bench`, `run`, `figures`.

mod bench;
mod check;
mod data;
mod demo;
mod digits_svg;
mod draw;
mod failure;
mod figures;
mod firmware;
mod install;
mod machine;
mod model;
mod qemu;
mod run;
mod shell;
mod target_eval;
mod toolchain;
mod wasm;
mod workspaces;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// The project's commands.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Install what the other commands need (bare-metal targets, QEMU), and check for Node.
    Setup,
    /// Train a network in seconds, build it into the firmware, boot that in QEMU, compare with this computer.
    Demo(demo::Arguments),
    /// Run all checks and tests, on this computer and in QEMU, or some of them.
    Test(check::Arguments),
    /// Run all test images through the firmware in QEMU.
    TargetEval(target_eval::Arguments),
    /// Measure instructions, modelled cycles and memory of layers and models on each core; write docs/performance.md.
    Bench(bench::Arguments),
    /// Boot the firmware in QEMU, with arguments of its own.
    Run(run::Arguments),
    /// Measure the committed models; write their cards and the README's table and picture.
    Figures,
    /// Redraw the ten digits that the firmware carries.
    #[command(hide = true)]
    DrawFirmwareDigits,
}

fn main() -> ExitCode {
    sigpipe::reset(); // `| head` ends the program quietly
    let outcome = match Cli::parse().command {
        Command::Setup => install::run(),
        Command::Demo(arguments) => demo::run(arguments),
        Command::Test(arguments) => check::run(arguments),
        Command::TargetEval(arguments) => target_eval::run(arguments),
        Command::Bench(arguments) => bench::run(arguments),
        Command::Run(arguments) => run::run(arguments),
        Command::Figures => figures::run().and_then(|()| digits_svg::write()),
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
