//! Names the kind of core that the library is compiled for: on stable Rust, no `cfg` tells Arm's microcontrollers apart.

use std::env;

/// Kinds of cores; `src/kernel/mod.rs` chooses kernels by them.
const CORES: [&str; 5] = ["armv6m", "armv7m", "armv7em", "armv8_1m", "other"];

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    let values = CORES.map(|core| format!("{core:?}")).join(", ");
    println!("cargo::rustc-check-cfg=cfg(sinapse_core, values({values}))");
    println!("cargo::rustc-check-cfg=cfg(sinapse_kernel, values(\"reference\", \"lanes\"))");
    let target = env::var("TARGET").unwrap_or_default();
    let core = match target.split('-').next().unwrap_or_default() {
        "thumbv6m" | "thumbv8m.base" => "armv6m",
        "thumbv7m" => "armv7m",
        "thumbv7em" => "armv7em",
        // DSP and vectors are optional in an Armv8-M: Rust's target does without, a named core has its own.
        "thumbv8m.main" => match target_cpu().as_deref() {
            Some("cortex-m33" | "cortex-m35p") => "armv7em",
            Some("cortex-m52" | "cortex-m55" | "cortex-m85") => "armv8_1m",
            _ => "armv7m",
        },
        _ => "other",
    };
    println!("cargo::rustc-cfg=sinapse_core={core:?}");

    // `eabihf` has registers for floats in its calling convention, so there is a unit for them.
    println!("cargo::rustc-check-cfg=cfg(sinapse_fpu)");
    if ["armv7m", "armv7em", "armv8_1m"].contains(&core) && env::var("CARGO_CFG_TARGET_ABI").as_deref() == Ok("eabihf")
    {
        println!("cargo::rustc-cfg=sinapse_fpu");
    }
}

/// The core that `-C target-cpu=…` names, the last where there are several.
fn target_cpu() -> Option<String> {
    println!("cargo::rerun-if-env-changed=CARGO_ENCODED_RUSTFLAGS");
    let flags = env::var("CARGO_ENCODED_RUSTFLAGS").ok()?;
    let mut options = flags.split('\u{1f}').map(|flag| flag.strip_prefix("-C").unwrap_or(flag).trim());
    options
        .rfind(|option| option.starts_with("target-cpu="))
        .and_then(|option| Some(option.split_once('=')?.1.to_owned()))
}
