//! Choosing settings within the training rows of each fold, so that no test has a say.
//!
//! `[tuning]` names a way to search and, for each learner, the values of settings to choose from. A choice is judged by the
//! mean log-loss of rows that the model was not taught by: those of the fold's tuning window where the split has one
//! (`windows`), else by leaving out thirds of the households of the training rows in turn. The rows that the fold tests, or
//! adjusts chances by, are never looked at.

mod search;
#[cfg(test)]
mod tests;

pub use search::{fits, tune};

use crate::io::settings::Section;
use crate::models::registry::{Entry, REGISTRY};
use crate::models::settings::{Setting, Settings};

/// How candidates are gone through.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Search {
    /// Every combination of values.
    Grid,
    /// So many combinations, drawn at random.
    Random(usize),
    /// All combinations on few households, the best third of them on three times as many, and so on until all households
    /// judge the last ones (Jamieson and Talwalkar 2016, AISTATS).
    Halving,
}

/// The search that an experiment asks for.
#[derive(Clone, Debug, PartialEq)]
pub struct Tuning {
    /// How.
    pub search: Search,
    /// The values to choose from, by learner and setting.
    pub values: Vec<(&'static str, &'static str, Vec<f64>)>,
}

/// One combination of values, and how it did.
#[derive(Clone, Debug, PartialEq)]
pub struct Candidate {
    /// Values by setting.
    pub values: Vec<(&'static str, f64)>,
    /// Mean log-loss of rows that the model was not taught by; infinite where it could not be fitted.
    pub loss: f64,
    /// Share of the households to learn from by which it was last judged.
    pub share: f64,
}

/// What was chosen for a learner in a fold.
#[derive(Clone, Debug, PartialEq)]
pub struct Choice {
    /// Learner id.
    pub learner: &'static str,
    /// Name of the fold.
    pub fold: String,
    /// All candidates, in the order of their values.
    pub candidates: Vec<Candidate>,
    /// The place among them of the one chosen.
    pub chosen: usize,
}

/// Settings by learner and fold.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Tuned {
    /// One choice a learner and fold, if the experiment tunes the learner.
    pub choices: Vec<Choice>,
}

impl Tuned {
    /// The settings of a learner in a fold: as in the experiment, but for what was chosen.
    #[must_use]
    pub fn settings(&self, base: &Settings, learner: &str, fold: &str) -> Settings {
        let mut settings = base.clone();
        let choice = self.choices.iter().find(|c| c.learner == learner && c.fold == fold);
        for (key, value) in choice.and_then(|c| c.candidates.get(c.chosen)).map_or(&[][..], |c| &c.values) {
            settings.set(learner, key, *value);
        }
        settings
    }
}

impl Tuning {
    /// Reads the section. `learners` is `None` where they are faulty.
    pub(super) fn read(s: &Section<'_>, learners: Option<&[&'static str]>) -> Option<Self> {
        let names = [("grid", Search::Grid), ("random", Search::Random(0)), ("halving", Search::Halving)];
        let search = match s.required("search", s.choice("search", &names)) {
            Some(Search::Random(_)) => {
                let tries = s.required("tries", s.integer("tries", 1..=10_000));
                tries.and_then(|tries| usize::try_from(tries).ok()).map(Search::Random)
            }
            other => other,
        };
        let mut values = Vec::new();
        for entry in REGISTRY {
            let Some(own) = s.section(entry.id) else { continue };
            if learners.is_some_and(|asked| !asked.contains(&entry.id)) {
                own.fault(entry.id, format!("`models.learners` does not name `{}`", entry.id));
            }
            for setting in entry.settings {
                if let Some(found) = choices(&own, entry, setting) {
                    values.push((entry.id, setting.key, found));
                }
            }
        }
        if values.is_empty() {
            s.fault(
                "search",
                "`tuning` must name a setting of a learner with the values to choose from, such as `[tuning.logistic]` with \
                 `l2 = [1.0, 10.0]`",
            );
        }
        Some(Self { search: search?, values })
    }

    /// The learners whose settings are chosen.
    pub fn tuned(&self) -> impl Iterator<Item = &'static Entry> {
        REGISTRY.iter().filter(|e| self.values.iter().any(|(id, _, _)| *id == e.id))
    }

    /// As in the file.
    pub(super) fn meant(&self) -> String {
        let mut out = "[tuning]\n".to_owned();
        out += &match self.search {
            Search::Grid => "search = \"grid\"\n".to_owned(),
            Search::Random(tries) => format!("search = \"random\"\ntries = {tries}\n"),
            Search::Halving => "search = \"halving\"\n".to_owned(),
        };
        for entry in self.tuned() {
            out += &format!("\n[tuning.{}]\n", entry.id);
            for (_, key, values) in self.values.iter().filter(|(id, _, _)| *id == entry.id) {
                out += &format!("{key} = {}\n", list(entry, key, values));
            }
        }
        out + "\n"
    }
}

/// Values as TOML has them: whole settings as whole numbers.
fn list(entry: &Entry, key: &str, values: &[f64]) -> String {
    let whole = entry.settings.iter().any(|s| s.key == key && s.whole);
    let one = |v: &f64| if whole { format!("{v:.0}") } else { format!("{v:?}") };
    format!("[{}]", values.iter().map(one).collect::<Vec<String>>().join(", "))
}

/// At least two different values of a setting, in the order of the file.
fn choices(own: &Section<'_>, entry: &Entry, setting: &Setting) -> Option<Vec<f64>> {
    let (low, high) = setting.range;
    let found: Vec<f64> = if setting.whole {
        own.integers(setting.key, &(low as i64..=high as i64))?.into_iter().map(|v| v as f64).collect()
    } else {
        own.numbers(setting.key, &(low..=high))?
    };
    let differ = |(at, v): (usize, &f64)| found[..at].iter().all(|w| w.total_cmp(v).is_ne());
    if found.len() < 2 || !found.iter().enumerate().all(differ) {
        own.fault(
            setting.key,
            format!("`tuning.{}.{}` needs two or more values, all different", entry.id, setting.key),
        );
    }
    Some(found)
}
