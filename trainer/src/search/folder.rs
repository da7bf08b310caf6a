//! The folder of a search: `search.toml`, `recipes/KEY.toml`, `results/KEY.json`, and the charts.

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

/// What a search was asked for; the same in every run on a folder.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Asked {
    /// Data, and how it is split.
    pub data: String,
    /// Seed of the search.
    pub seed: u64,
    /// Trials in a generation.
    pub trials: usize,
    /// What networks may take.
    pub budget: Budget,
    /// What all recipes have in common.
    pub base: Recipe,
}

impl Folder {
    /// Opens the folder of a search, or makes it.
    ///
    /// # Errors
    ///
    /// Where the folder holds a search that was asked for something else, or cannot be written.
    pub fn open(path: &Path, asked: &Asked) -> Result<Folder, SearchError> {
        let folder = Folder { path: path.into() };
        for name in ["recipes", "results"] {
            let path = path.join(name);
            std::fs::create_dir_all(&path).map_err(|source| SearchError::Unreadable { path, source })?;
        }
        let file = path.join("search.toml");
        if !file.exists() {
            let text = toml::to_string(asked).map_err(|error| folder.damaged(&file, error))?;
            write_atomically(&file, text.as_bytes())?;
            return Ok(folder);
        }
        let before: Asked = toml::from_str(&read(&file)?).map_err(|error| folder.damaged(&file, error))?;
        let differs = [
            ("data set", before.data != asked.data),
            ("seed", before.seed != asked.seed),
            ("number of trials in a generation", before.trials != asked.trials),
            ("budget", before.budget != asked.budget),
            ("recipe", before.base != asked.base),
        ];
        match differs.iter().find(|(_, differs)| *differs) {
            Some((what, _)) => Err(SearchError::Another { path: path.into(), what }),
            None => Ok(folder),
        }
    }

    /// What a recipe is called: the same for the same recipe, on every machine.
    pub fn key(recipe_text: &str) -> String {
        Sha256::digest(recipe_text).iter().take(6).map(|byte| format!("{byte:02x}")).collect()
    }

    /// Where a trial's recipe is.
    pub fn recipe_path(&self, key: &str) -> PathBuf {
        self.path.join("recipes").join(key).with_extension("toml")
    }

    /// Where a trial's result goes.
    pub fn result_path(&self, key: &str) -> PathBuf {
        self.path.join("results").join(key).with_extension("json")
    }

    /// Writes a recipe, where it is not there yet; returns its key.
    ///
    /// # Errors
    ///
    /// Where it cannot be written.
    pub fn write_recipe(&self, recipe: &Recipe) -> Result<String, SearchError> {
        let text = toml::to_string(recipe).map_err(|error| self.damaged(&self.path, error))?;
        let key = Folder::key(&text);
        let path = self.recipe_path(&key);
        if !path.exists() {
            write_atomically(&path, text.as_bytes())?;
        }
        Ok(key)
    }

    /// The results so far, by key.
    ///
    /// # Errors
    ///
    /// Files that are no results.
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

    /// Writes a chart, or whatever else, under a name.
    ///
    /// # Errors
    ///
    /// Where it cannot be written.
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
