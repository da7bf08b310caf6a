//! Charts as SVG and in the terminal, and reports of trainings.

pub mod chart;
mod document;
mod history;
mod svg;
mod terminal;

pub use chart::{Chart, Mark, Series};
pub use document::{Format, Summary, document};
pub use history::{EpochRecord, History};
pub use svg::svg;
pub use terminal::terminal;
