//! Forward pass, loss, and the way back to the slopes of every layer's sums, for one block of a batch, on one thread.

mod loss;

use sinapse::Description;
use sinapse::activation::ActivationKind;

use crate::linalg::gemm::{Matrix, multiply};
use crate::linalg::simd::{long_integer, vectorised};
use crate::linalg::sparse::{Lists, Start};
use crate::parameters::Layout;
use crate::quantize::QuantizedLayer;
pub use loss::Loss;

/// Images of a block: enough for products to be worth their calls, and the same whatever the number of threads.
pub const BLOCK: usize = 64;

/// What a pass computes with: the same for all blocks of a step.
#[derive(Clone, Copy)]
pub struct Weights<'a> {
    /// Sizes and formats.
    pub description: &'a Description,
    /// Where the parameters lie.
    pub layout: &'a Layout,
    /// All parameters.
    pub parameters: &'a [f32],
    /// The board's numbers; `None` in single precision.
    pub quantized: Option<&'a [QuantizedLayer]>,
}

/// Up to [`BLOCK`] images as the first layer reads them.
#[derive(Clone, Debug, Default)]
pub struct Input {
    /// `[images]`
    pub labels: Vec<u8>,
    /// Nonzero inputs of every image.
    pub by_image: Lists,
    /// The same, transposed: images in which an input is not zero.
    pub by_input: Lists,
    /// What teachers say, `[images][classes]`; empty without teachers.
    pub targets: Vec<f32>,
}

/// Hidden outputs that are left out of a pass at random (Srivastava et al. 2014).
#[derive(Clone, Copy, Debug)]
pub struct Dropout {
    /// Share of the outputs that are left out.
    pub rate: f32,
    /// Seed of this block and step.
    pub seed: u64,
}

/// Buffers and results of one block.
#[derive(Clone, Debug, Default)]
pub struct Pass {
    /// Sum of the losses of this block's images.
    pub loss: f32,
    /// Per layer `[images][OUT]`: sums, then outputs (levels in an integer network), then `∂loss/∂(real sum)`.
    sums: Vec<Vec<f32>>,
    outputs: Vec<Vec<f32>>,
    deltas: Vec<Vec<f32>>,
    /// Per layer: slope of the logarithm of its output step.
    by_log_step: Vec<f32>,
}

impl Pass {
    /// Buffers for a network.
    pub fn new(layers: usize) -> Pass {
        let empty = || vec![Vec::new(); layers];
        Pass { loss: 0.0, sums: empty(), outputs: empty(), deltas: empty(), by_log_step: vec![0.0; layers] }
    }

    /// Loss of the images, and the slopes of all sums, as their part of a batch of `batch` images.
    pub fn run(&mut self, weights: Weights<'_>, input: &Input, loss: Loss, batch: usize, dropout: Option<Dropout>) {
        self.forward(weights, input, dropout);
        let last = weights.layout.layers.len() - 1;
        let step = weights.quantized.map_or(1.0, |layers| layers[last].scales[0] * layers[last].input_step);
        self.deltas[last].resize(self.sums[last].len(), 0.0);
        self.loss = loss.slopes(&self.sums[last], step, input, batch, &mut self.deltas[last]);
        let kept = 1.0 - dropout.map_or(0.0, |dropout| dropout.rate);
        self.backward(weights, input.labels.len(), kept, loss.activity / batch as f32);
    }

    /// Fills the outputs of all layers.
    pub fn forward(&mut self, weights: Weights<'_>, input: &Input, dropout: Option<Dropout>) {
        let count = input.labels.len();
        let layers = weights.layout.layers.len();
        for (index, layer) in weights.layout.layers.iter().enumerate() {
            let mut sums = std::mem::take(&mut self.sums[index]);
            sums.resize(count * layer.outputs, 0.0);
            let matrix = weights.matrix(index);
            let bias = weights.bias(index);
            if index == 0 {
                input.by_image.combine(0..count, matrix, layer.outputs, Start::From(&bias), &mut sums);
            } else {
                for row in sums.chunks_exact_mut(layer.outputs) {
                    row.copy_from_slice(&bias);
                }
                let a = Matrix::new(&self.outputs[index - 1], count, layer.inputs);
                multiply(a, Matrix::new(matrix, layer.inputs, layer.outputs), &mut sums, true);
            }
            if index + 1 < layers {
                self.outputs[index].resize(count * layer.outputs, 0.0);
                activate(weights, index, &sums, &mut self.outputs[index]);
                if let Some(dropout) = dropout {
                    drop_out(dropout, index, &mut self.outputs[index]);
                }
            }
            self.sums[index] = sums;
        }
    }

