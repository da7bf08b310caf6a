//! Names the kind of core that the library is compiled for, which Rust's own `cfg` does not tell apart on Arm.

use std::env;

/// Kinds of cores that have code of their own; see `src/kernel/mod.rs`.
const CORES: [&str; 2] = ["m0", "other"];

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    let values = CORES.map(|core| format!("{core:?}")).join(", ");
    println!("cargo::rustc-check-cfg=cfg(sinapse_core, values({values}))");
    let target = env::var("TARGET").unwrap_or_default();
    let core = if target.starts_with("thumbv6m") { "m0" } else { "other" };
    println!("cargo::rustc-cfg=sinapse_core={core:?}");
}
