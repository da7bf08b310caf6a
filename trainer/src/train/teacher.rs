//! Teachers for knowledge distillation (Hinton et al. 2015): trained networks whose outputs are soft targets.

use std::path::Path;

use rayon::prelude::*;
use sinapse::Description;
use sinapse::blob::LayerView;
use sinapse::dynamic::{first_layer_input, integer_accumulators};
use sinapse::format::ElementFormat;

use super::pass::{BLOCK, InputBlock, Pass, Weights};
use crate::model::{self, Model, ModelError};
use crate::parameters::{LayerParameters, ParameterLayout};
use crate::quantize::{OwnedRequantization, QuantizedLayer};

/// A teacher that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum TeacherError {
    /// The blob cannot be read.
    #[error("distillation.teachers: {0}")]
    Model(#[from] ModelError),
    /// The teacher has a different number of classes.
    #[error("distillation.teachers: {} has {found} classes, the network to train has {expected}", path.display())]
    WrongClasses {
        /// File of the teacher.
        path: std::path::PathBuf,
        /// Classes of the teacher.
        found: usize,
        /// Classes of the network.
        expected: usize,
    },
}

/// Networks of any kind, read from blobs; their mean prediction is the soft target.
#[derive(Clone, Debug, Default)]
pub struct Teachers {
    networks: Vec<Teacher>,
    temperature: f32,
    /// CRC-32 of all blobs, which identifies the teachers in a checkpoint.
    pub checksum: u32,
}

/// Buffers of a forward pass through the teachers.
#[derive(Clone, Debug, Default)]
pub struct TeacherScratch {
    input: InputBlock,
    pass: Pass,
    probabilities: Vec<f32>,
}

#[derive(Clone, Debug)]
struct Teacher {
    description: Description,
    layout: ParameterLayout,
    parameters: Vec<f32>,
    quantized: Option<Vec<QuantizedLayer>>,
    /// Real value of one step of the logits.
    step: f32,
}

impl Teachers {
    /// Reads teachers from blobs.
    ///
    /// # Errors
    ///
    /// Returns an error for files that are missing or not sound blobs, and for networks with other pictures or classes.
    pub fn read<'p>(
        paths: impl Iterator<Item = &'p Path>,
        temperature: f32,
        (width, height): (usize, usize),
        classes: usize,
    ) -> Result<Teachers, TeacherError> {
        let mut teachers = Teachers { networks: Vec::new(), temperature, checksum: 0 };
        for path in paths {
            let blob = model::read(path)?;
            let model = model::load(&blob, path)?;
            model::check_size(&model, width, height)?;
            let found = model.description.classes();
            if found != classes {
                return Err(TeacherError::WrongClasses { path: path.into(), found, expected: classes });
            }
            teachers.networks.push(Teacher::from_model(&model));
            teachers.checksum = crc32fast::hash(blob.bytes()) ^ teachers.checksum.rotate_left(1);
        }
        Ok(teachers)
    }

    /// Number of classes; `None` without teachers.
    pub fn classes(&self) -> Option<usize> {
        self.networks.first().map(|teacher| teacher.description.classes())
    }

    /// Appends the mean probabilities of `count` full-size pictures, `[count][classes]`.
    pub fn soft_targets(&self, pictures: &[u8], count: usize, scratch: &mut TeacherScratch, out: &mut Vec<f32>) {
        let Some(classes) = self.classes() else { return };
        let start = out.len();
        out.resize(start + count * classes, 0.0);
        for teacher in &self.networks {
            teacher.logits(pictures, count, scratch);
            let rows = scratch.probabilities.chunks_exact_mut(classes).zip(out[start..].chunks_exact_mut(classes));
            for (row, out) in rows {
                row.iter_mut().for_each(|logit| *logit /= self.temperature);
                sinapse::softmax(row);
                out.iter_mut().zip(row).for_each(|(out, p)| *out += *p / self.networks.len() as f32);
            }
        }
    }
}

