//! The envelope of every blob: magic, version and length before the body, checksum after it.

use super::crc::crc32;
use super::error::LoadError;

/// First four bytes of every blob.
pub const MAGIC: [u8; 4] = *b"SNPS";

/// Version of the blob format that this crate reads.
pub const VERSION: u8 = 2;

/// Alignment of weights within a blob, and of the blob itself, in bytes.
pub const ALIGNMENT: usize = 16;

/// Size of magic, version and length.
const FIXED_BYTES: usize = 9;
/// Size of the checksum.
const CHECKSUM_BYTES: usize = 4;

/// Checks magic, version, length and checksum of a blob and returns the bytes between length and checksum.
pub fn body(blob: &[u8]) -> Result<&[u8], LoadError> {
    let Some((fixed, _)) = blob.split_first_chunk::<FIXED_BYTES>() else {
        return Err(LoadError::TooShort { found: blob.len() });
    };
    let [m0, m1, m2, m3, version, l0, l1, l2, l3] = *fixed;
    if [m0, m1, m2, m3] != MAGIC {
        return Err(LoadError::WrongMagic { found: [m0, m1, m2, m3] });
    }
    if version != VERSION {
        return Err(LoadError::WrongVersion { found: version, expected: VERSION });
    }
    let length = u32::from_le_bytes([l0, l1, l2, l3]) as usize;
    if length != blob.len() {
        return Err(LoadError::WrongLength { found: blob.len(), expected: length });
    }
    let Some((body, checksum)) = blob.split_last_chunk::<CHECKSUM_BYTES>() else {
        return Err(LoadError::TooShort { found: blob.len() });
    };
    let (found, expected) = (crc32(body), u32::from_le_bytes(*checksum));
    if found != expected {
        return Err(LoadError::WrongChecksum { found, expected });
    }
    Ok(body.get(FIXED_BYTES..).unwrap_or_default())
}
