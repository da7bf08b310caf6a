//! Synthetic digits, drawn by the program for machines without other data.
//!
//! Every digit has several styles of strokes (`strokes.rs`). A picture is one style with its points jittered, slanted,
//! rotated, stretched and bent, drawn with a pen of random width, and normalised like MNIST's digits.

mod pen;
mod strokes;

use rand::{Rng, RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rayon::prelude::*;
use sinapse::picture::normalize::{GrayImage, normalize};

use pen::{CANVAS, Canvas};
use strokes::{Point, STYLES, Style};

/// Draws `count` digits, cycling through the classes; the same seed gives the same digits on every machine.
pub fn dataset(count: usize, seed: u64) -> (Vec<[u8; 784]>, Vec<u8>) {
    let draw_one = |index: usize| {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        rng.set_stream(index as u64);
        draw((index % 10) as u8, &mut rng)
    };
    let pictures = (0..count).into_par_iter().map(draw_one).collect();
    let labels = (0..count).map(|index| (index % 10) as u8).collect();
    (pictures, labels)
}

/// Draws one digit of `class` 0 to 9, in MNIST's format.
///
/// # Panics
///
/// Panics for classes above 9.
pub fn draw(class: u8, rng: &mut impl Rng) -> [u8; 784] {
    let style = choose(STYLES[usize::from(class)], rng);
    let hand = Handwriting::random(rng);
    let radius = pen_radius(rng);
    let mut canvas = Canvas::new();
    for stroke in style.strokes {
        let points: Vec<Point> = stroke.iter().map(|point| hand.apply(*point, rng)).collect();
        canvas.stroke(&points, radius);
    }
    soften(&mut canvas.pixels, rng);
    let mut digit = [0; 784];
    let image = GrayImage::try_new(&canvas.pixels, CANVAS, CANVAS);
    // Every style has strokes near the middle, so there is always ink.
    if let Ok(image) = image {
        let _ = normalize(&image, &mut digit);
    }
    digit
}

fn choose(styles: &'static [Style], rng: &mut impl Rng) -> &'static Style {
    let total: u32 = styles.iter().map(|style| style.weight).sum();
    let mut ticket = rng.random_range(0..total);
    for style in styles {
        if ticket < style.weight {
            return style;
        }
        ticket -= style.weight;
    }
    &styles[0]
}

/// Approximately normal with variance 1: the sum of four uniform numbers.
fn normal(rng: &mut impl Rng) -> f32 {
    let sum: f32 = (0..4).map(|_| rng.random_range(-1.0f32..1.0)).sum();
    sum * 0.866
}

/// Height of a digit on the canvas before normalisation, in pixels.
const HEIGHT: f32 = 40.0;

fn pen_radius(rng: &mut impl Rng) -> f32 {
    // Two to five of twenty pixels, thin pens more often than thick ones.
    HEIGHT * (0.045 + 0.095 * rng.random::<f32>() * rng.random_range(0.4..1.0f32))
}

/// Deviation of a handwriting from its style: slant, rotation, proportions, smooth bending and jitter.
struct Handwriting {
    matrix: [[f32; 2]; 2],
    /// Per axis: amplitude, frequency over y and x, phase of the bend.
    bends: [[f32; 4]; 2],
    jitter: f32,
}

impl Handwriting {
    fn random(rng: &mut impl Rng) -> Handwriting {
        let turn = 0.1 * normal(rng);
        let (sin, cos) = (libm::sinf(turn), libm::cosf(turn));
        let slant = 0.18 + 0.2 * normal(rng);
        let width = (0.8 + 0.17 * normal(rng)).clamp(0.45, 1.3);
        // Rotation · slant · width: x' = width·x − slant·y, then the rotation.
        let matrix = [[cos * width, -cos * slant - sin], [sin * width, cos - sin * slant]];
        let mut bend = || {
            let amplitude = 0.05 * normal(rng);
            [amplitude, rng.random_range(1.0..5.0), rng.random_range(1.0..5.0), rng.random_range(0.0..6.3)]
        };
        Handwriting { matrix, bends: [bend(), bend()], jitter: rng.random_range(0.01..0.045) }
    }

    fn apply(&self, point: Point, rng: &mut impl Rng) -> Point {
        let (x, y) = (point[0] - 0.5, point[1] - 0.5);
        let middle = CANVAS as f32 / 2.0;
        std::array::from_fn(|axis| {
            let [amplitude, by_y, by_x, phase] = self.bends[axis];
            let bend = amplitude * libm::sinf(by_y * y + by_x * x + phase);
            let [from_x, from_y] = self.matrix[axis];
            let moved = from_x * x + from_y * y + bend + self.jitter * normal(rng);
            middle + HEIGHT * moved
        })
    }
}

/// Scanned ink has rough edges: a 3 × 3 mean with renewed contrast.
fn soften(pixels: &mut [u8], rng: &mut impl Rng) {
    let contrast = rng.random_range(14..=30); // ninths of a tenth
    let sharp = pixels.to_vec();
    for y in 1..CANVAS - 1 {
        for x in 1..CANVAS - 1 {
            let row =
                |y: usize| sharp[y * CANVAS + x - 1..=y * CANVAS + x + 1].iter().map(|&p| u32::from(p)).sum::<u32>();
            let mean = (row(y - 1) + row(y) + row(y + 1)) * contrast / 90;
            pixels[y * CANVAS + x] = mean.min(255) as u8;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_draws_the_same_digits_and_another_seed_others() {
        assert_eq!(dataset(50, 3), dataset(50, 3));
        assert_ne!(dataset(50, 3).0, dataset(50, 4).0);
    }

    #[test]
    fn every_class_is_drawn_with_as_much_ink_as_handwriting_has() {
        let (pictures, labels) = dataset(1_000, 1);
        for class in 0..10 {
            let of_class = pictures.iter().zip(&labels).filter(|(_, label)| **label == class);
            let nonzero: Vec<usize> =
                of_class.map(|(picture, _)| picture.iter().filter(|&&pixel| pixel > 0).count()).collect();
            let mean = nonzero.iter().sum::<usize>() / nonzero.len();
            assert!(nonzero.iter().all(|&count| count > 20), "class {class}");
            assert!((60..250).contains(&mean), "class {class}: {mean} pixels on average");
        }
    }
}
