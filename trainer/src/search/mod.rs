//! Architecture search: shapes and number formats under a budget, for the Pareto fronts of accuracy against bytes and
//! cycles.
//!
//! A search is a folder with one recipe and one result per trial, and the settings of the search. The recipes of a
//! generation depend only on the results of earlier generations and on the seed, so a search can be interrupted, or run
//! its trials elsewhere, and continue.

mod budget;
mod charts;
mod error;
mod folder;
mod front;
mod plan;
mod space;
mod trial;

pub use budget::Budget;
pub use charts::{bytes_chart, cycles_chart};
pub use error::SearchError;
pub use folder::{Folder, SearchSettings};
pub use front::{Objective, front};
pub use plan::Plan;
pub use space::{Candidate, Space};
pub use trial::{TrialResult, run_trial};
