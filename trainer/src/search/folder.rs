//! Folder of a search: `search.toml`, `recipes/KEY.toml`, `results/KEY.json`, and the charts.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::budget::Budget;
use super::error::SearchError;
use super::trial::TrialResult;
use crate::atomic_file::write_atomically;
use crate::recipe::Recipe;

/// A search on disk.
#[derive(Clone, Debug)]
pub struct Folder {
    path: PathBuf,
}

/// Settings of a search, the same in every run on its folder.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SearchSettings {
    /// Data and its split.
    pub data: String,
    /// Seed of the search.
    pub seed: u64,
    /// Trials in a generation.
    pub trials: usize,
    /// Limits on the networks.
    pub budget: Budget,
    /// Recipe that all trials share, except for the network.
    pub base: Recipe,
}

impl Folder {
    /// Opens the folder of a search, or creates it.
    ///
    /// # Errors
    ///
    /// Returns an error if the folder belongs to a search with other settings, or cannot be written.
    pub fn open(path: &Path, settings: &SearchSettings) -> Result<Folder, SearchError> {
        let folder = Folder { path: path.into() };
        for name in ["recipes", "results"] {
            let path = path.join(name);
            std::fs::create_dir_all(&path).map_err(|source| SearchError::Unreadable { path, source })?;
        }
        let file = path.join("search.toml");
        if !file.exists() {
            let text = toml::to_string(settings).map_err(|error| folder.damaged(&file, error))?;
            write_atomically(&file, text.as_bytes())?;
            return Ok(folder);
        }
        let before: SearchSettings = toml::from_str(&read(&file)?).map_err(|error| folder.damaged(&file, error))?;
        let differs = [
            ("data set", before.data != settings.data),
            ("seed", before.seed != settings.seed),
            ("number of trials in a generation", before.trials != settings.trials),
            ("budget", before.budget != settings.budget),
            ("recipe", before.base != settings.base),
        ];
        match differs.iter().find(|(_, differs)| *differs) {
            Some((what, _)) => Err(SearchError::Another { path: path.into(), what }),
            None => Ok(folder),
        }
    }

    /// Key of a recipe, a hash of its text: the same on every machine.
    pub fn key(recipe_text: &str) -> String {
        Sha256::digest(recipe_text).iter().take(6).map(|byte| format!("{byte:02x}")).collect()
    }

    /// Path of a trial's recipe.
    pub fn recipe_path(&self, key: &str) -> PathBuf {
        self.path.join("recipes").join(key).with_extension("toml")
    }

    /// Path of a trial's result.
    pub fn result_path(&self, key: &str) -> PathBuf {
        self.path.join("results").join(key).with_extension("json")
    }

    /// Writes a recipe unless it exists, and returns its key.
    ///
    /// # Errors
    ///
    /// Returns an error if the file cannot be written.
    pub fn write_recipe(&self, recipe: &Recipe) -> Result<String, SearchError> {
        let text = toml::to_string(recipe).map_err(|error| self.damaged(&self.path, error))?;
        let key = Folder::key(&text);
        let path = self.recipe_path(&key);
        if !path.exists() {
            write_atomically(&path, text.as_bytes())?;
        }
        Ok(key)
    }

    /// Reads the results so far, by key.
    ///
    /// # Errors
    ///
    /// Returns an error for files that are not results.
    pub fn results(&self) -> Result<BTreeMap<String, TrialResult>, SearchError> {
        let folder = self.path.join("results");
        let entries =
            std::fs::read_dir(&folder).map_err(|source| SearchError::Unreadable { path: folder.clone(), source })?;
        let mut results = BTreeMap::new();
        for path in entries.flatten().map(|entry| entry.path()) {
            if path.extension().is_some_and(|end| end == "json") {
                let result: TrialResult =
                    serde_json::from_str(&read(&path)?).map_err(|error| self.damaged(&path, error))?;
                results.insert(result.key.clone(), result);
            }
        }
        Ok(results)
    }

    /// Writes a chart or another file under a name.
    ///
    /// # Errors
    ///
    /// Returns an error if the file cannot be written.
    pub fn write(&self, name: &str, text: &str) -> Result<PathBuf, SearchError> {
        let path = self.path.join(name);
        write_atomically(&path, text.as_bytes())?;
        Ok(path)
    }

    fn damaged(&self, path: &Path, error: impl std::fmt::Display) -> SearchError {
        SearchError::Damaged { path: path.into(), reason: error.to_string().lines().collect::<Vec<_>>().join(" ") }
    }
}

fn read(path: &Path) -> Result<String, SearchError> {
    std::fs::read_to_string(path).map_err(|source| SearchError::Unreadable { path: path.into(), source })
}
