//! Training, quantisation, evaluation and search of networks for Sinapse, on a host.

pub mod atomic_file;
pub mod cost;
pub mod evaluate;
pub mod input;
mod linalg;
pub mod model;
mod parameters;
mod quantize;
pub mod recipe;
pub mod report;
pub mod search;
pub mod train;
