//! The shifts of a shift ensemble: a picture as it is, and shifted by one pixel towards each corner.

/// Writes a copy of `picture`, with rows of `width` pixels, shifted as `index` says.
///
/// | `index` | direction, by one pixel in x and in y     |
/// |---------|-------------------------------------------|
/// | 0       | none                                      |
/// | 1       | upper left                                |
/// | 2       | upper right                               |
/// | 3       | lower left                                |
/// | 4       | lower right                               |
///
/// There are [`SHIFTS`](crate::format::SHIFTS) of them. The picture is shifted as one row of pixels: a pixel that
/// leaves a row at one end enters its neighbour at the other end, which does no harm in a picture with a blank border.
/// Background is shifted in before the first and after the last pixel.
pub fn shifted(picture: &[u8], width: usize, index: u8, out: &mut [u8]) {
    // Pixels skipped at the start of the picture, and background pixels at the start of `out`.
    let (skip, blank) = match index {
        1 => (width + 1, 0),
        2 => (width.saturating_sub(1), 0),
        3 => (0, width.saturating_sub(1)),
        4 => (0, width + 1),
        _ => (0, 0),
    };
    out.fill(0);
    let (from, to) = (picture.get(skip..).unwrap_or_default(), out.get_mut(blank..).unwrap_or_default());
    to.iter_mut().zip(from).for_each(|(to, from)| *to = *from);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::format::SHIFTS;

    #[test]
    fn a_pixel_stays_or_moves_by_one_towards_each_corner() {
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
    fn pixels_shifted_out_of_the_picture_are_lost() {
        for index in 1..SHIFTS {
            let mut out = [9];
            shifted(&[7], 2, index, &mut out);
            assert_eq!(out, [0]);
        }
    }
}
