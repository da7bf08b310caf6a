//! Workspaces of their own: they have other targets, profiles and panic handlers than the main one.

/// The sample program for boards.
pub const FIRMWARE: &str = "firmware";

/// The network in WebAssembly.
pub const WASM: &str = "wasm";

/// Comparisons of vector kernels that this computer's CPU does not have.
pub const VECTORS: &str = "tests/vectors";

/// Other engines, to compare with.
pub const PEERS: &str = "tests/peers";
