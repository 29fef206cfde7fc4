//! The experiment in plain words, for the report.

use super::Experiment;
use super::run::Test;
use crate::cohort::{Clock, Point};
use crate::schema::Kind;
use crate::split::{Design, Windows};

/// The outcome, as it follows "the child".
#[must_use]
pub fn outcome(kind: Kind) -> String {
    match kind {
        Kind::Referral => "was referred again".to_owned(),
        Kind::S47 => "became the subject of a section 47 enquiry".to_owned(),
        Kind::CpStart => "was placed on a child protection plan".to_owned(),
        Kind::ClaStart => "became looked after".to_owned(),
        Kind::Icpc => "became the subject of a child protection conference".to_owned(),
        other => format!("had this recorded: {}", other.spec().meaning),
    }
}

/// The prediction point.
#[must_use]
pub fn point(point: Point) -> &'static str {
    match point {
        Point::AtReferral => "on the day of the referral",
        Point::AtAssessmentEnd => "on the day the assessment ended",
        Point::AtClosure => "on the day the case was closed",
    }
}

/// The clock.
#[must_use]
pub fn clock(clock: Clock) -> &'static str {
    match clock {
        Clock::FromReferral => "counted from the referral",
        Clock::FromClosure => "counted from the closing of the case",
    }
}

/// How predictions were tested; without households, children stand alone.
#[must_use]
pub fn split(experiment: &Experiment, test: Test, households: bool) -> String {
    let (many, one) = if households { ("Families", "family") } else { ("Children", "child") };
    let how = match test.design(experiment) {
        Design::GroupedKFold { folds } => format!(
            "{many} were split at random into {folds} groups. Each group's referrals were predicted by a model that had \
             seen only the other groups, so that no {one} was on both sides."
        ),
        Design::LeaveOneAuthorityOut => format!(
            "Each council\u{2019}s referrals were predicted by a model that had learned only from the other councils, and from no {one} \
             that was also known in the one tested: so it had never seen the council."
        ),
        Design::RollingOrigin { folds, cut_offs } => {
            let dates = cut_offs.iter().map(|day| day.in_words()).collect::<Vec<_>>().join(", ");
            let date = if cut_offs.len() == 1 { "the cut-off date" } else { "each cut-off date" };
            format!(
                "For {date} ({dates}) a model learned only from referrals whose follow-up was over by then, and \
                 was tested on referrals that came after. {many} were also split at random into {folds} groups, and each group was \
                 predicted by a model that had seen only the others, so that no {one} was on both sides."
            )
        }
        Design::Windows { folds, windows } => {
            let uses = (experiment.tuning.is_some(), experiment.recalibrate.is_some());
            self::windows(&windows, folds, (many, one), uses)
        }
    };
    let how = if experiment.repeats > 1 {
        format!(
            "{how} The lot by which {} fall into groups was drawn {} times; this report is of the first, and says how much the others differ.",
            many.to_lowercase(),
            experiment.repeats
        )
    } else {
        how
    };
    let how = if experiment.tuning.is_some() && !matches!(test.design(experiment), Design::Windows { .. }) {
        format!(
            "{how} Settings of models were chosen anew each time, by leaving out in turn a third of the {} to learn from; \
             referrals that were tested had no say.",
            many.to_lowercase()
        )
    } else {
        how
    };
    match (test, experiment.holdout) {
        (Test::Final(from), _) => format!(
            "This is the final test: of the referrals from {} on, which ordinary runs of this experiment leave out. {how}",
            from.in_words()
        ),
        (Test::Ordinary, Some(from)) => format!(
            "{how} Referrals from {} on are kept for a final test. They were left out, and nothing that came on record from \
             that day on was used.",
            from.in_words()
        ),
        (Test::Ordinary, None) => how,
        (Test::External { taught: (first, last), .. }, _) => format!(
            "The models were taught before, by other data: referrals from {} to {}. They were not changed, and nothing was \
             chosen by the referrals reported here. If children of these data were among those that the models learned from, \
             the results are too good.",
            first.in_words(),
            last.in_words()
        ),
    }
}

/// What each window is for, and what is not kept apart.
fn windows(
    windows: &Windows,
    folds: u16,
    (many, one): (&str, &str),
    (tunes, adjusts): (bool, bool),
) -> String {
    let [train_until, tune_until, test_from] =
        [windows.train_until, windows.tune_until, windows.test_from].map(|day| day.in_words());
    format!(
        "Time was cut into four windows. A model learned only from referrals whose follow-up was over by {train_until}. \
         Referrals from then until {tune_until} are set aside for choosing settings, and from then until {test_from} for \
         adjusting chances; of both, only those whose follow-up was over by {test_from}, so that a whole follow-up period lies \
         between them and the test. Referrals from {test_from} on were tested. {many} were also split at random into {folds} \
         groups, and each group was tested by a model that had seen only the others, so that no {one} was on both sides. \
         Before the test no such gap is kept: the follow-up of referrals set aside for choosing settings may run into the \
         time of those set aside for adjusting chances, and one {one} can be in all three windows. {}",
        used(tunes, adjusts)
    )
}

/// Which of the windows the models make use of.
fn used(tunes: bool, adjusts: bool) -> &'static str {
    match (tunes, adjusts) {
        (true, true) => "",
        (true, false) => "No chances are adjusted, so the third window is not used.",
        (false, true) => "No settings are chosen, so the second window is not used.",
        (false, false) => {
            "No settings are chosen and no chances adjusted, so the two middle windows are not used."
        }
    }
}
