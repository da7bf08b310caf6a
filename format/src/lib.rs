//! Number formats, network descriptions and the reader of blobs, shared by the engine `sinapse` and its macros that run
//! at build time. Users of `sinapse` find all of it there, as `sinapse::format` and `sinapse::blob`.
#![cfg_attr(not(test), no_std)]

#[cfg(feature = "alloc")]
extern crate alloc;

pub mod blob;
#[doc(hidden)]
pub mod cast;
pub mod format;
