//! Number formats of the values between layers: real numbers, levels (quantised activations), pixels, logits.

use serde::{Deserialize, Serialize};

use super::layout::{Columns, LayoutType, Tiles};
use super::sealed::Sealed;

/// Number format of the inputs or outputs of a layer. Blobs store the index of the variant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum ElementFormat {
    /// Real numbers; a pixel `p` enters as `p / 255`.
    F32,
    /// Levels 0..=1.
    U1,
    /// Levels 0..=3.
    U2,
    /// Levels 0..=15.
    U4,
    /// Levels 0..=255.
    U8,
    /// Integer logits: the accumulators of a last layer, which no other layer reads.
    I32,
}

impl ElementFormat {
    /// Returns the maximum level `A`; 0 for formats that are not levels.
    pub const fn max_level(self) -> u8 {
        match self {
            ElementFormat::U1 => 1,
            ElementFormat::U2 => 3,
            ElementFormat::U4 => 15,
            ElementFormat::U8 => 255,
            ElementFormat::F32 | ElementFormat::I32 => 0,
        }
    }

    /// Returns the number of bits of a level; 32 for formats that are not levels.
    pub const fn bits(self) -> u32 {
        match self {
            ElementFormat::U1 => 1,
            ElementFormat::U2 => 2,
            ElementFormat::U4 => 4,
            ElementFormat::U8 => 8,
            ElementFormat::F32 | ElementFormat::I32 => 32,
        }
    }

    /// Quantises a pixel `p` to its highest bits, `p >> (8 − bits)`, so that four pixels take one shift and one mask.
    pub const fn level_of_pixel(self, pixel: u8) -> u8 {
        match self {
            ElementFormat::U1 => pixel >> 7,
            ElementFormat::U2 => pixel >> 6,
            ElementFormat::U4 => pixel >> 4,
            ElementFormat::U8 | ElementFormat::F32 | ElementFormat::I32 => pixel,
        }
    }

    /// Returns the name of the Rust type.
    pub const fn name(self) -> &'static str {
        match self {
            ElementFormat::F32 => "f32",
            ElementFormat::U1 => "U1",
            ElementFormat::U2 => "U2",
            ElementFormat::U4 => "U4",
            ElementFormat::U8 => "U8",
            ElementFormat::I32 => "i32",
        }
    }
}

/// Number type of accumulators: `i32` or `f32`.
pub trait Number:
    Copy + Default + PartialEq + PartialOrd + core::ops::AddAssign + core::ops::Mul<Output = Self> + Sealed
{
}
impl Sealed for i32 {}
impl Number for i32 {}
impl Number for f32 {}

/// A number format as a type: how values are stored and which numbers they stand for. Sealed, like [`Number`].
pub trait Element: Sealed + Copy {
    /// Storage of one value in RAM.
    type Raw: Copy + Default + PartialEq;
    /// Number type of the values and of accumulators over them: `i32` or `f32`.
    type Value: Number;
    /// The format as a value.
    const FORMAT: ElementFormat;
    /// True if some stored values are outside the format, as bytes above 15 are for `U4`: only a layer before promises
    /// that there are none.
    const IS_PARTIAL: bool = false;
    /// Returns the number that a stored value stands for: zero for `Raw::default()`, and in `f32` formats for no other,
    /// so that kernels can test stored values for zero.
    #[doc(hidden)]
    fn read(raw: Self::Raw) -> Self::Value;
    /// Returns the stored values as bytes if `Raw` is `u8` and the values are `f32`; `None` by default.
    #[doc(hidden)]
    fn bytes(raw: &[Self::Raw]) -> Option<&[u8]> {
        let _ = raw;
        None
    }
}

/// Levels as a layer may output them: every [`QuantizedInput`] but pixels.
pub trait QuantizedActivation: QuantizedInput {}

