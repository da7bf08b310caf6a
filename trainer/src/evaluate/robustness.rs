//! Accuracy on test images changed as by other cameras, writers and pens.

use rayon::prelude::*;
use serde::Serialize;

use crate::input::photo;
use crate::input::{self, DataError, Dataset, Part, Source};
use crate::model::Model;

/// Grey value of the background in the row with a grey background.
const GREY: u32 = 64;

/// Accuracy under one change of the images.
#[derive(Clone, Debug, Serialize)]
pub struct Row {
    /// Description of the change.
    pub change: &'static str,
    /// Accuracy if the network reads the changed pixels directly.
    pub direct: f64,
    /// Accuracy through the normalisation that `classify` applies to photographs; for digits of 28 × 28 pixels only.
    pub normalized: Option<f64>,
}

/// A change of a picture, given its width and its index.
type Change = fn(&[u8], usize, usize) -> Vec<u8>;

/// All changes in the order of the table; the index distributes images over directions.
const CHANGES: [(&str, Change); 13] = [
    ("as they are", |image, _, _| image.to_vec()),
    ("shifted by 2 pixels", |image, width, index| shifted(image, width, index, 2.0)),
    ("shifted by 3 pixels", |image, width, index| shifted(image, width, index, 3.0)),
    ("rotated by 15°", |image, width, _| rotated(image, width, 15.0)),
    ("rotated by −15°", |image, width, _| rotated(image, width, -15.0)),
    ("scaled by 0.8", |image, width, _| scaled(image, width, 0.8)),
    ("scaled by 1.2", |image, width, _| scaled(image, width, 1.2)),
    ("pen one pixel thicker", |image, width, _| change_stroke(image, width, u8::max)),
    ("pen one pixel thinner", |image, width, _| change_stroke(image, width, u8::min)),
    ("half the contrast", |image, _, _| image.iter().map(|pixel| pixel / 2).collect()),
    ("background grey (64 of 255)", |image, _, _| image.iter().map(|&pixel| on_grey(pixel)).collect()),
    ("noise of ±32", |image, _, index| noisy(image, index)),
    ("dark on light", |image, _, _| image.iter().map(|pixel| 255 - pixel).collect()),
];

/// Computes the table for these test images, and for drawn digits if the network reads such.
///
/// # Errors
///
/// Never: drawn digits always load.
pub fn table(model: &Model<'_>, test: &Dataset) -> Result<Vec<Row>, DataError> {
    let mut rows: Vec<Row> = CHANGES.iter().map(|(name, change)| row(model, test, name, *change)).collect();
    if model.size == (28, 28) && model.description.classes() == 10 {
        let drawn = input::load(&Source::Drawn, Part::Test)?;
        rows.push(row(model, &drawn, "digits drawn by the program", |image, _, _| image.to_vec()));
    }
    Ok(rows)
}

fn row(model: &Model<'_>, test: &Dataset, change: &'static str, changed: Change) -> Row {
    let width = test.images.width;
    let size = width * test.images.height;
    let digits = model.size == (28, 28) && model.description.classes() == 10;
    let is_correct = |image: &[u8], label: u8| model.scores(image).class() == usize::from(label);
    let counts =
        test.images.pixels.par_chunks_exact(size).zip(&test.labels).enumerate().map(|(index, (image, &label))| {
            let image = changed(image, width, index);
            let normalized =
                digits && photo::extract_digit(&picture_of(&image, width)).is_ok_and(|digit| is_correct(&digit, label));
            (usize::from(is_correct(&image, label)), usize::from(normalized))
        });
    let (direct, normalized) = counts.reduce(|| (0, 0), |a, b| (a.0 + b.0, a.1 + b.1));
    let share = |count: usize| count as f64 / test.labels.len() as f64;
    Row { change, direct: share(direct), normalized: digits.then(|| share(normalized)) }
}

fn picture_of(image: &[u8], width: usize) -> image::GrayImage {
    image::GrayImage::from_fn(width as u32, (image.len() / width) as u32, |x, y| {
        image::Luma([image[y as usize * width + x as usize]])
    })
}

/// Formats the table as Markdown, for a model card.
pub fn markdown(rows: &[Row]) -> String {
    let percent = |share: f64| format!("{:.2} %", 100.0 * share);
    let mut lines = vec![
        "| test images | read directly | normalised first, as `classify` does |".to_owned(),
        "| --- | --- | --- |".to_owned(),
    ];
    let line = |row: &Row| {
        format!("| {} | {} | {} |", row.change, percent(row.direct), row.normalized.map_or("–".into(), percent))
    };
    lines.extend(rows.iter().map(line));
    lines.join("\n")
}

