//! From files to images and labels: data sets, photographs, and digits drawn by the program.

mod class_folders;
mod classes;
mod dataset;
#[cfg(feature = "download")]
mod download;
pub mod drawn;
mod error;
pub mod idx;
mod inventory;
mod load;
pub mod photo;
mod source;
mod split;

pub use classes::{CLASSES_FILE, class_names, names_of_blob, write_names_beside};
pub use dataset::{Dataset, Images, Part};
#[cfg(feature = "download")]
pub use download::{MIRRORS, download};
pub use error::DataError;
pub use inventory::{Inventory, inventory};
pub use load::{check_labels, load, provenance_name, write_part};
pub use source::{Source, cache_folder, locate};
pub use split::{Split, SplitRule, WRITERS_FILE, split};
