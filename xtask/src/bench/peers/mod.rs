//! Other engines on the same shapes, in the same run; they are in `tests/peers`.

mod board;
mod host;

use super::catalogue::TRAINED;
use super::measure::Bench;
use super::row::Row;
use crate::failure::Failure;

/// Measures the engines that can be built; the reasons for the others go to `unavailable`.
///
/// # Errors
///
/// Files that cannot be written, or wrong results of an engine.
pub fn measure(bench: &Bench<'_>, unavailable: &mut Vec<String>) -> Result<Vec<Row>, Failure> {
    let mut rows = board::measure(bench, unavailable)?;
    if bench.selection.has_host() && TRAINED.iter().any(|work| bench.selection.has_work(work)) {
        rows.extend(host::measure(bench, unavailable)?);
    }
    Ok(rows)
}
