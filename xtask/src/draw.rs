//! The ten digits that the firmware carries, drawn by the trainer: one per class.

use crate::failure::Failure;
use crate::{data, firmware};

/// Writes `firmware/digits.idx`.
///
/// # Errors
///
/// A class that was not drawn, or a file that cannot be written.
pub fn run() -> Result<(), Failure> {
    // The first of each class: chosen by eye from the first few seeds.
    let digits = data::drawn_digits()?;
    let size = digits.width * digits.height;
    let mut pixels = Vec::new();
    for class in 0..10 {
        let index = digits.labels.iter().position(|&label| label == class);
        let index = index.ok_or_else(|| format!("no {class} was drawn"))?;
        pixels.extend_from_slice(&digits.pixels[index * size..][..size]);
    }
    let path = firmware::pictures();
    data::write(&path, &data::idx_images(&[10, 28, 28], &pixels))?;
    println!("wrote {}", path.display());
    Ok(())
}
