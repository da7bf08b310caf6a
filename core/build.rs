//! Classifies the target, so that `src/kernel` can choose its kernels by plain `cfg`s.
//!
//! On stable Rust no `cfg` tells Arm's microcontrollers apart, nor whether they have the DSP extension, an FPU or
//! Helium.
//!
//! | cfg                   | meaning                                                                                 |
//! |-----------------------|-----------------------------------------------------------------------------------------|
//! | `sinapse_core`        | class of the core, one of [`CORES`]                                                     |
//! | `sinapse_thumb2`      | Thumb-2 instructions: Armv7-M and Armv8-M Mainline                                      |
//! | `sinapse_dsp`         | DSP extension (`SMLAD`, `UXTB16`, `SMMULR`, …)                                          |
//! | `sinapse_dsp_by_name` | assembly outside of Rust functions must name a CPU to use the DSP extension             |
//! | `sinapse_fpu`         | single-precision floating-point unit                                                    |
//! | `sinapse_helium`      | Helium (MVE), 128-bit vectors                                                           |
//! | `sinapse_simd`        | SIMD architecture with kernels in `src/kernel/simd`, one of [`SIMD`]                    |
//! | `sinapse_scalar`      | no kernel of `src/kernel/simd` is in use: none for the target, or a scalar one selected |

use std::env;

/// Classes of cores.
const CORES: [&str; 5] = ["armv6m", "armv7m", "armv7em", "armv8_1m", "other"];

/// Kernels that `--cfg sinapse_kernel="…"` selects in place of the best one.
const KERNELS: [&str; 6] = ["reference", "axpy", "columns", "sse2", "avx2", "avx512"];

/// Those of [`KERNELS`] that replace SIMD kernels by scalar ones. `reference` is not among them: each kernel checks for
/// it.
const SCALAR_KERNELS: [&str; 2] = ["axpy", "columns"];

/// Architectures with SIMD kernels.
const SIMD: [&str; 4] = ["x86_64", "aarch64", "wasm32", "none"];

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    // Cargo collects the flags from its files, the environment and its command line in this variable.
    println!("cargo::rerun-if-env-changed=CARGO_ENCODED_RUSTFLAGS");
    declare("sinapse_kernel", &KERNELS);
    let core = core();
    emit_value("sinapse_core", &CORES, core);

    let thumb2 = ["armv7m", "armv7em", "armv8_1m"].contains(&core);
    let dsp = ["armv7em", "armv8_1m"].contains(&core);
    // The ABI `eabihf` passes floats in FPU registers, so there is an FPU; Helium uses the same registers.
    let fpu = thumb2 && env::var("CARGO_CFG_TARGET_ABI").as_deref() == Ok("eabihf");
    emit_flag("sinapse_thumb2", thumb2);
    emit_flag("sinapse_dsp", dsp);
    // The DSP extension is optional in Armv8-M, so global assembly must ask for it.
    emit_flag("sinapse_dsp_by_name", dsp && target().starts_with("thumbv8m.main"));
    emit_flag("sinapse_fpu", fpu);
    emit_flag("sinapse_helium", fpu && core == "armv8_1m");

    let simd = simd();
    emit_value("sinapse_simd", &SIMD, &simd);
    // Cargo passes every `cfg` of the target on to build scripts, those of `RUSTFLAGS` included.
    let kernel = env::var("CARGO_CFG_SINAPSE_KERNEL").unwrap_or_default();
    emit_flag("sinapse_scalar", simd == "none" || SCALAR_KERNELS.contains(&kernel.as_str()));
}

/// Tells rustc the values that `cfg(name = "…")` may have.
fn declare(name: &str, values: &[&str]) {
    let values = values.iter().map(|value| format!("{value:?}")).collect::<Vec<_>>().join(", ");
    println!("cargo::rustc-check-cfg=cfg({name}, values({values}))");
}

