//! Every measure, one file each.
//!
//! In: a [`Tally`] of one cell. Out: a number, or in plain words why there is none. To add a measure, copy the file
//! nearest to it, keep its five headings (Measures, Formula, Inputs, Undefined when, Reference), write a case worked by
//! hand, and add it to [`REGISTRY`], which the report, the documentation and the tests of laws read.

pub mod abroca;
pub mod ap_over_prevalence;
pub mod auroc;
pub mod auroc_came_here;
pub mod auroc_came_there;
pub mod auroc_difference;
pub mod average_precision;
pub mod average_precision_difference;
pub mod balance_negative;
pub mod balance_positive;
pub mod brier;
pub mod calibration_bin;
pub mod calibration_corp;
pub mod calibration_curve;
pub mod calibration_curve_spline;
pub mod calibration_in_the_large;
pub mod calibration_slope;
pub mod discrimination;
pub mod e50;
pub mod e90;
pub mod ece_mass;
pub mod ece_width;
pub mod emax;
pub mod false_discovery_rate;
pub mod false_omission_rate;
pub mod false_positive_rate;
pub mod hosmer_lemeshow;
pub mod hosmer_lemeshow_p;
pub mod ici;
pub mod ici_spline;
pub mod interventions_avoided;
pub mod level_p;
pub mod lift;
pub mod log_loss;
pub mod mean_predicted;
pub mod miscalibration;
pub mod missed_share;
pub mod net_benefit;
pub mod net_benefit_of_all;
pub mod npv;
pub mod observed_over_expected;
pub mod outcome_rate;
pub mod partial_auroc;
pub mod ppv;
pub mod ppv_best;
pub mod ppv_worst;
pub mod scaled_brier;
pub mod selection_rate;
pub mod sensitivity;
pub mod spiegelhalter_p;
pub mod spiegelhalter_z;
pub mod spread_p;
pub mod standardised_net_benefit;
pub mod uncertainty;
pub mod unreliability_p;

use super::FEWEST;
use super::fairness::pairs::PairTally;
use super::tally::{Flagged, Tally, Value, both_kinds};
pub use super::theory::Method;

/// All measures, in the order to report.
pub static REGISTRY: [Measure; 55] = [
    outcome_rate::MEASURE,
    auroc::MEASURE,
    partial_auroc::MEASURE,
    average_precision::MEASURE,
    ap_over_prevalence::MEASURE,
    brier::MEASURE,
    scaled_brier::MEASURE,
    miscalibration::MEASURE,
    discrimination::MEASURE,
    uncertainty::MEASURE,
    log_loss::MEASURE,
    mean_predicted::MEASURE,
    balance_positive::MEASURE,
    balance_negative::MEASURE,
    observed_over_expected::MEASURE,
    calibration_in_the_large::MEASURE,
    calibration_slope::MEASURE,
    unreliability_p::MEASURE,
    level_p::MEASURE,
    spread_p::MEASURE,
    spiegelhalter_z::MEASURE,
    spiegelhalter_p::MEASURE,
    hosmer_lemeshow::MEASURE,
    hosmer_lemeshow_p::MEASURE,
    ece_width::MEASURE,
    ece_mass::MEASURE,
    ici::MEASURE,
    e50::MEASURE,
    e90::MEASURE,
    emax::MEASURE,
    ici_spline::MEASURE,
    calibration_bin::MEASURE,
    calibration_curve::MEASURE,
    calibration_curve_spline::MEASURE,
    calibration_corp::MEASURE,
    selection_rate::MEASURE,
    ppv::MEASURE,
    ppv_worst::MEASURE,
    ppv_best::MEASURE,
    lift::MEASURE,
    false_discovery_rate::MEASURE,
    npv::MEASURE,
    false_omission_rate::MEASURE,
    sensitivity::MEASURE,
    missed_share::MEASURE,
    false_positive_rate::MEASURE,
    net_benefit::MEASURE,
    net_benefit_of_all::MEASURE,
    standardised_net_benefit::MEASURE,
    interventions_avoided::MEASURE,
    abroca::MEASURE,
    auroc_came_here::MEASURE,
    auroc_came_there::MEASURE,
    average_precision_difference::MEASURE,
    auroc_difference::MEASURE,
];

