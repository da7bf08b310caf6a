//! Names the kind of core that the library is compiled for: on stable Rust, no `cfg` tells Arm's microcontrollers apart.

use std::env;

/// Kinds of cores; `src/kernel/mod.rs` chooses kernels by them.
const CORES: [&str; 5] = ["armv6m", "armv7m", "armv7em", "armv8_1m", "other"];

/// Kernels that `--cfg sinapse_kernel="…"` asks for, instead of the best one.
const KERNELS: [&str; 6] = ["reference", "axpy", "columns", "sse2", "avx2", "avx512"];

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
        "thumbv7m" => "armv7m",
        "thumbv7em" => "armv7em",
        "thumbv8m.main" => armv8m_mainline(),
        _ => "other",
    };
    println!("cargo::rustc-cfg=sinapse_core={core:?}");

    // What several kinds have in common: the instruction set Thumb-2, and the DSP extension.
    println!("cargo::rustc-check-cfg=cfg(sinapse_thumb2)");
    println!("cargo::rustc-check-cfg=cfg(sinapse_dsp)");
    if ["armv7m", "armv7em", "armv8_1m"].contains(&core) {
        println!("cargo::rustc-cfg=sinapse_thumb2");
    }
    println!("cargo::rustc-check-cfg=cfg(sinapse_dsp_by_name)");
    if ["armv7em", "armv8_1m"].contains(&core) {
        println!("cargo::rustc-cfg=sinapse_dsp");
        // An Armv8-M may do without: assembly outside of Rust's functions must be told.
        if target.starts_with("thumbv8m.main") {
            println!("cargo::rustc-cfg=sinapse_dsp_by_name");
        }
    }

    // `eabihf` has registers for floats in its calling convention, so there is a unit for them; vectors use the same registers.
    println!("cargo::rustc-check-cfg=cfg(sinapse_fpu)");
    println!("cargo::rustc-check-cfg=cfg(sinapse_helium)");
    if ["armv7m", "armv7em", "armv8_1m"].contains(&core) && env::var("CARGO_CFG_TARGET_ABI").as_deref() == Ok("eabihf")
    {
        println!("cargo::rustc-cfg=sinapse_fpu");
        if core == "armv8_1m" {
            println!("cargo::rustc-cfg=sinapse_helium");
        }
    }

    let values = VECTORS.map(|vectors| format!("{vectors:?}")).join(", ");
    println!("cargo::rustc-check-cfg=cfg(sinapse_simd, values({values}))");
    println!("cargo::rustc-cfg=sinapse_simd={:?}", vectors());
}

/// Architecture of the host's vectors. Every x86-64 has those of SSE2, and better ones are asked for at run time; Miri runs what
/// is written in Rust.
fn vectors() -> String {
    let architecture = env::var("CARGO_CFG_TARGET_ARCH").unwrap_or_default();
    let features = env::var("CARGO_CFG_TARGET_FEATURE").unwrap_or_default();
    let has = |feature| features.split(',').any(|has| has == feature);
    let has_vectors = match architecture.as_str() {
        "x86_64" => has("sse2"),
        "aarch64" => has("neon"),
        "wasm32" => has("simd128"),
        _ => false,
    };
    if has_vectors && env::var_os("CARGO_CFG_MIRI").is_none() { architecture } else { "none".into() }
}

/// DSP and vectors are optional in an Armv8-M. Rust's target does without; a named core has its own, and features, of which the
/// last counts, stand above the core, as they do for the compiler.
fn armv8m_mainline() -> &'static str {
    // Cargo puts what stands in its files, in the environment and on its command line into this variable.
    println!("cargo::rerun-if-env-changed=CARGO_ENCODED_RUSTFLAGS");
    let flags = env::var("CARGO_ENCODED_RUSTFLAGS").unwrap_or_default();
    let prefixes = ["--codegen=", "-C"];
    let options: Vec<_> = flags
        .split('\u{1f}')
        .map(|flag| prefixes.iter().find_map(|prefix| flag.strip_prefix(prefix)).unwrap_or(flag))
        .filter_map(|option| option.trim().split_once('='))
        .collect();
    let values = |name: &'static str| options.iter().filter(move |option| option.0 == name).map(|option| option.1);
    let (mut dsp, mut vectors) = match values("target-cpu").next_back().unwrap_or_default() {
        "cortex-m33" | "cortex-m35p" => (true, false),
        "cortex-m52" | "cortex-m55" | "cortex-m85" => (true, true),
        _ => (false, false),
    };
    for feature in values("target-feature").flat_map(|features| features.split(',')) {
        match feature {
            "+dsp" => dsp = true,
            "+mve" | "+mve.fp" => (dsp, vectors) = (true, true), // vectors include the DSP extension
            "-dsp" => (dsp, vectors) = (false, false),
            "-mve" => vectors = false,
            _ => {}
        }
    }
    match (dsp, vectors) {
        (_, true) => "armv8_1m",
        (true, false) => "armv7em",
        (false, false) => "armv7m",
    }
}
