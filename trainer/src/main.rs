//! `sinapse`: trains networks, inspects them, classifies pictures.

mod commands;

use std::process::ExitCode;

use clap::Parser;

fn main() -> ExitCode {
    sigpipe::reset(); // `| head` ends the program quietly
    match commands::Cli::parse().run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::from(2)
        }
    }
}
