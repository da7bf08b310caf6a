//! Bits of activations and weights.

use serde::{Deserialize, Serialize};
use sinapse::format::WeightFormat;

/// Bits of a quantised activation, with its range of levels.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "u8", into = "u8")]
pub enum ActivationBits {
    /// 0..=1.
    U1,
    /// 0..=3.
    U2,
    /// 0..=15.
    #[default]
    U4,
    /// 0..=255.
    U8,
}

impl TryFrom<u8> for ActivationBits {
    type Error = String;
    fn try_from(bits: u8) -> Result<Self, String> {
        match bits {
            1 => Ok(ActivationBits::U1),
            2 => Ok(ActivationBits::U2),
            4 => Ok(ActivationBits::U4),
            8 => Ok(ActivationBits::U8),
            _ => Err(format!("{bits} bits per activation, allowed are 1, 2, 4 and 8")),
        }
    }
}

impl From<ActivationBits> for u8 {
    fn from(levels: ActivationBits) -> u8 {
        match levels {
            ActivationBits::U1 => 1,
            ActivationBits::U2 => 2,
            ActivationBits::U4 => 4,
            ActivationBits::U8 => 8,
        }
    }
}

/// Bits of the weights: one number for all layers, or one per layer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum WeightBits {
    /// The same in every layer.
    All(u8),
    /// First layer to last.
    Each(Vec<u8>),
}

impl Default for WeightBits {
    fn default() -> Self {
        WeightBits::All(8)
    }
}

impl WeightBits {
    /// Weight format of layer `index`; `None` without an entry for it, or without a format of that many bits.
    pub fn of(&self, index: usize) -> Option<WeightFormat> {
        let bits = match self {
            WeightBits::All(bits) => Some(bits),
            WeightBits::Each(bits) => bits.get(index),
        };
        match bits? {
            2 => Some(WeightFormat::I2),
            4 => Some(WeightFormat::I4),
            8 => Some(WeightFormat::I8),
            _ => None,
        }
    }
}