    /// Number of layers.
    pub fn layers(&self) -> usize {
        self.sums.len()
    }

    /// Outputs of hidden layer `index`: `[images][OUT]`.
    pub fn outputs(&self, index: usize) -> &[f32] {
        &self.outputs[index]
    }

    /// Sums of layer `index`: `[images][OUT]`.
    pub fn sums(&self, index: usize) -> &[f32] {
        &self.sums[index]
    }

    /// Slopes of the real sums of layer `index`: `[images][OUT]`.
    pub fn deltas(&self, index: usize) -> &[f32] {
        &self.deltas[index]
    }

    /// Slope of the logarithm of the output step of layer `index`.
    pub fn by_log_step(&self, index: usize) -> f32 {
        self.by_log_step[index]
    }

    fn backward(&mut self, weights: Weights<'_>, count: usize, kept: f32, price: f32) {
        for index in (1..weights.layout.layers.len()).rev() {
            let layer = &weights.layout.layers[index];
            let mut before = std::mem::take(&mut self.deltas[index - 1]);
            let delta = &self.deltas[index];
            let scaled: Vec<f32>;
            let delta = match weights.quantized {
                None => delta,
                Some(layers) => {
                    let scales = &layers[index].scales;
                    let rows = delta.chunks_exact(layer.outputs);
                    scaled = rows.flat_map(|row| row.iter().zip(scales).map(|(delta, scale)| delta * scale)).collect();
                    &scaled
                }
            };
            before.resize(count * layer.inputs, 0.0);
            let matrix = Matrix::new(weights.matrix(index), layer.inputs, layer.outputs);
            multiply(Matrix::new(delta, count, layer.outputs), matrix.transposed(), &mut before, false);
            self.through_activation(weights, index - 1, kept, price, &mut before);
            self.deltas[index - 1] = before;
        }
    }

    /// Turns `∂loss/∂output` of layer `index` into `∂loss/∂(real sum)`, in place; the step's slope on the way.
    fn through_activation(&mut self, weights: Weights<'_>, index: usize, kept: f32, price: f32, delta: &mut [f32]) {
        let layer = &weights.layout.layers[index];
        let format = weights.description.layers()[index];
        let outputs = &self.outputs[index];
        let Some(layers) = weights.quantized else {
            // What dropout has left out is zero, as what the ReLU has cut is: neither has a slope.
            let open = 1.0 / kept;
            vectorised(
                #[inline(always)]
                || match format.activation {
                    ActivationKind::Relu => {
                        delta.iter_mut().zip(outputs).for_each(|(delta, y)| *delta *= if *y > 0.0 { open } else { 0.0 })
                    }
                    ActivationKind::Sigmoid => {
                        delta.iter_mut().zip(outputs).for_each(|(delta, y)| *delta *= y * (1.0 - y))
                    }
                    ActivationKind::Identity => {}
                },
            );
            return;
        };
        let quantized = &layers[index];
        let top = f32::from(format.output.top_level());
        if format.activation == ActivationKind::Sigmoid {
            for (delta, level) in delta.iter_mut().zip(outputs) {
                let y = level / top;
                // At the ends the rounded slope is zero for ever; the table's own end slope keeps the neuron alive.
                *delta *= (y * (1.0 - y)).max(0.002);
            }
            return;
        }
        let ratio = |scale: &f32| scale * quantized.input_step / quantized.output_step;
        let ratios: Vec<f32> = quantized.scales.iter().map(ratio).collect();
        let mut by_step = vec![0.0f32; layer.outputs];
        // Per level, not per unit: a network could grow its steps otherwise, and be as active as before.
        let price = price / (top * quantized.output_step);
        vectorised(
            #[inline(always)]
            || {
                let width = layer.outputs;
                let (ratios, by_step) = (&ratios[..width], &mut by_step[..width]);
                let rows = delta.chunks_exact_mut(width).zip(self.sums[index].chunks_exact(width));
                for ((delta, sums), levels) in rows.zip(outputs.chunks_exact(width)) {
                    for o in 0..width {
                        // Read in any case, chosen among numbers: a branch would be compiled to gathers.
                        let (u, before) = (sums[o] * ratios[o], delta[o]);
                        let inside = (u > 0.0) & (u < top);
                        by_step[o] += before * (levels[o] - if inside { u } else { 0.0 });
                        delta[o] = if inside { before + price } else { 0.0 };
                    }
                }
            },
        );
        self.by_log_step[index] = by_step.iter().sum::<f32>() * quantized.output_step;
    }
}

