//! Data, teachers and checkpoint of a training, for `train` and `trial`.

use std::path::{Path, PathBuf};

use sinapse_trainer::input::{self, Dataset, Part, Source, Split};
use sinapse_trainer::recipe::Recipe;
use sinapse_trainer::train::Teachers;

use super::failure::Failure;

/// Loads and splits the images for a recipe; returns their name in a blob's provenance, too.
pub fn images_for(source: &Source, recipe: &Recipe) -> Result<(String, Split), Failure> {
    let all = input::load(source, Part::Train)?;
    recipe.check_data(&all)?;
    let name = input::provenance_name(source, &all);
    let whole = recipe.training.all_images.then(|| all.clone());
    let mut split = input::split(source, all)?;
    let name = if whole.is_some() { name } else { format!("{name}, {}", split.rule.provenance()) };
    // Once a recipe is chosen, the validation images may be trained on as well.
    if let Some(whole) = whole {
        split.training = whole;
    }
    Ok((name, split))
}

/// Path of the checkpoint: `model.postcard.checkpoint` for `model.postcard`.
pub fn checkpoint_beside(out: &Path) -> PathBuf {
    let mut name = out.as_os_str().to_owned();
    name.push(".checkpoint");
    name.into()
}

/// Reads the teachers of a recipe.
pub fn teachers_of(recipe: &Recipe, training: &Dataset) -> Result<Teachers, Failure> {
    let Some(distillation) = &recipe.distillation else { return Ok(Teachers::default()) };
    let size = (training.images.width, training.images.height);
    let classes = recipe.network.shape.0.last().copied().unwrap_or_default();
    let paths = distillation.teachers.iter().map(PathBuf::as_path);
    Ok(Teachers::read(paths, distillation.temperature, size, classes)?)
}
