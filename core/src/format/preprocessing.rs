//! How a picture becomes the inputs of the first layer.

/// Number of views of a picture, see [`shift`](crate::picture::shift).
pub const VIEWS: u8 = 5;

/// Largest width and height of a picture whose slant is corrected: its moments then fit 32 bits.
pub const MAX_DESLANT_SIDE: u16 = 100;

/// How many pixels become one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Scale {
    /// As they are: cropping alone.
    One,
    /// 3 × 3 pixels become 2 × 2, each the mean of the area that it covers.
    TwoThirds,
    /// 2 × 2 pixels become their mean.
    Half,
    /// 3 × 3 pixels become their mean.
    Third,
}

impl Scale {
    /// `(from, to)`: `from` pixels in a row become `to`.
    pub const fn ratio(self) -> (u16, u16) {
        match self {
            Scale::One => (1, 1),
            Scale::TwoThirds => (3, 2),
            Scale::Half => (2, 1),
            Scale::Third => (3, 1),
        }
    }

    /// Width or height after cropping `crop` pixels at both ends and scaling; `None` where it is not a whole number.
    pub const fn reduced(self, length: u16, crop: u8) -> Option<u16> {
        let Some(rest) = length.checked_sub(2 * crop as u16) else { return None };
        let (from, to) = self.ratio();
        if rest == 0 || !rest.is_multiple_of(from) { None } else { Some(rest / from * to) }
    }

    /// Name of the Rust type.
    pub const fn name(self) -> &'static str {
        match self {
            Scale::One => "One",
            Scale::TwoThirds => "TwoThirds",
            Scale::Half => "Half",
            Scale::Third => "Third",
        }
    }
}

/// What is done to a picture before the first layer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Reduction {
    /// Width of the whole picture.
    pub width: u16,
    /// Height of the whole picture.
    pub height: u16,
    /// Pixels cut off at every side.
    pub crop: u8,
    /// What is done to the rest.
    pub scale: Scale,
    /// Whether the slant is corrected before, see [`deslant`](crate::picture::deslant).
    pub deslant: bool,
    /// Whether all of this is done to five views of the picture, see [`shift`](crate::picture::shift).
    pub views: bool,
}

/// What slant correction adds to the number of a scale …
const DESLANTED: u8 = 4;
/// … and what the five views add.
const VIEWED: u8 = 8;

impl Reduction {
    /// Number of pixels that are left; `None` where sizes do not divide, there are more than 65,535, or a slant that is to be
    /// corrected [cannot be](Self::can_deslant).
    pub const fn pixels(&self) -> Option<u16> {
        if self.deslant && !self.can_deslant() {
            return None;
        }
        match (self.scale.reduced(self.width, self.crop), self.scale.reduced(self.height, self.crop)) {
            (Some(width), Some(height)) => width.checked_mul(height),
            _ => None,
        }
    }
}

impl Reduction {
    /// Whether nothing is cut off, made smaller or moved.
    pub const fn is_whole(&self) -> bool {
        self.crop == 0 && matches!(self.scale, Scale::One) && !self.deslant && !self.views
    }

    /// Whether slants of such pictures can be corrected: there is a border, and moments fit 32 bits.
    pub const fn can_deslant(&self) -> bool {
        self.crop > 0 && self.width <= MAX_DESLANT_SIDE && self.height <= MAX_DESLANT_SIDE
    }

    /// Scale, slant correction and views as one number, as a blob has them.
    pub const fn code(&self) -> u8 {
        let scale = match self.scale {
            Scale::One => 0,
            Scale::TwoThirds => 1,
            Scale::Half => 2,
            Scale::Third => 3,
        };
        scale + if self.deslant { DESLANTED } else { 0 } + if self.views { VIEWED } else { 0 }
    }

    /// Scale, slant correction and views of a number; `None` for a number of none.
    pub const fn of_code(code: u8) -> Option<(Scale, bool, bool)> {
        let scale = match code % DESLANTED {
            0 => Scale::One,
            1 => Scale::TwoThirds,
            2 => Scale::Half,
            _ => Scale::Third,
        };
        if code < 2 * VIEWED { Some((scale, code % VIEWED >= DESLANTED, code >= VIEWED)) } else { None }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reduction(width: u16, crop: u8, scale: Scale) -> Reduction {
        Reduction { width, height: width, crop, scale, deslant: false, views: false }
    }

    #[test]
    fn scale_slant_correction_and_views_are_one_number_and_others_are_none() {
        for scale in [Scale::One, Scale::TwoThirds, Scale::Half, Scale::Third] {
            for (deslant, views) in [(false, false), (true, false), (false, true), (true, true)] {
                let reduction = Reduction { width: 28, height: 28, crop: 1, scale, deslant, views };
                assert_eq!(Reduction::of_code(reduction.code()), Some((scale, deslant, views)));
            }
        }
        assert!((0..=255).filter(|&code| Reduction::of_code(code).is_some()).eq(0..16));
    }

    #[test]
    fn sizes_that_do_not_divide_are_refused() {
        assert_eq!(Scale::TwoThirds.reduced(28, 2), Some(16));
        assert_eq!(Scale::TwoThirds.reduced(28, 1), None);
        assert_eq!(Scale::Half.reduced(28, 14), None);
        assert_eq!((Scale::Third.reduced(28, 2), Scale::Third.reduced(28, 3)), (Some(8), None));
        assert_eq!(Scale::Half.reduced(28, 200), None);
    }

    #[test]
    fn slants_are_corrected_within_a_border_and_up_to_a_size() {
        let deslanted = |width, crop| Reduction { deslant: true, ..reduction(width, crop, Scale::One) }.pixels();
        assert_eq!([deslanted(28, 0), deslanted(28, 1), deslanted(102, 1)], [None, Some(676), None]);
    }
}
