//! Forward and backward pass of one shard of a batch, on one thread.

use sinapse::Description;
use sinapse::activation::ActivationKind;

use super::gemm::{Matrix, multiply};
use super::parameters::Layout;
use super::quantizer::QuantizedLayer;

/// What a pass computes with: the same for all shards of a step.
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

/// Buffers and results of one shard.
pub struct Shard {
    /// `[images][IN]`, to be filled before [`Shard::run`].
    pub images: Vec<u8>,
    /// `[images]`.
    pub labels: Vec<u8>,
    /// Sum of the losses of this shard's images.
    pub loss: f32,
    /// Gradient of the mean loss of the whole batch.
    pub gradient: Vec<f32>,
    /// Nonzero inputs of all images: position, value; `starts[b]..starts[b + 1]` belongs to image `b`.
    positions: Vec<u32>,
    values: Vec<f32>,
    starts: Vec<usize>,
    /// Per layer `[images][OUT]`: sums, then outputs (levels in an integer network), then `∂loss/∂(real sum)`.
    sums: Vec<Vec<f32>>,
    outputs: Vec<Vec<f32>>,
    deltas: Vec<Vec<f32>>,
}

impl Shard {
    /// Buffers for a network.
    pub fn new(layout: &Layout) -> Shard {
        let empty = || vec![Vec::new(); layout.layers.len()];
        Shard {
            images: Vec::new(),
            labels: Vec::new(),
            loss: 0.0,
            gradient: vec![0.0; layout.length],
            positions: Vec::new(),
            values: Vec::new(),
            starts: Vec::new(),
            sums: empty(),
            outputs: empty(),
            deltas: empty(),
        }
    }

    /// Loss and gradient of the images, as their part of a batch of `batch` images.
    pub fn run(&mut self, weights: Weights<'_>, batch: usize, label_smoothing: f32) {
        self.forward(weights);
        self.loss_and_last_delta(weights, batch, label_smoothing);
        self.backward(weights);
    }

    /// Fills the outputs of all layers.
    pub fn forward(&mut self, weights: Weights<'_>) {
        self.list_nonzero_inputs(weights);
        for index in 0..weights.layout.layers.len() {
            let outputs = weights.layout.layers[index].outputs;
            let count = self.labels.len();
            let mut sums = std::mem::take(&mut self.sums[index]);
            sums.resize(count * outputs, 0.0);
            let matrix = weights.matrix(index);
            let bias = weights.bias(index);
            for row in sums.chunks_exact_mut(outputs) {
                row.copy_from_slice(&bias);
            }
            if index == 0 {
                self.add_sparse_columns(matrix, outputs, &mut sums);
            } else {
                let inputs = weights.layout.layers[index].inputs;
                let a = Matrix::new(&self.outputs[index - 1], count, inputs);
                multiply(a, Matrix::new(matrix, inputs, outputs), &mut sums, true);
            }
            self.outputs[index].resize(count * outputs, 0.0);
            activate(weights, index, &sums, &mut self.outputs[index]);
            self.sums[index] = sums;
        }
    }

    /// Outputs of hidden layer `index`: `[images][OUT]`.
    pub fn outputs(&self, index: usize) -> &[f32] {
        &self.outputs[index]
    }

    fn list_nonzero_inputs(&mut self, weights: Weights<'_>) {
        let inputs = usize::from(weights.description.inputs);
        let format = weights.description.input;
        let values: [f32; 256] = std::array::from_fn(|pixel| match weights.quantized {
            None => pixel as f32 / 255.0,
            Some(_) => f32::from(format.level_of_pixel(pixel as u8)),
        });
        self.positions.clear();
        self.values.clear();
        self.starts.clear();
        for image in self.images.chunks_exact(inputs) {
            self.starts.push(self.positions.len());
            for (position, &pixel) in image.iter().enumerate() {
                let value = values[usize::from(pixel)];
                if value != 0.0 {
                    self.positions.push(position as u32);
                    self.values.push(value);
                }
            }
        }
        self.starts.push(self.positions.len());
    }

    /// `sums[b] += Σ x·column` over the nonzero inputs: most pixels are zero, so this beats a dense product.
    fn add_sparse_columns(&self, matrix: &[f32], outputs: usize, sums: &mut [f32]) {
        pulp::Arch::new().dispatch(|| {
            for (row, bounds) in sums.chunks_exact_mut(outputs).zip(self.starts.windows(2)) {
                let nonzero = bounds[0]..bounds[1];
                for (&position, &x) in self.positions[nonzero.clone()].iter().zip(&self.values[nonzero]) {
                    let column = &matrix[position as usize * outputs..][..outputs];
                    for (sum, weight) in row.iter_mut().zip(column) {
                        *sum += x * weight;
                    }
                }
            }
        });
    }

    /// Softmax cross-entropy and its slope `(p − t) / batch` at the last layer's real sums.
    fn loss_and_last_delta(&mut self, weights: Weights<'_>, batch: usize, label_smoothing: f32) {
        let last = weights.layout.layers.len() - 1;
        let classes = weights.layout.layers[last].outputs;
        let step = weights.quantized.map_or(1.0, |layers| layers[last].scales[0] * layers[last].input_step);
        let spread = label_smoothing / classes as f32;
        self.deltas[last].resize(self.labels.len() * classes, 0.0);
        self.loss = 0.0;
        let rows = self.sums[last].chunks_exact(classes).zip(self.deltas[last].chunks_exact_mut(classes));
        for ((logits, delta), &label) in rows.zip(&self.labels) {
            for (delta, logit) in delta.iter_mut().zip(logits) {
                *delta = logit * step;
            }
            sinapse::softmax(delta);
            self.loss -= delta[usize::from(label)].max(1e-12).ln();
            for (class, delta) in delta.iter_mut().enumerate() {
                let target = spread + if class == usize::from(label) { 1.0 - label_smoothing } else { 0.0 };
                *delta = (*delta - target) / batch as f32;
            }
        }
    }

