//! The distribution of censoring times by the reverse Kaplan-Meier estimator: an event of any cause ends what can be
//! known of the censoring time.
//!
//! Formula: `G(t) = prod_{s <= t} (1 - c(s) / r(s))` with `c(s)` the weight censored at `s` and `r(s)` the weight that
//! could be: with [`TieOrder::EventsFirst`], rows with exit `>= s` but for events at `s`; with [`TieOrder::Naive`], all of
//! them. Equal: `prodlim(reverse = TRUE)` and scikit-survival's `CensoringDistributionEstimator` (`EventsFirst`); `Naive` is
//! the Kaplan-Meier estimator with the indicator turned round.
//!
//! Inputs: rows and weights; the rows may be those that are scored or those a model was fitted on.
//! Undefined when: weights are unusable. Reference: Gerds and Schumacher (2006), Biometrical Journal.

use super::observed::{CENSORED, Observed, total_weight};
use super::slots::Slots;

/// Where the distribution is taken for a row that had an event at `T`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum GAt {
    /// `G(T-)`, the probability of being uncensored just before; right where events come before censorings.
    #[default]
    Before,
    /// `G(T)`, as scikit-survival takes it.
    At,
}

/// What comes first at one time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum TieOrder {
    /// Events come before censorings.
    #[default]
    EventsFirst,
    /// A row with an event at a time counts as at risk of being censored then.
    Naive,
}

/// An estimated distribution of censoring times: a step function.
#[derive(Clone, Debug, PartialEq)]
pub struct Censoring {
    time: Vec<f64>,
    after: Vec<f64>,
    /// Index of the last time with weight, plus one.
    last: usize,
}

impl Censoring {
    /// Estimates it on rows.
    ///
    /// # Errors
    /// With weights that are not one a row, finite and 0 or above, or all 0.
    pub fn estimate(observed: &Observed, weight: &[f64], ties: TieOrder) -> Result<Self, &'static str> {
        total_weight(weight, observed.len())?;
        Ok(Self::of_slots(&Slots::new(observed), observed.cause(), weight, ties))
    }

    /// The same from rows already sorted; `weight` must have been checked.
    #[must_use]
    pub fn of_slots(slots: &Slots, cause: &[u8], weight: &[f64], ties: TieOrder) -> Self {
        let mut count = vec![[0.0; 2]; slots.time.len()];
        for ((slot, cause), weight) in slots.slot.iter().zip(cause).zip(weight) {
            count[*slot as usize][usize::from(*cause != CENSORED)] += weight;
        }
        let (after, last) = steps(&count, ties);
        Self { time: slots.time.clone(), after, last }
    }

    /// `G(t)`.
    #[must_use]
    pub fn at(&self, t: f64) -> f64 {
        self.step(self.time.partition_point(|s| *s <= t))
    }

    /// `G(t-)`.
    #[must_use]
    pub fn before(&self, t: f64) -> f64 {
        self.step(self.time.partition_point(|s| *s < t))
    }

    /// `G(t)` or `G(t-)`.
    #[must_use]
    pub fn take(&self, t: f64, g: GAt) -> f64 {
        match g {
            GAt::Before => self.before(t),
            GAt::At => self.at(t),
        }
    }

    /// The last time at which a row of positive weight ended; beyond it nothing is known.
    #[must_use]
    pub fn end(&self) -> f64 {
        self.last.checked_sub(1).and_then(|i| self.time.get(i)).copied().unwrap_or(f64::NEG_INFINITY)
    }

    /// `G(T)` or `G(T-)` of each row.
    #[must_use]
    pub fn rows(&self, observed: &Observed, g: GAt) -> Vec<f64> {
        observed.exit().iter().map(|t| self.take(*t, g)).collect()
    }

    /// The same for the rows it was estimated on, without search.
    #[must_use]
    pub fn own_rows(&self, slots: &Slots, g: GAt) -> Vec<f64> {
        let shift = usize::from(g == GAt::At);
        slots.slot.iter().map(|slot| self.step(*slot as usize + shift)).collect()
    }

    fn step(&self, passed: usize) -> f64 {
        passed.checked_sub(1).and_then(|i| self.after.get(i)).copied().unwrap_or(1.0)
    }
}

/// `G` after each slot from the weight `[censored, with an event]` in each, and the number of slots up to the last with
/// weight.
pub(super) fn steps(count: &[[f64; 2]], ties: TieOrder) -> (Vec<f64>, usize) {
    let mut after = vec![1.0; count.len()];
    // The weight at risk is summed from the end, so that it is exactly 0 after the last row.
    let mut risk = 0.0;
    for (factor, [censored, event]) in after.iter_mut().zip(count).rev() {
        risk += censored + event;
        let could = if ties == TieOrder::EventsFirst { risk - event } else { risk };
        if *censored > 0.0 {
            *factor = 1.0 - censored / could;
        }
    }
    let mut g = 1.0;
    for factor in &mut after {
        g *= *factor;
        *factor = g;
    }
    (after, count.iter().rposition(|c| c[0] + c[1] > 0.0).map_or(0, |i| i + 1))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evaluate::survival::test_data::{close, golden, table};

    #[test]
    fn by_hand() {
        // Exits 1 (event), 2 (event and censored), 3 (censored). G(2) = 1 - 1/2 events first (2 and 3 could be censored),
        // 1 - 1/3 naive; G(3) = 0.
        let rows = Observed::new(vec![1.0, 2.0, 2.0, 3.0], vec![1, 2, 0, 0]).unwrap();
        let first = Censoring::estimate(&rows, &[1.0; 4], TieOrder::EventsFirst).unwrap();
        let naive = Censoring::estimate(&rows, &[1.0; 4], TieOrder::Naive).unwrap();
        close(first.before(2.0), 1.0, 0.0);
        close(first.at(2.0), 0.5, 1e-15);
        close(naive.at(2.0), 2.0 / 3.0, 1e-15);
        close(first.at(3.0), 0.0, 0.0);
        close(first.take(3.0, GAt::Before), 0.5, 1e-15);
        let slots = Slots::new(&rows);
        for g in [GAt::Before, GAt::At] {
            assert_eq!(first.rows(&rows, g), first.own_rows(&slots, g));
        }
        close(first.end(), 3.0, 0.0);
        let less = Censoring::estimate(&rows, &[1.0, 1.0, 1.0, 0.0], TieOrder::EventsFirst).unwrap();
        close(less.end(), 2.0, 0.0);
    }

    #[test]
    fn equals_scikit_survival_on_whas500() {
        let Some(expected) = golden("scikit-survival/expected.json") else { return };
        let data = table("scikit-survival/data/whas500_predictions.csv");
        let rows =
            Observed::new(data["time"].clone(), data["event"].iter().map(|e| u8::from(*e > 0.5)).collect())
                .unwrap();
        let g = Censoring::estimate(&rows, &vec![1.0; rows.len()], TieOrder::EventsFirst).unwrap();
        let case = &expected["cases"]["whas500_censoring_km"];
        for (t, value) in case["times"].as_array().unwrap().iter().zip(case["G"].as_array().unwrap()) {
            close(g.at(t.as_f64().unwrap()), value.as_f64().unwrap(), 1e-12);
        }
    }
}
