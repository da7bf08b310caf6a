//! Names the kind of core that the library is compiled for: on stable Rust, no `cfg` tells Arm's microcontrollers apart.

use std::env;

/// Kinds of cores; `src/kernel/mod.rs` chooses kernels by them.
const CORES: [&str; 4] = ["armv6m", "armv7m", "armv7em", "other"];

/// Kernels that `--cfg sinapse_kernel="…"` asks for, instead of the best one.
const KERNELS: [&str; 6] = ["reference", "skip", "lanes", "sse2", "avx2", "avx512"];

/// Architectures with kernels for vectors.
const VECTORS: [&str; 4] = ["x86_64", "aarch64", "wasm32", "none"];

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    let values = CORES.map(|core| format!("{core:?}")).join(", ");
    println!("cargo::rustc-check-cfg=cfg(sinapse_core, values({values}))");
    let values = KERNELS.map(|kernel| format!("{kernel:?}")).join(", ");
    println!("cargo::rustc-check-cfg=cfg(sinapse_kernel, values({values}))");
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

    let values = VECTORS.map(|vectors| format!("{vectors:?}")).join(", ");
    println!("cargo::rustc-check-cfg=cfg(sinapse_vector, values({values}))");
    let architecture = env::var("CARGO_CFG_TARGET_ARCH").unwrap_or_default();
    let features = env::var("CARGO_CFG_TARGET_FEATURE").unwrap_or_default();
    let has = |feature| features.split(',').any(|has| has == feature);
    // Every x86-64 has the vectors of SSE2; better ones are asked for at run time. Miri runs what is written in Rust.
    let vectors = match architecture.as_str() {
        "x86_64" => has("sse2"),
        "aarch64" => has("neon"),
        "wasm32" => has("simd128"),
        _ => false,
    };
    let vectors = if vectors && env::var_os("CARGO_CFG_MIRI").is_none() { &architecture } else { "none" };
    println!("cargo::rustc-cfg=sinapse_vector={vectors:?}");
}
