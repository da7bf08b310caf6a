//! Data sets as folders of PNG files, one folder per class: `train/<class>/x.png` and `test/<class>/y.png`, or only
//! `<class>/x.png`.
//!
//! Pictures become grey and are otherwise unchanged. Networks run fastest if most pixels are zero: bright on black.

use std::cmp::Ordering;
use std::path::{Path, PathBuf};

use rayon::prelude::*;
use sha2::{Digest, Sha256};

use super::dataset::{Dataset, Images, MAX_SIDE, Part};
use super::error::DataError;
use super::photo::to_grey;

/// Labels are bytes.
const MAX_CLASSES: usize = 256;
/// Without a folder `test`, one in this many images of each class is a test image.
const TEST_DIVISOR: usize = 6;

/// Whether a folder holds class folders.
pub fn is_picture_folder(folder: &Path) -> bool {
    folder.join("train").is_dir() || visible_entries(folder).is_ok_and(|paths| paths.iter().any(|path| path.is_dir()))
}

/// Names of the classes in label order: numerically if all are numbers, otherwise alphabetically.
///
/// # Errors
///
/// Returns an error if folders cannot be read, and for no class folder or more than 256.
pub fn class_names(folder: &Path) -> Result<Vec<String>, DataError> {
    let root = if folder.join("train").is_dir() { folder.join("train") } else { folder.into() };
    let mut names: Vec<String> =
        visible_entries(&root)?.iter().filter(|path| path.is_dir()).map(|path| name_of(path)).collect();
    if names.is_empty() {
        return Err(DataError::Empty { path: root, what: "no class-named folders" });
    }
    if names.len() > MAX_CLASSES {
        return Err(DataError::TooManyClasses { path: root, found: names.len() });
    }
    let number = |name: &String| name.parse::<u64>().ok();
    if names.iter().all(|name| number(name).is_some()) {
        names.sort_by(|a, b| number(a).cmp(&number(b)).then(a.cmp(b)));
    } else {
        names.sort();
    }
    Ok(names)
}

/// Loads one part of the images.
///
/// They are ordered by a hash of class and file name: shuffled, and the same on every machine.
///
/// # Errors
///
/// Returns an error for classes without images, unreadable pictures, and pictures of different sizes.
pub fn load(folder: &Path, part: Part) -> Result<Dataset, DataError> {
    let names = class_names(folder)?;
    let in_two = folder.join("train").is_dir();
    let root = match (in_two, part) {
        (false, _) => folder.to_path_buf(),
        (true, Part::Train) => folder.join("train"),
        (true, Part::Test) => folder.join("test"),
    };
    let unknown = visible_entries(&root)?.into_iter().find(|path| path.is_dir() && !names.contains(&name_of(path)));
    if let Some(path) = unknown {
        return Err(DataError::UnknownClass { path });
    }
    let mut chosen = Vec::new();
    for (label, name) in names.iter().enumerate() {
        let class = root.join(name);
        // A test set may lack a class; an empty training class is a mistake.
        if part == Part::Test && in_two && !class.exists() {
            continue;
        }
        let mut images = png_files(&class, name)?;
        if images.is_empty() {
            return Err(DataError::EmptyClass { path: class });
        }
        if !in_two {
            images.sort();
            let tests = (images.len() / TEST_DIVISOR).max(usize::from(images.len() > 1));
            let rest = images.split_off(tests);
            images = if part == Part::Test { images } else { rest };
        }
        chosen.extend(images.into_iter().map(|(hash, path)| (hash, path, label as u8)));
    }
    if chosen.is_empty() {
        return Err(DataError::Empty { path: root, what: "no images" });
    }
    chosen.sort();
    read_all(&chosen)
}

/// PNG files of a class, with the hashes that order them.
fn png_files(class: &Path, name: &str) -> Result<Vec<([u8; 32], PathBuf)>, DataError> {
    let is_png = |path: &PathBuf| path.extension().is_some_and(|end| end.eq_ignore_ascii_case("png"));
    let hash = |path: &Path| Sha256::digest(format!("{name}/{}", name_of(path))).into();
    Ok(visible_entries(class)?.into_iter().filter(is_png).map(|path| (hash(&path), path)).collect())
}

fn read_all(chosen: &[([u8; 32], PathBuf, u8)]) -> Result<Dataset, DataError> {
    // Collecting into a `Result` would report any of several broken files; this always reports the first.
    let pictures: Vec<_> = chosen.par_iter().map(|(_, path, _)| read(path)).collect();
    let (mut pixels, mut size) = (Vec::new(), None);
    for (picture, (_, path, _)) in pictures.into_iter().zip(chosen) {
        let (found, of_picture) = picture?;
        let (expected, first) = *size.get_or_insert((found, path));
        if found != expected {
            return Err(DataError::MixedSizes { path: path.clone(), found, first: first.clone(), expected });
        }
        pixels.extend(of_picture);
    }
    let (width, height) = size.map_or((0, 0), |(size, _)| size);
    let images = Images { pixels, count: chosen.len(), width: width as usize, height: height as usize };
    Ok(Dataset { images, labels: chosen.iter().map(|(_, _, label)| *label).collect() })
}

