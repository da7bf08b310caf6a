//! Workspaces of their own: they have other targets, profiles and panic handlers than the main one.

/// The sample program for boards.
pub const FIRMWARE: &str = "firmware";

/// The network in WebAssembly.
pub const WASM: &str = "wasm";

/// Comparisons of vector kernels that this computer's CPU does not have.
pub const VECTORS: &str = "tests/vectors";

/// Other engines, to compare with.
pub const PEERS: &str = "tests/peers";

/// A project for one board, as a user of the engine writes it.
pub struct Example {
    /// Its folder in the repository; the last part is its program's name, too.
    pub folder: &'static str,
    /// Rust's name of its board's instruction set.
    pub target: &'static str,
}

/// The examples for boards.
pub const EXAMPLES: [Example; 4] = [
    Example { folder: "examples/pico2", target: "thumbv8m.main-none-eabihf" },
    Example { folder: "examples/microbit2", target: "thumbv7em-none-eabihf" },
    Example { folder: "examples/stm32f4", target: "thumbv7em-none-eabihf" },
    Example { folder: "examples/esp32c3", target: "riscv32imc-unknown-none-elf" },
];
