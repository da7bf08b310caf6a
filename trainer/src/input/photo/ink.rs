//! Separation of ink from background.

use image::{GrayImage, Luma};

/// Contrast between ink and background, in grey values, below which a picture is blank.
const MIN_CONTRAST: u8 = 24;
/// Connected components with less than this fraction of the largest component's ink are specks.
const SPECK_FRACTION: u64 = 20;

/// Extracts ink as bright pixels on exact zero.
pub fn extract(picture: &GrayImage) -> GrayImage {
    let mut picture = picture.clone();
    if has_light_background(&picture) {
        picture.pixels_mut().for_each(|pixel| pixel.0[0] = 255 - pixel.0[0]);
    }
    let background = background(&picture);
    for (pixel, background) in picture.pixels_mut().zip(background) {
        pixel.0[0] = pixel.0[0].saturating_sub(background);
    }
    stretch_contrast(&mut picture);
    remove_specks(&mut picture);
    picture
}

/// Whether the background, which forms most of the border, is lighter than the middle of the grey range.
fn has_light_background(picture: &GrayImage) -> bool {
    let (width, height) = picture.dimensions();
    let border = |(x, y, _): &(u32, u32, &Luma<u8>)| *x == 0 || *y == 0 || x + 1 == width || y + 1 == height;
    let mut values: Vec<u8> = picture.enumerate_pixels().filter(border).map(|(_, _, pixel)| pixel.0[0]).collect();
    values.sort_unstable();
    let of_border = u32::from(values[values.len() / 2]);
    let (lowest, highest) =
        picture.pixels().fold((255, 0), |(low, high), pixel| (pixel.0[0].min(low), pixel.0[0].max(high)));
    2 * of_border > u32::from(lowest) + u32::from(highest)
}

/// Estimates the background under each pixel: a plane fitted to all pixels, then repeatedly to those near it, which
/// excludes the much brighter ink. A plane suffices, as light falls off slowly across a sheet of paper.
fn background(picture: &GrayImage) -> Vec<u8> {
    let (width, height) = picture.dimensions();
    let places = || picture.enumerate_pixels().map(|(x, y, pixel)| (f64::from(x), f64::from(y), f64::from(pixel.0[0])));
    let mut plane = [255.0, 0.0, 0.0];
    let mut reach = f64::INFINITY;
    for _ in 0..6 {
        let near = |&(x, y, value): &(f64, f64, f64)| value - (plane[0] + plane[1] * x + plane[2] * y) <= reach;
        let fitted = fit(places().filter(near));
        let residuals = places().filter(near).map(|(x, y, value)| (value - at(&fitted, x, y)).powi(2));
        let (count, total) = residuals.fold((0.0, 0.0), |(count, total), square| (count + 1.0, total + square));
        let spread: f64 = f64::sqrt(total / f64::max(count, 1.0));
        plane = fitted;
        reach = f64::max(1.5 * spread, 2.0);
    }
    // The background's noise lies within three standard deviations of the plane.
    let noise = (2.0 * reach).min(64.0);
    let (width, height) = (f64::from(width), f64::from(height));
    let rows = (0..height as u32).flat_map(|y| (0..width as u32).map(move |x| (f64::from(x), f64::from(y))));
    rows.map(|(x, y)| (at(&plane, x, y) + noise).clamp(0.0, 255.0) as u8).collect()
}

fn at(plane: &[f64; 3], x: f64, y: f64) -> f64 {
    plane[0] + plane[1] * x + plane[2] * y
}

/// Fits the plane `a + b·x + c·y` by least squares: normal equations and Cramer's rule.
fn fit(places: impl Iterator<Item = (f64, f64, f64)>) -> [f64; 3] {
    let (mut n, mut sx, mut sy, mut sxx, mut sxy, mut syy) = (0.0, 0.0, 0.0, 0.0, 0.0, 0.0);
    let (mut sv, mut sxv, mut syv) = (0.0, 0.0, 0.0);
    for (x, y, value) in places {
        (n, sx, sy) = (n + 1.0, sx + x, sy + y);
        (sxx, sxy, syy) = (sxx + x * x, sxy + x * y, syy + y * y);
        (sv, sxv, syv) = (sv + value, sxv + x * value, syv + y * value);
    }
    let determinant = |m: [[f64; 3]; 3]| {
        m[0][0] * (m[1][1] * m[2][2] - m[1][2] * m[2][1]) - m[0][1] * (m[1][0] * m[2][2] - m[1][2] * m[2][0])
            + m[0][2] * (m[1][0] * m[2][1] - m[1][1] * m[2][0])
    };
    let matrix = [[n, sx, sy], [sx, sxx, sxy], [sy, sxy, syy]];
    let whole = determinant(matrix);
    if whole.abs() < 1e-6 {
        return [sv / f64::max(n, 1.0), 0.0, 0.0]; // a single row or column of pixels
    }
    std::array::from_fn(|column| {
        let mut replaced = matrix;
        for (row, value) in replaced.iter_mut().zip([sv, sxv, syv]) {
            row[column] = value;
        }
        determinant(replaced) / whole
    })
}

/// Stretches the contrast: full ink becomes 255, anything fainter than a fifth of it zero.
fn stretch_contrast(picture: &mut GrayImage) {
    let mut values: Vec<u8> = picture.pixels().map(|pixel| pixel.0[0]).filter(|&value| value > 0).collect();
    values.sort_unstable();
    // Single noisy pixels can be brighter than ink: the 90th percentile is full ink.
    let full = values.get(values.len() * 9 / 10).copied().unwrap_or(0);
    if full < MIN_CONTRAST {
        picture.pixels_mut().for_each(|pixel| pixel.0[0] = 0);
        return;
    }
    let (full, faint) = (u32::from(full), u32::from(full) / 5);
    for pixel in picture.pixels_mut() {
        let above = u32::from(pixel.0[0]).saturating_sub(faint);
        pixel.0[0] = (above * 255 / (full - faint)).min(255) as u8;
    }
}

/// Keeps the connected component with the most ink, and others that are not tiny beside it.
fn remove_specks(picture: &mut GrayImage) {
    let (width, height) = (picture.width() as usize, picture.height() as usize);
    let mut component_of = vec![usize::MAX; width * height];
    let mut inks: Vec<u64> = Vec::new();
    let mut stack = Vec::new();
    for start in 0..component_of.len() {
        if picture.as_raw()[start] == 0 || component_of[start] != usize::MAX {
            continue;
        }
        let component = inks.len();
        inks.push(0);
        stack.push(start);
        component_of[start] = component;
        while let Some(place) = stack.pop() {
            inks[component] += u64::from(picture.as_raw()[place]);
            let (x, y) = (place % width, place / width);
            for near_y in y.saturating_sub(1)..(y + 2).min(height) {
                for near_x in x.saturating_sub(1)..(x + 2).min(width) {
                    let near = near_y * width + near_x;
                    if picture.as_raw()[near] > 0 && component_of[near] == usize::MAX {
                        component_of[near] = component;
                        stack.push(near);
                    }
                }
            }
        }
    }
    let largest = inks.iter().copied().max().unwrap_or(0);
    for (pixel, component) in picture.pixels_mut().zip(component_of) {
        if component != usize::MAX && inks[component] * SPECK_FRACTION < largest {
            pixel.0[0] = 0;
        }
    }
}