/// Levels as a layer may read them, one byte each.
pub trait QuantizedInput: Element<Raw = u8, Value = i32> {
    /// Position of the level in its byte, `level = byte >> SHIFT`: 0, or that of the highest bits of a pixel.
    #[doc(hidden)]
    const SHIFT: u32;
    /// Mask of the level's bits in each of four bytes.
    #[doc(hidden)]
    const MASK: u32 = (((1 << Self::FORMAT.bits()) - 1) << Self::SHIFT) * 0x0101_0101;
    /// Layout of 8-bit weights for such inputs; equals [`WeightFormat::layout`](super::WeightFormat::layout).
    #[doc(hidden)]
    type Layout8: LayoutType;
    /// Returns the level in a byte.
    #[doc(hidden)]
    #[inline(always)]
    fn level(byte: u8) -> u32 {
        u32::from(byte) >> Self::SHIFT & u32::from(Self::FORMAT.max_level())
    }
}

macro_rules! level {
    ($($name:ident: $range:literal, $layout:ty;)*) => {$(
        #[doc = concat!("Levels ", $range, ", one byte each in RAM.")]
        #[derive(Clone, Copy, Debug)]
        pub struct $name;
        impl Sealed for $name {}
        impl Element for $name {
            type Raw = u8;
            type Value = i32;
            const FORMAT: ElementFormat = ElementFormat::$name;
            const IS_PARTIAL: bool = Self::FORMAT.bits() < u8::BITS;
            #[inline(always)]
            fn read(raw: u8) -> i32 {
                i32::from(raw)
            }
        }
        impl QuantizedActivation for $name {}
        impl QuantizedInput for $name {
            const SHIFT: u32 = 0;
            type Layout8 = $layout;
        }
        impl QuantizedInput for Pixel<$name> {
            const SHIFT: u32 = u8::BITS - ElementFormat::$name.bits();
            type Layout8 = $layout;
        }
        impl Element for Pixel<$name> {
            type Raw = u8;
            type Value = i32;
            const FORMAT: ElementFormat = ElementFormat::$name;
            #[inline(always)]
            fn read(raw: u8) -> i32 {
                i32::from(ElementFormat::$name.level_of_pixel(raw))
            }
        }
    )*};
}

level! {
    U1: "0..=1", Columns;
    U2: "0..=3", Columns;
    U4: "0..=15", Columns;
    U8: "0..=255", Tiles;
}

impl Sealed for f32 {}
impl Element for f32 {
    type Raw = f32;
    type Value = f32;
    const FORMAT: ElementFormat = ElementFormat::F32;
    #[inline(always)]
    fn read(raw: f32) -> f32 {
        raw
    }
}

/// Pixels 0..=255, which a first layer reads in the format `E`: their highest bits as levels, or `p / 255` as `f32`.
#[derive(Clone, Copy, Debug)]
pub struct Pixel<E>(core::marker::PhantomData<E>);

impl<E> Sealed for Pixel<E> {}
impl Element for Pixel<f32> {
    type Raw = u8;
    type Value = f32;
    const FORMAT: ElementFormat = ElementFormat::F32;
    #[inline(always)]
    fn read(raw: u8) -> f32 {
        f32::from(raw) / 255.0
    }
    #[inline(always)]
    fn bytes(raw: &[u8]) -> Option<&[u8]> {
        Some(raw)
    }
}

/// Logits: the accumulators of a last layer, `i32` or `f32`.
#[derive(Clone, Copy, Debug)]
pub struct Logit<V>(core::marker::PhantomData<V>);

impl<V> Sealed for Logit<V> {}
impl Element for Logit<i32> {
    type Raw = i32;
    type Value = i32;
    const FORMAT: ElementFormat = ElementFormat::I32;
    fn read(raw: i32) -> i32 {
        raw
    }
}
impl Element for Logit<f32> {
    type Raw = f32;
    type Value = f32;
    const FORMAT: ElementFormat = ElementFormat::F32;
    fn read(raw: f32) -> f32 {
        raw
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_level_of_a_pixel_is_its_highest_bits() {
        assert_eq!(Pixel::<U4>::read(15), 0);
        assert_eq!(Pixel::<U4>::read(16), 1);
        assert_eq!(Pixel::<U4>::read(255), 15);
        assert_eq!(Pixel::<U1>::read(127), 0);
        assert_eq!(Pixel::<U1>::read(128), 1);
        assert_eq!(Pixel::<U8>::read(200), 200);
    }

    #[test]
    fn float_pixels_span_zero_to_one_exactly() {
        assert_eq!(Pixel::<f32>::read(0), 0.0);
        assert_eq!(Pixel::<f32>::read(255), 1.0);
    }
}
