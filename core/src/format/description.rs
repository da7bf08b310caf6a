//! The whole shape of a network as a value: sizes and number formats of every layer.

use core::fmt;

use serde::{Deserialize, Serialize};

use super::activation::ActivationKind;
use super::element::ElementFormat;
use super::preprocessing::{Reduction, VIEWS};
use super::text::Text;
use super::weight::WeightFormat;

/// Most layers that a blob can describe.
pub const MAX_LAYERS: usize = 16;

/// One layer: its width and its number formats. Its inputs are what comes before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct LayerDescription {
    /// Number of outputs, at least 1.
    pub outputs: u16,
    /// Format of the weights.
    pub weights: WeightFormat,
    /// Activation function.
    pub activation: ActivationKind,
    /// Format of the outputs.
    pub output: ElementFormat,
}

/// A network's inputs and layers, in order.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Description {
    /// Number of inputs of the first layer, at least 1.
    pub inputs: u16,
    /// How the first layer reads its inputs.
    pub input: ElementFormat,
    /// How the picture becomes these inputs; `None`: it is them.
    pub reduction: Option<Reduction>,
    count: u8,
    layers: [LayerDescription; MAX_LAYERS],
}

const UNUSED: LayerDescription = LayerDescription {
    outputs: 0,
    weights: WeightFormat::F32,
    activation: ActivationKind::Identity,
    output: ElementFormat::F32,
};

impl Description {
    /// A description without layers yet.
    pub const fn new(inputs: u16, input: ElementFormat) -> Self {
        Description { inputs, input, reduction: None, count: 0, layers: [UNUSED; MAX_LAYERS] }
    }

    /// The same for a picture that is made smaller first.
    pub const fn reduced_by(mut self, reduction: Reduction) -> Self {
        self.reduction = Some(reduction);
        self
    }

    /// The same for a network that reads five views of its picture; `None` where there is no picture, or no integers.
    pub const fn in_views(mut self) -> Option<Self> {
        match &mut self.reduction {
            Some(reduction) if !matches!(self.input, ElementFormat::F32) => {
                reduction.views = true;
                Some(self)
            }
            _ => None,
        }
    }

    /// How often the layers run for one picture: the number of its [`views`](crate::picture::shift), or once.
    pub const fn views(&self) -> u8 {
        match &self.reduction {
            Some(Reduction { views: true, .. }) => VIEWS,
            _ => 1,
        }
    }

    /// Number of pixels of the whole picture.
    pub fn picture_pixels(&self) -> usize {
        self.reduction.map_or(usize::from(self.inputs), |whole| usize::from(whole.width) * usize::from(whole.height))
    }

    /// A description of one layer.
    pub const fn of_layer(inputs: u16, input: ElementFormat, layer: LayerDescription) -> Self {
        let mut description = Description::new(inputs, input);
        description.layers[0] = layer;
        description.count = 1;
        description
    }

    /// The same with one more layer; `None` beyond [`MAX_LAYERS`].
    pub const fn with(mut self, layer: LayerDescription) -> Option<Self> {
        if self.count as usize >= MAX_LAYERS {
            return None;
        }
        self.layers[self.count as usize] = layer;
        self.count += 1;
        Some(self)
    }

    /// The layers of this one and then those of another; `None` beyond [`MAX_LAYERS`].
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

    /// The layers, first to last.
    pub const fn layers(&self) -> &[LayerDescription] {
        match self.layers.split_at_checked(self.count as usize) {
            Some((layers, _)) => layers,
            None => &self.layers, // `with` counts no further than there are
        }
    }

    /// Number of inputs of layer `index`.
    pub fn inputs_of(&self, index: usize) -> usize {
        let before = index.checked_sub(1).and_then(|before| self.layers().get(before));
        usize::from(before.map_or(self.inputs, |layer| layer.outputs))
    }

    /// Format of the inputs of layer `index`.
    pub fn input_of(&self, index: usize) -> ElementFormat {
        let before = index.checked_sub(1).and_then(|before| self.layers().get(before));
        before.map_or(self.input, |layer| layer.output)
    }

    /// Number of outputs of the network; 0 without layers.
    pub fn classes(&self) -> usize {
        self.layers().last().map_or(0, |layer| usize::from(layer.outputs))
    }

