//! Every learner of when that rerefer offers. Drives the experiment file, the docs and the report.
//!
//! Each learner of yes or no that is no baseline is one of when too, by person-periods: `boosting` is `boosting-hazard`.

use super::any::OfAny;
use super::cox::{Cox, Penalty};
use super::multinomial::Multinomial;
use super::strata::Strata;
use super::subdistribution::Subdistributions;
use super::{TimeLearner, TimeModel, TimeTraining};
use crate::models::prepare::Wants;
use crate::models::registry::{Entry, REGISTRY};
use crate::models::settings::Settings;
use crate::models::{FitError, Origin};
use std::fmt::Write as _;
use std::sync::LazyLock;

/// Share of lasso in the elastic net.
const LASSO: f64 = 0.5;

/// A learner of when as registered.
#[derive(Debug)]
pub struct TimeEntry {
    /// Id in experiment files and results.
    pub id: String,
    /// Title for readers.
    pub title: String,
    /// What it does, in plain words.
    pub words: String,
    /// Whether it is a baseline that the others must beat.
    pub baseline: bool,
    /// Whether its chances of all causes can never add up to more than 1.
    pub coherent: bool,
    how: How,
}

#[derive(Debug)]
enum How {
    Own(Wants, fn() -> Box<dyn TimeLearner>),
    Any(&'static Entry),
}

impl TimeEntry {
    /// What it wants to see.
    #[must_use]
    pub fn wants(&self, settings: &Settings) -> Wants {
        match &self.how {
            How::Own(wants, _) => wants.clone(),
            How::Any(entry) => entry.wants(settings),
        }
    }

    /// The learner of yes or no that it is made of, whose settings it takes.
    #[must_use]
    pub fn made_of(&self) -> Option<&'static Entry> {
        if let How::Any(entry) = &self.how { Some(entry) } else { None }
    }

    /// Teaches it.
    ///
    /// # Errors
    /// Those of the learner.
    pub fn learn(
        &self,
        settings: &Settings,
        data: &TimeTraining,
        origin: &Origin,
    ) -> Result<Box<dyn TimeModel>, FitError> {
        match &self.how {
            How::Own(_, make) => make().learn(data, origin),
            How::Any(entry) => {
                let scaled = matches!(entry.wants(settings), Wants::Scaled | Wants::Curved(_));
                OfAny { learner: entry.learner(settings), scaled }.learn(data, origin)
            }
        }
    }
}

/// The learners, baselines first.
pub static TIME_REGISTRY: LazyLock<Vec<TimeEntry>> = LazyLock::new(|| {
    let own = baselines().into_iter().chain(models()).map(|(words, (baseline, coherent), how)| {
        let [id, title, words] = words.map(str::to_owned);
        TimeEntry { id, title, words, baseline, coherent, how }
    });
    let any = REGISTRY.iter().filter(|entry| !entry.baseline).map(|entry| TimeEntry {
        id: format!("{}-hazard", entry.id),
        title: format!("{}, period by period", entry.title),
        words: format!(
            "It asks of each period after the start whether the event comes in it, to those it has not come to, by \u{201c}{}\u{201d}: {}",
            entry.title, entry.words
        ),
        baseline: false,
        coherent: true,
        how: How::Any(entry),
    });
    own.chain(any).collect()
});

/// Id, title and words; whether it is a baseline, and coherent; how it is made.
type Own = ([&'static str; 3], (bool, bool), How);

fn baselines() -> Vec<Own> {
    const COUNT: &[&str] = &["referral_n_ever"];
    const THREE: &[&str] = &["referral_n_ever", "referral_since", "age_years"];
    vec![
        (
            [
                "incidence",
                "The same for everybody",
                "It gives everybody what came to all children of the training data by each time, and knows nothing of the child.",
            ],
            (true, true),
            How::Own(Wants::Nothing, || Box::new(Strata)),
        ),
        (
            [
                "incidence-by-earlier-referrals",
                "Number of earlier referrals",
                "It gives what came by each time to children who had been referred as often before, and knows nothing else: what a \
                 person can do by counting.",
            ],
            (true, true),
            How::Own(Wants::Columns(COUNT), || Box::new(Strata)),
        ),
        (
            [
                "three-facts-cox",
                "Three facts",
                "It weighs three facts, how often the child was referred before, how long ago the last time, and the child\u{2019}s \
                 age; events of each kind come sooner or later with it, by the same factor throughout.",
            ],
            (true, true),
            How::Own(Wants::Columns(THREE), || Box::new(Cox(Penalty::Tiny))),
        ),
    ]
}

fn models() -> Vec<Own> {
    vec![
        (
            [
                "cox",
                "Cox\u{2019}s proportional hazards",
                "It weighs all facts: with each, events of a kind come sooner or later, by the same factor at all times. Each kind of \
                 event has its own weights, and what can happen to a child is put together from all of them.",
            ],
            (false, true),
            How::Own(Wants::Scaled, || Box::new(Cox(Penalty::Ridge))),
        ),
        (
            [
                "cox-net",
                "Cox\u{2019}s proportional hazards, fewer facts",
                "As Cox\u{2019}s proportional hazards, but facts that add little get no weight at all (an elastic net).",
            ],
            (false, true),
            How::Own(Wants::Scaled, || Box::new(Cox(Penalty::Net(LASSO)))),
        ),
        (
            [
                "fine-gray",
                "Fine and Gray",
                "It weighs all facts by what they do to the share of children to whom an event has come, one kind of event at a time. \
                 It is for comparison only: its chances of all kinds of event can add up to more than 100 in 100.",
            ],
            (false, false),
            How::Own(Wants::Scaled, || Box::new(Subdistributions)),
        ),
        (
            [
                "discrete",
                "Month by month",
                "It weighs all facts and asks of each month what comes in it: nothing, or one of the kinds of event.",
            ],
            (false, true),
            How::Own(Wants::Scaled, || Box::new(Multinomial)),
        ),
    ]
}

/// The learner with this id.
#[must_use]
pub fn find(id: &str) -> Option<&'static TimeEntry> {
    TIME_REGISTRY.iter().find(|entry| entry.id == id)
}

/// The page of all learners of when.
#[must_use]
pub fn markdown() -> String {
    let mut page = "\n# Learners of when\n\nName them in `when.learners`. They give the chance of each kind of event by each time. Those \
                    that end in `-hazard` take the settings of the learner they are made of.\n"
        .to_owned();
    for entry in TIME_REGISTRY.iter() {
        let baseline = if entry.baseline { " A baseline." } else { "" };
        let words = entry.made_of().map_or(entry.words.clone(), |of| {
            format!("Learner `{}` above, taught one line a child and period.", of.id)
        });
        let _ = write!(page, "\n## `{}`: {}\n\n{words}{baseline}\n", entry.id, entry.title.to_lowercase());
    }
    page
}
