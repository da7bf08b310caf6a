//! Description of a whole network as a value: front end, sizes and number formats of every layer.

use core::fmt;

use super::activation::ActivationKind;
use super::element::ElementFormat;
use super::layer::{LayerDescription, LayerKind};
use super::preprocessing::{Preprocessing, Step};
use super::text::Text;
use super::weight::WeightFormat;

/// Maximum number of layers in a description, and so in a blob.
pub const MAX_LAYERS: usize = 16;

/// Description of a network: its front end and its layers, first to last.
///
/// `Network::DESCRIPTION` has that of a type, [`Reader`](crate::blob::Reader) that of a
/// blob; they must be equal.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Description {
    /// Number of inputs of the first layer, at least 1.
    pub inputs: u16,
    /// Format in which the first layer reads its inputs.
    pub input: ElementFormat,
    /// Front end that turns a picture into these inputs; `None` if the network is given the inputs themselves.
    pub preprocessing: Option<Preprocessing>,
    count: u8,
    layers: [LayerDescription; MAX_LAYERS], // `UNUSED` from `count` on, so that equal networks compare equal
}

const UNUSED: LayerDescription = LayerDescription {
    kind: LayerKind::Dense,
    outputs: 0,
    weights: WeightFormat::F32,
    activation: ActivationKind::Identity,
    output: ElementFormat::F32,
};

impl Description {
    /// Creates a description without layers.
    pub const fn new(inputs: u16, input: ElementFormat) -> Self {
        Description { inputs, input, preprocessing: None, count: 0, layers: [UNUSED; MAX_LAYERS] }
    }

    /// Returns the description with a front end.
    pub const fn preprocessed_by(mut self, preprocessing: Preprocessing) -> Self {
        self.preprocessing = Some(preprocessing);
        self
    }

    /// Returns the description of a shift ensemble of this network; `None` if it has no picture or is an `f32` network.
    pub const fn with_shift_ensemble(mut self) -> Option<Self> {
        match self.preprocessing {
            Some(preprocessing) if !matches!(self.input, ElementFormat::F32) => {
                self.preprocessing = Some(preprocessing.after(Step::ShiftEnsemble));
                Some(self)
            }
            _ => None,
        }
    }

    /// Returns how often the layers run for one picture, see [`Preprocessing::passes`].
    pub const fn passes(&self) -> u8 {
        match &self.preprocessing {
            Some(preprocessing) => preprocessing.passes(),
            None => 1,
        }
    }

    /// Returns the number of pixels before the front end; the number of inputs if there is none.
    pub fn picture_pixels(&self) -> usize {
        self.preprocessing
            .map_or(usize::from(self.inputs), |picture| usize::from(picture.width) * usize::from(picture.height))
    }

    /// Creates a description of a single layer.
    pub const fn of_layer(inputs: u16, input: ElementFormat, layer: LayerDescription) -> Self {
        let mut description = Description::new(inputs, input);
        description.layers[0] = layer;
        description.count = 1;
        description
    }

    /// Returns the description with one more layer; `None` beyond [`MAX_LAYERS`].
    pub const fn with(mut self, layer: LayerDescription) -> Option<Self> {
        if self.count as usize >= MAX_LAYERS {
            return None;
        }
        self.layers[self.count as usize] = layer;
        self.count += 1;
        Some(self)
    }

    /// Returns the description followed by the layers of another; `None` beyond [`MAX_LAYERS`].
    pub const fn then(mut self, more: &Description) -> Option<Self> {
        let mut index = 0;
        while index < more.count as usize {
            self = match self.with(more.layers[index]) {
                Some(longer) => longer,
                None => return None,
            };
            index += 1;
        }
        Some(self)
    }

    /// Returns the layers, first to last.
    pub const fn layers(&self) -> &[LayerDescription] {
        match self.layers.split_at_checked(self.count as usize) {
            Some((layers, _)) => layers,
            None => &self.layers, // unreachable: `with` keeps `count` within `MAX_LAYERS`
        }
    }

    /// Returns the number of inputs of layer `index`.
    pub fn inputs_of(&self, index: usize) -> usize {
        let before = index.checked_sub(1).and_then(|before| self.layers().get(before));
        usize::from(before.map_or(self.inputs, |layer| layer.outputs))
    }

    /// Returns the format of the inputs of layer `index`.
    pub fn input_of(&self, index: usize) -> ElementFormat {
        let before = index.checked_sub(1).and_then(|before| self.layers().get(before));
        before.map_or(self.input, |layer| layer.output)
    }

    /// Returns the number of outputs of the network; 0 without layers.
    pub fn classes(&self) -> usize {
        self.layers().last().map_or(0, |layer| usize::from(layer.outputs))
    }

