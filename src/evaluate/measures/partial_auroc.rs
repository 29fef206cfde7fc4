//! Area under the ROC curve where few are flagged in vain.
//!
//! # Measures
//! How well scores rank at the top, where a service with little capacity works: AUROC cares as much for the order of the
//! lowest scores, which nobody would act on.
//!
//! # Formula
//! A = area under the ROC curve for false positive rates from 0 to m = 0.1, rows tied in score joined by a straight line;
//! over several folds, the areas in pairs of rows are added up before dividing. Standardised: (1 + (A - m²/2) / (m - m²/2))
//! / 2, so that scores that say nothing have 0.5 and perfect ones 1.
//!
//! # Inputs
//! As for AUROC. In a bootstrap replicate the curve is read from fine bins of the score, and what the bins lose on the
//! sample is added.
//!
//! # Undefined when
//! No fold has both a row with and a row without the outcome.
//!
//! # Reference
//! `McClish` 1989, Medical Decision Making 9:190. In one fold it equals scikit-learn's `roc_auc_score(max_fpr=0.1)`.

use super::{Better, Formula, Law, Measure, Needs, Rests, Spread, Unit};
use crate::evaluate::partial::MOST;
use crate::evaluate::tally::{Tally, Value};

/// See the module.
pub const MEASURE: Measure = Measure {
    id: "partial-auroc",
    title: "Ranking at the top (partial AUROC)",
    words: "How well the model ranks where at most 10 of 100 referrals that are not followed by the outcome are flagged: 0.5 is no better than tossing a coin, 1 is always right.",
    convention: "false positive rates up to 0.1, standardised as by McClish; areas summed over folds",
    better: Better::Higher,
    unit: Unit::Score,
    spread: Spread::Percentile,
    theory: None,
    needs: Needs::Both,
    rests: Rests::Outcomes,
    by_group: false,
    additive: false,
    of_data: false,
    formula: Formula::Whole(value),
    laws: &[Law::MonotoneTransform, Law::Constant(0.5), Law::Perfect(1.0), Law::Within(0.0, 1.0)],
};

fn value(t: &Tally) -> Value {
    let (area, least) = (t.partial? * MOST, MOST * MOST / 2.0);
    Ok(f64::midpoint(1.0, (area - least) / (MOST - least)))
}

#[cfg(test)]
mod tests {
    use super::super::toy::{of, worth};
    use super::MEASURE;

    #[test]
    fn by_hand() {
        // Four with the outcome and ten without, so that the area ends where the first of those is flagged. Above it stand
        // two of the four: the curve rises to 2 of 4 and runs level to 0.1. A = 0.05; (0.05 - 0.005) / 0.095 = 0.473684.
        let mut rows = vec![(0.9, 1), (0.8, 1), (0.7, 0), (0.6, 1), (0.5, 1)];
        rows.extend((0..9).map(|i| (0.4 - 0.02 * f64::from(i), 0)));
        worth(&MEASURE, &rows, 0.736_842_105_263_157_9);
        // Had the third of the four the same score as the first without, the curve would rise by 1 of 4 along the way.
        rows[3].0 = 0.7;
        worth(&MEASURE, &rows, 0.5 * (1.0 + (0.0625 - 0.005) / 0.095));
        assert!(of(&MEASURE, &[(0.8, 1), (0.4, 1)]).is_err());
    }
}
