//! Ratios by which a picture is downscaled.

/// Ratio of the sides of a downscaled picture to those of the cropped one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Scale {
    /// 1 : 1, the picture is only cropped.
    One,
    /// 3 × 3 pixels become 2 × 2, each the mean of the area it covers.
    TwoThirds,
    /// 2 × 2 pixels become their mean.
    Half,
    /// 3 × 3 pixels become their mean.
    Third,
}

impl Scale {
    /// Returns `(from, to)`: `from` pixels in a row become `to`.
    pub const fn ratio(self) -> (u16, u16) {
        match self {
            Scale::One => (1, 1),
            Scale::TwoThirds => (3, 2),
            Scale::Half => (2, 1),
            Scale::Third => (3, 1),
        }
    }

    /// Returns the length of a side after cutting `crop` pixels off both ends and scaling; `None` if it is not a whole
    /// number of pixels, at least 1.
    ///
    /// # Examples
    ///
    /// ```
    /// use sinapse_format::format::Scale;
    ///
    /// assert_eq!(Scale::TwoThirds.scaled(28, 2), Some(16));
    /// assert_eq!(Scale::TwoThirds.scaled(28, 1), None); // 26 is not a multiple of 3
    /// ```
    pub const fn scaled(self, length: u16, crop: u8) -> Option<u16> {
        let Some(cropped) = length.checked_sub(2 * crop as u16) else { return None };
        let (from, to) = self.ratio();
        if cropped == 0 || !cropped.is_multiple_of(from) { None } else { Some(cropped / from * to) }
    }

    /// Returns the name of the Rust type.
    pub const fn name(self) -> &'static str {
        match self {
            Scale::One => "One",
            Scale::TwoThirds => "TwoThirds",
            Scale::Half => "Half",
            Scale::Third => "Third",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sides_that_do_not_divide_are_refused() {
        assert_eq!(Scale::TwoThirds.scaled(28, 2), Some(16));
        assert_eq!(Scale::TwoThirds.scaled(28, 1), None);
        assert_eq!(Scale::Half.scaled(28, 14), None);
        assert_eq!((Scale::Third.scaled(28, 2), Scale::Third.scaled(28, 3)), (Some(8), None));
        assert_eq!(Scale::Half.scaled(28, 200), None);
    }
}
