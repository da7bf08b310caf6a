//! Proposals of networks for each generation.

use std::collections::{BTreeMap, BTreeSet};

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

use super::budget::Budget;
use super::error::SearchError;
use super::folder::Folder;
use super::front::{Objective, front};
use super::space::{Candidate, Space};
use super::trial::TrialResult;
use crate::cost::{self, Core};
use crate::model::scratch_bytes;
use crate::recipe::{Recipe, description_of};

/// Fraction of later generations that is random.
const RANDOM_FRACTION: f64 = 0.25;
/// Draws after which no new network is expected to fit.
const MAX_DRAWS: usize = 20_000;

/// Proposes the recipes of a search.
#[derive(Clone, Debug)]
pub struct Plan<'a> {
    /// Networks to choose from.
    pub space: &'a Space,
    /// Recipe that all trials share, except for the network.
    pub base: &'a Recipe,
    /// Limits on the networks.
    pub budget: Budget,
    /// Trials per generation.
    pub trials: usize,
    /// Seed of the proposals.
    pub seed: u64,
}

impl Plan<'_> {
    /// Proposes the recipes of generation `number`, from 0, given the recipes of earlier ones and their results.
    ///
    /// # Errors
    ///
    /// Returns an error if no network fits the budget at all; if no new one does, the list is shorter.
    pub fn generation(
        &self,
        number: u32,
        before: &[Recipe],
        results: &BTreeMap<String, TrialResult>,
    ) -> Result<Vec<Recipe>, SearchError> {
        let mut rng = ChaCha8Rng::seed_from_u64(self.seed);
        rng.set_stream(u64::from(number));
        let parents = self.parents(before, results);
        let mut known: Vec<Candidate> = before.iter().filter_map(|recipe| self.space.candidate(recipe)).collect();
        let mut recipes = Vec::new();
        for _ in 0..MAX_DRAWS {
            if recipes.len() == self.trials {
                break;
            }
            let candidate = if parents.is_empty() || rng.random_bool(RANDOM_FRACTION) {
                self.space.sample(&mut rng)
            } else {
                self.space.mutate(&parents[rng.random_range(0..parents.len())], &mut rng)
            };
            if !known.contains(&candidate) && self.fits(&candidate) {
                recipes.push(self.space.recipe(self.base, &candidate));
                known.push(candidate);
            }
        }
        if recipes.is_empty() && before.is_empty() {
            return Err(SearchError::Budget(self.budget.describe()));
        }
        Ok(recipes)
    }

    /// Networks on either Pareto front of the earlier generations.
    ///
    /// Results of later ones, which a resumed search has too, do not count: they would change the generation.
    fn parents(&self, before: &[Recipe], results: &BTreeMap<String, TrialResult>) -> Vec<Candidate> {
        let key = |recipe: &Recipe| toml::to_string(recipe).map(|text| Folder::key(&text)).unwrap_or_default();
        let known: BTreeSet<String> = before.iter().map(key).collect();
        let within = || results.values().filter(|result| known.contains(&result.key) && self.budget.holds(result));
        let fronts = [front(within(), Objective::Bytes), front(within(), Objective::Cycles)].concat();
        let chosen = before.iter().filter(|recipe| fronts.iter().any(|result| result.key == key(recipe)));
        chosen.filter_map(|recipe| self.space.candidate(recipe)).collect()
    }

    /// Whether a candidate is within the budget, as estimated before training.
    fn fits(&self, candidate: &Candidate) -> bool {
        let recipe = self.space.recipe(self.base, candidate);
        if recipe.check().is_err() {
            return false; // incompatible with an option of the base recipe
        }
        let description = description_of(&recipe.network, false);
        let activities = cost::estimate(&description, self.space.activity(candidate));
        let flash = cost::weight_bytes(&description, recipe.network.per_output_scales);
        let ram = scratch_bytes(&description);
        self.budget.allows(flash as u64, ram as u64, cost::time(Core::M4, &description, &activities))
    }
}

#[cfg(test)]
mod tests {
    use super::super::front::tests::result;
    use super::*;
    use crate::input::{Dataset, Images};

    const BASE: &str = "name = 'x'\n[network]\nshape = '784-10'\n";

    fn space() -> Space {
        let images = Images { pixels: vec![200; 784 * 10], count: 10, width: 28, height: 28 };
        Space::new(&Dataset { images, labels: (0..10).collect() })
    }

    fn plan<'a>(space: &'a Space, base: &'a Recipe, flash_bytes: u64) -> Plan<'a> {
        let budget = Budget { flash_bytes: Some(flash_bytes), ram_bytes: Some(400), cycles: None };
        Plan { space, base, budget, trials: 12, seed: 3 }
    }

    #[test]
    fn a_generation_keeps_to_the_budget_and_is_the_same_every_time() {
        let (space, base) = (space(), toml::from_str(BASE).unwrap());
        let plan = plan(&space, &base, 6_000);
        let recipes = plan.generation(0, &[], &BTreeMap::new()).unwrap();
        assert_eq!(recipes.len(), 12);
        for recipe in &recipes {
            recipe.check().unwrap();
            let description = description_of(&recipe.network, false);
            assert!(cost::weight_bytes(&description, false) <= 6_000, "{description}");
            assert!(scratch_bytes(&description) <= 400, "{description}");
            let text = toml::to_string(recipe).unwrap();
            assert_eq!(&toml::from_str::<Recipe>(&text).unwrap(), recipe, "recipes are read as they were written");
        }
        assert_eq!(recipes, plan.generation(0, &[], &BTreeMap::new()).unwrap());
    }

    #[test]
    fn a_later_generation_varies_the_front_and_repeats_nothing() {
        let (space, base) = (space(), toml::from_str(BASE).unwrap());
        let plan = plan(&space, &base, 6_000);
        let first = plan.generation(0, &[], &BTreeMap::new()).unwrap();
        let key = |recipe: &Recipe| Folder::key(&toml::to_string(recipe).unwrap());
        let results = first.iter().enumerate().map(|(index, recipe)| {
            let cost = 5_000 - 100 * index as u64;
            (key(recipe), result(&key(recipe), cost, cost, 0.9 + 0.001 * index as f64))
        });
        let results: BTreeMap<_, _> = results.collect();
        let second = plan.generation(1, &first, &results).unwrap();
        assert_eq!(second.len(), 12);
        assert!(second.iter().all(|recipe| !first.contains(recipe)));
        let mut later = results.clone();
        later.extend(second.iter().map(|recipe| (key(recipe), result(&key(recipe), 10, 10, 0.99))));
        assert_eq!(
            second,
            plan.generation(1, &first, &later).unwrap(),
            "a generation does not depend on its own results"
        );
        // The last one is cheapest and best: it alone is the front, and most of the second generation are like it.
        let hidden = |recipe: &Recipe| recipe.network.shape.0.len();
        let like = second.iter().filter(|recipe| hidden(recipe).abs_diff(hidden(&first[11])) <= 1).count();
        assert!(like >= 6, "{like}");
    }

    #[test]
    fn a_budget_that_nothing_fits_is_named() {
        let (space, base) = (space(), toml::from_str(BASE).unwrap());
        let message = plan(&space, &base, 10).generation(0, &[], &BTreeMap::new()).unwrap_err().to_string();
        assert!(message.contains("10 bytes of flash"), "{message}");
    }
}
