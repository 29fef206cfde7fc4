//! Every learner rerefer offers: one line each. Drives the experiment file, help, the docs, the report and the tests.

use super::prepare::Wants;
use super::saved::{LoadError, Saved};
use super::settings::{Chosen, Setting, Settings};
use super::time::learners;
use super::{
    FitError, Learner, Model, Origin, Training, baselines, boosting, ebm, elastic_net, forest, ftrl,
    logistic, naive_bayes, prevalence, scorecard, select, stacking, tree,
};
use std::fmt::Write as _;

/// A learner as registered.
#[derive(Debug)]
pub struct Entry {
    /// Id in experiment files and results.
    pub id: &'static str,
    /// Title for readers.
    pub title: &'static str,
    /// What it does, in plain words.
    pub words: &'static str,
    /// Whether it is a baseline that the others must beat.
    pub baseline: bool,
    /// What it wants to see.
    pub wants: Wants,
    /// Whether it heeds the weights of training rows.
    pub takes_weights: bool,
    /// Whether it draws rows or facts at random, by the seed.
    pub draws: bool,
    /// Other learners that it is made of, with their own settings.
    pub made_of: &'static [&'static str],
    /// What it can be set to.
    pub settings: &'static [Setting],
    /// Makes it from its settings.
    pub make: fn(&Chosen) -> Box<dyn Learner>,
    /// Reads what it learned.
    pub load: fn(&Saved) -> Result<Box<dyn Model>, LoadError>,
}

impl Entry {
    /// What it wants to see with its settings: a learner of scaled columns can ask for curves, by a setting `knots`.
    #[must_use]
    pub fn wants(&self, settings: &Settings) -> Wants {
        let knots = settings.of(self).whole("knots");
        if self.wants == Wants::Scaled && knots >= 3 { Wants::Curved(knots) } else { self.wants.clone() }
    }

    /// The learner with its settings among those of all learners.
    #[must_use]
    pub fn learner(&self, settings: &Settings) -> Box<dyn Learner> {
        Box::new(WithWeight((self.make)(&settings.of(self))))
    }
}

/// A learner that is not shown rows of no weight: they must not shape bins or questions either.
struct WithWeight(Box<dyn Learner>);

impl Learner for WithWeight {
    fn learn(&self, data: &Training, origin: &Origin) -> Result<Box<dyn Model>, FitError> {
        let none = |weights: &[f32]| weights.contains(&0.0);
        match data.weights() {
            Some(weights) if none(weights) => {
                let kept: Vec<usize> = (0..weights.len()).filter(|i| weights[*i] > 0.0).collect();
                self.0.learn(&select(data, &kept), &origin.select(&kept))
            }
            _ => self.0.learn(data, origin),
        }
    }
}

/// The learners, baselines first.
pub static REGISTRY: &[Entry] = &[
    prevalence::ENTRY,
    baselines::EARLIER_REFERRALS,
    baselines::RECENCY,
    baselines::THREE_FACTS,
    logistic::ENTRY,
    elastic_net::ENTRY,
    naive_bayes::ENTRY,
    ftrl::ENTRY,
    scorecard::ENTRY,
    tree::ENTRY,
    ebm::ENTRY,
    forest::ENTRY,
    boosting::ENTRY,
    stacking::ENTRY,
];

/// The page of all learners and their settings.
#[must_use]
pub fn markdown() -> String {
    let mut page = "# Learners\n\nGenerated from the registry in the code; a test compares this page with it. Name learners in \
                    `models.learners` of an experiment file, and set them in a section of their own, such as `[models.logistic]`. \
                    The baselines come first: a model is only of interest if it does better than they do.\n"
        .to_owned();
    for entry in REGISTRY {
        let baseline = if entry.baseline { " A baseline." } else { "" };
        let weights = if entry.takes_weights { "" } else { " It does not heed the weights of rows." };
        let _ = write!(
            page,
            "\n## `{}`: {}\n\n{}{baseline}{weights}\n",
            entry.id,
            entry.title.to_lowercase(),
            entry.words
        );
        if !entry.settings.is_empty() {
            page.push_str("\n| setting | default | allowed | meaning |\n|---|---|---|---|\n");
        }
        for Setting { key, words, default, range: (low, high), whole } in entry.settings {
            let kind = if *whole { "whole numbers " } else { "" };
            let _ = writeln!(page, "| `{key}` | {default} | {kind}{low} to {high} | {words} |");
        }
    }
    page.push_str(&learners::registry::markdown());
    page
}
