//! The measures of predictions of when, as data: what they are called, what they say, and by which convention.

use crate::evaluate::measures::{Better, Unit};
use crate::evaluate::survival::calibration::{d_calibration, observed_over_expected, one_calibration, slope};
use crate::evaluate::survival::{
    administrative_brier, auc, brier, cumulative_incidence, integrated_brier, ipa, net_benefit,
    threshold_rates, uno, wolbers,
};

/// A measure of predictions of when.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TimeMeasure {
    /// Id in rows, files and gates.
    pub id: &'static str,
    /// Title in plain words.
    pub title: &'static str,
    /// What it tells, in one sentence that a board member understands.
    pub words: &'static str,
    /// The convention used where published tools differ.
    pub convention: &'static str,
    /// Which values are better.
    pub better: Better,
    /// What its numbers are.
    pub unit: Unit,
    /// Whether it is reported by group too.
    pub by_group: bool,
    /// Where it is taken.
    pub taken: Taken,
}

/// Where a measure is taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Taken {
    /// At each time that is asked about.
    At,
    /// At each time, of those flagged by it: the declared share.
    Flagged,
    /// At each time and each declared threshold of predicted risk.
    Threshold,
    /// Over all times up to the last.
    Over,
}

const fn measure(
    (id, title): (&'static str, &'static str),
    words: &'static str,
    convention: &'static str,
    (better, unit): (Better, Unit),
    (by_group, taken): (bool, Taken),
) -> TimeMeasure {
    TimeMeasure { id, title, words, convention, better, unit, by_group, taken }
}

/// What came by then, whatever was predicted.
pub static INCIDENCE: TimeMeasure = measure(
    ("time-incidence", "Came back by then"),
    "Of 100, to how many the event came first by then.",
    cumulative_incidence::CONVENTION,
    (Better::Neither, Unit::Share),
    (true, Taken::At),
);
/// What was predicted, on average.
pub static MEAN: TimeMeasure = measure(
    ("time-mean-predicted", "Predicted by then"),
    "Of 100, to how many the model expected the event to come by then.",
    "mean of the predicted cumulative incidence",
    (Better::Neither, Unit::Share),
    (true, Taken::At),
);
/// Observed over expected.
pub static RATIO: TimeMeasure = measure(
    ("time-observed-over-expected", "Came, for each one predicted"),
    "1 means that as many came back by then as the model said; above 1, more did.",
    observed_over_expected::CONVENTION,
    (Better::Target(1.0), Unit::Ratio),
    (true, Taken::At),
);
/// Time-dependent area under the curve.
pub static AUROC: TimeMeasure = measure(
    ("time-auroc", "Ranking by then (AUROC)"),
    "How often the model puts a child who came back by then above one who did not; 0.5 is tossing a coin.",
    auc::CONVENTION,
    (Better::Higher, Unit::Score),
    (true, Taken::At),
);
/// Brier score.
pub static BRIER: TimeMeasure = measure(
    ("time-brier", "Squared error by then (Brier)"),
    "How far the chances lay from what came; 0 is perfect.",
    brier::CONVENTION,
    (Better::Lower, Unit::Score),
    (false, Taken::At),
);
/// Scaled Brier score.
pub static IPA: TimeMeasure = measure(
    ("time-ipa", "Share of the error taken away (IPA)"),
    "0 means no better than giving everybody the same chance, 1 is perfect, below 0 is worse than that.",
    ipa::CONVENTION,
    (Better::Higher, Unit::Score),
    (false, Taken::At),
);
/// Administrative Brier score.
pub static ADMINISTRATIVE: TimeMeasure = measure(
    ("time-administrative-brier", "Squared error of those followed long enough"),
    "The squared error again, of those whose records reach that far, without any weighting.",
    administrative_brier::CONVENTION,
    (Better::Lower, Unit::Score),
    (false, Taken::At),
);
/// Calibration slope.
pub static SLOPE: TimeMeasure = measure(
    ("time-calibration-slope", "Calibration slope by then"),
    "1 is right; below 1 the model is too sure of itself, above 1 not sure enough.",
    slope::CONVENTION,
    (Better::Target(1.0), Unit::Score),
    (false, Taken::At),
);
/// One-calibration.
pub static ONE_CALIBRATION: TimeMeasure = measure(
    ("time-one-calibration-p", "Chances as predicted, by then (p)"),
    "How surprising the differences between what was predicted and what came would be if the model were right; small is surprising.",
    one_calibration::CONVENTION,
    (Better::Neither, Unit::Score),
    (false, Taken::At),
);
/// Share flagged.
pub static SELECTED: TimeMeasure = measure(
    ("time-selection-rate", "Flagged"),
    "Of 100, how many are among those the model puts highest for that time.",
    threshold_rates::CONVENTION,
    (Better::Neither, Unit::Share),
    (true, Taken::Flagged),
);
/// Positive predictive value.
pub static PPV: TimeMeasure = measure(
    ("time-ppv", "Of 100 flagged, came back by then"),
    "Of 100 flagged for that time, to how many the event came by then.",
    threshold_rates::CONVENTION,
    (Better::Higher, Unit::Share),
    (true, Taken::Flagged),
);
/// Sensitivity.
pub static SENSITIVITY: TimeMeasure = measure(
    ("time-sensitivity", "Of 100 who came back, had been flagged"),
    "Of 100 to whom the event came by then, how many had been flagged.",
    threshold_rates::CONVENTION,
    (Better::Higher, Unit::Share),
    (true, Taken::Flagged),
);
/// False positive rate.
pub static FALSE_POSITIVES: TimeMeasure = measure(
    ("time-false-positive-rate", "Of 100 who did not come back, had been flagged"),
    "Of 100 to whom the event did not come by then, how many had been flagged all the same.",
    threshold_rates::CONVENTION,
    (Better::Lower, Unit::Share),
    (true, Taken::Flagged),
);
/// Net benefit.
pub static NET_BENEFIT: TimeMeasure = measure(
    ("time-net-benefit", "Net benefit by then"),
    "Right flags less wrong ones, the wrong ones weighed by the threshold; flagging nobody has 0.",
    net_benefit::CONVENTION,
    (Better::Higher, Unit::Score),
    (false, Taken::Threshold),
);
/// Net benefit of flagging everybody.
pub static NET_BENEFIT_OF_ALL: TimeMeasure = measure(
    ("time-net-benefit-of-all", "Net benefit of flagging everybody"),
    "The same if everybody were flagged: a model is of use only above this and above 0.",
    net_benefit::CONVENTION,
    (Better::Neither, Unit::Score),
    (false, Taken::Threshold),
);
/// Wolbers' concordance.
pub static CONCORDANCE: TimeMeasure = measure(
    ("time-concordance", "Order in which children come back (Wolbers\u{2019} C)"),
    "How often, of two children, the one the model puts higher comes back first; 0.5 is tossing a coin.",
    wolbers::CONVENTION,
    (Better::Higher, Unit::Score),
    (false, Taken::Over),
);
/// Uno's concordance.
pub static UNO: TimeMeasure = measure(
    ("time-uno", "Order in which children come back (Uno\u{2019}s C)"),
    "The same if nothing else could end the waiting: who left or had something else counts as no longer followed.",
    uno::CONVENTION,
    (Better::Higher, Unit::Score),
    (false, Taken::Over),
);
/// Integrated Brier score.
pub static INTEGRATED: TimeMeasure = measure(
    ("time-integrated-brier", "Squared error over all times"),
    "The squared error averaged over the times asked about; 0 is perfect.",
    integrated_brier::CONVENTION,
    (Better::Lower, Unit::Score),
    (false, Taken::Over),
);
/// Integrated IPA.
pub static INTEGRATED_IPA: TimeMeasure = measure(
    ("time-integrated-ipa", "Share of the error taken away over all times"),
    "As at one time, for the error averaged over the times asked about.",
    integrated_brier::CONVENTION,
    (Better::Higher, Unit::Score),
    (false, Taken::Over),
);
/// D-calibration.
pub static D_CALIBRATION: TimeMeasure = measure(
    ("time-d-calibration-p", "Times spread as predicted (p)"),
    "How surprising the spread of the times at which anything came would be if the model were right; small is surprising.",
    d_calibration::BY_HOUSEHOLD,
    (Better::Neither, Unit::Score),
    (false, Taken::Over),
);
/// Difference in IPA.
pub static IPA_DIFFERENCE: TimeMeasure = measure(
    ("time-ipa-difference", "Error taken away, more than the reference"),
    "How much more of the error the candidate takes away than the reference does, on the same children.",
    ipa::CONVENTION,
    (Better::Higher, Unit::Score),
    (false, Taken::At),
);
/// Difference in AUROC.
pub static AUROC_DIFFERENCE: TimeMeasure = measure(
    ("time-auroc-difference", "Ranking, better than the reference"),
    "How much more often the candidate ranks rightly than the reference does, on the same children.",
    auc::CONVENTION,
    (Better::Higher, Unit::Score),
    (false, Taken::At),
);

