//! Names of the classes: from folders or `classes.txt` of the data, beside a blob in a file of its own.

use std::path::{Path, PathBuf};

use super::class_folders;
use super::error::DataError;
use super::source::Source;
use crate::atomic_file::{WriteError, write_atomically};

/// File in a folder of IDX files with the names of the classes, one a line, first class first.
pub const CLASSES_FILE: &str = "classes.txt";

/// Names of the classes, where the data has other names than the labels' numbers.
///
/// # Errors
///
/// As `read_names`; folders that cannot be read.
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

/// Names, one a line.
///
/// # Errors
///
/// A file that cannot be read, with an empty line among its names, or with more than 256.
pub fn read_names(path: &Path) -> Result<Vec<String>, DataError> {
    let bytes = std::fs::read(path).map_err(|source| DataError::Unreadable { path: path.into(), source })?;
    let text = String::from_utf8_lossy(&bytes);
    let names: Vec<String> = text.trim_end().lines().map(|line| line.trim().to_owned()).collect();
    if let Some(line) = names.iter().position(String::is_empty) {
        let reason = "no name, expected the name of a class".into();
        return Err(DataError::WrongLine { path: path.into(), line: line + 1, reason });
    }
    match names.len() {
        0 => Err(DataError::Empty { path: path.into(), what: "it names no class" }),
        1..=256 => Ok(names),
        found => Err(DataError::TooManyClasses { path: path.into(), found }),
    }
}

/// Where the names of a blob's classes are: `digits.postcard` has them in `digits.classes.txt`.
pub fn names_beside(blob: &Path) -> PathBuf {
    blob.with_extension(CLASSES_FILE)
}

/// Writes the names beside a blob; without names, none of an older blob are left there.
///
/// # Errors
///
/// Where the file cannot be written.
pub fn write_names_beside(blob: &Path, names: Option<&[String]>) -> Result<(), WriteError> {
    let path = names_beside(blob);
    match names {
        Some(names) => write_atomically(&path, (names.join("\n") + "\n").as_bytes()),
        None => {
            let _ = std::fs::remove_file(path); // mostly there is none
            Ok(())
        }
    }
}

/// Names of a blob's `classes` classes: from the file beside it, else numbers.
///
/// # Errors
///
/// As `read_names`, and a file of another number of names.
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
    fn names_are_kept_beside_the_blob_and_numbers_stand_in_for_missing_ones() {
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