/// Sets `cfg(name = "value")`.
fn emit_value(name: &str, values: &[&str], value: &str) {
    declare(name, values);
    println!("cargo::rustc-cfg={name}={value:?}");
}

/// Sets `cfg(name)` if `on`.
fn emit_flag(name: &str, on: bool) {
    println!("cargo::rustc-check-cfg=cfg({name})");
    if on {
        println!("cargo::rustc-cfg={name}");
    }
}

fn target() -> String {
    env::var("TARGET").unwrap_or_default()
}

/// Class of the target's core, one of [`CORES`].
fn core() -> &'static str {
    match target().split('-').next().unwrap_or_default() {
        "thumbv6m" | "thumbv8m.base" => "armv6m",
        "thumbv7m" => "armv7m",
        "thumbv7em" => "armv7em",
        "thumbv8m.main" => armv8m_mainline(),
        _ => "other",
    }
}

/// SIMD architecture of the target, one of [`SIMD`].
///
/// Every x86-64 has SSE2; better instruction sets are detected at run time. Miri cannot run vendor intrinsics, so it
/// gets the kernels in plain Rust.
fn simd() -> String {
    let architecture = env::var("CARGO_CFG_TARGET_ARCH").unwrap_or_default();
    let features = env::var("CARGO_CFG_TARGET_FEATURE").unwrap_or_default();
    let has = |feature| features.split(',').any(|has| has == feature);
    let has_simd = match architecture.as_str() {
        "x86_64" => has("sse2"),
        "aarch64" => has("neon"),
        "wasm32" => has("simd128"),
        _ => false,
    };
    if has_simd && env::var_os("CARGO_CFG_MIRI").is_none() { architecture } else { "none".into() }
}

/// Class of an Armv8-M Mainline core, whose DSP extension and Helium are optional.
///
/// Rust's target has neither. `-C target-cpu` adds those of the named core; `-C target-feature` overrides the core, and
/// the last mention of a feature wins, as it does for the compiler.
fn armv8m_mainline() -> &'static str {
    let flags = env::var("CARGO_ENCODED_RUSTFLAGS").unwrap_or_default();
    let prefixes = ["--codegen=", "-C"];
    let options: Vec<_> = flags
        .split('\u{1f}')
        .map(|flag| prefixes.iter().find_map(|prefix| flag.strip_prefix(prefix)).unwrap_or(flag))
        .filter_map(|option| option.trim().split_once('='))
        .collect();
    let values = |name: &'static str| options.iter().filter(move |option| option.0 == name).map(|option| option.1);
    let (mut dsp, mut helium) = match values("target-cpu").next_back().unwrap_or_default() {
        "cortex-m33" | "cortex-m35p" => (true, false),
        "cortex-m52" | "cortex-m55" | "cortex-m85" => (true, true),
        _ => (false, false),
    };
    for feature in values("target-feature").flat_map(|features| features.split(',')) {
        match feature {
            "+dsp" => dsp = true,
            "+mve" | "+mve.fp" => (dsp, helium) = (true, true), // Helium includes the DSP extension
            "-dsp" => (dsp, helium) = (false, false),
            "-mve" => helium = false,
            _ => {}
        }
    }
    let is_stated = values("target-cpu").next_back().is_some()
        || values("target-feature").flat_map(|features| features.split(',')).any(|feature| feature.ends_with("dsp"));
    if !dsp && !is_stated {
        println!(
            "cargo::warning={} is built for a core without the DSP extension; for a Cortex-M33 that has it (RP2350, \
             nRF53, STM32H5) set `rustflags = [\"-C\", \"target-cpu=cortex-m33\"]` in .cargo/config.toml: 8-bit layers \
             are up to a third faster. `-C target-feature=-dsp` says that it has none.",
            target()
        );
    }
    match (dsp, helium) {
        (_, true) => "armv8_1m",
        (true, false) => "armv7em",
        (false, false) => "armv7m",
    }
}