impl<'a> Weights<'a> {
    /// Weights of layer `index`, `[IN][OUT]`: real ones, or integers.
    fn matrix(&self, index: usize) -> &'a [f32] {
        match self.quantized {
            Some(layers) => &layers[index].weights,
            None => &self.parameters[self.layout.layers[index].weights.clone()],
        }
    }

    fn bias(&self, index: usize) -> Vec<f32> {
        match self.quantized {
            Some(layers) => layers[index].bias.iter().map(|&bias| bias as f32).collect(),
            None => self.parameters[self.layout.layers[index].bias.clone()].to_vec(),
        }
    }
}

/// Outputs of a layer from its sums: real activations, or the levels that the board computes.
fn activate(weights: Weights<'_>, index: usize, sums: &[f32], outputs: &mut [f32]) {
    let format = weights.description.layers()[index];
    let Some(layers) = weights.quantized else {
        match format.activation {
            ActivationKind::Identity => outputs.copy_from_slice(sums),
            ActivationKind::Relu => vectorised(
                #[inline(always)]
                || outputs.iter_mut().zip(sums).for_each(|(y, &a)| *y = a.max(0.0)),
            ),
            ActivationKind::Sigmoid => {
                outputs.iter_mut().zip(sums).for_each(|(y, &a)| *y = sinapse::activation::sigmoid(a));
            }
        }
        return;
    };
    let requantization = layers[index].rescaling.as_core();
    let width = usize::from(format.outputs);
    let top_level = format.output.top_level();
    if format.activation == ActivationKind::Sigmoid {
        for (outputs, sums) in outputs.chunks_exact_mut(width).zip(sums.chunks_exact(width)) {
            for (o, (y, &a)) in outputs.iter_mut().zip(sums).enumerate() {
                *y = f32::from(requantization.sigmoid(a as i32, o, format.output));
            }
        }
        return;
    }
    // `Requantization::relu`, spelled out for vectors; a test holds both together.
    let multipliers: Vec<i32> = (0..width).map(|o| requantization.multiplier(o)).collect();
    let (pre_shift, shift) = (u32::from(requantization.pre_shift), u32::from(requantization.shift));
    vectorised(
        #[inline(always)]
        || {
            let (half, top) = (1i32 << (shift - 1), i32::from(top_level));
            for (outputs, sums) in outputs.chunks_exact_mut(width).zip(sums.chunks_exact(width)) {
                for ((y, &a), &multiplier) in outputs.iter_mut().zip(sums).zip(&multipliers) {
                    // A negative sum gives level 0; sums are integers below 2³¹, so that the cast is exact.
                    let a = long_integer(a.clamp(0.0, 2_147_483_520.0));
                    let level = (a >> pre_shift).wrapping_mul(multiplier).wrapping_add(half) >> shift;
                    *y = level.min(top) as f32;
                }
            }
        },
    );
}

