//! Reads handwritten digits on a microcontroller.
//!
//! Without arguments it shows the ten digits that are compiled in, one after the other. With `--images PATH --labels PATH`,
//! which a debugger or an emulator passes on, it reads a whole data set from the host and reports what it measured.
#![no_std]
#![no_main]

/// Logs an error and ends the program with a code that says so.
macro_rules! refuse {
    ($($message:tt)*) => {{
        defmt::error!($($message)*);
        $crate::host::exit($crate::host::ExitCode::Refused)
    }};
}
mod board;
mod digits;
mod fault;
mod host;
mod measure;
mod model;
mod runtime;
mod stack;

use defmt_semihosting as _; // the logger

use crate::board::Board;
use crate::host::ExitCode;
use crate::model::{BLOB, Net};
use crate::runtime::entry;

#[entry]
fn main() -> ! {
    runtime::paint_stack();
    let Some(board) = Board::take() else { host::exit(ExitCode::Fault) };

    // Weights stay in flash: loading checks the blob and copies none of it.
    let network = match Net::load(BLOB) {
        Ok(network) => network,
        Err(reason) => refuse!("the compiled-in blob is refused: {}", reason),
    };

    match host::files() {
        Ok(None) => digits::show(board, &network),
        Ok(Some(files)) => measure::dataset(board, &network, &files),
        Err(reason) => refuse!("{=str}", reason),
    }
    host::exit(ExitCode::Success)
}
