//! Blobs to measure: single layers, whole networks, and the committed models.

use std::path::{Path, PathBuf};

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use sinapse::Description;
use sinapse::blob::{LayerBytes, Logits, Provenance, encode};
use sinapse::dynamic::Model;
use sinapse::format::{ActivationKind, ElementFormat, LayerDescription, Layout, WeightFormat};

use super::catalogue::{CLASSIC, LAYERS, Layer, MODELS, OF_CLASSIC, QUICK, TRAINED};
use super::parts;
use super::pictures::Pictures;
use super::selection::Selection;
use crate::failure::Failure;
use crate::{data, model, shell};

/// A blob to measure.
#[derive(Clone)]
pub struct Work {
    /// Name, as in rows.
    pub name: String,
    /// Blob file.
    pub blob: PathBuf,
    /// Layout of the first layer's weights, which chooses the kernel; `None` if they are `f32`.
    pub layout: Option<Layout>,
    /// Pictures that it reads.
    pub pictures: Pictures,
}

/// A committed model, whose layers are measured as well.
pub struct CommittedModel {
    /// The whole network.
    pub whole: Work,
    /// Its first layer, its first two, and so on up to all, without the front end.
    pub prefixes: Vec<Work>,
}

/// Single layers of random weights, and networks that are trained for the bench.
///
/// # Errors
///
/// A blob that cannot be written, or a training that fails.
pub fn single(selection: &Selection, quick: bool) -> Result<Vec<Work>, Failure> {
    let wanted = |name: &str| selection.has_work(name) && (!quick || QUICK.contains(&name));
    let layers = LAYERS.iter().filter(|layer| wanted(layer.0)).map(layer);
    layers.chain(TRAINED.into_iter().filter(|name| wanted(name)).map(trained)).collect()
}

/// Single layers and committed models that read the test images as they are.
///
/// # Errors
///
/// A blob that cannot be read or written.
pub fn of_whole_pictures() -> Result<Vec<Work>, Failure> {
    let models = MODELS.into_iter().map(|name| of_file(name, &model_path(name)));
    let all = LAYERS.iter().map(layer).chain(models).collect::<Result<Vec<_>, _>>()?;
    Ok(all.into_iter().filter(|work| work.pictures == Pictures::Whole).collect())
}

/// A single layer of random weights, by name.
///
/// # Errors
///
/// No such layer, or a blob that cannot be written.
pub fn layer_named(name: &str) -> Result<Work, Failure> {
    layer(LAYERS.iter().find(|layer| layer.0 == name).ok_or_else(|| format!("no layer is called {name}"))?)
}

/// The models in `models/`.
///
/// # Errors
///
/// A blob that cannot be read, or a part of it that cannot be written.
pub fn models(selection: &Selection) -> Result<Vec<CommittedModel>, Failure> {
    let wanted = |name: &&str| selection.has_work(name) || *name == OF_CLASSIC && selection.has_work(CLASSIC);
    MODELS.into_iter().filter(wanted).map(committed).collect()
}

/// The network of a recipe in `xtask/recipes`, trained on this computer's data unless that has been done.
///
/// # Errors
///
/// A training that fails.
pub fn trained(name: &str) -> Result<Work, Failure> {
    let recipe = shell::root().join("xtask").join("recipes").join(name).with_extension("toml");
    let blob = folder()?.join(name).with_extension("postcard");
    // A blob of an older format is refused, and the network trained again.
    if let Ok(work) = of_file(name, &blob) {
        return Ok(work);
    }
    eprintln!("training {name}");
    shell::output(shell::sinapse()?.arg("train").arg("--recipe").arg(&recipe).arg("--out").arg(&blob))?;
    of_file(name, &blob)
}

/// A model in `models/`, by name.
///
/// # Errors
///
/// Same as [`models`].
pub fn committed(name: &str) -> Result<CommittedModel, Failure> {
    let path = model_path(name);
    let mut prefixes = Vec::new();
    for (index, bytes) in parts::prefixes(&model::read(&path)?)?.into_iter().enumerate() {
        let file = folder()?.join(format!("{name}-{}", index + 1)).with_extension("postcard");
        data::write(&file, &bytes)?;
        prefixes.push(of_file(&format!("{name}/{}", index + 1), &file)?);
    }
    Ok(CommittedModel { whole: of_file(name, &path)?, prefixes })
}

/// Writes a committed model's weights as a shift ensemble, and returns the file.
///
/// # Errors
///
/// A model that computes in `f32`, or a blob that cannot be read or written.
pub fn with_shift_ensemble(name: &str) -> Result<PathBuf, Failure> {
    let blob = model::read(&model_path(name))?;
    let ensemble = Model::load(&blob)?.with_shift_ensemble();
    let file = folder()?.join(format!("{name}-shift-ensemble")).with_extension("postcard");
    data::write(&file, &ensemble.ok_or_else(|| format!("{name}: a shift ensemble needs integers"))?)?;
    Ok(file)
}

fn model_path(name: &str) -> PathBuf {
    shell::root().join("models").join(name).with_extension("postcard")
}

fn of_file(name: &str, path: &Path) -> Result<Work, Failure> {
    let blob = model::read(path)?;
    let model = Model::load(&blob).map_err(|error| format!("model {}: {error}", path.display()))?;
    let first = model.layers.first().ok_or_else(|| format!("{}: a network without layers", path.display()))?;
    let weights = first.description.weights;
    let layout = (weights != WeightFormat::F32).then(|| weights.layout(first.input));
    let pictures = Pictures::of_size(model.size);
    Ok(Work { name: name.to_owned(), blob: path.to_owned(), layout, pictures })
}

/// Writes a layer of random weights: the cost does not depend on their values.
fn layer(&(name, outputs, weights, input, (width, height)): &Layer) -> Result<Work, Failure> {
    let real = weights == WeightFormat::F32;
    let output = if real { ElementFormat::F32 } else { ElementFormat::I32 };
    let format = LayerDescription::dense(outputs, weights, ActivationKind::Identity, output);
    let inputs = width * height;
    let description = Description::new(inputs, input).with(format).ok_or("a layer that no network has")?;
    let mut rng = ChaCha8Rng::seed_from_u64(1);
    let size = usize::from(inputs) * usize::from(outputs);
    let bytes = if real {
        let mut numbers = |count: usize| (0..count).map(|_| rng.random_range(-0.1f32..0.1)).collect::<Vec<_>>();
        LayerBytes::of_f32(&numbers(size), &numbers(usize::from(outputs)))
    } else {
        let limit = weights.limit() as i8;
        let values: Vec<i8> = (0..size).map(|_| rng.random_range(-limit..=limit)).collect();
        LayerBytes {
            bias: (0..outputs).flat_map(|_| rng.random_range(-1000i32..1000).to_le_bytes()).collect(),
            weights: LayerBytes::rows(&values, usize::from(outputs), weights, input),
            ..LayerBytes::default()
        }
    };
    let provenance = Provenance {
        program: "cargo xtask bench",
        recipe: "random",
        data: "none",
        seed: 1,
        validation_images: 0,
        validation_correct: 0,
    };
    let blob = encode(&description, (width, height), Logits { step: 1.0, reject_margin: 0 }, &provenance, &[bytes]);
    let path = folder()?.join(name).with_extension("postcard");
    data::write(&path, &blob)?;
    of_file(name, &path)
}

/// Folder of the bench's blobs.
fn folder() -> Result<PathBuf, Failure> {
    let folder = shell::target().join("bench");
    std::fs::create_dir_all(&folder)?;
    Ok(folder)
}
