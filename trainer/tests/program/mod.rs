//! The program under test, and small data sets for it.

#![allow(dead_code)] // no test program uses everything

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use tempfile::TempDir;

/// `sinapse` with these arguments, and without data from the environment.
pub fn command(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_sinapse"));
    command.args(arguments).env_remove("SINAPSE_DATA").env("XDG_CACHE_HOME", "/nonexistent");
    command
}

/// Runs `sinapse` with these arguments.
pub fn sinapse(arguments: &[&str]) -> Output {
    command(arguments).output().expect("the program starts")
}

/// Builds an IDX file.
pub fn idx(magic: u32, sizes: &[u32], data: &[u8]) -> Vec<u8> {
    let header = std::iter::once(&magic).chain(sizes).flat_map(|word| word.to_be_bytes());
    header.chain(data.iter().copied()).collect()
}

/// Creates a folder with `count` training and test images of one bright stripe per label.
pub fn small_data(count: u32) -> TempDir {
    let folder = TempDir::new().expect("a temporary folder");
    let labels: Vec<u8> = (0..count).map(|index| (index % 10) as u8).collect();
    let mut pixels = Vec::new();
    for &label in &labels {
        let mut image = vec![0u8; 784];
        let row = 28 * (2 + 2 * usize::from(label));
        image[row + 4..row + 24].fill(255);
        pixels.extend(image);
    }
    for part in ["train", "t10k"] {
        let images = idx(0x803, &[count, 28, 28], &pixels);
        fs::write(folder.path().join(format!("{part}-images-idx3-ubyte")), images).expect("images");
        fs::write(folder.path().join(format!("{part}-labels-idx1-ubyte")), idx(0x801, &[count], &labels))
            .expect("labels");
    }
    folder
}

/// A path as an argument.
pub fn text(path: &Path) -> &str {
    path.to_str().expect("UTF-8")
}
