//! Is the candidate better than the reference?

use super::measures::{self, Formula, Measure};
use super::model::Measured;
use super::resample::draw::interval;
use super::table::fill;
use super::{Answer, EvaluateError, Input, Row, Settings, Status, Verdict};

/// Judges by the paired difference in average precision, and returns the rows of all differences: the same households
/// are drawn for both models in every replicate, so what both share cancels.
///
/// # Errors
/// [`EvaluateError::Input`] when a model named in the settings was not measured.
pub(super) fn judge(
    input: &Input,
    settings: &Settings,
    results: &[Measured],
) -> Result<(Verdict, Vec<Row>), EvaluateError> {
    let of = |model: &String| results.iter().find(|r| input.scores[r.model].model == *model);
    let (Some(candidate), Some(reference)) = (of(&settings.candidate), of(&settings.reference)) else {
        return Err(EvaluateError::Input(vec!["candidate and reference must both be measured".to_owned()]));
    };
    let rows: Vec<Row> = measures::REGISTRY
        .iter()
        .filter_map(|m| difference(input, settings, m, candidate, reference))
        .collect();
    let difference = rows.iter().find(|r| r.measure == measures::average_precision_difference::MEASURE.id);
    let Some(difference) = difference.cloned() else {
        return Err(EvaluateError::Input(vec!["average precision must be measured".to_owned()]));
    };
    let verdict = Verdict {
        answer: answer(&difference, settings.smallest_gain),
        candidate: settings.candidate.clone(),
        reference: settings.reference.clone(),
        difference,
        smallest_gain: settings.smallest_gain,
    };
    Ok((verdict, rows))
}

/// The rule: no better when the whole interval lies under the smallest gain that matters; better when the whole interval
/// lies above zero and the estimate is that gain or more; otherwise the data cannot say.
fn answer(difference: &Row, smallest_gain: f64) -> Answer {
    match (difference.estimate, difference.low, difference.high) {
        (_, _, Some(high)) if high < smallest_gain => Answer::NoBetter,
        (Some(gain), Some(low), Some(_)) if low > 0.0 && gain >= smallest_gain => Answer::Better,
        _ => Answer::CannotSay,
    }
}

fn difference(
    input: &Input,
    settings: &Settings,
    measure: &'static Measure,
    candidate: &Measured,
    reference: &Measured,
) -> Option<Row> {
    let Formula::DifferenceOf(of) = measure.formula else { return None };
    let (a, b) = (candidate.overall(of)?, reference.overall(of)?);
    let tally = &candidate.tallies[0];
    let mut row = Row {
        model: settings.candidate.clone(),
        split: input.split.clone(),
        measure: measure.id,
        group: "overall".to_owned(),
        level: "all".to_owned(),
        at: format!("minus {}", settings.reference),
        estimate: None,
        low: None,
        high: None,
        theory: None,
        shrunk: None,
        n: tally.n,
        events: tally.events,
        rests_on: measure.rests.counts(tally.n, tally.events, super::Flagged::default()),
        households: Vec::new(),
        status: Status::Undefined,
        reason: None,
        convention: measure.convention,
    };
    match (candidate.estimates[a], reference.estimates[b]) {
        (Ok(x), Ok(y)) => {
            let pairs = candidate.column(a).zip(reference.column(b)).map(|(x, y)| Some(x? - y?));
            fill(&mut row, x - y, interval(measure.spread, x - y, pairs), false);
        }
        (Err(reason), _) | (_, Err(reason)) => row.reason = Some(reason.to_owned()),
    }
    Some(row)
}

#[cfg(test)]
mod tests {
    use super::{Answer, answer};
    use crate::evaluate::{Row, Status};

    fn judge(estimate: f64, low: f64, high: f64) -> Answer {
        let numbers = (Some(estimate), Some(low), Some(high));
        answer(&row(numbers), 0.02)
    }

    fn row((estimate, low, high): (Option<f64>, Option<f64>, Option<f64>)) -> Row {
        Row {
            model: "m".to_owned(),
            split: "s".to_owned(),
            measure: super::measures::average_precision_difference::MEASURE.id,
            group: "overall".to_owned(),
            level: "all".to_owned(),
            at: String::new(),
            estimate,
            low,
            high,
            theory: None,
            shrunk: None,
            n: 100,
            events: 50,
            rests_on: Vec::new(),
            households: Vec::new(),
            status: Status::Ok,
            reason: None,
            convention: "",
        }
    }

    #[test]
    fn the_rule() {
        assert_eq!(judge(0.0, -0.01, 0.019), Answer::NoBetter);
        assert_eq!(judge(0.01, 0.001, 0.019), Answer::NoBetter, "surely better, but not by enough to matter");
        assert_eq!(judge(0.02, 0.001, 0.03), Answer::Better);
        assert_eq!(judge(0.019, 0.001, 0.04), Answer::CannotSay, "the gain itself is too small");
        assert_eq!(judge(0.04, 0.03, 0.05), Answer::Better);
        assert_eq!(judge(0.03, 0.0, 0.05), Answer::CannotSay);
        assert_eq!(judge(0.03, -0.01, 0.05), Answer::CannotSay);
        assert_eq!(answer(&row((None, None, None)), 0.02), Answer::CannotSay);
    }
}
