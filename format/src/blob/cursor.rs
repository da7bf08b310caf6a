//! A minimal reader of the postcard encoding, usable at compile time.
//!
//! Boards and `include_model!` need little more of the format than its numbers; this is
//! smaller than the general deserialiser, and the description can be read by `const fn`s.

use super::front_end::FrontEnd;
use crate::format::{ActivationKind, Description, ElementFormat, LayerDescription, LayerKind, WeightFormat};

/// A position in a byte string. Reads return `None` past its end or for bytes that are not valid.
#[derive(Clone, Copy)]
pub struct Cursor<'a> {
    rest: &'a [u8],
}

impl<'a> Cursor<'a> {
    /// Starts at the first of `bytes`.
    pub const fn new(bytes: &'a [u8]) -> Self {
        Cursor { rest: bytes }
    }

    /// Returns the bytes not read yet.
    pub const fn rest(&self) -> &'a [u8] {
        self.rest
    }

    /// Reads one byte.
    pub const fn byte(&mut self) -> Option<u8> {
        let Some((&byte, rest)) = self.rest.split_first() else { return None };
        self.rest = rest;
        Some(byte)
    }

    /// Reads a varint of up to 32 bits: seven bits per byte, lowest first, the top bit set on all but the last byte.
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

    /// Reads a varint length and as many bytes.
    #[inline(never)]
    pub fn bytes(&mut self) -> Option<&'a [u8]> {
        let length = self.number()?;
        self.take(length as usize)
    }

    /// Reads `count` bytes.
    pub fn take(&mut self, count: usize) -> Option<&'a [u8]> {
        let (bytes, rest) = self.rest.split_at_checked(count)?;
        self.rest = rest;
        Some(bytes)
    }

    /// Skips a varint of up to 64 bits.
    pub fn skip_number(&mut self) -> Option<()> {
        for _ in 0..10 {
            if self.byte()? < 128 {
                return Some(());
            }
        }
        None
    }

    /// Reads a `u16`.
    const fn short(&mut self) -> Option<u16> {
        match self.number() {
            Some(number @ 0..=65_535) => Some(number as u16),
            _ => None,
        }
    }

    /// Reads an element format.
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

    /// Reads the description of one layer.
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

    /// Reads the front end, and the format in which the first layer reads its inputs.
    pub const fn inputs(&mut self) -> Option<(FrontEnd, ElementFormat)> {
        let (Some(width), Some(height)) = (self.short(), self.short()) else { return None };
        let (Some(crop), Some(code)) = (self.byte(), self.byte()) else { return None };
        match self.element() {
            Some(input) if code < FrontEnd::CODES => Some((FrontEnd { width, height, crop, code }, input)),
            _ => None,
        }
    }

    /// Reads the description of a network, if Sinapse can run it.
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
    fn varints_have_at_most_32_bits() {
        let number = |bytes: &[u8]| Cursor::new(bytes).number();
        assert_eq!(number(&[127]), Some(127));
        assert_eq!(number(&[0x80, 1]), Some(128));
        assert_eq!(number(&[255, 255, 255, 255, 15]), Some(u32::MAX));
        assert_eq!(number(&[255, 255, 255, 255, 16]), None);
        assert_eq!(number(&[0x80]), None);
        assert_eq!(number(&[0x80, 0x80, 0x80, 0x80, 0x80, 0]), None);
    }

    #[test]
    fn bytes_past_the_end_are_none() {
        assert_eq!(Cursor::new(&[2, 7, 8, 9]).bytes(), Some(&[7, 8][..]));
        assert_eq!(Cursor::new(&[4, 7, 8, 9]).bytes(), None);
    }

    #[test]
    fn a_varint_of_64_bits_is_skipped_as_a_whole() {
        let mut cursor = Cursor::new(&[255, 255, 255, 255, 255, 255, 255, 255, 255, 1, 42]);
        cursor.skip_number().unwrap();
        assert_eq!(cursor.rest(), [42]);
    }
}
