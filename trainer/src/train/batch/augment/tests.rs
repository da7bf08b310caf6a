//! Augmentation against its definition, pixel by pixel.

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

use super::augmenter::{Augmenter, BORDER};
use super::warp::{GRID, Warp, cell};
use crate::recipe::Augmentation;

const NOTHING: Augmentation = Augmentation {
    probability: 1.0,
    rotation_degrees: 0.0,
    scale: 0.0,
    shear: 0.0,
    shift_pixels: 0.0,
    elastic_pixels: 0.0,
    pen: 0.0,
    variations: 0,
};

fn varied(augmentation: &Augmentation, image: &[u8], width: usize) -> Vec<u8> {
    let mut out = vec![0; image.len()];
    let mut augmenter = Augmenter::new(width, image.len() / width);
    augmenter.augment(augmentation, &mut ChaCha8Rng::seed_from_u64(1), image, &mut out);
    out
}

fn square() -> Vec<u8> {
    let mut image = vec![0u8; 784];
    for y in 8..20 {
        image[y * 28 + 10..y * 28 + 18].fill(255);
    }
    image
}

fn ink(image: &[u8]) -> f64 {
    image.iter().map(|&p| f64::from(p)).sum()
}

#[test]
fn empty_ranges_leave_an_image_unchanged() {
    let image: Vec<u8> = (0..20).collect();
    assert_eq!(varied(&NOTHING, &image, 5), image);
}

#[test]
fn elastic_deformation_moves_pixels_and_keeps_most_of_the_ink() {
    let out = varied(&Augmentation { elastic_pixels: 1.0, ..NOTHING }, &square(), 28);
    assert_ne!(out, square());
    assert!((0.6..1.6).contains(&(ink(&out) / ink(&square()))), "{}", ink(&out) / ink(&square()));
}

#[test]
fn a_variation_does_not_depend_on_earlier_images() {
    let wider = Augmentation { pen: 1.0, rotation_degrees: 10.0, ..NOTHING };
    let full = vec![255; 784];
    let mut augmenter = Augmenter::new(28, 28);
    let mut out = vec![0; 784];
    for seed in 0..20 {
        augmenter.augment(&wider, &mut ChaCha8Rng::seed_from_u64(seed), &full, &mut out);
        let mut alone = vec![0; 784];
        Augmenter::new(28, 28).augment(&wider, &mut ChaCha8Rng::seed_from_u64(seed), &full, &mut alone);
        assert_eq!(out, alone, "seed {seed}");
    }
}

#[test]
fn shifts_beyond_the_picture_leave_nothing() {
    assert_eq!(varied(&Augmentation { shift_pixels: 1e6, ..NOTHING }, &square(), 28), [0; 784]);
}

#[test]
fn dilation_adds_ink_around_strokes_and_erosion_removes_it() {
    let mut augmenter = Augmenter::new(28, 28);
    let mut out = [vec![0; 784], vec![0; 784]];
    let nothing = Warp { matrix: [[1.0, 0.0], [0.0, 1.0]], shift: [0.0; 2], grid: [[[0.0; 2]; GRID + 1]; GRID + 1] };
    for (pen, out) in [1.0, -1.0].into_iter().zip(&mut out) {
        let inked = augmenter.load(&square(), pen);
        augmenter.resample(&nothing, inked, out);
    }
    assert_eq!(out.map(|out| ink(&out) / 255.0), [(12 * 8 + 2 * 12 + 2 * 8) as f64, (10 * 6) as f64]);
}

/// The definition, pixel by pixel: stroke width, warp, bilinear sampling, zero outside.
fn plain(warp: &Warp, pen: f32, image: &[u8], width: usize) -> Vec<u8> {
    let height = image.len() / width;
    let inside = |x: i64, y: i64| (0..width as i64).contains(&x) && (0..height as i64).contains(&y);
    let at = |x: i64, y: i64| if inside(x, y) { f32::from(image[y as usize * width + x as usize]) } else { 0.0 };
    let drawn = |x: i64, y: i64| {
        let cross = [at(x, y), at(x - 1, y), at(x + 1, y), at(x, y - 1), at(x, y + 1)];
        let extreme = cross.into_iter().reduce(if pen > 0.0 { f32::max } else { f32::min }).unwrap();
        if inside(x, y) { at(x, y) + pen.abs() * (extreme - at(x, y)) } else { 0.0 }
    };
    let varied = |y: usize, x: usize| {
        let ((left, fx), (top, fy)) = (cell(x, width), cell(y, height));
        let middle = [(width as f32 - 1.0) / 2.0, (height as f32 - 1.0) / 2.0];
        let most = [(width + BORDER) as f32, (height + BORDER) as f32];
        let position: [f32; 2] = std::array::from_fn(|axis| {
            let grid = |x: usize| warp.grid[top][x][axis] * (1.0 - fy) + warp.grid[top + 1][x][axis] * fy;
            let [by_x, by_y] = warp.matrix[axis];
            let dy = y as f32 - middle[1];
            let start = by_y * dy + middle[axis] + warp.shift[axis] + BORDER as f32 - by_x * middle[0];
            let moved = start + by_x * x as f32 + grid(left) * (1.0 - fx) + grid(left + 1) * fx;
            moved.clamp(0.0, most[axis])
        });
        let [left, top] = position.map(|place| place as i64);
        let [fx, fy] = position.map(f32::fract);
        let read = |x: i64, y: i64| drawn(x - BORDER as i64, y - BORDER as i64);
        let above = read(left, top) + fx * (read(left + 1, top) - read(left, top));
        let below = read(left, top + 1) + fx * (read(left + 1, top + 1) - read(left, top + 1));
        (above + fy * (below - above) + 0.5) as u8
    };
    (0..height).flat_map(|y| (0..width).map(move |x| (y, x))).map(|(y, x)| varied(y, x)).collect()
}

#[test]
fn vectors_equal_the_definition_for_images_of_any_size() {
    let strong = Augmentation { rotation_degrees: 40.0, scale: 0.4, shear: 0.4, shift_pixels: 4.0, ..NOTHING };
    for (width, height) in [(28, 28), (8, 8), (1, 1), (17, 5), (3, 40), (32, 16)] {
        let mut augmenter = Augmenter::new(width, height);
        for seed in 0..40 {
            let mut rng = ChaCha8Rng::seed_from_u64(seed);
            let elastic_pixels = if seed % 3 == 0 { 0.0 } else { 1.5 };
            let warp = Warp::random(&Augmentation { elastic_pixels, ..strong }, &mut rng);
            let pen = [0.0, 0.4, -0.4, 1.0][seed as usize % 4];
            // Every other image is mostly background.
            let grey = |_| if rng.random::<f32>() < 0.9 * (seed % 2) as f32 { 0 } else { rng.random::<u8>() };
            let image: Vec<u8> = (0..width * height).map(grey).collect();
            let mut out = vec![0; image.len()];
            let inked = augmenter.load(&image, pen);
            augmenter.resample(&warp, inked, &mut out);
            assert_eq!(out, plain(&warp, pen, &image, width), "{width} × {height}, seed {seed}, pen {pen}");
        }
    }
}
