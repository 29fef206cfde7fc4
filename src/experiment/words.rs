//! The experiment in plain words, for the report.

use super::Experiment;
use crate::cohort::{Clock, Point};
use crate::schema::Kind;
use crate::split::Design;

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
pub fn split(experiment: &Experiment, households: bool) -> String {
    let (many, one) = if households { ("Families", "family") } else { ("Children", "child") };
    match &experiment.split {
        Design::GroupedKFold { folds } => format!(
            "{many} were split at random into {folds} groups. Each group's referrals were predicted by a model that had \
             seen only the other groups, so that no {one} was on both sides."
        ),
        Design::RollingOrigin { folds, cut_offs } => {
            let dates = cut_offs.iter().map(|day| day.in_words()).collect::<Vec<_>>().join(", ");
            format!(
                "For each cut-off date ({dates}) a model learned only from referrals whose follow-up was over by then, and \
                 was tested on referrals that came after. {many} were also split at random into {folds} groups, and each group was \
                 predicted by a model that had seen only the others, so that no {one} was on both sides."
            )
        }
    }
}
