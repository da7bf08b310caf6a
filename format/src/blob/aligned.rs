//! Blobs in memory that an allocator gives. Needs the feature `alloc`.

use alloc::vec::Vec;

use crate::cast;

/// A blob's bytes, aligned as [`Reader`](super::Reader) requires.
#[derive(Clone, Debug)]
pub struct Blob {
    words: Vec<u128>,
    length: usize,
}

impl Blob {
    /// Copies bytes to aligned memory.
    pub fn new(bytes: &[u8]) -> Blob {
        let word = |part: &[u8]| {
            let mut word = [0; 16];
            word[..part.len()].copy_from_slice(part);
            u128::from_ne_bytes(word)
        };
        Blob { words: bytes.chunks(16).map(word).collect(), length: bytes.len() }
    }

    /// The bytes.
    pub fn bytes(&self) -> &[u8] {
        &cast::bytes(&self.words)[..self.length]
    }
}
