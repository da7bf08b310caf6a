//! Reading postcard's numbers, at compile time too: a board needs no more of the format, and this much is small.

use super::front_end::FrontEnd;
use crate::format::{ActivationKind, Description, ElementFormat, LayerDescription, LayerKind, WeightFormat};

/// The bytes that are still to be read.
#[derive(Clone, Copy)]
pub struct Cursor<'a> {
    rest: &'a [u8],
}

impl<'a> Cursor<'a> {
    pub const fn new(rest: &'a [u8]) -> Self {
        Cursor { rest }
    }

    pub const fn rest(&self) -> &'a [u8] {
        self.rest
    }

    pub const fn byte(&mut self) -> Option<u8> {
        let Some((&byte, rest)) = self.rest.split_first() else { return None };
        self.rest = rest;
        Some(byte)
    }

    /// A number: seven bits a byte, lowest first, the top bit set on all but the last.
    #[inline(never)]
    pub const fn number(&mut self) -> Option<u32> {
        let mut number = 0;
        let mut shift = 0;
        while shift < 35 {
            let Some(byte) = self.byte() else { return None };
            let bits = (byte & 127) as u32;
            if shift == 28 && bits > 15 {
                return None;
            }
            number |= bits << shift;
            if byte < 128 {
                return Some(number);
            }
            shift += 7;
        }
        None
    }

    /// As many bytes as the number before them says.
    #[inline(never)]
    pub fn bytes(&mut self) -> Option<&'a [u8]> {
        let length = self.number()?;
        self.take(length as usize)
    }

    pub fn take(&mut self, count: usize) -> Option<&'a [u8]> {
        let (bytes, rest) = self.rest.split_at_checked(count)?;
        self.rest = rest;
        Some(bytes)
    }

    /// Passes over a number of 64 bits.
    pub fn skip_number(&mut self) -> Option<()> {
        for _ in 0..10 {
            if self.byte()? < 128 {
                return Some(());
            }
        }
        None
    }

    const fn short(&mut self) -> Option<u16> {
        match self.number() {
            Some(number @ 0..=65_535) => Some(number as u16),
            _ => None,
        }
    }

    const fn element(&mut self) -> Option<ElementFormat> {
        Some(match self.byte() {
            Some(0) => ElementFormat::F32,
            Some(1) => ElementFormat::U1,
            Some(2) => ElementFormat::U2,
            Some(3) => ElementFormat::U4,
            Some(4) => ElementFormat::U8,
            Some(5) => ElementFormat::I32,
            _ => return None,
        })
    }

    /// One layer.
    pub const fn layer(&mut self) -> Option<LayerDescription> {
        let Some(outputs) = self.short() else { return None };
        let weights = match self.byte() {
            Some(0) => WeightFormat::F32,
            Some(1) => WeightFormat::I8,
            Some(2) => WeightFormat::I4,
            Some(3) => WeightFormat::I2,
            _ => return None,
        };
        let activation = match self.byte() {
            Some(0) => ActivationKind::Identity,
            Some(1) => ActivationKind::Relu,
            Some(2) => ActivationKind::Sigmoid,
            _ => return None,
        };
        let Some(output) = self.element() else { return None };
        Some(LayerDescription { kind: LayerKind::Dense, outputs, weights, activation, output })
    }

    /// The front end, and the format in which the first layer reads its inputs.
    pub const fn inputs(&mut self) -> Option<(FrontEnd, ElementFormat)> {
        let (Some(width), Some(height)) = (self.short(), self.short()) else { return None };
        let (Some(crop), Some(code)) = (self.byte(), self.byte()) else { return None };
        match self.element() {
            Some(input) if code < FrontEnd::CODES => Some((FrontEnd { width, height, crop, code }, input)),
            _ => None,
        }
    }

    /// Any network that Sinapse can run.
    pub const fn description(&mut self) -> Option<Description> {
        let Some((front_end, input)) = self.inputs() else { return None };
        let Some(preprocessing) = front_end.decode() else { return None };
        let Some(inputs) = preprocessing.pixels() else { return None };
        let mut description = Description::new(inputs, input);
        if !preprocessing.steps().is_empty() {
            description = description.preprocessed_by(preprocessing);
        }
        let Some(layers) = self.byte() else { return None };
        let mut index = 0;
        while index < layers {
            let Some(layer) = self.layer() else { return None };
            description = match description.with(layer) {
                Some(description) => description,
                None => return None,
            };
            index += 1;
        }
        if description.is_sound() { Some(description) } else { None }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_at_most_32_bits() {
        let number = |bytes: &[u8]| Cursor::new(bytes).number();
        assert_eq!(number(&[127]), Some(127));
        assert_eq!(number(&[0x80, 1]), Some(128));
        assert_eq!(number(&[255, 255, 255, 255, 15]), Some(u32::MAX));
        assert_eq!(number(&[255, 255, 255, 255, 16]), None);
        assert_eq!(number(&[0x80]), None);
        assert_eq!(number(&[0x80, 0x80, 0x80, 0x80, 0x80, 0]), None);
    }

    #[test]
    fn bytes_beyond_the_end_are_none() {
        assert_eq!(Cursor::new(&[2, 7, 8, 9]).bytes(), Some(&[7, 8][..]));
        assert_eq!(Cursor::new(&[4, 7, 8, 9]).bytes(), None);
    }

    #[test]
    fn a_long_number_is_passed_over_whole() {
        let mut cursor = Cursor::new(&[255, 255, 255, 255, 255, 255, 255, 255, 255, 1, 42]);
        cursor.skip_number().unwrap();
        assert_eq!(cursor.rest(), [42]);
    }
}
