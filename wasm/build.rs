//! Generates the type of the compiled-in network from a blob.

use std::path::Path;
use std::{env, fs};

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    if let Err(message) = network() {
        // Cargo stops the build and shows this message.
        println!("cargo::error={message}");
    }
}

/// Writes `network.rs`: the type of the network in the blob named by `SINAPSE_MODEL`, and its sizes.
fn network() -> Result<(), String> {
    println!("cargo::rerun-if-env-changed=SINAPSE_MODEL");
    let path = env::var("SINAPSE_MODEL").unwrap_or_else(|_| "../models/digits.postcard".into());
    println!("cargo::rerun-if-changed={path}");
    let blob = fs::read(&path).map_err(|error| format!("the model {path} cannot be read: {error}"))?;
    let refused = |error| format!("the model {path} is refused: {error}");
    let network = sinapse::blob::rust_type(&blob).map_err(refused)?;
    let reader = sinapse::blob::Reader::open(&blob).map_err(refused)?;
    let description = reader.description();
    let logit = description.layers().last().map_or("i32", |layer| layer.output.name());
    // Blobs of one network type differ in length by their provenance.
    let (blob_bytes, image_bytes) = (blob.len().next_multiple_of(1024) + 1024, description.picture_pixels());
    let source = format!(
        "/// Type of the network.\n\
         pub type Net = {network};\n\n\
         /// Capacity for a blob, in bytes.\n\
         pub const BLOB_BYTES: usize = {blob_bytes};\n\n\
         /// Size of a picture, in bytes.\n\
         pub const IMAGE_BYTES: usize = {image_bytes};\n\n\
         /// Logits of a picture.\n\
         pub type Logits = [{logit}; {classes}];\n",
        classes = description.classes()
    );
    let out = env::var_os("OUT_DIR").unwrap_or_default();
    fs::write(Path::new(&out).join("network.rs"), source).map_err(|error| format!("network.rs: {error}"))
}