    /// Returns true if Sinapse can run the network: it is integer or `f32` throughout, no layer is empty, and the last
    /// layer, and only the last, returns logits.
    pub const fn is_sound(&self) -> bool {
        if self.count == 0 || self.inputs == 0 {
            return false;
        }
        let is_f32 = matches!(self.input, ElementFormat::F32);
        if matches!(self.input, ElementFormat::I32) || (is_f32 && self.passes() > 1) {
            return false;
        }
        let layers = self.layers();
        let mut index = 0;
        while index < layers.len() {
            let layer = &layers[index];
            let is_last = index + 1 == layers.len();
            let fits = matches!(layer.weights, WeightFormat::F32) == is_f32
                && matches!(layer.activation, ActivationKind::Identity) == is_last
                && matches!(layer.output, ElementFormat::F32) == is_f32
                && matches!(layer.output, ElementFormat::I32) == (is_last && !is_f32);
            if layer.outputs == 0 || !fits {
                return false;
            }
            index += 1;
        }
        true
    }

    /// Formats the description, at compile time too: `784 (U4) → 32 (I8, relu, U4) → 10 (I8, identity, i32)`.
    pub const fn text(&self) -> Text {
        let mut text = Text::new();
        if let Some(preprocessing) = &self.preprocessing {
            preprocessing.push_to(&mut text);
        }
        text.push_number(self.inputs);
        text.push(" (");
        text.push(self.input.name());
        text.push(")");
        let mut index = 0;
        while index < self.count as usize {
            text.push(" → ");
            self.layers[index].push_to(&mut text);
            index += 1;
        }
        text
    }
}

impl fmt::Display for Description {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.text().as_str())
    }
}

impl fmt::Debug for Description {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(feature = "defmt")]
impl defmt::Format for Description {
    fn format(&self, f: defmt::Formatter<'_>) {
        defmt::write!(f, "{=u16}", self.inputs);
        for layer in self.layers() {
            defmt::write!(f, "-{=u16}", layer.outputs);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn layer(outputs: u16, activation: ActivationKind, output: ElementFormat) -> LayerDescription {
        LayerDescription { kind: LayerKind::Dense, outputs, weights: WeightFormat::I8, activation, output }
    }

    fn digits() -> Description {
        let hidden = layer(32, ActivationKind::Relu, ElementFormat::U4);
        let last = layer(10, ActivationKind::Identity, ElementFormat::I32);
        Description::new(784, ElementFormat::U4).with(hidden).unwrap().with(last).unwrap()
    }

    #[test]
    fn a_description_displays_as_a_chain_of_layers() {
        assert_eq!(digits().to_string(), "784 (U4) → 32 (I8, relu, U4) → 10 (I8, identity, i32)");
    }

    #[test]
    fn inputs_of_a_layer_are_the_outputs_of_the_layer_before() {
        assert_eq!((digits().inputs_of(0), digits().inputs_of(1)), (784, 32));
        assert_eq!(digits().classes(), 10);
    }

    #[test]
    fn a_shift_ensemble_needs_a_picture_and_integers() {
        let picture = Preprocessing::new(28, 28);
        assert!(digits().with_shift_ensemble().is_none());
        let ensemble = digits().preprocessed_by(picture).with_shift_ensemble().unwrap();
        assert_eq!((ensemble.passes(), digits().passes()), (5, 1));
        assert!(ensemble.to_string().starts_with("28 × 28 → shift ensemble → 784 (U4)"));
        assert!(ensemble.is_sound());
        let last =
            LayerDescription { weights: WeightFormat::F32, ..layer(10, ActivationKind::Identity, ElementFormat::F32) };
        let float = Description::new(784, ElementFormat::F32).with(last).unwrap();
        assert!(float.is_sound() && float.preprocessed_by(picture).with_shift_ensemble().is_none());
        assert!(!float.preprocessed_by(picture.then(Step::ShiftEnsemble)).is_sound());
    }

    #[test]
    fn incomplete_empty_and_mixed_networks_are_not_sound() {
        assert!(digits().is_sound());
        let hidden = layer(32, ActivationKind::Relu, ElementFormat::U4);
        assert!(!Description::new(784, ElementFormat::U4).is_sound());
        assert!(!Description::new(784, ElementFormat::U4).with(hidden).unwrap().is_sound());
        let empty = layer(0, ActivationKind::Identity, ElementFormat::I32);
        assert!(!Description::new(784, ElementFormat::U4).with(empty).unwrap().is_sound());
        let mixed = layer(10, ActivationKind::Identity, ElementFormat::F32);
        assert!(!Description::new(784, ElementFormat::U4).with(mixed).unwrap().is_sound());
    }
}
