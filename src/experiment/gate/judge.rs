//! The judgement: what came of each criterion, from the rows of an evaluation and nothing else.

use super::{Criterion, Gate, OVERALL, Verdict};
use crate::evaluate::{Row, Status};
use serde::{Deserialize, Serialize};

/// What came of a gate.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Judgement {
    /// Criterion by criterion, in the order of the file.
    pub criteria: Vec<Judged>,
    /// The whole: any FAIL fails, otherwise any CANNOT SAY decides.
    pub verdict: Verdict,
}

/// What came of one criterion.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Judged {
    /// The criterion.
    pub criterion: Criterion,
    /// Level by level, all referrals being one. Numbers are not repeated here: they are in the evaluation's rows.
    pub parts: Vec<Part>,
    /// As for the whole.
    pub verdict: Verdict,
}

/// What came of one criterion on one level of one grouping.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Part {
    /// Grouping.
    pub group: String,
    /// Level.
    pub level: String,
    /// The verdict.
    pub verdict: Verdict,
    /// Why.
    pub why: Why,
}

/// Why a verdict is what it is. Texts are those of the rows: fixed, never a count.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Why {
    /// The whole interval lies inside the bound.
    Inside,
    /// The whole interval lies outside.
    Outside,
    /// The interval lies across an end of the bound.
    Across,
    /// There is an estimate but no interval, with the reason if there is one.
    NoInterval(Option<String>),
    /// There is no estimate, with the reason.
    Undefined(String),
    /// It was not measured.
    NotMeasured,
}

/// Judges every criterion. A level without any referral is left out; whatever has no interval is CANNOT SAY.
#[must_use]
pub fn judge(gate: &Gate, rows: &[Row]) -> Judgement {
    let criteria: Vec<Judged> = gate
        .criteria
        .iter()
        .map(|criterion| {
            let parts: Vec<Part> = criterion.groups.iter().flat_map(|g| parts(criterion, g, rows)).collect();
            let verdict = worst(parts.iter().map(|p| p.verdict));
            Judged { criterion: criterion.clone(), parts, verdict }
        })
        .collect();
    let verdict = worst(criteria.iter().map(|c| c.verdict));
    Judgement { criteria, verdict }
}

/// Any FAIL fails; otherwise any CANNOT SAY decides, and so does nothing at all.
#[must_use]
pub fn worst(verdicts: impl IntoIterator<Item = Verdict>) -> Verdict {
    let verdicts: Vec<Verdict> = verdicts.into_iter().collect();
    if verdicts.contains(&Verdict::Fail) {
        Verdict::Fail
    } else if verdicts.is_empty() || verdicts.contains(&Verdict::CannotSay) {
        Verdict::CannotSay
    } else {
        Verdict::Pass
    }
}

fn parts(criterion: &Criterion, group: &str, rows: &[Row]) -> Vec<Part> {
    let about = |row: &&Row| criterion.is_about(&row.model, row.measure, &row.at) && row.group == group;
    let parts: Vec<Part> =
        rows.iter().filter(about).filter(|row| row.n > 0).map(|row| part(criterion, row)).collect();
    if !parts.is_empty() {
        return parts;
    }
    let level = if group == OVERALL { "all" } else { "" };
    vec![Part {
        group: group.to_owned(),
        level: level.to_owned(),
        verdict: Verdict::CannotSay,
        why: Why::NotMeasured,
    }]
}

fn part(criterion: &Criterion, row: &Row) -> Part {
    let (verdict, why) = match (row.status, row.estimate, row.low.zip(row.high)) {
        (Status::Ok, Some(_), Some((low, high))) => match criterion.bound.judge(low, high) {
            Verdict::Pass => (Verdict::Pass, Why::Inside),
            Verdict::Fail => (Verdict::Fail, Why::Outside),
            Verdict::CannotSay => (Verdict::CannotSay, Why::Across),
        },
        (Status::Ok, Some(_), None) => (Verdict::CannotSay, Why::NoInterval(row.reason.clone())),
        _ => {
            let reason = row.reason.clone().unwrap_or_else(|| "it is not defined".to_owned());
            (Verdict::CannotSay, Why::Undefined(reason))
        }
    };
    Part { group: row.group.clone(), level: row.level.clone(), verdict, why }
}

#[cfg(test)]
mod tests {
    use super::super::Bound;
    use super::*;

    fn row(measure: &'static str, at: &str, place: (&str, &str), numbers: Option<(f64, f64, f64)>) -> Row {
        Row {
            model: "logistic".to_owned(),
            split: "final-test".to_owned(),
            measure,
            group: place.0.to_owned(),
            level: place.1.to_owned(),
            at: at.to_owned(),
            estimate: numbers.map(|n| n.0),
            low: numbers.map(|n| n.1),
            high: numbers.map(|n| n.2),
            theory: None,
            shrunk: None,
            n: 100,
            events: 30,
            rests_on: Vec::new(),
            households: Vec::new(),
            status: if numbers.is_some() { Status::Ok } else { Status::Undefined },
            reason: numbers.is_none().then(|| "fewer than 10 referrals with the outcome".to_owned()),
            convention: "",
        }
    }

