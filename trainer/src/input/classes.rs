//! Class names: from the data's folders or `classes.txt`, and in a file next to each blob.

use std::path::{Path, PathBuf};

use super::class_folders;
use super::error::DataError;
use super::source::Source;
use crate::atomic_file::{WriteError, write_atomically};

/// File with the class names in a folder of IDX files, one per line in label order.
pub const CLASSES_FILE: &str = "classes.txt";

/// Class names of a data set; `None` if they are just the numbers of the labels.
///
/// # Errors
///
/// Returns the errors of `read_names`, and an error for folders that cannot be read.
pub fn class_names(source: &Source) -> Result<Option<Vec<String>>, DataError> {
    let Some(folder) = source.folder() else { return Ok(None) };
    let list = folder.join(CLASSES_FILE);
    let names = if list.exists() {
        read_names(&list)?
    } else if source.is_pictures() {
        class_folders::class_names(folder)?
    } else {
        return Ok(None);
    };
    let plain = names.iter().enumerate().all(|(class, name)| *name == class.to_string());
    Ok((!plain).then_some(names))
}

/// Reads class names, one per line.
///
/// # Errors
///
/// Returns an error if the file cannot be read, has an empty line among its names, or more than 256 names.
pub fn read_names(path: &Path) -> Result<Vec<String>, DataError> {
    let bytes = std::fs::read(path).map_err(|source| DataError::Unreadable { path: path.into(), source })?;
    let text = String::from_utf8_lossy(&bytes);
    let names: Vec<String> = text.trim_end().lines().map(|line| line.trim().to_owned()).collect();
    if let Some(line) = names.iter().position(String::is_empty) {
        let reason = "empty, expected the name of a class".into();
        return Err(DataError::WrongLine { path: path.into(), line: line + 1, reason });
    }
    match names.len() {
        0 => Err(DataError::Empty { path: path.into(), what: "it names no class" }),
        1..=256 => Ok(names),
        found => Err(DataError::TooManyClasses { path: path.into(), found }),
    }
}

/// Path of a blob's class names: `digits.classes.txt` for `digits.postcard`.
pub fn names_beside(blob: &Path) -> PathBuf {
    blob.with_extension(CLASSES_FILE)
}

/// Writes class names next to a blob; without names, removes those of an older blob.
///
/// # Errors
///
/// Returns an error if the file cannot be written.
pub fn write_names_beside(blob: &Path, names: Option<&[String]>) -> Result<(), WriteError> {
    let path = names_beside(blob);
    match names {
        Some(names) => write_atomically(&path, (names.join("\n") + "\n").as_bytes()),
        None => {
            let _ = std::fs::remove_file(path); // usually there is none
            Ok(())
        }
    }
}

/// Names of a blob's classes: from the file next to it, otherwise numbers.
///
/// # Errors
///
/// Returns the errors of `read_names`, and an error for more names than classes.
pub fn names_of_blob(blob: &Path, classes: usize) -> Result<Vec<String>, DataError> {
    let path = names_beside(blob);
    if !path.exists() {
        return Ok((0..classes).map(|class| class.to_string()).collect());
    }
    let mut names = read_names(&path)?;
    if names.len() > classes {
        return Err(DataError::WrongNames { path, found: names.len(), classes });
    }
    // A network may have more outputs than its data had classes.
    names.extend((names.len()..classes).map(|class| class.to_string()));
    Ok(names)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_stored_beside_the_blob_and_numbers_replace_missing_ones() {
        let folder = tempfile::tempdir().unwrap();
        let blob = folder.path().join("m.postcard");
        assert_eq!(names_of_blob(&blob, 2).unwrap(), ["0", "1"]);
        write_names_beside(&blob, Some(&["coat".into(), "ankle boot".into()])).unwrap();
        assert_eq!(names_of_blob(&blob, 3).unwrap(), ["coat", "ankle boot", "2"]);
        assert!(names_of_blob(&blob, 1).unwrap_err().to_string().contains("2 names"));
        write_names_beside(&blob, None).unwrap();
        assert_eq!(names_of_blob(&blob, 1).unwrap(), ["0"]);
    }

    #[test]
    fn an_empty_name_is_refused_with_its_line() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("c");
        std::fs::write(&path, "a\n\nb\n").unwrap();
        assert!(read_names(&path).unwrap_err().to_string().contains("line 2"));
    }
}
