//! How much worse chances become when facts are mixed up among a fold's tested rows.

use super::{Bench, Taught};
use crate::evaluate::stability::Ranged;
use crate::explain::found::Reading;
use crate::explain::permutation::{Importance, importance};
use ndarray::Array1;

/// What was measured.
pub(super) struct Mixed {
    /// By fold, then by feature: the increase in mean log loss.
    pub(super) facts: Vec<Vec<f64>>,
    /// By part of the records, in order: the fall of the AUROC.
    pub(super) sources: Vec<Reading<Ranged>>,
}

impl Bench<'_> {
    /// Mixes up every fact by itself, and every part of the records as a whole.
    pub(super) fn mixed(&self, progress: &dyn Fn(u64)) -> Mixed {
        let (mut facts, mut pairs, mut lost) = (Vec::new(), Vec::new(), Vec::new());
        for (_, taught) in self.each() {
            let came = self.made.ground.came(&taught.rows);
            facts.push(self.facts_of(taught, &came));
            pairs.push(pairs_of(&came));
            lost.push(self.sources_of(taught, &came));
            progress(1);
        }
        let sources = (0..self.sources.len()).map(|i| {
            let of_source: Vec<f64> = lost.iter().map(|fold| fold[i]).collect();
            fall(&of_source, &pairs)
        });
        Mixed { sources: sources.collect(), facts }
    }

    /// The columns made of some features.
    fn columns(taught: &Taught, features: &[usize]) -> Vec<usize> {
        let sources = taught.fitted.prepared.sources();
        (0..sources.len()).filter(|&c| features.contains(&sources[c])).collect()
    }

    fn facts_of(&self, taught: &Taught, came: &[bool]) -> Vec<f64> {
        let groups: Vec<Vec<usize>> =
            (0..self.made.ground.matrix.features.len()).map(|f| Self::columns(taught, &[f])).collect();
        // Where chances are wrong, only the order that they put rows in can be worse.
        let pairs = pairs_of(came).max(1.0);
        let weighed = self.weighed();
        self.increases(
            taught,
            &groups,
            |p| if weighed { lost_pairs(p, came) / pairs } else { log_loss(p, came) },
        )
    }

    fn sources_of(&self, taught: &Taught, came: &[bool]) -> Vec<f64> {
        let groups: Vec<Vec<usize>> = self.sources.values().map(|f| Self::columns(taught, f)).collect();
        self.increases(taught, &groups, |p| lost_pairs(p, came))
    }

    /// The mean increase of a loss by group of columns.
    fn increases(
        &self,
        taught: &Taught,
        groups: &[Vec<usize>],
        loss: impl Fn(&Array1<f64>) -> f64 + Sync,
    ) -> Vec<f64> {
        let x = taught.fitted.x(self.made.ground.matrix, &taught.rows);
        let predict = |x: &ndarray::Array2<f64>| taught.fitted.model.probabilities(x);
        let found = importance(predict, loss, &x, groups, &taught.orders);
        // Refused are only orders that are none, and columns that are not there.
        found.map_or_else(
            |_| vec![f64::NAN; groups.len()],
            |all: Vec<Importance>| all.iter().map(|i| i.mean).collect(),
        )
    }
}

/// Pairs of one row with the outcome and one without it.
fn pairs_of(came: &[bool]) -> f64 {
    let events = came.iter().filter(|came| **came).count() as f64;
    events * (came.len() as f64 - events)
}

/// The fall of the AUROC over the pairs of all folds, and of the folds where it fell least and most.
fn fall(lost: &[f64], pairs: &[f64]) -> Reading<Ranged> {
    let all: f64 = pairs.iter().sum();
    let falls: Vec<f64> =
        lost.iter().zip(pairs).filter(|(_, pairs)| **pairs > 0.0).map(|(l, p)| l / p).collect();
    let ends = falls.iter().fold((f64::INFINITY, f64::NEG_INFINITY), |(a, b), v| (a.min(*v), b.max(*v)));
    let estimate = lost.iter().sum::<f64>() / all;
    if estimate.is_finite() {
        Ok(Ranged { estimate, low: ends.0, high: ends.1 })
    } else {
        Err("no tested referrals with and without the outcome to put in order".to_owned())
    }
}

/// Mean log loss. A chance of nought or one counts as one in a million million from it, so that one row cannot outweigh all.
fn log_loss(p: &Array1<f64>, came: &[bool]) -> f64 {
    let of = |(p, came): (&f64, &bool)| {
        let p = p.clamp(1e-12, 1.0 - 1e-12);
        if *came { -p.ln() } else { -(-p).ln_1p() }
    };
    p.iter().zip(came).map(of).sum::<f64>() / came.len().max(1) as f64
}

/// Pairs in which the row without the outcome has the higher risk; equal risks are half a pair.
fn lost_pairs(p: &Array1<f64>, came: &[bool]) -> f64 {
    let mut order: Vec<usize> = (0..came.len()).collect();
    order.sort_by(|&a, &b| p[a].total_cmp(&p[b]));
    let (mut lost, mut events) = (0.0, 0.0);
    // From low risks to high: events below a row without the outcome are lost pairs.
    for tied in order.chunk_by(|a, b| p[*a].total_cmp(&p[*b]).is_eq()) {
        let with = tied.iter().filter(|i| came[**i]).count() as f64;
        let without = tied.len() as f64 - with;
        lost += without * (events + with / 2.0);
        events += with;
    }
    lost
}

#[cfg(test)]
mod tests {
    use super::{fall, lost_pairs};
    use ndarray::array;

    /// Risks 1 2 2 3, the outcome for the first and one of the tied: of four pairs, the first is under both rows without
    /// it, and the tied one is level with one of them.
    #[test]
    fn lost_pairs_by_hand() {
        let lost = lost_pairs(&array![0.1, 0.2, 0.2, 0.3], &[true, true, false, false]);
        assert!((lost - 3.5).abs() < 1e-12);
    }

    #[test]
    fn folds_count_by_their_pairs_and_one_without_pairs_not_at_all() {
        let got = fall(&[3.0, 1.0, 0.0], &[30.0, 5.0, 0.0]).unwrap();
        assert!((got.estimate - 4.0 / 35.0).abs() < 1e-12 && got.low < got.high);
        assert!((got.low - 0.1).abs() < 1e-12 && (got.high - 0.2).abs() < 1e-12);
        assert!(fall(&[0.0], &[0.0]).is_err());
    }
}
