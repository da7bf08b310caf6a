//! Checkpoints: the state of a training between two epochs, from which it resumes to the same blob.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::export::Exported;
use super::task::Task;
use crate::atomic_file::{WriteError, write_atomically};
use crate::input::Dataset;

/// First bytes of a checkpoint; the last one is the version of the format.
const MAGIC: [u8; 8] = *b"SINCKPT\x01";

/// The complete state of a training.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
pub struct Checkpoint {
    /// Identifies the training that the state belongs to.
    pub fingerprint: Fingerprint,
    /// Epochs completed.
    pub epochs: u32,
    /// All parameters after the last of these epochs.
    pub parameters: Vec<f32>,
    /// First moments of the optimiser.
    pub momentum: Vec<f32>,
    /// Second moments of the optimiser.
    pub variance: Vec<f32>,
    /// Averaged parameters; empty without averaging.
    pub average: Vec<f32>,
    /// Steps of the optimiser.
    pub steps: i32,
    /// Best network so far.
    pub best: Option<Exported>,
}

/// Identifies a training by everything that its result depends on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fingerprint {
    program: String,
    recipe: String,
    training: u32,
    validation: u32,
    teachers: u32,
}

/// A checkpoint that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum CheckpointError {
    /// The file cannot be read.
    #[error("checkpoint {}: {source}; without --resume the training starts from the beginning", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// The I/O error.
        source: std::io::Error,
    },
    /// The file is damaged or is not a checkpoint.
    #[error("checkpoint {}: {reason}; without --resume the training starts from the beginning", path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// Kind of damage.
        reason: &'static str,
    },
    /// The checkpoint belongs to a different training.
    #[error(
        "checkpoint {}: made with {what} ({found}) than now ({expected}); \
         without --resume the training starts from the beginning",
        path.display()
    )]
    Other {
        /// The file.
        path: PathBuf,
        /// The difference.
        what: &'static str,
        /// Value in the checkpoint.
        found: String,
        /// Value of this training.
        expected: String,
    },
}

impl Fingerprint {
    /// Identifies a training by program version, recipe, images, labels and teachers.
    pub fn new(task: Task<'_>) -> Fingerprint {
        let checksum = |data: &Dataset| {
            let mut hasher = crc32fast::Hasher::new();
            hasher.update(&data.images.pixels);
            hasher.update(&data.labels);
            hasher.finalize()
        };
        Fingerprint {
            program: concat!("sinapse ", env!("CARGO_PKG_VERSION")).into(),
            recipe: toml::to_string(task.recipe).unwrap_or_default(),
            training: checksum(task.training),
            validation: checksum(task.validation),
            teachers: task.teachers.checksum,
        }
    }

    /// Returns the first difference: what it is, and both values.
    fn difference(&self, now: &Fingerprint) -> Option<(&'static str, String, String)> {
        let line = |text: &str, other: &str| {
            let lines = text.lines().find(|line| !other.lines().any(|other| other == *line));
            lines.unwrap_or("fewer keys").to_owned()
        };
        let crc = |checksum: u32| format!("CRC-32 {checksum:08x}");
        if self.program != now.program {
            return Some(("another program version", self.program.clone(), now.program.clone()));
        }
        if self.recipe != now.recipe {
            return Some(("another recipe", line(&self.recipe, &now.recipe), line(&now.recipe, &self.recipe)));
        }
        let sums = [
            ("other training images", self.training, now.training),
            ("other validation images", self.validation, now.validation),
            ("other teachers", self.teachers, now.teachers),
        ];
        let different = sums.into_iter().find(|(_, found, expected)| found != expected);
        different.map(|(what, found, expected)| (what, crc(found), crc(expected)))
    }
}

impl Checkpoint {
    /// Writes the file atomically: an older checkpoint remains until the new one is complete.
    ///
    /// # Errors
    ///
    /// Returns an error if the disk is full, or the folder read-only or gone.
    pub fn write(&self, path: &Path) -> Result<(), WriteError> {
        let mut bytes = MAGIC.to_vec();
        bytes.extend(postcard::to_allocvec(self).expect("plain structures always serialise"));
        bytes.extend(crc32fast::hash(&bytes).to_le_bytes());
        write_atomically(path, &bytes)
    }

    /// Reads a checkpoint of the same training.
    ///
    /// # Errors
    ///
    /// Returns an error if the file is missing, damaged, or made with another recipe, other data or another program
    /// version.
    pub fn read(path: &Path, fingerprint: &Fingerprint) -> Result<Checkpoint, CheckpointError> {
        let bytes = std::fs::read(path).map_err(|source| CheckpointError::Unreadable { path: path.into(), source })?;
        let damaged = |reason| CheckpointError::Damaged { path: path.into(), reason };
        if !bytes.starts_with(&MAGIC) {
            return Err(damaged("not a checkpoint of this version"));
        }
        let Some((content, checksum)) = bytes.split_last_chunk() else { return Err(damaged("too short")) };
        if crc32fast::hash(content) != u32::from_le_bytes(*checksum) {
            return Err(damaged("its checksum is wrong"));
        }
        let checkpoint: Checkpoint = postcard::from_bytes(&content[MAGIC.len()..])
            .map_err(|_| damaged("its content is not what it should be"))?;
        if let Some((what, found, expected)) = checkpoint.fingerprint.difference(fingerprint) {
            return Err(CheckpointError::Other { path: path.into(), what, found, expected });
        }
        Ok(checkpoint)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn checkpoint() -> Checkpoint {
        let fingerprint = Fingerprint {
            program: "p".into(),
            recipe: "seed = 1\nx = 2\n".into(),
            training: 1,
            validation: 2,
            teachers: 0,
        };
        Checkpoint {
            fingerprint,
            epochs: 3,
            parameters: vec![1.5, f32::MIN_POSITIVE],
            momentum: vec![0.0; 2],
            variance: vec![1e-30; 2],
            average: Vec::new(),
            steps: 7,
            best: Some(Exported { blob: vec![1, 2, 3], validation_correct: 5 }),
        }
    }

    #[test]
    fn a_checkpoint_is_read_as_it_was_written_and_every_damage_is_found() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("x.checkpoint");
        let written = checkpoint();
        written.write(&path).unwrap();
        assert_eq!(Checkpoint::read(&path, &written.fingerprint).unwrap(), written);
        let bytes = std::fs::read(&path).unwrap();
        for position in 0..bytes.len() {
            let mut damaged = bytes.clone();
            damaged[position] ^= 1;
            std::fs::write(&path, &damaged).unwrap();
            assert!(Checkpoint::read(&path, &written.fingerprint).is_err(), "byte {position}");
            std::fs::write(&path, &bytes[..position]).unwrap();
            assert!(Checkpoint::read(&path, &written.fingerprint).is_err(), "{position} bytes");
        }
    }

    #[test]
    fn a_mismatch_names_what_differs() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("x.checkpoint");
        checkpoint().write(&path).unwrap();
        let refusal = |fingerprint: Fingerprint| Checkpoint::read(&path, &fingerprint).unwrap_err().to_string();
        let same = checkpoint().fingerprint;
        let message = refusal(Fingerprint { recipe: "seed = 2\nx = 2\n".into(), ..same.clone() });
        assert!(message.contains("another recipe (seed = 1) than now (seed = 2)"), "{message}");
        let message = refusal(Fingerprint { training: 9, ..same });
        assert!(message.contains("other training images (CRC-32 00000001) than now (CRC-32 00000009)"), "{message}");
    }
}
