//! From gradients to new parameters.

pub mod adam;
pub mod schedule;
pub mod update;
