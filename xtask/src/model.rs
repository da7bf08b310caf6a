//! Models in files, and their logits on this computer.

use std::fs;
use std::path::Path;

use sinapse::blob::crc::Crc32;
use sinapse::dynamic::{Blob, Model};

use crate::failure::Failure;

/// Reads a blob file.
///
/// # Errors
///
/// A file that cannot be read.
pub fn read(path: &Path) -> Result<Blob, Failure> {
    let bytes = fs::read(path).map_err(|error| format!("model {}: {error}", path.display()))?;
    Ok(Blob::new(&bytes))
}

/// Computes the CRC-32 of the logits of all images on this computer, as `sinapse eval` prints it.
///
/// # Errors
///
/// A blob that cannot be read or is refused.
pub fn checksum(path: &Path, pixels: &[u8]) -> Result<String, Failure> {
    let blob = read(path)?;
    let model = Model::load(&blob)?;
    let mut crc = Crc32::new();
    for image in pixels.chunks_exact(model.description.picture_pixels()) {
        model.scores(image).checksum(&mut crc);
    }
    Ok(format!("{:08x}", crc.finish()))
}
