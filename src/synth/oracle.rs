//! What a perfect model could reach: the truth scored against what came of each referral.

use super::TruthRow;
use crate::evaluate::{Sample, tally};
use crate::num::Day;

/// How well a probability ranks and fits the outcomes of the referrals that were followed for the whole horizon.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Reach {
    /// Area under the ROC curve; 0.5 when there are no returns, or nothing but returns.
    pub auroc: f64,
    /// Average precision; 0 when there are no returns.
    pub average_precision: f64,
    /// Brier score.
    pub brier: f64,
    /// Returns divided by the sum of the probabilities.
    pub observed_to_expected: f64,
}

/// The best reachable with and without knowing the frailty. A model sees only the record, so `observable` is its bound.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Oracle {
    /// Referrals followed for the whole horizon.
    pub referrals: usize,
    /// Of these, those followed by another referral within the horizon.
    pub returns: usize,
    /// What `p_observable` reaches.
    pub observable: Reach,
    /// What `p_latent` reaches.
    pub latent: Reach,
}

impl Oracle {
    /// Scores the truth, sorted by child and date, of records that end on `end`.
    #[must_use]
    pub fn new(truth: &[TruthRow], end: Day) -> Self {
        let followed: Vec<(TruthRow, bool)> = followed(truth, end).collect();
        let returns = followed.iter().filter(|(_, y)| *y).count();
        let reach = |p: fn(&TruthRow) -> f64| {
            let scored: Vec<(f64, bool)> = followed.iter().map(|(row, y)| (p(row), *y)).collect();
            score(&scored)
        };
        Self {
            referrals: followed.len(),
            returns,
            observable: reach(|row| row.p_observable),
            latent: reach(|row| row.p_latent),
        }
    }
}

/// The referrals followed for the whole horizon, with whether another referral came within it. `truth` is sorted by
/// child and date.
pub fn followed(truth: &[TruthRow], end: Day) -> impl Iterator<Item = (TruthRow, bool)> + '_ {
    truth.iter().enumerate().filter_map(move |(i, row)| {
        let last = row.referral.plus(i32::from(row.horizon_days));
        let next = truth.get(i + 1).filter(|next| next.child == row.child);
        (last <= end).then_some((*row, next.is_some_and(|next| next.referral <= last)))
    })
}

fn score(scored: &[(f64, bool)]) -> Reach {
    let (p, y): (Vec<f64>, Vec<bool>) = scored.iter().copied().unzip();
    let (fold, weight) = (vec![0_u16; y.len()], vec![1_u16; y.len()]);
    let t = tally(&Sample { y: &y, p: &p, fold: &fold, weight: &weight, capacities: &[] });
    let ratio = |a: f64, b: f64, otherwise: f64| if b > 0.0 { a / b } else { otherwise };
    let (n, returns, pairs) = (t.n as f64, t.events as f64, t.pairs as f64);
    Reach {
        auroc: ratio(t.concordant_twice as f64, 2.0 * pairs, 0.5),
        average_precision: ratio(t.precision, returns, 0.0),
        brier: ratio(t.squared_error, n, 0.0),
        observed_to_expected: ratio(returns, t.predicted, 1.0),
    }
}

#[cfg(test)]
mod tests {
    use super::score;

    #[test]
    fn a_case_worked_by_hand() {
        let reach = score(&[(0.1, false), (0.8, true), (0.4, true), (0.4, false)]);
        // Pairs: 0.8 beats both, 0.4 beats 0.1 and ties with 0.4: 3.5 of 4.
        assert!((reach.auroc - 0.875).abs() < 1e-12);
        // Precision 1 at 0.8; at 0.4 it is 2/2 or 2/3, by which of the two tied comes first.
        assert!((reach.average_precision - (1.0 + (1.0 + 2.0 / 3.0) / 2.0) / 2.0).abs() < 1e-12);
        assert!((reach.brier - (0.01 + 0.04 + 0.36 + 0.16) / 4.0).abs() < 1e-12);
    }
}
