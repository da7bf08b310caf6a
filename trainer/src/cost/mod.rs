//! Modelled cost of a network on a board, before it is flashed: flash and RAM, cycles or instructions.
//!
//! Kernels skip zero inputs, so the time of an image depends on how many inputs of each layer are nonzero and how they
//! are distributed: one [`Activity`] per layer. Shapes and number formats determine the rest, by the coefficients in
//! `tables.rs`.

mod activity;
mod coefficients;
mod cores;
mod memory;
mod tables;
#[cfg(test)]
mod tests;
mod time;

pub use activity::{Activity, activities, estimate, full, worst_case};
pub use cores::Core;
pub use memory::{program_bytes, ram_bytes, stack_bytes, weight_bytes};
pub use time::time;
