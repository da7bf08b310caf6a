//! Sinapse, with 8-bit weights and pixels and in single precision.

use std::fs;

use sinapse::{Dense, I8, Identity, Network, Pixel, Relu, U8, layers};

use crate::{Engine, Failure, HIDDEN, IN, OUT, check};

type Integer = Network<
    layers![Dense<'static, IN, HIDDEN, Pixel<U8>, I8, Relu<U8>>, Dense<'static, HIDDEN, OUT, U8, I8, Identity>],
>;
type Float = Network<
    layers![Dense<'static, IN, HIDDEN, Pixel<f32>, f32, Relu<f32>>, Dense<'static, HIDDEN, OUT, f32, f32, Identity>],
>;

/// Builds the integer network; the project's tests compare its results with all other kernels.
pub fn integer(path: &str, images: &'static [[u8; IN]]) -> Result<Engine, Failure> {
    let network = Integer::load(aligned(path)?).map_err(|error| format!("{path}: {error}"))?;
    let mut scratch = Integer::SCRATCH;
    Ok(Engine::new("sinapse", "w8-x8", move |image| Ok(network.classify(&images[image], &mut scratch).class)))
}

pub fn float(path: &str, images: &'static [[u8; IN]], logits: &[[f32; OUT]]) -> Result<Engine, Failure> {
    let network = Float::load(aligned(path)?).map_err(|error| format!("{path}: {error}"))?;
    let mut scratch = Float::SCRATCH;
    for (image, (picture, expected)) in images.iter().zip(logits).enumerate() {
        check("sinapse", image, &network.logits(picture, &mut scratch), expected)?;
    }
    Ok(Engine::new("sinapse", "f32", move |image| Ok(network.classify(&images[image], &mut scratch).class)))
}

/// Reads a blob to an address that is a multiple of 16, for the rest of the program.
fn aligned(path: &str) -> Result<&'static [u8], Failure> {
    let bytes = fs::read(path).map_err(|error| format!("{path}: {error}"))?;
    let place = vec![0; bytes.len() + 15].leak();
    let start = place.as_ptr().align_offset(16);
    let place = &mut place[start..start + bytes.len()];
    place.copy_from_slice(&bytes);
    Ok(place)
}
