//! From a checked blob to the source text of a static network.

use std::fmt::Write as _;
use std::path::Path;

use sinapse_format::blob::{Blob, LoadError, Reader, rust_type};

use super::declaration::Declaration;

/// Writes the type and the static of a network, after every check that loading makes.
///
/// # Errors
///
/// Why the blob is refused.
pub fn source(declaration: &Declaration, path: &Path, blob: &[u8]) -> Result<String, LoadError> {
    let aligned = Blob::new(blob);
    let bytes = aligned.bytes();
    let network = rust_type(bytes)?;
    let mut reader = Reader::open(bytes)?;
    let description = *reader.description();
    let offset = |part: &[u8]| part.as_ptr().addr() - bytes.as_ptr().addr();
    let mut layers = Vec::new();
    if description.preprocessing.is_some() {
        layers.push("::sinapse::Downscale::new()".to_owned());
    }
    for _ in description.layers() {
        let layer = reader.next_layer()?;
        let multipliers = layer.requantization.multipliers.as_flattened();
        layers.push(format!(
            "::sinapse::Dense::in_blob(&BLOB, ::sinapse::layer::dense::Parts {{ pre_shift: {}, shift: {}, \
             multipliers: ({}, {}), bias: {}, weights: {} }})",
            layer.requantization.pre_shift,
            layer.requantization.shift,
            if multipliers.is_empty() { 0 } else { offset(multipliers) },
            layer.requantization.multipliers.len(),
            offset(layer.bias),
            offset(layer.weights),
        ));
    }
    let logits = reader.finish()?;

    let mut chain = layers.pop().unwrap_or_default();
    while let Some(layer) = layers.pop() {
        chain = format!("::sinapse::Chain::new({layer}, {chain})");
    }
    if description.passes() > 1 {
        chain = format!("::sinapse::ShiftEnsemble::new({chain})");
    }
    let Declaration { visibility, name, network: alias, .. } = declaration;
    let (length, step, margin) = (blob.len(), logits.step.to_bits(), logits.reject_margin);
    let mut text = String::new();
    let _ = write!(
        text,
        "#[doc = \"Type of the network in the blob that `{name}` includes.\"]\n\
         {visibility} type {alias} = {network};\n\
         #[doc = \"Network of an included blob, checked while building.\"]\n\
         {visibility} static {name}: {alias} = {{\n\
             static BLOB: ::sinapse::Aligned<[u8; {length}]> = ::sinapse::Aligned(*::core::include_bytes!({path:?}));\n\
             ::sinapse::Network::from_layers({chain}, f32::from_bits({step}), {margin})\n\
         }};\n"
    );
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    const TINY: &[u8] = include_bytes!("../../core/tests/tiny.postcard");

    fn included(blob: &[u8]) -> Result<String, LoadError> {
        let [visibility, name, network, path] = ["pub", "TINY", "Tiny", "tiny.postcard"].map(str::to_owned);
        source(&Declaration { visibility, name, network, path }, Path::new("/tiny.postcard"), blob)
    }

    #[test]
    fn a_sound_blob_becomes_a_type_and_a_static() {
        let text = included(TINY).unwrap();
        assert!(text.contains("pub type Tiny = ::sinapse::Network<::sinapse::layers![::sinapse::Dense<'static, 4, 2,"));
        assert!(text.contains("pub static TINY: Tiny = {"), "{text}");
        assert!(text.contains("::core::include_bytes!(\"/tiny.postcard\")"), "{text}");
    }

    #[test]
    fn every_bit_flipped_every_truncation_and_every_extension_is_refused() {
        for bit in 0..8 * TINY.len() {
            let mut blob = TINY.to_vec();
            blob[bit / 8] ^= 1 << (bit % 8);
            assert!(included(&blob).is_err(), "bit {bit}");
        }
        assert!((0..TINY.len()).all(|length| included(&TINY[..length]).is_err()));
        assert!(included(&[TINY, &[0]].concat()).is_err());
    }

    #[test]
    fn another_version_is_named() {
        let mut blob = TINY.to_vec();
        blob[4] = 1;
        assert!(included(&blob).unwrap_err().to_string().contains("version 1"));
    }
}