    /// Whether this is a network that Sinapse can run: formats that go together, no empty layer, logits at the end.
    pub const fn is_sound(&self) -> bool {
        if self.count == 0 || self.inputs == 0 {
            return false;
        }
        let real = matches!(self.input, ElementFormat::F32);
        if matches!(self.input, ElementFormat::I32) || (real && self.views() > 1) {
            return false;
        }
        let layers = self.layers();
        let mut index = 0;
        while index < layers.len() {
            let layer = &layers[index];
            let last = index + 1 == layers.len();
            let fits = matches!(layer.weights, WeightFormat::F32) == real
                && matches!(layer.activation, ActivationKind::Identity) == last
                && matches!(layer.output, ElementFormat::F32) == real
                && matches!(layer.output, ElementFormat::I32) == (last && !real);
            if layer.outputs == 0 || !fits {
                return false;
            }
            index += 1;
        }
        true
    }

    /// The description as text, at compile time too: `784 (U4) → 32 (I8, relu, U4) → 10 (I8, identity, i32)`.
    pub const fn text(&self) -> Text {
        let mut text = Text::new();
        if let Some(reduction) = &self.reduction {
            text.push_number(reduction.width);
            text.push(" × ");
            text.push_number(reduction.height);
            text.push(" (crop ");
            text.push_number(reduction.crop as u16);
            text.push(", ");
            text.push(reduction.scale.name());
            if reduction.deslant {
                text.push(", deslanted");
            }
            if reduction.views {
                text.push(", five views");
            }
            text.push(") → ");
        }
        text.push_number(self.inputs);
        text.push(" (");
        text.push(self.input.name());
        text.push(")");
        let mut index = 0;
        while index < self.count as usize {
            let layer = &self.layers[index];
            text.push(" → ");
            text.push_number(layer.outputs);
            text.push(" (");
            text.push(layer.weights.name());
            text.push(", ");
            text.push(layer.activation.name());
            text.push(", ");
            text.push(layer.output.name());
            text.push(")");
            index += 1;
        }
        text
    }
}

impl Reduction {
    /// Whether this is how the inputs of such a network come about.
    pub(crate) fn is_that_of(&self, network: &Description) -> bool {
        match &network.reduction {
            Some(reduction) => self == reduction,
            // Two numbers of 16 bits: the product has no more than 32.
            None => self.is_whole() && u32::from(self.width) * u32::from(self.height) == u32::from(network.inputs),
        }
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
    use super::super::preprocessing::Scale;
    use super::*;

    fn layer(outputs: u16, activation: ActivationKind, output: ElementFormat) -> LayerDescription {
        LayerDescription { outputs, weights: WeightFormat::I8, activation, output }
    }

    fn digits() -> Description {
        let hidden = layer(32, ActivationKind::Relu, ElementFormat::U4);
        let last = layer(10, ActivationKind::Identity, ElementFormat::I32);
        Description::new(784, ElementFormat::U4).with(hidden).unwrap().with(last).unwrap()
    }

    #[test]
    fn a_description_reads_as_a_chain_of_layers() {
        assert_eq!(digits().to_string(), "784 (U4) → 32 (I8, relu, U4) → 10 (I8, identity, i32)");
    }

    #[test]
    fn inputs_of_a_layer_are_the_outputs_before_it() {
        assert_eq!((digits().inputs_of(0), digits().inputs_of(1)), (784, 32));
        assert_eq!(digits().classes(), 10);
    }

    #[test]
    fn five_views_are_of_a_picture_and_in_integers() {
        let picture = Reduction { width: 28, height: 28, crop: 0, scale: Scale::One, deslant: false, views: false };
        assert!(digits().in_views().is_none());
        let viewed = digits().reduced_by(picture).in_views().unwrap();
        assert_eq!((viewed.views(), digits().views()), (5, 1));
        assert!(viewed.to_string().starts_with("28 × 28 (crop 0, One, five views) → 784 (U4)"));
        assert!(viewed.is_sound());
        let last =
            LayerDescription { weights: WeightFormat::F32, ..layer(10, ActivationKind::Identity, ElementFormat::F32) };
        let real = Description::new(784, ElementFormat::F32).with(last).unwrap();
        assert!(real.is_sound() && real.reduced_by(picture).in_views().is_none());
        assert!(!real.reduced_by(Reduction { views: true, ..picture }).is_sound());
    }

    #[test]
    fn only_whole_networks_are_sound() {
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