/// The measure with this id.
#[must_use]
pub fn find(id: &str) -> Option<&'static Measure> {
    REGISTRY.iter().find(|m| m.id == id)
}

/// A measure: what it is called, what it means, and how it is computed from a tally.
#[derive(Clone, Copy, Debug)]
pub struct Measure {
    /// Id in rows and files.
    pub id: &'static str,
    /// Title in plain words.
    pub title: &'static str,
    /// What it tells, in one sentence that a board member understands.
    pub words: &'static str,
    /// The convention used where published tools differ, in one phrase.
    pub convention: &'static str,
    /// Which values are better.
    pub better: Better,
    /// What its numbers are.
    pub unit: Unit,
    /// How its interval is taken from bootstrap replicates.
    pub spread: Spread,
    /// Which interval by theory is given beside it.
    pub theory: Option<Method>,
    /// What rows it needs to be reported.
    pub needs: Needs,
    /// Which counts it rests on.
    pub rests: Rests,
    /// Whether it is reported by group too.
    pub by_group: bool,
    /// Whether it is a function of sums and counts, so that everyone but a group can be measured by taking away the group.
    pub additive: bool,
    /// Whether it describes the data and not a model.
    pub of_data: bool,
    /// How it is computed.
    pub formula: Formula,
    /// The laws it obeys, besides [`Law::EVERY`].
    pub laws: &'static [Law],
}

/// Which values are better.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Better {
    /// Higher ones.
    Higher,
    /// Lower ones.
    Lower,
    /// Those near this value.
    Target(f64),
    /// None: it describes.
    Neither,
}

/// What the numbers of a measure are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// A share of referrals or a mean risk, in [0, 1], that may be shown in percent.
    Share,
    /// A ratio around 1.
    Ratio,
    /// A score on its own scale.
    Score,
    /// A shift of log-odds around 0.
    LogOdds,
}

/// How an interval is taken from bootstrap replicates.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Spread {
    /// The middle 95% of the replicates.
    Percentile,
    /// None: a test statistic or p value, or a number whose bootstrap interval would mislead.
    None,
    /// The estimate, more or less 1.96 standard deviations of the replicates, within these ends. For measures whose
    /// replicates lie to one side of the estimate: a row drawn twice stands beside itself in the ranking, which lifts
    /// average precision in every replicate, so that the middle 95% can miss the estimate altogether.
    Normal(f64, f64),
}

/// The rows that a measure needs to be reported: at least [`FEWEST`] of each.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Needs {
    /// Rows of any kind.
    Rows,
    /// Rows with the outcome.
    Events,
    /// Rows without the outcome.
    NonEvents,
    /// Rows with and rows without the outcome.
    Both,
    /// Flagged rows.
    Flagged,
    /// Rows that are not flagged.
    Unflagged,
}

impl Needs {
    /// Whether a cell has what is needed.
    ///
    /// # Errors
    /// In plain words, what is missing.
    pub fn met(self, n: u64, events: u64, flagged: Flagged) -> Result<(), &'static str> {
        if n == 0 {
            return Err("no referrals");
        }
        match self {
            Self::Rows if n < FEWEST => Err("fewer than 10 referrals"),
            Self::Events if events < FEWEST => Err("fewer than 10 referrals with the outcome"),
            Self::NonEvents if n - events < FEWEST => Err("fewer than 10 referrals without the outcome"),
            Self::Both => both_kinds(n, events),
            // Parts of rows add up with rounding.
            Self::Flagged if flagged.with + flagged.without < FEWEST as f64 - 1e-6 => {
                Err("fewer than 10 referrals would be flagged")
            }
            Self::Unflagged if n as f64 - flagged.with - flagged.without < FEWEST as f64 - 1e-6 => {
                Err("fewer than 10 referrals would not be flagged")
            }
            _ => Ok(()),
        }
    }
}