/// Sets outputs to zero at random, and scales the others up.
fn drop_out(dropout: Dropout, index: usize, outputs: &mut [f32]) {
    let limit = (dropout.rate * 256.0) as u64;
    let kept = 1.0 / (1.0 - limit as f32 / 256.0);
    let mut state = dropout.seed ^ (index as u64).wrapping_mul(0x2545_f491_4f6c_dd1d);
    for eight in outputs.chunks_mut(8) {
        // SplitMix64 (Steele et al. 2014): eight bytes decide about eight outputs.
        state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut bits = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        bits ^= bits >> 31;
        for output in eight {
            *output *= if bits & 255 < limit { 0.0 } else { kept };
            bits >>= 8;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    use sinapse::blob::{Logits, Provenance, encode};

    use crate::model::{Blob, Model, Scores};
    use crate::quantize::{Activity, initialize_scales, quantize};
    use crate::recipe::Recipe;
    use crate::recipe::description_of;

    fn network(keys: &str) -> Recipe {
        let recipe: Recipe = toml::from_str(&format!("name = 'x'\n[network]\nshape = '784-24-13-10'\n{keys}")).unwrap();
        recipe.check().unwrap();
        recipe
    }

    /// Random weights, and biases that are not zero.
    fn parameters(layout: &Layout) -> Vec<f32> {
        let mut parameters = layout.initial(5, 2.0);
        for layer in &layout.layers {
            parameters[layer.bias.clone()].iter_mut().enumerate().for_each(|(o, bias)| *bias = o as f32 * 0.03 - 0.1);
        }
        parameters
    }

    fn input(pictures: &[[u8; 784]], value_of: impl Fn(u8) -> f32) -> Input {
        let values: [f32; 256] = std::array::from_fn(|pixel| value_of(pixel as u8));
        let mut input =
            Input { labels: (0..pictures.len()).map(|index| (index % 10) as u8).collect(), ..Input::default() };
        input.by_image.clear();
        pictures.iter().for_each(|picture| input.by_image.list(picture, &values));
        input
    }

    #[test]
    fn quantised_epochs_compute_the_sums_of_the_exported_blob_for_every_format() {
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
            let layout = Layout::of(&recipe.network);
            let mut parameters = parameters(&layout);
            let activities = [1.5, 1.5, 1.0].map(|top| Activity { top, input_squares: Vec::new() });
            initialize_scales(&description, &layout, &mut parameters, &activities);
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
            let sums: Vec<i32> = pass.sums(2).iter().map(|&sum| sum as i32).collect();
            for (picture, sums) in pictures.iter().zip(sums.chunks_exact(10)) {
                assert_eq!(model.scores(picture), Scores::I32(sums.to_vec()), "{keys}");
            }
            let active = pass.outputs(1).iter().filter(|&&level| level > 0.0).count();
            assert!(active > 0 && sums.iter().any(|sum| sum != &sums[0]), "{keys}: a network that says nothing");
        }
    }

    #[test]
    fn slopes_are_what_the_loss_changes_by() {
        let (pictures, _) = crate::input::drawn::dataset(20, 3);
        for keys in ["arithmetic = 'f32'", "arithmetic = 'f32'\nactivation = 'sigmoid'"] {
            let recipe = network(keys);
            let description = description_of(&recipe.network, false);
            let layout = Layout::of(&recipe.network);
            let input = input(&pictures, |pixel| f32::from(pixel) / 255.0);
            let loss = Loss { label_smoothing: 0.0, teaching: 0.0, temperature: 1.0, activity: 0.0 };
            let run = |parameters: &[f32]| {
                let weights = Weights { description: &description, layout: &layout, parameters, quantized: None };
                let mut pass = Pass::new(3);
                pass.run(weights, &input, loss, pictures.len(), None);
                pass
            };
            let mut parameters = parameters(&layout);
            let pass = run(&parameters);
            for (index, layer) in layout.layers.iter().enumerate() {
                for o in 0..layer.outputs {
                    let slope: f32 = pass.deltas(index).iter().skip(o).step_by(layer.outputs).sum();
                    let place = layer.bias.start + o;
                    let old = parameters[place];
                    let mut at = |bias: f32| {
                        parameters[place] = bias;
                        run(&parameters).loss / pictures.len() as f32
                    };
                    // So near that hardly a ReLU opens or closes in between.
                    let measured = (at(old + 0.0005) - at(old - 0.0005)) / 0.001;
                    at(old);
                    assert!((slope - measured).abs() < 4e-3, "{keys}, layer {index}, bias {o}: {slope} {measured}");
                }
            }
        }
    }

    #[test]
    fn dropout_leaves_out_its_share_and_keeps_the_mean() {
        let mut outputs = vec![1.0f32; 80_000];
        drop_out(Dropout { rate: 0.25, seed: 7 }, 1, &mut outputs);
        let dropped = outputs.iter().filter(|&&output| output == 0.0).count();
        assert!((19_000..21_000).contains(&dropped), "{dropped}");
        assert!((0.99..1.01).contains(&(outputs.iter().sum::<f32>() / 80_000.0)));
    }
}
