//! The ten digits that the firmware carries, drawn by the trainer: one a class.

use sinapse_trainer::drawn;

use crate::{Failure, data, firmware};

/// Chosen by eye among the first few.
const SEED: u64 = 1;

/// Writes `firmware/digits.idx`.
///
/// # Errors
///
/// A class that was not drawn, or a file that cannot be written.
pub fn run() -> Result<(), Failure> {
    let (pictures, labels) = drawn::dataset(200, SEED);
    let mut pixels = Vec::new();
    for class in 0..10 {
        let index = labels.iter().position(|&label| label == class);
        let index = index.ok_or_else(|| format!("no {class} was drawn"))?;
        pixels.extend_from_slice(&pictures[index]);
    }
    let path = firmware::pictures();
    data::write(&path, &data::idx(0x0803, &[10, 28, 28], &pixels))?;
    println!("wrote {}", path.display());
    Ok(())
}
