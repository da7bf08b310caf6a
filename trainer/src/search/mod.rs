//! Searching shapes and number formats under a budget, for the front of accuracy against bytes and against cycles.
//!
//! A search is a folder: a recipe a trial, a result a trial, and what the search was asked for. A generation's recipes depend on the
//! results of the generations before and on the seed alone, so that a search that was interrupted, or whose trials ran elsewhere, goes
//! on where it stood.

mod budget;
mod draw;
mod error;
mod folder;
mod front;
mod plan;
mod space;
mod trial;

pub use budget::Budget;
pub use draw::{bytes_chart, cycles_chart};
pub use error::SearchError;
pub use folder::{Asked, Folder};
pub use front::{Goal, front};
pub use plan::Plan;
pub use space::{Candidate, Space};
pub use trial::{TrialResult, run_trial};
