//! Recalibration in an experiment: predicted chances adjusted on referrals that neither taught the model nor test it.
//!
//! `[recalibrate]` names a method and learners. Each of them is then two models: as fitted, and recalibrated on the
//! calibration window of its fold, which only the split `windows` has. Both are always reported.

use crate::evaluate::recalibration::{Method, learn};
use crate::io::settings::Section;
use crate::models::FitError;
use crate::models::registry::REGISTRY;
use crate::split::Design;

/// What is recalibrated, and how.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recalibrate {
    /// How.
    pub method: Method,
    /// Ids of the learners, in the registry's order.
    pub learners: Vec<&'static str>,
}

const SUFFIX: &str = "-recalibrated";

/// The id of a learner's recalibrated model.
#[must_use]
pub fn recalibrated(learner: &str) -> String {
    format!("{learner}{SUFFIX}")
}

impl Recalibrate {
    /// Reads the section. `learners` and `split` are `None` where they are faulty.
    pub(super) fn read(
        s: &Section<'_>,
        learners: Option<&[&'static str]>,
        split: Option<&Design>,
    ) -> Option<Self> {
        let methods: Vec<(&str, Method)> = Method::ALL.iter().map(|method| (method.id(), *method)).collect();
        let method = s.required("method", s.choice("method", &methods));
        let can: Vec<(&str, &'static str)> = learners
            .unwrap_or_default()
            .iter()
            .filter(|id| **id != "prevalence")
            .map(|id| (*id, *id))
            .collect();
        let asked = match learners {
            Some(_) => s.required("learners", s.choices("learners", &can)),
            None => None,
        };
        if asked.as_ref().is_some_and(Vec::is_empty) {
            s.fault("learners", "`recalibrate.learners` must name at least one learner");
        }
        if split.is_some_and(|split| !matches!(split, Design::Windows { .. })) {
            s.fault(
                "method",
                "`recalibrate` needs `split.method = \"windows\"`: chances are adjusted on a window of their own, and no other \
                 split has one",
            );
        }
        let asked = asked?;
        let learners = REGISTRY.iter().map(|e| e.id).filter(|id| asked.contains(id)).collect();
        Some(Self { method: method?, learners })
    }

    /// The section as it reads back.
    pub(super) fn meant(&self) -> String {
        let learners: Vec<String> = self.learners.iter().map(|id| format!("\"{id}\"")).collect();
        format!("[recalibrate]\nmethod = \"{}\"\nlearners = [{}]\n\n", self.method.id(), learners.join(", "))
    }

    /// The models of these learners, in order, as reports name them.
    pub(super) fn models(this: Option<&Self>, learners: &[&'static str]) -> Vec<String> {
        let both = |id: &&'static str| {
            let also = this.filter(|r| r.learners.contains(id)).map(|_| recalibrated(id));
            std::iter::once((*id).to_owned()).chain(also)
        };
        learners.iter().flat_map(both).collect()
    }

    /// What the recalibrated model is called, and what it does, in plain words.
    pub(super) fn words(&self, title: &str) -> (String, String) {
        let how = self.method.description();
        (
            format!("{title}, chances adjusted"),
            format!(
                "It is the model \u{201c}{title}\u{201d} with its chances adjusted afterwards, on referrals set aside for that. \
                 {how}"
            ),
        )
    }

    /// Adjusts chances, as learned from the window's chances `p` and outcomes `y`.
    ///
    /// # Errors
    /// [`FitError::Recalibration`] where the window does not allow it.
    pub(super) fn apply(&self, p: &[f64], y: &[bool], to: &[f64]) -> Result<Vec<f64>, FitError> {
        let learned = learn(self.method, p, y).map_err(FitError::Recalibration)?;
        Ok(to.iter().map(|p| learned.apply(*p)).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chances_of_the_test_are_adjusted_by_what_the_window_shows() {
        // In the window 30 of 100 came where 10 were expected, 60 of 100 where 40 were.
        let p: Vec<f64> = (0..200).map(|i| if i < 100 { 0.1 } else { 0.4 }).collect();
        let y: Vec<bool> = (0..200).map(|i| if i < 100 { i < 30 } else { i < 160 }).collect();
        let isotonic = Recalibrate { method: Method::Isotonic, learners: vec!["logistic"] };
        let adjusted = isotonic.apply(&p, &y, &[0.4, 0.1]).unwrap();
        assert!((adjusted[0] - 0.6).abs() < 1e-12 && (adjusted[1] - 0.3).abs() < 1e-12, "{adjusted:?}");
        assert!(matches!(isotonic.apply(&p, &[false; 200], &[0.4]), Err(FitError::Recalibration(_))));
    }

    #[test]
    fn both_models_are_named() {
        let logistic = Recalibrate { method: Method::Logistic, learners: vec!["logistic"] };
        let models = Recalibrate::models(Some(&logistic), &["prevalence", "logistic", "tree"]);
        assert_eq!(models, ["prevalence", "logistic", "logistic-recalibrated", "tree"]);
    }
}
