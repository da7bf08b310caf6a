//! Prefixes of a network as networks of their own: the cost of a layer is the difference of two.

use sinapse::Description;
use sinapse::blob::{LayerBytes, LayerView, Logits, encode};
use sinapse::dynamic::{Blob, Model};
use sinapse::format::{ActivationKind, ElementFormat};

use crate::failure::Failure;

/// Encodes the first layer, the first two, and so on up to all of them, without the front end.
///
/// The last layer of each prefix returns accumulators, as the last layer of every network does, so the requantisation
/// of a hidden layer counts with the layer behind it.
///
/// # Errors
///
/// A blob that is refused.
pub fn prefixes(blob: &Blob) -> Result<Vec<Vec<u8>>, Failure> {
    let model = Model::load(blob)?;
    let size = match model.description.preprocessing {
        Some(preprocessing) => {
            let (crop, scale) = preprocessing.downscale();
            let scaled = |length| scale.scaled(length, crop).ok_or("a scale that does not divide");
            (scaled(preprocessing.width)?, scaled(preprocessing.height)?)
        }
        None => (u16::try_from(model.size.0)?, u16::try_from(model.size.1)?),
    };
    (1..=model.layers.len()).map(|count| prefix(&model, count, size)).collect()
}

fn prefix(model: &Model<'_>, count: usize, size: (u16, u16)) -> Result<Vec<u8>, Failure> {
    let whole = &model.description;
    let real = whole.input == ElementFormat::F32;
    let mut description = Description::new(whole.inputs, whole.input);
    let mut bytes = Vec::new();
    for (index, view) in model.layers[..count].iter().enumerate() {
        let mut layer = view.description;
        let last = index + 1 == count;
        if last {
            layer.activation = ActivationKind::Identity;
            layer.output = if real { ElementFormat::F32 } else { ElementFormat::I32 };
        }
        description = description.with(layer).ok_or("a network of too many layers")?;
        bytes.push(layer_bytes(view, last));
    }
    let logits = if count == model.layers.len() { model.logits } else { Logits { reject_margin: 0, ..model.logits } };
    Ok(encode(&description, size, logits, &model.provenance, &bytes))
}

fn layer_bytes(view: &LayerView<'_>, last: bool) -> LayerBytes {
    let layer = LayerBytes::of_view(view);
    if last { LayerBytes { bias: layer.bias, weights: layer.weights, ..LayerBytes::default() } } else { layer }
}

#[cfg(test)]
mod tests {
    use super::*;
    use sinapse::picture::downscale::{Downscaling, downscale};

    #[test]
    fn all_layers_without_the_front_end_give_the_logits_of_the_whole_network() {
        let blob = crate::model::read(&crate::target_eval::default_model()).unwrap();
        let whole = Model::load(&blob).unwrap();
        let prefixes = prefixes(&blob).unwrap();
        assert_eq!(prefixes.len(), whole.layers.len());
        let blob = Blob::new(prefixes.last().unwrap());
        let stripped = Model::load(&blob).unwrap();
        let picture: Vec<u8> = (0..784u32).map(|pixel| (pixel % 251) as u8).collect();
        let preprocessing = whole.description.preprocessing.unwrap();
        let mut inputs = vec![0; usize::from(whole.description.inputs)];
        downscale(&picture, &Downscaling::new(&preprocessing), &mut inputs);
        assert_eq!(stripped.scores(&inputs), whole.scores(&picture));
    }
}
