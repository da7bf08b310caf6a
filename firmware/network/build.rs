//! Generates the type of the network whose blob is compiled in.

use std::path::Path;
use std::{env, fs};

fn main() {
    if let Err(message) = generate() {
        // Cargo shows this line as the reason why the build stopped.
        println!("cargo::error={message}");
    }
}

/// Writes `model.rs`: the blob named by `SINAPSE_MODEL`, and the type of its network.
fn generate() -> Result<(), String> {
    let out = env::var_os("OUT_DIR").ok_or("cargo did not set OUT_DIR")?;
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-env-changed=SINAPSE_MODEL");
    let path = env::var("SINAPSE_MODEL").unwrap_or_else(|_| "../../models/digits.postcard".into());
    println!("cargo::rerun-if-changed={path}");
    let blob = fs::read(&path).map_err(|error| format!("the model {path} cannot be read: {error}"))?;
    let network = sinapse::blob::rust_type(&blob).map_err(|error| format!("the model {path} is refused: {error}"))?;
    let path = fs::canonicalize(&path).map_err(|error| format!("{path}: {error}"))?;
    let source = format!(
        "/// The type of the network in the blob.\n\
         pub type Net = {network};\n\n\
         /// The blob, in flash.\n\
         pub static BLOB: &[u8] = &sinapse::include_model!(Net, {path:?}).0;\n"
    );
    fs::write(Path::new(&out).join("model.rs"), source).map_err(|error| format!("model.rs: {error}"))
}
