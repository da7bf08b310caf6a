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

/// Returns the length that a blob states in its first 9 bytes, of which `prefix` must have all and may have more: for
/// blobs in a larger flash slot, or of which the beginning has been received.
///
/// `Network::load_prefix` uses it. The checksum is not checked.
///
/// # Errors
///
/// [`LoadError::TooShort`], [`WrongMagic`](LoadError::WrongMagic), [`WrongVersion`](LoadError::WrongVersion), or
/// [`Malformed`](LoadError::Malformed) if no blob can be as short as stated.
///
/// # Examples
///
/// ```
/// let mut slot = [0xff; 1024]; // erased flash
/// let blob = include_bytes!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/tiny.postcard"));
/// slot[..blob.len()].copy_from_slice(blob);
/// assert_eq!(sinapse_format::blob::length(&slot), Ok(blob.len()));
/// ```
pub fn length(prefix: &[u8]) -> Result<usize, LoadError> {
    let length = stated_length(prefix)?;
    if length < FIXED_BYTES + CHECKSUM_BYTES {
        return Err(LoadError::Malformed { part: "length" });
    }
    Ok(length)
}

/// Checks magic and version, and returns the length in the header.
#[inline]
fn stated_length(blob: &[u8]) -> Result<usize, LoadError> {
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
    Ok(u32::from_le_bytes([l0, l1, l2, l3]) as usize)
}

/// Checks magic, version, length and checksum of a blob and returns the bytes between length and checksum.
pub fn body(blob: &[u8]) -> Result<&[u8], LoadError> {
    let length = stated_length(blob)?;
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
