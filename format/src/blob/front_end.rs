//! Encoding of the front end in blobs of version 2: size of the picture, crop and a code.
//!
//! A board compares these numbers with those of its network's type; it never decodes them.

use crate::format::{Description, Preprocessing, Scale, Step};

/// Added to the code of the scale if the picture is deslanted.
const DESLANTED: u8 = 4;
/// Added to the code of the scale if the network is a shift ensemble.
const SHIFT_ENSEMBLE: u8 = 8;

/// A front end in the encoding of a blob.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct FrontEnd {
    /// Width of the picture in pixels.
    pub width: u16,
    /// Height of the picture in pixels.
    pub height: u16,
    /// Pixels cut off at each edge.
    pub crop: u8,
    /// Code of scale, deslanting and shift ensemble, below [`CODES`](Self::CODES).
    pub code: u8,
}

impl FrontEnd {
    /// Number of valid codes.
    pub const CODES: u8 = 2 * SHIFT_ENSEMBLE;

    /// Encodes a front end.
    pub const fn encode(preprocessing: &Preprocessing) -> Self {
        let mut front_end = FrontEnd { width: preprocessing.width, height: preprocessing.height, crop: 0, code: 0 };
        let steps = preprocessing.steps();
        let mut index = 0;
        while index < steps.len() {
            let code = match steps[index] {
                Step::ShiftEnsemble => SHIFT_ENSEMBLE,
                Step::Deslant => DESLANTED,
                Step::Downscale { crop, scale } => {
                    front_end.crop = crop;
                    match scale {
                        Scale::One => 0,
                        Scale::TwoThirds => 1,
                        Scale::Half => 2,
                        Scale::Third => 3,
                    }
                }
            };
            front_end.code |= code;
            index += 1;
        }
        front_end
    }

    /// Decodes the front end; `None` if the code is not valid.
    pub const fn decode(self) -> Option<Preprocessing> {
        if self.code >= Self::CODES {
            return None;
        }
        let scale = match self.code % DESLANTED {
            0 => Scale::One,
            1 => Scale::TwoThirds,
            2 => Scale::Half,
            _ => Scale::Third,
        };
        let mut preprocessing = Preprocessing::new(self.width, self.height);
        if self.code >= SHIFT_ENSEMBLE {
            preprocessing.push(Step::ShiftEnsemble);
        }
        if self.code % SHIFT_ENSEMBLE >= DESLANTED {
            preprocessing.push(Step::Deslant);
        }
        preprocessing.push(Step::Downscale { crop: self.crop, scale });
        Some(preprocessing)
    }

    /// Returns true if there is no step: the pixels are the inputs.
    pub const fn is_identity(self) -> bool {
        self.crop == 0 && self.code == 0
    }
}

/// The network that a program expects in a blob, with its front end already encoded; computed at compile time.
#[derive(Clone, Copy, Debug)]
pub struct Expected {
    pub(super) description: Description,
    pub(super) front_end: Option<FrontEnd>,
    pub(super) passes: u8,
}

impl Expected {
    /// Prepares a description for comparison with a blob.
    pub const fn new(description: Description) -> Self {
        let front_end = match &description.preprocessing {
            Some(preprocessing) => Some(FrontEnd::encode(preprocessing)),
            None => None,
        };
        Expected { description, front_end, passes: description.passes() }
    }

    /// Returns true if `found` equals this network's front end. A network without one accepts every picture that has as
    /// many pixels as the network has inputs.
    pub(super) fn accepts(&self, found: FrontEnd) -> bool {
        match self.front_end {
            Some(front_end) => found == front_end,
            // No overflow: the product of two 16-bit numbers fits 32 bits.
            None => {
                found.is_identity()
                    && u32::from(found.width) * u32::from(found.height) == u32::from(self.description.inputs)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exactly_the_codes_below_sixteen_are_front_ends_and_encode_back() {
        let encoded = |code| FrontEnd { width: 28, height: 28, crop: 1, code };
        for code in 0..FrontEnd::CODES {
            let preprocessing = encoded(code).decode().unwrap();
            assert_eq!(FrontEnd::encode(&preprocessing), encoded(code));
            assert_eq!(preprocessing.deslants(), code % 8 >= 4);
            assert_eq!(preprocessing.passes(), if code >= 8 { 5 } else { 1 });
        }
        assert!((FrontEnd::CODES..=255).all(|code| encoded(code).decode().is_none()));
    }
}