/// The counts that a measure rests on: if one is small, the measure tells about a few people.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rests {
    /// All rows.
    Rows,
    /// With and without the outcome.
    Outcomes,
    /// Among flagged rows, with and without the outcome.
    Flagged,
    /// Among rows that are not flagged, with and without the outcome.
    Unflagged,
    /// Among rows with the outcome, flagged and not.
    Events,
    /// Among rows without the outcome, flagged and not.
    NonEvents,
    /// Flagged and not.
    Selected,
    /// Among flagged rows, with and without the outcome; and, where rows are tied at the cut, how far the order of ties
    /// moves the first of these.
    Ties,
    /// With and without the outcome, on one step of the reliability diagram.
    Step,
}

impl Rests {
    /// The rows that a share with these counts is taken of; with ties at a cut, not a whole number.
    #[must_use]
    pub fn base(self, n: u64, events: u64, flagged: Flagged) -> f64 {
        let all = flagged.with + flagged.without;
        match self {
            Self::Rows | Self::Outcomes | Self::Selected | Self::Step => n as f64,
            Self::Flagged | Self::Ties => all,
            Self::Unflagged => n as f64 - all,
            Self::Events => events as f64,
            Self::NonEvents => (n - events) as f64,
        }
    }

    /// The counts, rounded to whole rows.
    #[must_use]
    pub fn counts(self, n: u64, events: u64, flagged: Flagged) -> Vec<u64> {
        // Never negative and never above n, so rounding to a whole number loses nothing but the fraction.
        let with = (flagged.with.round() as u64).min(events);
        let without = (flagged.without.round() as u64).min(n - events);
        let all = ((flagged.with + flagged.without).round() as u64).min(n);
        match self {
            Self::Rows => vec![n],
            Self::Outcomes => vec![events, n - events],
            Self::Flagged => vec![with, without],
            Self::Unflagged => vec![events - with, n - events - without],
            Self::Events => vec![with, events - with],
            Self::NonEvents => vec![without, n - events - without],
            Self::Selected => vec![all, n - all],
            // Of one step: the caller gives its own rows.
            Self::Step => vec![events, n - events],
            Self::Ties => {
                let mut counts = vec![with, without];
                if flagged.most > flagged.least {
                    let apart = |a: f64, b: f64| (a - b).ceil() as u64;
                    counts.extend([apart(flagged.most, flagged.with), apart(flagged.with, flagged.least)]);
                }
                counts
            }
        }
    }
}

/// How a measure is computed.
#[derive(Clone, Copy, Debug)]
pub enum Formula {
    /// From the whole tally.
    Whole(fn(&Tally) -> Value),
    /// From a tally and the rows flagged at one capacity.
    Flagged(fn(&Tally, Flagged) -> Value),
    /// From a tally, the rows flagged from one threshold on, and the threshold, in (0, 1).
    Utility(fn(&Tally, Flagged, f64) -> Value),
    /// From the rows, and rows with the outcome, of one group of predicted risk.
    Group(fn(u64, u64) -> Value),
    /// From a tally and a place of the grid that curves are read at.
    Curve(fn(&Tally, usize) -> Value),
    /// From a group and its reference group.
    Pair(fn(&PairTally) -> Value),
    /// The difference in another measure (its id) between two models.
    DifferenceOf(&'static str),
}

/// A law that a measure obeys on any rows where it is defined; `tests/it/laws.rs` tries each.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Law {
    /// The order of rows does not matter.
    RowOrder,
    /// Writing every row twice changes nothing.
    Duplication,
    /// A row of weight 2 counts as two rows.
    WeightsAreCopies,
    /// It equals its definition computed the slow way.
    Naive,
    /// A strictly rising transformation of the scores changes nothing.
    MonotoneTransform,
    /// Swapping the outcomes turns v into 1 - v.
    SwapOutcomes,
    /// Swapping the outcomes and turning each risk p into 1 - p changes nothing.
    Mirror,
    /// The same turns v into -v.
    MirrorNegates,
    /// It lies between these.
    Within(f64, f64),
    /// One score for all rows gives this.
    Constant(f64),
    /// One score for all rows gives the outcome rate.
    ConstantGivesRate,
    /// Flagging everyone gives this.
    FlagAll(f64),
    /// Flagging everyone gives the outcome rate.
    FlagAllGivesRate,
    /// Risks that are exactly the outcomes give this.
    Perfect(f64),
}

