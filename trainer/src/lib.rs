//! Training, quantisation, blobs, data and pictures: the laptop's side of Sinapse.

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

pub use input as data;
pub use input::drawn;
