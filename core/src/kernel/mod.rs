//! The inner loops: one interface, selected here and nowhere else.
//!
//! [`reference`] defines the result; every other kernel equals it, bit for bit.

pub mod reference;
pub mod skip;

pub use skip::{Column, sums};
