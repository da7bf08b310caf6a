//! Telling ink from ground.

use image::{GrayImage, Luma};

/// Contrast of ink to its ground, in grey values, below which there is nothing but grain.
const LEAST_CONTRAST: u8 = 24;
/// Groups of ink pixels with less than this share of the largest group's ink are specks.
const SPECK: u64 = 20;

/// Ink as bright pixels on an exact zero.
pub fn extract(picture: &GrayImage) -> GrayImage {
    let mut picture = picture.clone();
    if is_light(&picture) {
        picture.pixels_mut().for_each(|pixel| pixel.0[0] = 255 - pixel.0[0]);
    }
    let ground = ground(&picture);
    for (pixel, ground) in picture.pixels_mut().zip(ground) {
        pixel.0[0] = pixel.0[0].saturating_sub(ground);
    }
    stretch(&mut picture);
    drop_specks(&mut picture);
    picture
}

/// Whether the ground, which most of the border belongs to, is lighter than the middle between darkest and lightest.
fn is_light(picture: &GrayImage) -> bool {
    let (width, height) = picture.dimensions();
    let border = |(x, y, _): &(u32, u32, &Luma<u8>)| *x == 0 || *y == 0 || x + 1 == width || y + 1 == height;
    let mut values: Vec<u8> = picture.enumerate_pixels().filter(border).map(|(_, _, pixel)| pixel.0[0]).collect();
    values.sort_unstable();
    let of_border = u32::from(values[values.len() / 2]);
    let (lowest, highest) =
        picture.pixels().fold((255, 0), |(low, high), pixel| (pixel.0[0].min(low), pixel.0[0].max(high)));
    2 * of_border > u32::from(lowest) + u32::from(highest)
}

/// The ground under every pixel of bright ink: a plane fitted to the pixels, then again to those near it, so that ink,
/// which is far above it, does not count. Light falls off slowly enough over a sheet of paper for a plane.
fn ground(picture: &GrayImage) -> Vec<u8> {
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
    // The grain of the ground lies within three spreads of it.
    let grain = (2.0 * reach).min(64.0);
    let (width, height) = (f64::from(width), f64::from(height));
    let rows = (0..height as u32).flat_map(|y| (0..width as u32).map(move |x| (f64::from(x), f64::from(y))));
    rows.map(|(x, y)| (at(&plane, x, y) + grain).clamp(0.0, 255.0) as u8).collect()
}

fn at(plane: &[f64; 3], x: f64, y: f64) -> f64 {
    plane[0] + plane[1] * x + plane[2] * y
}

/// The plane `a + b·x + c·y` of least squares, by the normal equations and Cramer's rule.
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

/// Full ink becomes 255; what is fainter than a fifth of it becomes zero.
fn stretch(picture: &mut GrayImage) {
    let mut values: Vec<u8> = picture.pixels().map(|pixel| pixel.0[0]).filter(|&value| value > 0).collect();
    values.sort_unstable();
    // Grain can be brighter than ink in single pixels: the tenth-brightest percent is full ink.
    let full = values.get(values.len() * 9 / 10).copied().unwrap_or(0);
    if full < LEAST_CONTRAST {
        picture.pixels_mut().for_each(|pixel| pixel.0[0] = 0);
        return;
    }
    let (full, faint) = (u32::from(full), u32::from(full) / 5);
    for pixel in picture.pixels_mut() {
        let above = u32::from(pixel.0[0]).saturating_sub(faint);
        pixel.0[0] = (above * 255 / (full - faint)).min(255) as u8;
    }
}

/// Keeps the group of connected ink pixels with most ink, and others that are not tiny beside it.
fn drop_specks(picture: &mut GrayImage) {
    let (width, height) = (picture.width() as usize, picture.height() as usize);
    let mut group_of = vec![usize::MAX; width * height];
    let mut inks: Vec<u64> = Vec::new();
    let mut stack = Vec::new();
    for start in 0..group_of.len() {
        if picture.as_raw()[start] == 0 || group_of[start] != usize::MAX {
            continue;
        }
        let group = inks.len();
        inks.push(0);
        stack.push(start);
        group_of[start] = group;
        while let Some(place) = stack.pop() {
            inks[group] += u64::from(picture.as_raw()[place]);
            let (x, y) = (place % width, place / width);
            for near_y in y.saturating_sub(1)..(y + 2).min(height) {
                for near_x in x.saturating_sub(1)..(x + 2).min(width) {
                    let near = near_y * width + near_x;
                    if picture.as_raw()[near] > 0 && group_of[near] == usize::MAX {
                        group_of[near] = group;
                        stack.push(near);
                    }
                }
            }
        }
    }
    let largest = inks.iter().copied().max().unwrap_or(0);
    for (pixel, group) in picture.pixels_mut().zip(group_of) {
        if group != usize::MAX && inks[group] * SPECK < largest {
            pixel.0[0] = 0;
        }
    }
}
