//! Works and cores to measure: all, or those that were asked for.

use super::catalogue;
use crate::failure::Failure;
use crate::machine::MACHINES;

/// Names of works and cores; an empty list means all.
#[derive(Default)]
pub struct Selection {
    works: Vec<String>,
    cores: Vec<String>,
}

impl Selection {
    /// Checks names, written as in rows.
    ///
    /// # Errors
    ///
    /// A name that no row has; the message lists the known ones.
    pub fn of(works: Vec<String>, cores: Vec<String>) -> Result<Selection, Failure> {
        known("work", &works, all_works())?;
        known("core", &cores, all_cores())?;
        Ok(Selection { works, cores })
    }

    /// Returns whether a work is selected; `digits` selects its parts, `digits/1` and `digits/reduce`, too.
    pub fn has_work(&self, work: &str) -> bool {
        let whole = work.split('/').next().unwrap_or(work);
        self.works.is_empty() || self.works.iter().any(|name| name == whole)
    }

    /// Returns whether a core is selected.
    pub fn has_core(&self, core: &str) -> bool {
        self.cores.is_empty() || self.cores.iter().any(|name| name == core)
    }

    /// Returns whether this computer is selected.
    pub fn has_host(&self) -> bool {
        self.has_core(std::env::consts::ARCH)
    }

    /// Returns whether everything is selected.
    pub fn is_all(&self) -> bool {
        self.works.is_empty() && self.cores.is_empty()
    }
}

fn all_works() -> Vec<&'static str> {
    catalogue::names().collect()
}

fn all_cores() -> Vec<&'static str> {
    MACHINES.iter().map(|machine| machine.short).chain([std::env::consts::ARCH]).collect()
}

fn known(what: &str, names: &[String], mut all: Vec<&str>) -> Result<(), Failure> {
    let Some(name) = names.iter().find(|name| !all.contains(&name.as_str())) else { return Ok(()) };
    all.sort();
    all.dedup();
    Err(format!("no {what} is called `{name}`; there are {}", all.join(", ")).into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_model_that_was_asked_for_brings_its_parts_alone() {
        let selection = Selection::of(vec!["digits".into()], vec!["m4".into()]).unwrap();
        assert!(selection.has_work("digits") && selection.has_work("digits/2") && selection.has_work("digits/reduce"));
        assert!(!selection.has_work("classic/1") && !selection.has_core("m0") && !selection.has_host());
        let all = Selection::default();
        assert!(all.is_all() && all.has_work("classic/1") && all.has_core("m0") && all.has_host());
    }

    #[test]
    fn a_name_that_no_row_has_is_refused_with_those_there_are() {
        let refused = Selection::of(vec![], vec!["m5".into()]).err().map(|error| error.to_string()).unwrap();
        assert!(refused.starts_with("no core is called `m5`; there are m0, m3, "), "{refused}");
        assert!(Selection::of(vec!["digit".into()], vec![]).is_err());
    }
}