impl Teacher {
    fn from_model(model: &Model<'_>) -> Teacher {
        let description = model.description;
        let real = description.input == ElementFormat::F32;
        let (mut layers, mut parameters, mut quantized) = (Vec::new(), Vec::new(), Vec::new());
        for view in &model.layers {
            let (inputs, outputs) = (view.inputs, usize::from(view.description.outputs));
            let start = parameters.len();
            if real {
                parameters.extend(bytemuck::pod_collect_to_vec::<u8, f32>(view.weights));
                parameters.extend(bytemuck::pod_collect_to_vec::<u8, f32>(view.bias));
            } else {
                quantized.push(QuantizedLayer {
                    weights: integer_weights(view),
                    bias: bytemuck::pod_collect_to_vec(view.bias),
                    scales: vec![1.0; outputs],
                    input_step: 1.0,
                    output_step: 1.0,
                    requantization: OwnedRequantization {
                        pre_shift: view.requantization.pre_shift,
                        shift: view.requantization.shift,
                        multipliers: view.requantization.multipliers.to_vec(),
                    },
                });
            }
            let weights = start..start + if real { inputs * outputs } else { 0 };
            let bias = weights.end..parameters.len();
            let none = bias.end..bias.end;
            layers.push(LayerParameters { inputs, outputs, weights, bias, log_scales: none.clone(), log_step: none });
        }
        Teacher {
            description,
            layout: ParameterLayout { layers, length: parameters.len() },
            parameters,
            quantized: (!real).then_some(quantized),
            step: if real { 1.0 } else { model.logits.step },
        }
    }

    /// Writes the real logits of up to [`BLOCK`] full-size pictures to `scratch.probabilities`.
    ///
    /// Blocks are padded to [`BLOCK`] rows, so that the logits of an image do not depend on its neighbours.
    fn logits(&self, pictures: &[u8], count: usize, scratch: &mut TeacherScratch) {
        let TeacherScratch { input, pass, probabilities } = scratch;
        let pixels = pictures.len() / count.max(1);
        let classes = self.description.classes();
        let values: [f32; 256] = std::array::from_fn(|pixel| match self.description.input {
            ElementFormat::F32 => pixel as f32 / 255.0,
            format => f32::from(format.level_of_pixel(pixel as u8)),
        });
        input.labels.resize(count.max(BLOCK), 0);
        if pass.layers() != self.layout.layers.len() {
            *pass = Pass::new(self.layout.layers.len());
        }
        let weights = Weights {
            description: &self.description,
            layout: &self.layout,
            parameters: &self.parameters,
            quantized: self.quantized.as_deref(),
        };
        probabilities.clear();
        probabilities.resize(count * classes, 0.0);
        for shift in 0..self.description.passes() {
            input.by_image.clear();
            for picture in pictures.chunks_exact(pixels) {
                input.by_image.push_row(&first_layer_input(&self.description, picture, shift), &values);
            }
            for _ in count..BLOCK {
                input.by_image.push_row(&[], &values);
            }
            pass.forward(weights, input, None);
            let sums = pass.accumulators(self.layout.layers.len() - 1);
            probabilities.iter_mut().zip(sums).for_each(|(logit, sum)| *logit += sum * self.step);
        }
    }
}

/// Integer weights of a layer, `[inputs][outputs]`: the accumulators' response to a single input at level 1.
fn integer_weights(view: &LayerView<'_>) -> Vec<f32> {
    let none = integer_accumulators(view, &vec![0; view.inputs]);
    let column = |input: usize| {
        let mut levels = vec![0; view.inputs];
        levels[input] = 1;
        integer_accumulators(view, &levels)
            .into_iter()
            .zip(&none)
            .map(|(with, without)| (with - without) as f32)
            .collect::<Vec<_>>()
    };
    (0..view.inputs).into_par_iter().map(column).collect::<Vec<_>>().concat()
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::*;

    fn committed(name: &str) -> PathBuf {
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../models").join(name).with_extension("postcard")
    }

    #[test]
    fn soft_targets_of_a_blob_are_the_softmax_of_the_cores_logits() {
        // `nano` is not a shift ensemble: the test makes it one.
        let folder = tempfile::tempdir().unwrap();
        let viewed = folder.path().join("viewed.postcard");
        let nano = model::read(&committed("nano")).unwrap();
        std::fs::write(&viewed, Model::load(&nano).unwrap().with_shift_ensemble().unwrap()).unwrap();

        for path in [committed("digits"), committed("teaching"), viewed] {
            let teachers = Teachers::read([path.as_path()].into_iter(), 2.0, (28, 28), 10).unwrap();
            let (pictures, _) = crate::input::drawn::dataset(70, 1);
            let pixels = pictures.as_flattened();
            let mut found = Vec::new();
            teachers.soft_targets(pixels, 70, &mut TeacherScratch::default(), &mut found);
            let blob = model::read(&path).unwrap();
            let model = Model::load(&blob).unwrap();
            for (picture, found) in pictures.iter().zip(found.chunks_exact(10)) {
                let mut expected = model.scores(picture).real(model.logits);
                expected.iter_mut().for_each(|logit| *logit /= 2.0);
                sinapse::softmax(&mut expected);
                for (found, expected) in found.iter().zip(expected) {
                    assert!((found - expected).abs() < 1e-4, "{}: {found} {expected}", path.display());
                }
            }
        }
    }
}