    fn backward(&mut self, weights: Weights<'_>) {
        let count = self.labels.len();
        for index in (0..weights.layout.layers.len()).rev() {
            let layer = &weights.layout.layers[index];
            let mut delta = std::mem::take(&mut self.deltas[index]);
            let by_bias = &mut self.gradient[layer.bias.clone()];
            by_bias.fill(0.0);
            for row in delta.chunks_exact(layer.outputs) {
                for (total, delta) in by_bias.iter_mut().zip(row) {
                    *total += delta;
                }
            }
            if index == 0 {
                self.sparse_weight_gradient(layer.weights.clone(), layer.outputs, &delta);
                self.deltas[0] = delta;
                return;
            }
            let inputs = Matrix::new(&self.outputs[index - 1], count, layer.inputs);
            let by_weights = &mut self.gradient[layer.weights.clone()];
            multiply(inputs.transposed(), Matrix::new(&delta, count, layer.outputs), by_weights, false);

            if let Some(layers) = weights.quantized {
                for row in delta.chunks_exact_mut(layer.outputs) {
                    for (delta, scale) in row.iter_mut().zip(&layers[index].scales) {
                        *delta *= scale;
                    }
                }
            }
            let mut before = std::mem::take(&mut self.deltas[index - 1]);
            before.resize(count * layer.inputs, 0.0);
            let matrix = Matrix::new(weights.matrix(index), layer.inputs, layer.outputs);
            multiply(Matrix::new(&delta, count, layer.outputs), matrix.transposed(), &mut before, false);
            self.through_activation(weights, index - 1, &mut before);
            self.deltas[index] = delta;
            self.deltas[index - 1] = before;
        }
    }

    /// `∂loss/∂w[i] = Σ_b x[b][i] · delta[b]`, for the nonzero inputs alone.
    fn sparse_weight_gradient(&mut self, range: std::ops::Range<usize>, outputs: usize, delta: &[f32]) {
        let gradient = &mut self.gradient[range];
        let (positions, values, starts) = (&self.positions, &self.values, &self.starts);
        pulp::Arch::new().dispatch(|| {
            gradient.fill(0.0);
            for (row, bounds) in delta.chunks_exact(outputs).zip(starts.windows(2)) {
                let nonzero = bounds[0]..bounds[1];
                for (&position, &x) in positions[nonzero.clone()].iter().zip(&values[nonzero]) {
                    let column = &mut gradient[position as usize * outputs..][..outputs];
                    for (slope, delta) in column.iter_mut().zip(row) {
                        *slope += x * delta;
                    }
                }
            }
        });
    }

    /// Turns `∂loss/∂output` of layer `index` into `∂loss/∂(real sum)`, in place; the step's gradient on the way.
    fn through_activation(&mut self, weights: Weights<'_>, index: usize, delta: &mut [f32]) {
        let layer = &weights.layout.layers[index];
        let format = weights.description.layers()[index];
        let outputs = &self.outputs[index];
        let Some(layers) = weights.quantized else {
            for (delta, y) in delta.iter_mut().zip(outputs) {
                *delta *= match format.activation {
                    ActivationKind::Relu => f32::from(u8::from(*y > 0.0)),
                    ActivationKind::Sigmoid => y * (1.0 - y),
                    ActivationKind::Identity => 1.0,
                };
            }
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
        let mut by_step = 0.0;
        pulp::Arch::new().dispatch(|| {
            let rows = delta.chunks_exact_mut(layer.outputs).zip(self.sums[index].chunks_exact(layer.outputs));
            for ((delta, sums), levels) in rows.zip(outputs.chunks_exact(layer.outputs)) {
                for o in 0..layer.outputs {
                    let u = sums[o] * ratios[o];
                    let inside = u > 0.0 && u < top;
                    let slope = if inside { levels[o] - u } else { levels[o] };
                    by_step += delta[o] * slope;
                    delta[o] = if inside { delta[o] } else { 0.0 };
                }
            }
        });
        self.gradient[layer.log_step.start] = by_step * quantized.output_step;
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
        pulp::Arch::new().dispatch(|| {
            for (y, &a) in outputs.iter_mut().zip(sums) {
                *y = match format.activation {
                    ActivationKind::Identity => a,
                    ActivationKind::Relu => a.max(0.0),
                    ActivationKind::Sigmoid => sinapse::activation::sigmoid(a),
                };
            }
        });
        return;
    };
    if format.activation == ActivationKind::Identity {
        outputs.copy_from_slice(sums);
        return;
    }
    let requantization = layers[index].rescaling.as_core();
    let width = usize::from(format.outputs);
    let top_level = format.output.top_level();
    pulp::Arch::new().dispatch(|| {
        for (outputs, sums) in outputs.chunks_exact_mut(width).zip(sums.chunks_exact(width)) {
            for (o, (y, &a)) in outputs.iter_mut().zip(sums).enumerate() {
                *y = f32::from(match format.activation {
                    ActivationKind::Sigmoid => requantization.sigmoid(a as i32, o, format.output),
                    _ => requantization.relu(a as i32, o, top_level),
                });
            }
        }
    });
}
