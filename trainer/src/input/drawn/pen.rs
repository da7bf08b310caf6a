//! Rasterising strokes with a round pen.

use super::strokes::Point;

/// Width and height of the canvas in pixels.
pub const CANVAS: usize = 64;

/// A grey picture, 0 to 255.
pub struct Canvas {
    /// `[CANVAS][CANVAS]`
    pub pixels: Vec<u8>,
}

impl Canvas {
    /// Creates a blank canvas.
    pub fn new() -> Canvas {
        Canvas { pixels: vec![0; CANVAS * CANVAS] }
    }

    /// Draws a smooth curve through `points` (in pixels): a Catmull-Rom spline with a pen of this radius.
    pub fn stroke(&mut self, points: &[Point], radius: f32) {
        const PIECES: usize = 8;
        let at = |index: isize| points[index.clamp(0, points.len() as isize - 1) as usize];
        for index in 0..points.len().saturating_sub(1) as isize {
            let around = [at(index - 1), at(index), at(index + 1), at(index + 2)];
            let mut from = around[1];
            for piece in 1..=PIECES {
                let to = catmull_rom(around, piece as f32 / PIECES as f32);
                self.line(from, to, radius);
                from = to;
            }
        }
    }

    /// Draws a straight line with round caps and an antialiased edge.
    fn line(&mut self, from: Point, to: Point, radius: f32) {
        let reach = radius + 1.0;
        let bounds = |axis: usize| {
            let low = (from[axis].min(to[axis]) - reach).floor().max(0.0) as usize;
            let high = (from[axis].max(to[axis]) + reach).ceil().max(0.0) as usize;
            low..(high + 1).min(CANVAS)
        };
        let direction = [to[0] - from[0], to[1] - from[1]];
        let length2 = (direction[0] * direction[0] + direction[1] * direction[1]).max(1e-9);
        for y in bounds(1) {
            for x in bounds(0) {
                let offset = [x as f32 - from[0], y as f32 - from[1]];
                let along = ((offset[0] * direction[0] + offset[1] * direction[1]) / length2).clamp(0.0, 1.0);
                let away = [offset[0] - along * direction[0], offset[1] - along * direction[1]];
                let distance = (away[0] * away[0] + away[1] * away[1]).sqrt();
                let ink = ((radius + 0.5 - distance).clamp(0.0, 1.0) * 255.0) as u8;
                let pixel = &mut self.pixels[y * CANVAS + x];
                *pixel = (*pixel).max(ink);
            }
        }
    }
}

/// Point of a Catmull-Rom spline between the middle two of four points, at `t` in 0..=1 (Catmull and Rom 1974).
fn catmull_rom(around: [Point; 4], t: f32) -> Point {
    std::array::from_fn(|axis| {
        let [a, b, c, d] = around.map(|point| point[axis]);
        b + 0.5 * t * (c - a + t * (2.0 * a - 5.0 * b + 4.0 * c - d + t * (3.0 * (b - c) + d - a)))
    })
}
