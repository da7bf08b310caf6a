//! The program: the compiled-in digits, or a data set that the host has.

mod measure;
mod show;

use crate::board::Board;
use crate::host;
use crate::model::Net;
use crate::refuse::refuse;

/// Does what the command line asks for.
///
/// Inlined, so that the constants of the board's counter are known where it divides by them.
#[inline(always)]
pub fn run(board: Board, network: &Net) {
    match host::files() {
        Ok(None) => show::digits(board, network),
        Ok(Some(files)) => measure::dataset(board, network, &files),
        Err(reason) => refuse!("{=str}", reason),
    }
}
