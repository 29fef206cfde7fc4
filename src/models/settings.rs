//! What learners can be set to: numbers by name, each with its meaning, default and range.

use std::collections::BTreeMap;

use super::registry::{Entry, REGISTRY};
use crate::num::seed;
use rand::Rng;

/// One thing that a learner can be set to.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Setting {
    /// Key in the section `[models.<id>]` of an experiment file.
    pub key: &'static str,
    /// What it does, in words.
    pub words: &'static str,
    /// The value where the file has none.
    pub default: f64,
    /// The smallest and the largest value allowed.
    pub range: (f64, f64),
    /// Whether only whole numbers make sense.
    pub whole: bool,
}

impl Setting {
    /// A setting that can be any number in a range.
    #[must_use]
    pub const fn number(key: &'static str, default: f64, range: (f64, f64), words: &'static str) -> Self {
        Self { key, words, default, range, whole: false }
    }

    /// A setting that is a whole number in a range.
    #[must_use]
    pub const fn whole(key: &'static str, default: f64, range: (f64, f64), words: &'static str) -> Self {
        Self { key, words, default, range, whole: true }
    }
}

/// The settings of all learners, and the root of their random streams.
#[derive(Clone, Debug, PartialEq)]
pub struct Settings {
    values: BTreeMap<(&'static str, &'static str), f64>,
    /// Root of the learners' random streams.
    pub seed: u64,
}

impl Default for Settings {
    fn default() -> Self {
        let all = REGISTRY.iter().flat_map(|entry| entry.settings.iter().map(move |s| (entry, s)));
        let values = all.map(|(entry, setting)| ((entry.id, setting.key), setting.default)).collect();
        Self { values, seed: 0 }
    }
}

impl Settings {
    /// The same with another root of random streams.
    #[must_use]
    pub fn with_seed(self, seed: u64) -> Self {
        Self { seed, ..self }
    }

    /// Sets one value; `false` if the learner has no such setting.
    pub fn set(&mut self, learner: &str, key: &str, value: f64) -> bool {
        let of = self.values.iter_mut().find(|((id, name), _)| *id == learner && *name == key);
        of.map(|(_, old)| *old = value).is_some()
    }

    /// The settings of one learner.
    #[must_use]
    pub fn of(&self, entry: &Entry) -> Chosen {
        let own = self.values.iter().filter(|((id, _), _)| *id == entry.id);
        let seed = seed::stream(self.seed, &format!("models/{}", entry.id)).next_u64();
        Chosen { values: own.map(|((_, key), value)| (*key, *value)).collect(), seed, all: self.clone() }
    }
}

/// The settings of one learner, each by its key.
#[derive(Clone, Debug)]
pub struct Chosen {
    values: Vec<(&'static str, f64)>,
    seed: u64,
    all: Settings,
}

impl Chosen {
    /// The value of a setting that the learner declares; not a number if it declares none of this name.
    #[must_use]
    pub fn number(&self, key: &str) -> f64 {
        self.values.iter().find(|(name, _)| *name == key).map_or(f64::NAN, |(_, value)| *value)
    }

    /// The settings of all learners, for one that is made of others.
    #[must_use]
    pub fn all(&self) -> &Settings {
        &self.all
    }

    /// The seed of a learner that draws at random.
    #[must_use]
    pub fn seed(&self) -> u64 {
        self.seed
    }

    /// The value of a whole setting that the learner declares; 0 if it declares none of this name.
    #[must_use]
    pub fn whole(&self, key: &str) -> usize {
        self.number(key) as usize
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn defaults_lie_in_their_ranges_and_values_are_found_by_learner_and_key() {
        let mut settings = Settings::default();
        for entry in REGISTRY {
            for setting in entry.settings {
                let (low, high) = setting.range;
                assert!((low..=high).contains(&setting.default), "{} {}", entry.id, setting.key);
                assert!(!setting.whole || setting.default.fract().abs() < 1e-12);
                assert!(settings.of(entry).number(setting.key) >= low);
            }
        }
        let tree = REGISTRY.iter().find(|e| e.id == "tree").unwrap();
        assert!(settings.set("tree", "max_depth", 3.0) && settings.of(tree).whole("max_depth") == 3);
        assert!(!settings.set("tree", "l2", 3.0) && settings.of(tree).number("l2").is_nan());
    }
}
