//! From gradients to updated parameters.

pub mod adam;
pub mod schedule;
pub mod update;