/// Shifts left, right, up or down in turn.
fn shifted(image: &[u8], width: usize, index: usize, by: f32) -> Vec<u8> {
    let (x, y) = [(by, 0.0), (-by, 0.0), (0.0, by), (0.0, -by)][index % 4];
    resampled(image, width, [[1.0, 0.0], [0.0, 1.0]], [x, y])
}

fn rotated(image: &[u8], width: usize, degrees: f32) -> Vec<u8> {
    let (sin, cos) = degrees.to_radians().sin_cos();
    resampled(image, width, [[cos, -sin], [sin, cos]], [0.0; 2])
}

fn scaled(image: &[u8], width: usize, factor: f32) -> Vec<u8> {
    resampled(image, width, [[1.0 / factor, 0.0], [0.0, 1.0 / factor]], [0.0; 2])
}

/// Resamples bilinearly, black outside: `matrix` maps positions in the result to positions in the image, about the
/// centre.
fn resampled(image: &[u8], width: usize, matrix: [[f32; 2]; 2], shift: [f32; 2]) -> Vec<u8> {
    let height = image.len() / width;
    let middle = [(width as f32 - 1.0) / 2.0, (height as f32 - 1.0) / 2.0];
    let at = |x: i32, y: i32| {
        let inside = (0..width as i32).contains(&x) && (0..height as i32).contains(&y);
        if inside { f32::from(image[y as usize * width + x as usize]) } else { 0.0 }
    };
    let pixel = |index: usize| {
        let (x, y) = ((index % width) as f32 - middle[0], (index / width) as f32 - middle[1]);
        let from = |row: usize| matrix[row][0] * x + matrix[row][1] * y + middle[row] - shift[row];
        let (x, y) = (from(0), from(1));
        let (left, top) = (x.floor(), y.floor());
        let (fx, fy) = (x - left, y - top);
        let (left, top) = (left as i32, top as i32);
        let row = |y: i32| at(left, y) * (1.0 - fx) + at(left + 1, y) * fx;
        (row(top) * (1.0 - fy) + row(top + 1) * fy + 0.5) as u8
    };
    (0..image.len()).map(pixel).collect()
}

/// Maximum or minimum of 2 × 2 pixels: strokes one pixel thicker or thinner.
fn change_stroke(image: &[u8], width: usize, choose: fn(u8, u8) -> u8) -> Vec<u8> {
    let at = |x: usize, y: usize| image.get(y * width + x).copied().filter(|_| x < width).unwrap_or(0);
    let pixel = |index: usize| {
        let (x, y) = (index % width, index / width);
        choose(choose(at(x, y), at(x + 1, y)), choose(at(x, y + 1), at(x + 1, y + 1)))
    };
    (0..image.len()).map(pixel).collect()
}

fn on_grey(pixel: u8) -> u8 {
    (GREY + u32::from(pixel) * (255 - GREY) / 255) as u8
}

/// Adds noise that is the same for the same image on every machine (SplitMix64, Steele et al. 2014).
fn noisy(image: &[u8], index: usize) -> Vec<u8> {
    let mut state = index as u64;
    let mut noise = || {
        state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut bits = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((bits ^ (bits >> 31)) % 65) as i32 - 32
    };
    image.iter().map(|&pixel| (i32::from(pixel) + noise()).clamp(0, 255) as u8).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A bright dot in the left of the middle row.
    fn dot() -> Vec<u8> {
        let mut image = vec![0; 49];
        image[3 * 7 + 1] = 200;
        image
    }

    fn brightest(image: &[u8]) -> (usize, usize) {
        let brightest = (0..image.len()).max_by_key(|&index| image[index]).unwrap();
        (brightest % 7, brightest / 7)
    }

    #[test]
    fn changes_move_pixels_as_named() {
        assert_eq!(brightest(&shifted(&dot(), 7, 0, 2.0)), (3, 3));
        assert_eq!(brightest(&shifted(&dot(), 7, 3, 2.0)), (1, 1));
        assert_eq!(brightest(&rotated(&dot(), 7, 90.0)), (3, 5));
        assert_eq!(brightest(&scaled(&dot(), 7, 0.5)), (2, 3));
        assert_eq!(rotated(&dot(), 7, 0.0), dot());
    }

    #[test]
    fn strokes_and_backgrounds_change_as_named() {
        let lit = |image: &[u8]| image.iter().filter(|&&pixel| pixel > 0).count();
        assert_eq!(lit(&change_stroke(&dot(), 7, u8::max)), 4);
        assert_eq!(lit(&change_stroke(&dot(), 7, u8::min)), 0);
        assert_eq!((on_grey(0), on_grey(255)), (64, 255));
        assert_eq!(noisy(&dot(), 5), noisy(&dot(), 5));
        assert_ne!(noisy(&dot(), 5), noisy(&dot(), 6));
    }
}
