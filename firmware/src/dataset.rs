//! Evaluation over a data set: accuracy, checksum of all logits, cost.

use embedded_io::Read;
use sinapse::blob::crc::Crc32;

use crate::idx::{IdxError, Images, Labels};

/// A logit that can be checksummed.
pub trait LogitBytes {
    /// Little-endian bytes: two's complement or IEEE 754.
    fn bytes(&self) -> [u8; 4];
}
impl LogitBytes for i32 {
    fn bytes(&self) -> [u8; 4] {
        self.to_le_bytes()
    }
}
impl LogitBytes for f32 {
    fn bytes(&self) -> [u8; 4] {
        self.to_le_bytes()
    }
}

/// Result for one picture.
pub struct Answer<V, const CLASSES: usize> {
    /// Index of the largest logit.
    pub class: usize,
    /// `[CLASSES]`
    pub logits: [V; CLASSES],
    /// Cost, in cycles or instructions.
    pub cost: u32,
}

/// Result for a whole data set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tally {
    /// Number of pictures.
    pub images: u32,
    /// Pictures whose class equals their label.
    pub correct: u32,
    /// CRC-32 of all logits of all pictures, in order.
    pub logits_crc32: u32,
    /// Mean cost per picture, in cycles or instructions, rounded to the nearest.
    pub cost_mean: u32,
    /// Largest cost of a picture.
    pub cost_max: u32,
}

/// Classifies all pictures, one in memory at a time.
///
/// # Errors
///
/// [`IdxError`] if the files are not a data set.
pub fn evaluate<V: LogitBytes, const PIXELS: usize, const CLASSES: usize>(
    images: impl Read,
    labels: impl Read,
    mut classify: impl FnMut(&[u8; PIXELS]) -> Answer<V, CLASSES>,
) -> Result<Tally, IdxError> {
    let (mut images, mut labels) = (Images::open(images)?, Labels::open(labels)?);
    if images.count != labels.count {
        return Err(IdxError::CountsDiffer { images: images.count, labels: labels.count });
    }
    let mut pixels = [0; PIXELS];
    let mut crc = Crc32::new();
    let (mut correct, mut cost_sum, mut cost_max) = (0, 0u64, 0);
    while images.read(&mut pixels)? {
        let answer = classify(&pixels);
        correct += u32::from(answer.class == usize::from(labels.read()?));
        for logit in &answer.logits {
            crc.update(&logit.bytes());
        }
        cost_sum += u64::from(answer.cost);
        cost_max = cost_max.max(answer.cost);
    }
    let count = u64::from(images.count);
    let Some(cost_mean) = (cost_sum + count / 2).checked_div(count) else { return Err(IdxError::Empty) };
    // The mean of `u32`s is a `u32`.
    Ok(Tally { images: images.count, correct, logits_crc32: crc.finish(), cost_mean: cost_mean as u32, cost_max })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Two pictures, all 1 and all 2, labelled 3 and 4.
    fn files() -> (Vec<u8>, Vec<u8>) {
        let mut images: Vec<u8> = [0x0803u32, 2, 28, 28].iter().flat_map(|number| number.to_be_bytes()).collect();
        images.extend([[1; 784], [2; 784]].concat());
        let mut labels: Vec<u8> = [0x0801u32, 2].iter().flat_map(|number| number.to_be_bytes()).collect();
        labels.extend([3, 4]);
        (images, labels)
    }

    fn answer(pixels: &[u8; 784]) -> Answer<i32, 2> {
        Answer { class: 3, logits: [i32::from(pixels[0]), -1], cost: u32::from(pixels[0]) }
    }

    #[test]
    fn a_tally_counts_hits_costs_and_all_logits_in_order() {
        let (images, labels) = files();
        let tally = evaluate(images.as_slice(), labels.as_slice(), answer).unwrap();
        let logits = [1i32, -1, 2, -1].map(i32::to_le_bytes).concat();
        let logits_crc32 = sinapse::blob::crc::crc32(&logits);
        assert_eq!(tally, Tally { images: 2, correct: 1, logits_crc32, cost_mean: 2, cost_max: 2 });
    }

    #[test]
    fn files_of_different_counts_are_refused() {
        let (images, mut labels) = files();
        labels[7] = 3;
        let refused = evaluate(images.as_slice(), labels.as_slice(), answer);
        assert_eq!(refused, Err(IdxError::CountsDiffer { images: 2, labels: 3 }));
    }

    #[test]
    fn a_data_set_without_pictures_is_refused() {
        let (mut images, mut labels) = files();
        (images[7], labels[7]) = (0, 0);
        assert_eq!(evaluate(images.as_slice(), labels.as_slice(), answer), Err(IdxError::Empty));
    }
}