    fn criterion(measure: &str, at: &str, groups: &[&str], bound: Bound) -> Criterion {
        Criterion {
            measure: measure.to_owned(),
            model: "logistic".to_owned(),
            groups: groups.iter().map(|g| (*g).to_owned()).collect(),
            at: at.to_owned(),
            bound,
        }
    }

    fn all(criteria: Vec<Criterion>, rows: &[Row]) -> (Verdict, Vec<Verdict>) {
        let judgement = judge(&Gate { criteria }, rows);
        (judgement.verdict, judgement.criteria.iter().map(|c| c.verdict).collect())
    }

    const ALL: (&str, &str) = ("overall", "all");

    #[test]
    fn one_fail_fails_and_otherwise_one_cannot_say_decides() {
        use Verdict::{CannotSay, Fail, Pass};
        let rows = [
            row("average-precision", "", ALL, Some((0.7, 0.66, 0.74))),
            row("calibration-slope", "", ALL, Some((0.95, 0.8, 1.2))),
            row("brier", "", ALL, Some((0.2, 0.19, 0.21))),
        ];
        let ap = || criterion("average-precision", "", &["overall"], Bound::AtLeast(0.65));
        let slope = || criterion("calibration-slope", "", &["overall"], Bound::Between(0.9, 1.1));
        let brier = || criterion("brier", "", &["overall"], Bound::AtMost(0.15));
        assert_eq!(all(vec![ap()], &rows), (Pass, vec![Pass]));
        assert_eq!(all(vec![ap(), slope()], &rows), (CannotSay, vec![Pass, CannotSay]));
        assert_eq!(all(vec![slope(), brier(), ap()], &rows), (Fail, vec![CannotSay, Fail, Pass]));
        assert_eq!(worst([]), CannotSay, "nothing shown is no pass");
    }

    #[test]
    fn every_level_with_a_referral_must_meet_it() {
        let mut rows = vec![
            row("observed-over-expected", "", ("sex", "female"), Some((1.0, 0.9, 1.1))),
            row("observed-over-expected", "", ("sex", "male"), Some((1.0, 0.85, 1.2))),
            row("observed-over-expected", "", ("sex", "not recorded"), None),
            row("observed-over-expected", "", ("age-band", "under 1"), Some((2.0, 1.5, 2.5))),
            row("observed-over-expected", "", ALL, Some((2.0, 1.5, 2.5))),
        ];
        rows[2].n = 0;
        let sex = criterion("observed-over-expected", "", &["sex"], Bound::Between(0.8, 1.25));
        let judged = judge(&Gate { criteria: vec![sex.clone()] }, &rows);
        assert_eq!(judged.verdict, Verdict::Pass, "a level without referrals is left out");
        assert_eq!(judged.criteria[0].parts.len(), 2);
        rows[2].n = 7;
        let judged = judge(&Gate { criteria: vec![sex.clone()] }, &rows);
        assert_eq!(judged.verdict, Verdict::CannotSay);
        let why = Why::Undefined("fewer than 10 referrals with the outcome".to_owned());
        assert_eq!(judged.criteria[0].parts[2].why, why);
        let both = Criterion { groups: vec!["sex".to_owned(), "age-band".to_owned()], ..sex };
        assert_eq!(all(vec![both], &rows).0, Verdict::Fail);
    }

    #[test]
    fn no_interval_no_row_and_another_place_are_cannot_say() {
        let mut rows = vec![row("ppv", "top 10%", ALL, Some((0.4, 0.3, 0.5)))];
        let at = |at: &str| criterion("ppv", at, &["overall"], Bound::AtLeast(0.2));
        let why = |criterion: Criterion, rows: &[Row]| {
            let judged = judge(&Gate { criteria: vec![criterion] }, rows);
            (judged.verdict, judged.criteria[0].parts[0].why.clone())
        };
        assert_eq!(why(at("top 10%"), &rows), (Verdict::Pass, Why::Inside));
        assert_eq!(why(at("top 20%"), &rows), (Verdict::CannotSay, Why::NotMeasured));
        rows[0].low = None;
        assert_eq!(why(at("top 10%"), &rows), (Verdict::CannotSay, Why::NoInterval(None)));
    }

    #[test]
    fn a_difference_is_found_whatever_it_is_against() {
        let rows = [row("average-precision-difference", "minus counts", ALL, Some((0.02, 0.01, 0.03)))];
        let better = criterion("average-precision-difference", "", &["overall"], Bound::AtLeast(0.0));
        assert_eq!(all(vec![better], &rows).0, Verdict::Pass);
    }
}
