//! Training, quantisation, blobs, data and pictures: the laptop's side of Sinapse.

pub mod blob;
pub mod cost;
pub mod data;
pub mod drawn;
pub mod files;
pub mod formats;
pub mod model;
pub mod photo;
pub mod picture;
pub mod recipe;
pub mod report;
pub mod robustness;
pub mod search;
pub mod train;
