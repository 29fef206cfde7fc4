//! The CORP reliability curve and score decomposition.
//!
//! Dimitriadis, Gneiting and Jordan 2021 (PNAS 118:e2016191118): the recalibrated risk is the isotonic
//! regression of the outcome on the predicted risk, so no bins need be chosen.

use super::{Point, Value, point, pool_adjacent_violators};

/// A proper score, the lower the better.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Score {
    /// (outcome - risk)^2, the Brier score.
    Squared,
    /// -ln of the probability given to what happened (natural logarithm, 0 ln 0 = 0).
    Logarithmic,
}

/// The mean score and its parts: `score = miscalibration - discrimination + uncertainty`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Decomposition {
    /// The mean score of the predicted risks.
    pub score: f64,
    /// MCB: what recalibration would save; 0 where the curve is the diagonal, never negative.
    pub miscalibration: f64,
    /// DSC: what the recalibrated risks save over one risk for everyone; never negative.
    pub discrimination: f64,
    /// UNC: the mean score of the event rate given to everyone; does not depend on the predictions.
    pub uncertainty: f64,
}

/// A level stretch of the reliability curve.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Step {
    /// The lowest predicted risk of the stretch.
    pub lowest_risk: f64,
    /// The highest predicted risk of the stretch.
    pub highest_risk: f64,
    /// Rows in the stretch.
    pub rows: f64,
    /// The recalibrated risk: the event rate of the stretch.
    pub event_rate: f64,
}

/// The reliability curve: event rate against predicted risk, as stretches of strictly rising event rate.
///
/// Between stretches the curve is drawn as a straight line. Input: points sorted by rising distinct risk.
/// Undefined without rows. Cost: O(points).
pub fn curve(points: &[Point]) -> Result<Vec<Step>, &'static str> {
    point::totals(points)?;
    let risk = |index: usize| points.get(index).map_or(0.0, |point| point.p);
    let steps = pool_adjacent_violators::pool(points).into_iter().map(|block| Step {
        lowest_risk: risk(block.first),
        highest_risk: risk(block.last),
        rows: block.rows,
        event_rate: block.rate(),
    });
    Ok(steps.collect())
}

/// Splits the mean score into miscalibration, discrimination and uncertainty.
///
/// Inputs: points sorted by rising distinct risk. Undefined without rows; with the logarithmic score also
/// where a row with the outcome has risk 0, or one without it risk 1, as the score is infinite. Cost:
/// O(points).
pub fn decompose(points: &[Point], score: Score) -> Result<Decomposition, &'static str> {
    let total = point::totals(points)?;
    let (mut predicted, mut recalibrated) = (0.0, 0.0);
    for point in points {
        predicted += sum_of_scores(score, point.rows, point.events, point.p)?;
    }
    for block in pool_adjacent_violators::pool(points) {
        recalibrated += sum_of_scores(score, block.rows, block.events, block.rate())?;
    }
    let constant = sum_of_scores(score, total.rows, total.events, total.event_rate())?;
    // Neither part can be negative; the bound takes away rounding only.
    Ok(Decomposition {
        score: predicted / total.rows,
        miscalibration: ((predicted - recalibrated) / total.rows).max(0.0),
        discrimination: ((constant - recalibrated) / total.rows).max(0.0),
        uncertainty: constant / total.rows,
    })
}

/// The sum of the scores of rows that share one risk.
fn sum_of_scores(score: Score, rows: f64, events: f64, risk: f64) -> Value {
    let non_events = rows - events;
    match score {
        Score::Squared => Ok(events * (1.0 - risk) * (1.0 - risk) + non_events * risk * risk),
        Score::Logarithmic => {
            if (events > 0.0 && risk <= 0.0) || (non_events > 0.0 && risk >= 1.0) {
                return Err(
                    "a predicted risk of 0 had the outcome, or one of 1 had not: the score is infinite",
                );
            }
            let part = |count: f64, logarithm: f64| if count > 0.0 { -count * logarithm } else { 0.0 };
            Ok(part(events, risk.ln()) + part(non_events, (-risk).ln_1p()))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn points(rows: &[(f64, bool)]) -> Vec<Point> {
        let (p, y): (Vec<f64>, Vec<bool>) = rows.iter().copied().unzip();
        point::collapse(&p, &y).unwrap()
    }

    fn close(found: f64, expected: f64) {
        assert!((found - expected).abs() < 1e-14, "{found} is not {expected}");
    }

    #[test]
    fn four_rows_by_hand() {
        // Outcomes 0 1 0 1 pool to 0, 1/2, 1/2, 1.
        let four = points(&[(0.1, false), (0.4, true), (0.6, false), (0.9, true)]);
        let steps = curve(&four).unwrap();
        assert_eq!(steps.len(), 3);
        close(steps[1].lowest_risk, 0.4);
        close(steps[1].highest_risk, 0.6);
        close(steps[1].event_rate, 0.5);
        let found = decompose(&four, Score::Squared).unwrap();
        close(found.score, (0.01 + 0.36 + 0.36 + 0.01) / 4.0);
        close(found.miscalibration, found.score - 0.5 / 4.0);
        close(found.discrimination, 0.25 - 0.5 / 4.0);
        close(found.uncertainty, 0.25);
        let found = decompose(&four, Score::Logarithmic).unwrap();
        close(found.uncertainty, 2.0_f64.ln());
        close(found.discrimination, 2.0_f64.ln() / 2.0);
        close(found.score, -(0.9_f64.ln() + 0.4_f64.ln()) / 2.0);
    }

    #[test]
    fn sure_and_right_is_defined_sure_and_wrong_is_not() {
        let right = points(&[(0.0, false), (0.3, true), (1.0, true)]);
        assert!(decompose(&right, Score::Logarithmic).is_ok());
        let wrong = points(&[(0.0, true), (0.3, true), (1.0, true)]);
        assert!(decompose(&wrong, Score::Logarithmic).is_err());
        assert!(decompose(&wrong, Score::Squared).is_ok());
        assert!(decompose(&points(&[(1.0, false)]), Score::Logarithmic).is_err());
    }

    #[test]
    fn one_class_has_no_uncertainty_and_no_discrimination() {
        let found = decompose(&points(&[(0.2, false), (0.4, false)]), Score::Squared).unwrap();
        close(found.uncertainty, 0.0);
        close(found.discrimination, 0.0);
        close(found.miscalibration, 0.1);
    }

    #[test]
    fn a_perfectly_calibrated_point_has_no_miscalibration() {
        let point = [Point { p: 0.25, rows: 4.0, events: 1.0 }];
        for score in [Score::Squared, Score::Logarithmic] {
            close(decompose(&point, score).unwrap().miscalibration, 0.0);
        }
    }

    #[test]
    fn no_rows_are_refused() {
        assert_eq!(decompose(&[], Score::Squared), Err("no rows"));
        assert_eq!(curve(&[]), Err("no rows"));
    }
}
