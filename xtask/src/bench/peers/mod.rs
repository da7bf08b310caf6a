//! Other engines on the same shapes, in the same run: `tests/peers`, a workspace of its own.

mod board;
mod host;

use super::catalogue::TRAINED;
use super::measure::Bench;
use super::row::Row;
use crate::failure::Failure;

/// Measures what can be built; `unavailable` gets the reason for everything else.
///
/// # Errors
///
/// Files that cannot be written, or an engine whose results are wrong.
pub fn measure(bench: &Bench<'_>, unavailable: &mut Vec<String>) -> Result<Vec<Row>, Failure> {
    let mut rows = board::measure(bench, unavailable)?;
    if bench.selection.has_host() && TRAINED.iter().any(|work| bench.selection.has_work(work)) {
        rows.extend(host::measure(bench, unavailable)?);
    }
    Ok(rows)
}
