//! Five views of one picture: as it is, and moved by a pixel towards each corner.

/// Writes one of the views, `0..COUNT`, of a picture with rows of `width` pixels: 0 as it is, 1 to 4 moved towards the
/// upper left, the upper right, the lower left and the lower right.
///
/// Rows lie one behind the other: what leaves a row at one end enters its neighbour at the other, where a picture with a border is
/// blank. Beyond the first and the last row there is background.
pub fn shifted(picture: &[u8], width: usize, index: u8, out: &mut [u8]) {
    // Pixels further on, and pixels further back, that are read.
    let (on, back) = match index {
        1 => (width + 1, 0),
        2 => (width.saturating_sub(1), 0),
        3 => (0, width.saturating_sub(1)),
        4 => (0, width + 1),
        _ => (0, 0),
    };
    out.fill(0);
    let (from, to) = (picture.get(on..).unwrap_or_default(), out.get_mut(back..).unwrap_or_default());
    to.iter_mut().zip(from).for_each(|(to, from)| *to = *from);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::format::SHIFTS;

    #[test]
    fn views_are_the_picture_and_the_same_a_pixel_towards_each_corner() {
        let mut picture = [0; 25];
        picture[12] = 7;
        for (index, expected) in (0..SHIFTS).zip([12, 6, 8, 16, 18]) {
            let mut out = [9; 25];
            shifted(&picture, 5, index, &mut out);
            assert_eq!(out.iter().position(|&pixel| pixel == 7), Some(expected));
            assert_eq!(out.iter().filter(|&&pixel| pixel != 0).count(), 1);
        }
    }

    #[test]
    fn what_leaves_a_picture_is_gone() {
        for index in 1..SHIFTS {
            let mut out = [9];
            shifted(&[7], 2, index, &mut out);
            assert_eq!(out, [0]);
        }
    }
}