impl Law {
    /// What every measure obeys.
    pub const EVERY: [Self; 3] = [Self::RowOrder, Self::WeightsAreCopies, Self::Naive];
}

/// A share, or why there is none.
fn share(part: f64, whole: f64, empty: &'static str) -> Value {
    if whole > 0.0 { Ok(part / whole) } else { Err(empty) }
}

const NO_ROWS: &str = "no referrals";
const ONE_KIND: &str = "all referrals have the same outcome";
const NO_EVENTS: &str = "no referrals with the outcome";
const NO_NON_EVENTS: &str = "no referrals without the outcome";
const AT_CAPACITY: &str =
    "each fold's capacity share of rows with the highest scores, in whole places; ties share the places left";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_unique_and_words_are_sentences() {
        for (i, m) in REGISTRY.iter().enumerate() {
            assert!(REGISTRY[..i].iter().all(|o| o.id != m.id && o.title != m.title), "{}", m.id);
            assert!(m.words.ends_with('.') && m.words.len() > 40, "{}", m.id);
            assert!(!m.convention.is_empty(), "{}", m.id);
            assert_eq!(find(m.id).map(|f| f.title), Some(m.title));
            if let Formula::DifferenceOf(of) = m.formula {
                assert!(find(of).is_some(), "{}", m.id);
            }
        }
    }

    #[test]
    fn counts_are_whole_rows() {
        let flagged = Flagged { with: 3.5, without: 6.5, ..Flagged::default() };
        assert_eq!(Rests::Flagged.counts(40, 12, flagged), [4, 7]);
        assert_eq!(Rests::Events.counts(40, 12, flagged), [4, 8]);
        assert_eq!(Rests::NonEvents.counts(40, 12, flagged), [7, 21]);
        assert_eq!(Rests::Selected.counts(40, 12, flagged), [10, 30]);
        // Ties at the cut could give 3 or 4 with the outcome.
        let tied = Flagged { least: 3.0, most: 4.0, ..flagged };
        assert_eq!(Rests::Ties.counts(40, 12, flagged), [4, 7]);
        assert_eq!(Rests::Ties.counts(40, 12, tied), [4, 7, 1, 1]);
    }
}

#[cfg(test)]
pub(crate) mod toy {
    use crate::evaluate::{Sample, Tally, tally};

    /// Tallies a few rows of one fold, flagging at one capacity, and from a risk of 1/2 on.
    pub(crate) fn toy(rows: &[(f64, u8)], capacity: f64) -> Tally {
        let y: Vec<bool> = rows.iter().map(|r| r.1 == 1).collect();
        let p: Vec<f64> = rows.iter().map(|r| r.0).collect();
        let (fold, weight) = (vec![0; rows.len()], vec![1; rows.len()]);
        let capacities = &[capacity];
        tally(&Sample { y: &y, p: &p, fold: &fold, weight: &weight, capacities, thresholds: &[0.5] })
    }

    /// Asserts that a measure has this value on these rows, flagging half of them.
    pub(crate) fn worth(measure: &super::Measure, rows: &[(f64, u8)], expected: f64) {
        let value = of(measure, rows).unwrap();
        assert!((value - expected).abs() < 1e-12, "{}: {value}, by hand {expected}", measure.id);
    }

    /// The value of a measure on these rows, flagging half of them.
    pub(crate) fn of(measure: &super::Measure, rows: &[(f64, u8)]) -> super::Value {
        let t = toy(rows, 0.5);
        match measure.formula {
            super::Formula::Whole(f) => f(&t),
            super::Formula::Flagged(f) => f(&t, t.flagged.first().copied().unwrap_or_default()),
            super::Formula::Utility(f) => f(&t, t.flagged.last().copied().unwrap_or_default(), 0.5),
            super::Formula::Group(f) => f(t.n, t.events),
            super::Formula::Curve(f) => f(&t, 0),
            super::Formula::Pair(_) | super::Formula::DifferenceOf(_) => Err("a difference"),
        }
    }
}
