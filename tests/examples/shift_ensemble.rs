//! Compares shift ensembles of models that are none: right answers on the validation images for several choices of
//! shifts, by the same weights.
//!
//! ```text
//! cargo run --release --package sinapse-tests --example shift_ensemble -- models/nano.postcard models/best.postcard
//! ```

use std::path::Path;

use sinapse_trainer::input::{self, Dataset, Part};
use sinapse_trainer::model::{self, Blob, Evaluate, Model, Scores};

/// Shifts in pixels, to the right and down; the picture itself first.
const SHIFTS: [(isize, isize); 9] = [(0, 0), (-1, 0), (1, 0), (0, -1), (0, 1), (-1, -1), (1, -1), (-1, 1), (1, 1)];

/// The ensembles that are compared.
const CHOICES: [(&str, &[usize]); 4] = [
    ("one", &[0]),
    ("sides", &[0, 1, 2, 3, 4]),
    ("corners", &[0, 5, 6, 7, 8]),
    ("all nine", &[0, 1, 2, 3, 4, 5, 6, 7, 8]),
];

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let source = input::locate(None)?;
    let validation = input::split(&source, input::load(&source, Part::Train)?)?.validation;
    println!("{} validation images of {source}", validation.labels.len());
    for path in std::env::args().skip(1) {
        let blob = model::read(Path::new(&path))?;
        let model = model::load(&blob, Path::new(&path))?;
        if model.description.passes() > 1 {
            return Err(format!("{path} is a shift ensemble already").into());
        }
        model::check_size(&model, validation.images.width, validation.images.height)?;
        measure(&path, &model, &validation)?;
    }
    Ok(())
}

fn measure(path: &str, model: &Model<'_>, validation: &Dataset) -> Result<(), Box<dyn std::error::Error>> {
    let (pictures, labels) = (&validation.images.pixels, &validation.labels);
    let ensemble =
        Blob::new(&model.with_shift_ensemble().ok_or_else(|| format!("{path}: a shift ensemble needs integers"))?);
    let scores_of = |by| {
        let shifted = pictures.chunks_exact(model.description.picture_pixels());
        let shifted: Vec<u8> = shifted.flat_map(|picture| shifted_by(picture, model.size.0, by)).collect();
        model.scores_of_all(&shifted)
    };
    let scores_by_shift = SHIFTS.map(scores_of);
    for (name, choice) in CHOICES {
        let class = |image: usize| sum(choice.iter().map(|&index| &scores_by_shift[index][image])).class();
        let right = labels.iter().enumerate().filter(|&(image, &label)| class(image) == usize::from(label)).count();
        println!("{path}: {name}: {right}, {:.2} %", 100.0 * right as f64 / labels.len() as f64);
        if name == "corners" {
            assert_eq!(Model::load(&ensemble)?.correct(pictures, labels), right, "the core's shift ensemble");
        }
    }
    Ok(())
}

/// Shifts a picture as the core does: what leaves a row enters its neighbour.
fn shifted_by(picture: &[u8], width: usize, (right, down): (isize, isize)) -> Vec<u8> {
    let by = right + down * width as isize;
    let pixel = |index: usize| index.checked_add_signed(-by).and_then(|from| picture.get(from)).copied();
    (0..picture.len()).map(|index| pixel(index).unwrap_or(0)).collect()
}

fn sum<'a>(all: impl Iterator<Item = &'a Scores>) -> Scores {
    let mut sums = Vec::new();
    for scores in all {
        let Scores::I32(scores) = scores else { unreachable!("shift ensembles are of integers") };
        sums.resize(scores.len(), 0);
        sums.iter_mut().zip(scores).for_each(|(sum, score)| *sum += score);
    }
    Scores::I32(sums)
}
