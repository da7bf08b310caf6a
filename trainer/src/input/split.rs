//! Split of the training part into training and validation images.
//!
//! Augmentation and regularisation look less useful than they are if the same writers are in both, so a list of other
//! writers' images takes precedence if the data has one.

use std::fmt;
use std::path::{Path, PathBuf};

use super::dataset::Dataset;
use super::error::DataError;
use super::source::Source;

/// File in a data folder with the indices (from 0) of the validation images, one per line.
pub const WRITERS_FILE: &str = "validation_writers.txt";

/// Without a list, one in this many training images is a validation image: 5,000 of MNIST's 60,000, as is usual.
const VALIDATION_DIVISOR: usize = 12;

/// Rule by which the validation images were chosen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SplitRule {
    /// By the list in [`WRITERS_FILE`]: images of writers who are not in the training images.
    Writers(PathBuf),
    /// The last twelfth.
    Last,
    /// The last twelfth of each class, for sorted images: the last twelfth of all would lack a class.
    LastOfEachClass,
}

impl fmt::Display for SplitRule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            SplitRule::Writers(path) => write!(f, "writer-disjoint, by {}", path.display()),
            SplitRule::Last => f.write_str("the last twelfth"),
            SplitRule::LastOfEachClass => f.write_str("the last twelfth of each class"),
        }
    }
}

impl SplitRule {
    /// Rule in a blob's provenance, without paths of the machine.
    pub fn provenance(&self) -> &'static str {
        match self {
            SplitRule::Writers(_) => "writer-disjoint validation",
            SplitRule::Last => "validation by the last twelfth",
            SplitRule::LastOfEachClass => "validation by the last twelfth of each class",
        }
    }
}

/// Training images, validation images, and the rule that separates them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Split {
    /// Training images.
    pub training: Dataset,
    /// Validation images.
    pub validation: Dataset,
    /// The rule of the split.
    pub rule: SplitRule,
}

/// Splits the training part of `source`: by [`WRITERS_FILE`] if its folder has one, otherwise by the last twelfth.
///
/// # Errors
///
/// Returns an error if the list is invalid or empty, or if one side of the split would be empty.
pub fn split(source: &Source, all: Dataset) -> Result<Split, DataError> {
    let list = source.folder().map(|folder| folder.join(WRITERS_FILE)).filter(|path| path.exists());
    let (is_validation, rule) = match list {
        Some(path) => (read_list(&path, all.labels.len())?, SplitRule::Writers(path)),
        None => hold_out_last(&all.labels)?,
    };
    let side = |wanted: bool| {
        let chosen = (0..all.labels.len()).filter(|&index| is_validation[index] == wanted);
        all.select(&chosen.collect::<Vec<_>>())
    };
    Ok(Split { training: side(false), validation: side(true), rule })
}

/// Whether the list names each training image.
fn read_list(path: &Path, images: usize) -> Result<Vec<bool>, DataError> {
    let text = std::fs::read(path).map_err(|source| DataError::Unreadable { path: path.into(), source })?;
    let text = String::from_utf8_lossy(&text);
    let mut is_validation = vec![false; images];
    for (number, line) in text.lines().enumerate() {
        let wrong = |reason: String| DataError::WrongLine { path: path.into(), line: number + 1, reason };
        let line = line.trim();
        if line.is_empty() {
            continue;
        }
        let shown: String = line.chars().take(20).collect();
        let index: usize =
            line.parse().map_err(|_| wrong(format!("\"{shown}\", expected the index of a training image")))?;
        let most = images - 1;
        let place = is_validation
            .get_mut(index)
            .ok_or_else(|| wrong(format!("image {index}, expected an index of 0 to {most}")))?;
        if std::mem::replace(place, true) {
            return Err(wrong(format!("image {index} for the second time, expected each once")));
        }
    }
    let named = is_validation.iter().filter(|&&named| named).count();
    if named == 0 {
        return Err(DataError::Empty { path: path.into(), what: "it names no validation image" });
    }
    if named == images {
        return Err(DataError::TooFew { found: images, needed: named });
    }
    Ok(is_validation)
}

