//! What a perfect model could reach: the truth scored against what came of each referral.

use super::TruthRow;
use crate::evaluate::{Harmonic, precision_of_tied};
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

/// Places of the probability that are told apart in ranking: two referrals closer than this count as tied, which moves
/// the AUROC by less than 1e-5, and lets a country be scored without holding it.
const PLACES: usize = 1 << 16;

/// A running score of one probability.
#[derive(Clone, Debug)]
struct Score {
    /// Referrals with and without the outcome at each place.
    places: Vec<[u64; 2]>,
    squared_error: f64,
    predicted: f64,
}

impl Default for Score {
    fn default() -> Self {
        Self { places: vec![[0; 2]; PLACES], squared_error: 0.0, predicted: 0.0 }
    }
}

impl Score {
    fn add(&mut self, p: f64, y: bool) {
        let at = super::draw::whole_days(p * 65_536.0);
        let at = usize::try_from(at).unwrap_or(0).min(PLACES - 1);
        self.places[at][usize::from(!y)] += 1;
        let y = f64::from(u8::from(y));
        self.squared_error += (p - y) * (p - y);
        self.predicted += p;
    }

    fn reach(&self) -> Reach {
        let (mut above, mut above_with, mut concordant_twice, mut precision) = (0_u64, 0_u64, 0_u128, 0.0);
        let sums = Harmonic::new(0);
        for [with, without] in self.places.iter().rev().copied().filter(|[a, b]| a + b > 0) {
            concordant_twice += u128::from(without) * u128::from(2 * above_with + with);
            precision += precision_of_tied(&sums, above, above_with, with + without, with);
            above += with + without;
            above_with += with;
        }
        let ratio = |a: f64, b: f64, otherwise: f64| if b > 0.0 { a / b } else { otherwise };
        let pairs = u128::from(above_with) * u128::from(above - above_with);
        let (n, returns) = (above as f64, above_with as f64);
        Reach {
            auroc: ratio(concordant_twice as f64, 2.0 * pairs as f64, 0.5),
            average_precision: ratio(precision, returns, 0.0),
            brier: ratio(self.squared_error, n, 0.0),
            observed_to_expected: ratio(returns, self.predicted, 1.0),
        }
    }
}

/// Scores referrals as they come.
#[derive(Clone, Debug, Default)]
pub(super) struct Scorer {
    observable: Score,
    latent: Score,
    referrals: usize,
    returns: usize,
}

impl Scorer {
    /// Adds consecutive rows of the truth, whole children at a time.
    pub(super) fn add(&mut self, truth: &[TruthRow], end: Day) {
        for (row, returned) in followed(truth, end) {
            self.observable.add(row.p_observable, returned);
            self.latent.add(row.p_latent, returned);
            self.referrals += 1;
            self.returns += usize::from(returned);
        }
    }

    pub(super) fn oracle(&self) -> Oracle {
        Oracle {
            referrals: self.referrals,
            returns: self.returns,
            observable: self.observable.reach(),
            latent: self.latent.reach(),
        }
    }
}

/// The referrals followed for the whole horizon, with whether another recorded referral came within it. `truth` is
/// sorted by child and date.
pub fn followed(truth: &[TruthRow], end: Day) -> impl Iterator<Item = (TruthRow, bool)> + '_ {
    truth.iter().enumerate().filter_map(move |(i, row)| {
        let last = row.referral.plus(i32::from(row.horizon_days));
        let next = truth.get(i + 1).filter(|next| next.child == row.child);
        (last <= end).then_some((*row, next.is_some_and(|next| next.referral <= last)))
    })
}

#[cfg(test)]
mod tests {
    use super::Score;

    #[test]
    fn a_case_worked_by_hand() {
        let mut score = Score::default();
        for (p, y) in [(0.1, false), (0.8, true), (0.4, true), (0.4, false)] {
            score.add(p, y);
        }
        let reach = score.reach();
        // Pairs: 0.8 beats both, 0.4 beats 0.1 and ties with 0.4: 3.5 of 4.
        assert!((reach.auroc - 0.875).abs() < 1e-12);
        // Precision 1 at 0.8; at 0.4 it is 2/2 or 2/3, by which of the two tied comes first.
        assert!((reach.average_precision - (1.0 + (1.0 + 2.0 / 3.0) / 2.0) / 2.0).abs() < 1e-12);
        assert!((reach.brier - (0.01 + 0.04 + 0.36 + 0.16) / 4.0).abs() < 1e-12);
    }
}
