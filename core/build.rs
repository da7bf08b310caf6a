//! Names the kind of core that the library is compiled for: on stable Rust, no `cfg` tells Arm's microcontrollers apart.

use std::env;

/// Kinds of cores; `src/kernel/mod.rs` chooses kernels by them.
const CORES: [&str; 4] = ["armv6m", "armv7m", "armv7em", "other"];

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    let values = CORES.map(|core| format!("{core:?}")).join(", ");
    println!("cargo::rustc-check-cfg=cfg(sinapse_core, values({values}))");
    println!("cargo::rustc-check-cfg=cfg(sinapse_kernel, values(\"reference\", \"lanes\"))");
    let target = env::var("TARGET").unwrap_or_default();
    let core = match target.split('-').next().unwrap_or_default() {
        "thumbv6m" | "thumbv8m.base" => "armv6m",
        // The DSP extension is optional in an Armv8-M, and Rust's target does without.
        "thumbv7m" | "thumbv8m.main" => "armv7m",
        "thumbv7em" => "armv7em",
        _ => "other",
    };
    println!("cargo::rustc-cfg=sinapse_core={core:?}");

    // `eabihf` has registers for floats in its calling convention, so there is a unit for them.
    println!("cargo::rustc-check-cfg=cfg(sinapse_fpu)");
    if core.starts_with("armv7") && env::var("CARGO_CFG_TARGET_ABI").as_deref() == Ok("eabihf") {
        println!("cargo::rustc-cfg=sinapse_fpu");
    }
}
