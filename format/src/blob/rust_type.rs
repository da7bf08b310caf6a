//! Source text of the Rust type for a blob's network, for build scripts.

use core::fmt;

use super::error::LoadError;
use super::reader::Reader;
use crate::format::{ActivationKind, Description, ElementFormat, LayerKind};

/// A [`Description`] whose `Display` is the source text of the network type.
#[derive(Clone, Copy, Debug)]
pub struct RustType(Description);

/// Returns the type of the network in a blob, as source text for a build script's output.
///
/// # Errors
///
/// The same as [`Reader::open`].
///
/// # Examples
///
/// ```
/// let blob = include_bytes!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/tiny.postcard"));
/// let text = sinapse_format::blob::rust_type(blob)?.to_string();
/// assert!(text.starts_with("::sinapse::Network<::sinapse::layers![::sinapse::Dense<'static, 4, 2, "));
/// # Ok::<(), sinapse_format::blob::LoadError>(())
/// ```
pub fn rust_type(blob: &[u8]) -> Result<RustType, LoadError> {
    Ok(RustType(*Reader::open(blob)?.description()))
}

impl fmt::Display for RustType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let is_ensemble = self.0.passes() > 1;
        write!(
            f,
            "::sinapse::Network<{}::sinapse::layers![",
            if is_ensemble { "::sinapse::ShiftEnsemble<" } else { "" }
        )?;
        if let Some(preprocessing) = &self.0.preprocessing {
            let (pixels, width) = (self.0.picture_pixels(), preprocessing.width);
            let (crop, scale) = preprocessing.downscale();
            let (scale, inputs, input) = (scale.name(), self.0.inputs, path(self.0.input));
            let (before, after) =
                if preprocessing.deslants() { ("::sinapse::layer::downscale::Deslanted<", ">") } else { ("", "") };
            let scale = format_args!("{before}::sinapse::layer::downscale::{scale}{after}");
            write!(f, "::sinapse::Downscale<{pixels}, {width}, {crop}, {scale}, {inputs}, {input}>, ")?;
        }
        for (index, layer) in self.0.layers().iter().enumerate() {
            let (inputs, outputs) = (self.0.inputs_of(index), layer.outputs);
            match layer.kind {
                LayerKind::Dense => write!(f, "::sinapse::Dense<'static, {inputs}, {outputs}, ")?,
            }
            match (index, self.0.input_of(index)) {
                (0, input) => write!(f, "::sinapse::Pixel<{}>, ", path(input))?,
                (_, input) => write!(f, "{}, ", path(input))?,
            }
            write!(f, "{}{}, ", if layer.weights.name() == "f32" { "" } else { "::sinapse::" }, layer.weights.name())?;
            match layer.activation {
                ActivationKind::Identity => write!(f, "::sinapse::Identity>, ")?,
                ActivationKind::Relu => write!(f, "::sinapse::Relu<{}>>, ", path(layer.output))?,
                ActivationKind::Sigmoid => write!(f, "::sinapse::Sigmoid<{}>>, ", path(layer.output))?,
            }
        }
        write!(f, "]{}>", if is_ensemble { ">" } else { "" })
    }
}

/// Returns the path of the format's type.
fn path(format: ElementFormat) -> &'static str {
    match format {
        ElementFormat::F32 => "f32",
        ElementFormat::I32 => "i32",
        ElementFormat::U1 => "::sinapse::U1",
        ElementFormat::U2 => "::sinapse::U2",
        ElementFormat::U4 => "::sinapse::U4",
        ElementFormat::U8 => "::sinapse::U8",
    }
}
