//! Reads handwritten digits on a microcontroller.
//!
//! Without arguments it classifies the ten compiled-in digits, one after the other. With `--images PATH --labels PATH`,
//! passed on by a debugger or an emulator, it classifies a whole data set on the host and reports accuracy and cost.
#![no_std]
#![no_main]

mod board;
mod host;
mod model;
mod panic_handler;
mod program;
mod refuse;
mod runtime;
mod stack;

use crate::board::Board;
use crate::host::ExitCode;
use crate::model::{BLOB, Net};
use crate::refuse::refuse;
use crate::runtime::entry;

#[entry]
fn main() -> ! {
    runtime::paint_stack();
    let Some(board) = Board::take() else { host::exit(ExitCode::Fault) };

    // The weights stay in flash: loading checks the blob and copies none of it.
    let network = match Net::load(BLOB) {
        Ok(network) => network,
        Err(reason) => refuse!("the compiled-in blob is refused: {}", reason),
    };

    program::run(board, &network);
    host::exit(ExitCode::Success)
}
