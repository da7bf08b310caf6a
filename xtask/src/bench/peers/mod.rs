//! Other engines on the same shapes, in the same run: `tests/peers`, a workspace of its own.

mod board;
mod host;

use std::path::PathBuf;

use super::measure::Bench;
use super::row::Row;
use crate::{Failure, shell};

/// Measures what can be built; `unavailable` gets the reason for everything else.
///
/// # Errors
///
/// Files that cannot be written, or an engine whose results are wrong.
pub fn measure(bench: &Bench<'_>, unavailable: &mut Vec<String>) -> Result<Vec<Row>, Failure> {
    let mut rows = board::measure(bench, unavailable)?;
    if bench.selection.has_host() && host::WORKS.iter().any(|work| bench.selection.has_work(work)) {
        rows.extend(host::measure(bench, unavailable)?);
    }
    Ok(rows)
}

/// Names of the works that other engines are measured on.
pub fn works() -> impl Iterator<Item = &'static str> {
    board::works().chain(host::WORKS)
}

/// Their workspace, and where in the folder for builds they are built.
pub const WORKSPACE: &str = "tests/peers";

/// The same as a folder.
fn folder() -> PathBuf {
    shell::root().join(WORKSPACE)
}