/// All of them, in the order to report.
pub static TIME_MEASURES: [&TimeMeasure; 22] = [
    &INCIDENCE,
    &MEAN,
    &RATIO,
    &AUROC,
    &IPA,
    &BRIER,
    &ADMINISTRATIVE,
    &SLOPE,
    &ONE_CALIBRATION,
    &SELECTED,
    &PPV,
    &SENSITIVITY,
    &FALSE_POSITIVES,
    &NET_BENEFIT,
    &NET_BENEFIT_OF_ALL,
    &CONCORDANCE,
    &UNO,
    &INTEGRATED,
    &INTEGRATED_IPA,
    &D_CALIBRATION,
    &IPA_DIFFERENCE,
    &AUROC_DIFFERENCE,
];

/// The measure with this id.
#[must_use]
pub fn find(id: &str) -> Option<&'static TimeMeasure> {
    TIME_MEASURES.iter().copied().find(|m| m.id == id)
}

impl TimeMeasure {
    /// Whether it compares candidate and reference.
    #[must_use]
    pub fn is_difference(&self) -> bool {
        self.id.ends_with("-difference")
    }

    /// Whether it is of the data and not of a model.
    #[must_use]
    pub fn of_data(&self) -> bool {
        *self == INCIDENCE || *self == NET_BENEFIT_OF_ALL
    }
}

#[cfg(test)]
mod tests {
    use super::{TIME_MEASURES, find};
    use crate::evaluate::measures;

    #[test]
    fn ids_are_theirs_alone() {
        for measure in TIME_MEASURES {
            assert_eq!(find(measure.id), Some(measure));
            assert!(
                measures::find(measure.id).is_none() && measure.id.starts_with("time-"),
                "{}",
                measure.id
            );
            assert!(measure.words.ends_with('.') || measure.words.ends_with(';'), "{}", measure.words);
        }
    }
}