/// Selects the last twelfth, or that of each class if the last twelfth of all lacks one.
fn hold_out_last(labels: &[u8]) -> Result<(Vec<bool>, SplitRule), DataError> {
    let count = (labels.len() / VALIDATION_DIVISOR).max(1);
    let first = labels.len().saturating_sub(count);
    if first == 0 {
        return Err(DataError::TooFew { found: labels.len(), needed: count });
    }
    let mut of_class = [0usize; 256];
    labels.iter().for_each(|&label| of_class[usize::from(label)] += 1);
    let mut in_last = [0usize; 256];
    labels[first..].iter().for_each(|&label| in_last[usize::from(label)] += 1);
    // A class of fewer than twelve images may be missing by chance, and has none to spare.
    let lacking = (0..256).any(|class| of_class[class] >= VALIDATION_DIVISOR && in_last[class] == 0);
    // A class that is only in the last part could not be learned.
    let swallowed = (0..256).any(|class| of_class[class] > 0 && in_last[class] == of_class[class]);
    let last = || ((0..labels.len()).map(|index| index >= first).collect(), SplitRule::Last);
    if !lacking && !swallowed {
        return Ok(last());
    }
    // At least one, if that leaves one for training.
    let mut left = of_class.map(|count| (count / VALIDATION_DIVISOR).max(usize::from(count > 1)));
    let mut is_validation = vec![false; labels.len()];
    for (is_validation, &label) in is_validation.iter_mut().zip(labels).rev() {
        let left = &mut left[usize::from(label)];
        *is_validation = *left > 0;
        *left = left.saturating_sub(1);
    }
    if !is_validation.contains(&true) {
        return Ok(last());
    }
    Ok((is_validation, SplitRule::LastOfEachClass))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::input::Images;

    fn dataset(labels: &[u8]) -> Dataset {
        let pixels = (0..4 * labels.len()).map(|value| value as u8).collect();
        Dataset { images: Images { pixels, count: labels.len(), width: 2, height: 2 }, labels: labels.into() }
    }

    fn in_folder(list: Option<&str>) -> (tempfile::TempDir, Source) {
        let folder = tempfile::tempdir().unwrap();
        if let Some(list) = list {
            std::fs::write(folder.path().join(WRITERS_FILE), list).unwrap();
        }
        let source = Source::Folder(folder.path().into());
        (folder, source)
    }

    #[test]
    fn without_a_list_the_last_twelfth_validates() {
        let labels: Vec<u8> = (0..48).map(|index| index % 2).collect();
        let (_folder, source) = in_folder(None);
        let split = split(&source, dataset(&labels)).unwrap();
        assert_eq!(split.rule, SplitRule::Last);
        assert_eq!((split.training.labels.len(), split.validation.labels.len()), (44, 4));
        assert_eq!(split.validation.images.pixels[..4], [176, 177, 178, 179]);
    }

    #[test]
    fn a_list_names_the_images_that_validate() {
        let (_folder, source) = in_folder(Some("2\n0\n\n"));
        let split = split(&source, dataset(&[5, 6, 7, 8])).unwrap();
        assert!(split.rule.to_string().starts_with("writer-disjoint"), "{}", split.rule);
        assert_eq!((split.training.labels, split.validation.labels), (vec![6, 8], vec![5, 7]));
        assert_eq!(split.validation.images.pixels, [0, 1, 2, 3, 8, 9, 10, 11]);
    }

    #[test]
    fn bad_lists_are_refused_with_line_and_value() {
        let refusal = |list: &str| {
            let (_folder, source) = in_folder(Some(list));
            split(&source, dataset(&[5, 6, 7, 8])).unwrap_err().to_string()
        };
        let message = refusal("1\n4\n");
        assert!(message.contains("validation_writers.txt, line 2: image 4, expected an index of 0 to 3"), "{message}");
        assert!(refusal("1\n-2\n").contains("line 2: \"-2\""));
        assert!(refusal("one").contains("line 1: \"one\""));
        assert!(refusal("1\n3\n1\n").contains("line 3: image 1 for the second time"));
        assert!(refusal("\n").contains("names no validation image"));
        assert!(refusal("0\n1\n2\n3\n").contains("4 training images"));
    }

    #[test]
    fn images_that_lie_sorted_are_split_class_by_class() {
        let labels: Vec<u8> = (0..48).map(|index| index / 24).collect();
        let (_folder, source) = in_folder(None);
        let split = split(&source, dataset(&labels)).unwrap();
        assert_eq!(split.rule, SplitRule::LastOfEachClass);
        assert_eq!(split.validation.labels, [0, 0, 1, 1]);
        assert_eq!(split.validation.images.pixels[..4], [88, 89, 90, 91]);
    }

    #[test]
    fn a_single_image_cannot_be_split() {
        let (_folder, source) = in_folder(None);
        let message = split(&source, dataset(&[5])).unwrap_err().to_string();
        assert!(message.starts_with("1 training images"), "{message}");
    }
}