fn read(path: &Path) -> Result<((u32, u32), Vec<u8>), DataError> {
    let bytes = std::fs::read(path).map_err(|source| DataError::Unreadable { path: path.into(), source })?;
    let decoded = image::load_from_memory_with_format(&bytes, image::ImageFormat::Png)
        .map_err(|source| DataError::NoPicture { path: path.into(), source })?;
    let picture = to_grey(&decoded);
    let (width, height) = picture.dimensions();
    if width > MAX_SIDE || height > MAX_SIDE {
        return Err(DataError::WrongSize { path: path.into(), width, height });
    }
    Ok(((width, height), picture.into_raw()))
}

/// Entries of a folder without hidden files, sorted.
fn visible_entries(folder: &Path) -> Result<Vec<PathBuf>, DataError> {
    let unreadable = |source| DataError::Unreadable { path: folder.into(), source };
    let entries = std::fs::read_dir(folder).map_err(unreadable)?;
    let mut paths = entries.map(|entry| entry.map(|entry| entry.path())).collect::<Result<Vec<_>, _>>();
    if let Ok(paths) = &mut paths {
        paths.retain(|path| !name_of(path).starts_with('.'));
        paths.sort_by(|a, b| if a < b { Ordering::Less } else { Ordering::Greater });
    }
    paths.map_err(unreadable)
}

fn name_of(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn write(folder: &Path, name: &str, width: u32, height: u32, value: u8) {
        let path = folder.join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        image::GrayImage::from_pixel(width, height, image::Luma([value])).save(path).unwrap();
    }

    #[test]
    fn two_folders_are_the_two_parts_and_labels_follow_the_sorted_names() {
        let folder = tempfile::tempdir().unwrap();
        for (name, value) in [("train/b/1.png", 20), ("train/a/1.png", 10), ("train/a/2.png", 10), ("test/b/1.png", 21)]
        {
            write(folder.path(), name, 3, 2, value);
        }
        assert_eq!(class_names(folder.path()).unwrap(), ["a", "b"]);
        let training = load(folder.path(), Part::Train).unwrap();
        assert_eq!((training.images.count, training.images.width, training.images.height), (3, 3, 2));
        for (image, label) in training.images.pixels.chunks(6).zip(&training.labels) {
            assert_eq!(image[0], 10 + 10 * label);
        }
        let test = load(folder.path(), Part::Test).unwrap();
        assert_eq!((test.labels, test.images.pixels), (vec![1], vec![21; 6]));
    }

    #[test]
    fn one_level_is_split_class_by_class_without_overlap() {
        let folder = tempfile::tempdir().unwrap();
        for index in 0..24 {
            write(folder.path(), &format!("{}/{index}.png", 9 + index % 2), 2, 2, index);
        }
        assert_eq!(class_names(folder.path()).unwrap(), ["9", "10"], "numbers are sorted as numbers");
        let (training, test) = (load(folder.path(), Part::Train).unwrap(), load(folder.path(), Part::Test).unwrap());
        assert_eq!((training.labels.len(), test.labels.len()), (20, 4));
        let mut all: Vec<u8> = [training.images.pixels, test.images.pixels].concat();
        all.sort_unstable();
        all.dedup();
        assert_eq!(all, (0..24).collect::<Vec<u8>>());
    }

    #[test]
    fn bad_folders_are_refused_with_the_place_and_what_is_expected() {
        let refusal = |make: &dyn Fn(&Path)| {
            let folder = tempfile::tempdir().unwrap();
            make(folder.path());
            load(folder.path(), Part::Train).unwrap_err().to_string()
        };
        let mixed = refusal(&|folder| {
            write(folder, "train/a/1.png", 8, 8, 0);
            write(folder, "train/b/2.png", 8, 9, 0);
        });
        assert!(mixed.contains("8 × 9") && mixed.contains("8 × 8") && mixed.contains("1.png"), "{mixed}");
        let unreadable = refusal(&|folder| {
            write(folder, "train/a/1.png", 8, 8, 0);
            std::fs::write(folder.join("train/a/2.png"), "no picture").unwrap();
        });
        assert!(unreadable.contains("2.png") && unreadable.contains("PNG"), "{unreadable}");
        let empty = refusal(&|folder| {
            write(folder, "train/a/1.png", 8, 8, 0);
            std::fs::create_dir_all(folder.join("train/b")).unwrap();
        });
        assert!(empty.contains("no PNG") && empty.contains('b'), "{empty}");
        let many = refusal(&|folder| {
            (0..257).for_each(|class| std::fs::create_dir_all(folder.join(format!("train/{class}"))).unwrap());
        });
        assert!(many.contains("257") && many.contains("256"), "{many}");
    }

    #[test]
    fn a_test_class_that_is_not_trained_is_named() {
        let folder = tempfile::tempdir().unwrap();
        write(folder.path(), "train/a/1.png", 2, 2, 0);
        write(folder.path(), "test/c/1.png", 2, 2, 0);
        let message = load(folder.path(), Part::Test).unwrap_err().to_string();
        assert!(message.contains("test/c"), "{message}");
    }
}
