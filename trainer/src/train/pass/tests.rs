//! The forward pass against the core, the backward pass against numerical gradients.

use super::*;
use crate::parameters::ParameterLayout;

use sinapse::blob::{Logits, Provenance, encode};

use crate::model::{Blob, Model, Scores};
use crate::quantize::{LayerCalibration, initialize_scales, quantize};
use crate::recipe::Recipe;
use crate::recipe::description_of;

fn network(keys: &str) -> Recipe {
    let recipe: Recipe = toml::from_str(&format!("name = 'x'\n[network]\nshape = '784-24-13-10'\n{keys}")).unwrap();
    recipe.check().unwrap();
    recipe
}

/// Random weights and nonzero biases.
fn parameters(layout: &ParameterLayout) -> Vec<f32> {
    let mut parameters = layout.initialize(5, 2.0);
    for layer in &layout.layers {
        parameters[layer.bias.clone()].iter_mut().enumerate().for_each(|(o, bias)| *bias = o as f32 * 0.03 - 0.1);
    }
    parameters
}

fn input(pictures: &[[u8; 784]], value_of: impl Fn(u8) -> f32) -> InputBlock {
    let values: [f32; 256] = std::array::from_fn(|pixel| value_of(pixel as u8));
    let mut input =
        InputBlock { labels: (0..pictures.len()).map(|index| (index % 10) as u8).collect(), ..InputBlock::default() };
    input.by_image.clear();
    pictures.iter().for_each(|picture| input.by_image.push_row(picture, &values));
    input
}

#[test]
fn quantised_epochs_compute_the_logits_of_the_exported_blob_for_every_format() {
    let (pictures, _) = crate::input::drawn::dataset(60, 3);
    for keys in [
        "weights = 8",
        "weights = 8\ninput = 8\nactivations = 8",
        "weights = 4\nper_output_scales = true",
        "weights = 4\ninput = 8\nactivations = 2",
        "weights = [2, 4, 8]\ninput = 1",
        "weights = 2\nactivations = 1",
        "weights = 4\nactivation = 'sigmoid'",
        "weights = 8\nactivations = 8\nactivation = 'sigmoid'",
    ] {
        let recipe = network(keys);
        let description = description_of(&recipe.network, false);
        let layout = ParameterLayout::new(&recipe.network);
        let mut parameters = parameters(&layout);
        let calibration = [1.5, 1.5, 1.0].map(|range| LayerCalibration { range, input_squares: Vec::new() });
        initialize_scales(&description, &layout, &mut parameters, &calibration);
        let quantized = quantize(&description, &layout, &parameters);

        let formats = description.layers().iter().enumerate();
        let bytes = formats
            .zip(&quantized)
            .map(|((index, format), layer)| layer.to_bytes(format.weights, description.input_of(index)));
        let provenance =
            Provenance { program: "", recipe: "", data: "", seed: 1, validation_images: 0, validation_correct: 0 };
        let logits = Logits { step: 1.0, reject_margin: 0 };
        let blob = Blob::new(&encode(&description, (28, 28), logits, &provenance, &bytes.collect::<Vec<_>>()));
        let model = Model::load(&blob).unwrap();

        let weights = Weights {
            description: &description,
            layout: &layout,
            parameters: &parameters,
            quantized: Some(&quantized),
        };
        let mut pass = Pass::new(3);
        let format = description.input;
        pass.forward(weights, &input(&pictures, |pixel| f32::from(format.level_of_pixel(pixel))), None);
        let accumulators: Vec<i32> = pass.accumulators(2).iter().map(|&sum| sum as i32).collect();
        for (picture, accumulators) in pictures.iter().zip(accumulators.chunks_exact(10)) {
            assert_eq!(model.scores(picture), Scores::I32(accumulators.to_vec()), "{keys}");
        }
        let active = pass.outputs(1).iter().filter(|&&level| level > 0.0).count();
        assert!(
            active > 0 && accumulators.iter().any(|sum| sum != &accumulators[0]),
            "{keys}: a network that says nothing"
        );
    }
}

#[test]
fn gradients_equal_finite_differences_of_the_loss() {
    let (pictures, _) = crate::input::drawn::dataset(20, 3);
    for keys in ["arithmetic = 'f32'", "arithmetic = 'f32'\nactivation = 'sigmoid'"] {
        let recipe = network(keys);
        let description = description_of(&recipe.network, false);
        let layout = ParameterLayout::new(&recipe.network);
        let input = input(&pictures, |pixel| f32::from(pixel) / 255.0);
        let loss = Loss { label_smoothing: 0.0, soft_target_weight: 0.0, temperature: 1.0, activity_penalty: 0.0 };
        let run = |parameters: &[f32]| {
            let weights = Weights { description: &description, layout: &layout, parameters, quantized: None };
            let mut pass = Pass::new(3);
            pass.forward_backward(weights, &input, loss, pictures.len(), None);
            pass
        };
        let mut parameters = parameters(&layout);
        let pass = run(&parameters);
        for (index, layer) in layout.layers.iter().enumerate() {
            for o in 0..layer.outputs {
                let gradient: f32 = pass.deltas(index).iter().skip(o).step_by(layer.outputs).sum();
                let place = layer.bias.start + o;
                let old = parameters[place];
                let mut at = |bias: f32| {
                    parameters[place] = bias;
                    run(&parameters).loss / pictures.len() as f32
                };
                // Close enough that hardly any ReLU switches in between.
                let measured = (at(old + 0.0005) - at(old - 0.0005)) / 0.001;
                at(old);
                assert!((gradient - measured).abs() < 4e-3, "{keys}, layer {index}, bias {o}: {gradient} {measured}");
            }
        }
    }
}
