//! Modelled cost of a network on a board, before it is flashed: flash and RAM, cycles or instructions.
//!
//! Kernels skip zero inputs, so the time of an image depends on how many inputs of each layer are nonzero and on how they are
//! distributed: one [`Activity`] per layer. The rest follows from shapes and number formats, by the coefficients in `tables.rs`.

mod activity;
mod coefficients;
mod cores;
mod memory;
mod tables;
#[cfg(test)]
mod tests;
mod time;

pub use activity::{Activity, activities, full, guess, most};
pub use cores::Core;
pub use memory::{program_bytes, ram_bytes, stack_bytes, weight_bytes};
pub use time::time;
