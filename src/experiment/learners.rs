//! The section `[models]` of an experiment file: which learners, and what they are set to.

use super::Recalibrate;
use super::recalibrate::recalibrated;
use super::tuning::Tuning;
use crate::io::settings::Section;
use crate::models::boosting;
use crate::models::registry::{Entry, REGISTRY};
use crate::models::settings::{Setting, Settings};

/// What the section says.
pub(super) struct Models {
    /// Ids of the learners, in the order of the registry.
    pub(super) learners: Vec<&'static str>,
    pub(super) settings: Settings,
    /// Ids of those that are taught with both kinds of referrals weighing the same.
    pub(super) class_weights: Vec<&'static str>,
    /// Whether candidate and reference are kept.
    pub(super) keep: bool,
}

/// The learners asked for, in the order of the registry, and the settings of all; those of learners that are not asked for
/// wait until they are.
pub(super) fn read(s: &Section<'_>) -> Option<Models> {
    let all: Vec<(&str, &'static str)> = REGISTRY.iter().map(|e| (e.id, e.id)).collect();
    let asked = s.required("learners", s.choices("learners", &all));
    let mut settings = Settings::default();
    for entry in REGISTRY.iter().filter(|e| !e.settings.is_empty()) {
        let Some(own) = s.section(entry.id) else { continue };
        for setting in entry.settings {
            let (low, high) = setting.range;
            let value = if setting.whole {
                own.integer(setting.key, low as i64..=high as i64).map(|n| n as f64)
            } else {
                own.number(setting.key, low..=high)
            };
            if let Some(value) = value {
                settings.set(entry.id, setting.key, value);
            }
        }
    }
    let asked = asked?;
    if asked.is_empty() {
        s.fault("learners", "`models.learners` must name at least one learner");
    }
    let weighing: Vec<(&str, &'static str)> =
        REGISTRY.iter().filter(|e| e.takes_weights && !e.baseline).map(|e| (e.id, e.id)).collect();
    let class_weights = s.choices("class_weights", &weighing).unwrap_or_default();
    if let Some(id) = class_weights.iter().find(|id| !asked.contains(id)) {
        s.fault(
            "class_weights",
            format!("`models.class_weights` names `{id}`, which `models.learners` does not"),
        );
    }
    let learners = REGISTRY.iter().map(|e| e.id).filter(|id| asked.contains(id)).collect();
    Some(Models { learners, settings, class_weights, keep: s.boolean("keep").unwrap_or(false) })
}

impl Models {
    /// Whether what is asked of the models can be done with the others of the experiment.
    pub(super) fn fit_together(
        &self,
        root: &Section<'_>,
        adjusted: (Option<&Recalibrate>, Option<&Tuning>),
        (candidate, reference): (&str, &str),
        directed: bool,
    ) {
        self.can_keep(root, candidate, reference);
        if directed && !self.learners.iter().any(heeds_directions) {
            root.fault("features", "`features.rising` and `features.falling` are heeded by `boosting` only, which `models.learners` does not name");
        }
        self.are_adjusted(root, adjusted, candidate);
    }

    /// Whether chances that class weights put too high are adjusted, and the candidate is one that is.
    fn are_adjusted(
        &self,
        root: &Section<'_>,
        (how, tuning): (Option<&Recalibrate>, Option<&Tuning>),
        candidate: &str,
    ) {
        for id in &self.class_weights {
            if tuning.is_some_and(|t| t.tuned().any(|e| e.id == *id)) {
                root.fault(
                    "tuning",
                    format!("`tuning.{id}` would choose settings by chances that `models.class_weights` puts wrong"),
                );
            }
            if !how.is_some_and(|how| how.learners.contains(id)) {
                root.fault(
                    "models",
                    format!(
                        "`models.class_weights` makes the chances of `{id}` too high or too low; `recalibrate.learners` must name \
                         it, so that they are adjusted"
                    ),
                );
            } else if candidate == *id {
                root.fault(
                    "evaluate",
                    format!(
                        "`evaluate.candidate` is `{id}`, whose chances `models.class_weights` puts wrong; judge `{}`",
                        recalibrated(id)
                    ),
                );
            }
        }
    }

    /// Whether the models to keep are as fitted.
    fn can_keep(&self, root: &Section<'_>, candidate: &str, reference: &str) {
        if self.keep && ![candidate, reference].iter().all(|id| self.learners.contains(id)) {
            root.fault(
                "models",
                "`models.keep` keeps `evaluate.candidate` and `evaluate.reference`, and can only keep models whose chances are \
                 not adjusted",
            );
        }
    }
}

/// The settings of the learners that are used, as in the file.
pub(super) fn meant(learners: &[&str], models: &Settings) -> String {
    let asked = || REGISTRY.iter().filter(|e| learners.contains(&e.id));
    let named = |entry: &Entry| asked().any(|e| e.id == entry.id || e.made_of.contains(&entry.id));
    let used = REGISTRY.iter().filter(|e| named(e) && !e.settings.is_empty());
    let section = |entry: &Entry| {
        let own = models.of(entry);
        let line = |s: &Setting| match s.whole {
            true => format!("{} = {}\n", s.key, own.whole(s.key)),
            false => format!("{} = {}\n", s.key, own.number(s.key)),
        };
        format!("[models.{}]\n{}\n", entry.id, entry.settings.iter().map(line).collect::<String>())
    };
    used.map(section).collect()
}

/// Whether a learner heeds which way estimates may go with a fact.
fn heeds_directions(id: &&'static str) -> bool {
    REGISTRY
        .iter()
        .any(|e| e.id == *id && (e.id == boosting::ENTRY.id || e.made_of.contains(&boosting::ENTRY.id)))
}
