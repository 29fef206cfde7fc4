//! The rules by which a referral is left out, in the order they are applied.

use super::episodes::{Episode, Standing};
use super::label::{adult_on, first_outcome_day};
use super::{Definition, Index, IndexRow, Point};
use crate::history::History;
use crate::num::Day;
use crate::schema::Kind;
use std::collections::BTreeMap;

/// A reason to leave a referral out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rule {
    /// Dated before observation began: history only.
    BeforeObservation,
    /// Another referral of the same child on the same day stands for it.
    SameDay,
    /// Received while an episode of the child was open.
    OpenEpisode,
    /// The episode never reached the prediction point.
    NoPredictionPoint,
    /// The child had left before the prediction date, or was 18 by then.
    Left,
    /// The case was closed because the child was leaving: adopted, dead, or another service's.
    ClosedByLeaving,
    /// The outcome had already come by the prediction date, or the child was already in that state.
    AlreadyHappened,
    /// The horizon had run out before the prediction date.
    HorizonPassed,
    /// The end of observation came before the end of the horizon.
    ShortFollowUp,
    /// Nothing of what followed was seen: the records end too early or, with delayed entry, begin after the spell was over.
    NoFollowUp,
    /// Not the first of the child.
    NotFirst,
}

/// The rules that apply to a definition, in order.
#[must_use]
pub fn in_order(definition: &Definition) -> Vec<Rule> {
    let mut rules = vec![Rule::BeforeObservation, Rule::SameDay, Rule::OpenEpisode];
    if definition.point != Point::AtReferral {
        rules.push(Rule::NoPredictionPoint);
    }
    rules.push(Rule::Left);
    if definition.point == Point::AtClosure {
        rules.push(Rule::ClosedByLeaving);
    }
    if definition.outcome != Kind::Referral {
        rules.push(Rule::AlreadyHappened);
    }
    if definition.point != Point::AtReferral {
        rules.push(Rule::HorizonPassed);
    }
    rules.push(Rule::ShortFollowUp);
    if definition.index == Index::FirstPerChild {
        rules.push(Rule::NotFirst);
    }
    rules
}

impl Rule {
    /// Short name, as in tables.
    #[must_use]
    pub fn id(self) -> &'static str {
        match self {
            Self::BeforeObservation => "before-observation",
            Self::SameDay => "same-day",
            Self::OpenEpisode => "open-episode",
            Self::NoPredictionPoint => "no-prediction-point",
            Self::Left => "left",
            Self::ClosedByLeaving => "closed-by-leaving",
            Self::AlreadyHappened => "already-happened",
            Self::HorizonPassed => "horizon-passed",
            Self::ShortFollowUp => "short-follow-up",
            Self::NoFollowUp => "no-follow-up",
            Self::NotFirst => "not-first",
        }
    }

    /// The rule in plain words.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::BeforeObservation => "dated before the records begin to be complete (used as history only)",
            Self::SameDay => "another referral of the same child on the same day",
            Self::OpenEpisode => {
                "received while the child's case was already open (not a new referral by DfE's rule)"
            }
            Self::NoPredictionPoint => "the case never reached the point at which the prediction is made",
            Self::Left => "the child had left the authority, died or turned 18 by then",
            Self::ClosedByLeaving => {
                "the case was closed because the child was adopted, died or passed to another service"
            }
            Self::AlreadyHappened => "what is to be predicted had already happened",
            Self::HorizonPassed => "the follow-up period was over before the prediction could be made",
            Self::ShortFollowUp => {
                "the records end before the follow-up period does, so the answer is not yet known"
            }
            Self::NoFollowUp => {
                "nothing of what followed was seen: the records end too early or begin too late"
            }
            Self::NotFirst => "not the child's first",
        }
    }
}

/// The first rule, in order, that leaves this referral out. [`Rule::NotFirst`] needs the child's other referrals and
/// is not judged here.
pub(super) fn first_broken(of: Judged<'_>) -> Option<Rule> {
    in_order(of.1).into_iter().find(|rule| breaks(*rule, of))
}

/// A referral to be judged: the history, the question, the child's place, the episode and its row.
pub(super) type Judged<'a> = (&'a History, &'a Definition, usize, &'a Episode, &'a IndexRow);

/// Whether a rule leaves a referral out. [`Rule::NoFollowUp`] and [`Rule::NotFirst`] are not judged here.
pub(super) fn breaks(rule: Rule, (history, definition, child, episode, row): Judged<'_>) -> bool {
    let children = &history.children;
    match rule {
        Rule::BeforeObservation => row.referral < children.observed_from[child],
        Rule::SameDay => episode.standing == Standing::SameDay,
        Rule::OpenEpisode => episode.standing == Standing::WhileOpen,
        Rule::NoPredictionPoint => match definition.point {
            Point::AtReferral => false,
            Point::AtAssessmentEnd => episode.assessment_end.is_none(),
            Point::AtClosure => episode.end.is_none(),
        },
        // Whether a closure was the child's last is known only later, so the day of leaving itself leaves nobody out: it
        // would leave out those who did not come back and keep those who did.
        Rule::Left => {
            children.left_on[child].is_some_and(|d| d < row.predict_on)
                || adult_on(history, child).is_some_and(|d| d <= row.predict_on)
        }
        Rule::ClosedByLeaving => episode.closed_by_leaving,
        Rule::AlreadyHappened => already(history, definition, child, row),
        Rule::HorizonPassed => row.complete_on <= row.predict_on,
        // Even a referral whose outcome came early is left out, or early outcomes would be over-represented.
        Rule::ShortFollowUp => row.complete_on > children.observed_to[child],
        Rule::NoFollowUp | Rule::NotFirst => false,
    }
}

/// Whether the outcome was recorded from the referral up to the prediction, or is a state the child is already in.
fn already(history: &History, definition: &Definition, child: usize, row: &IndexRow) -> bool {
    let events = &history.events;
    let first = first_outcome_day(definition, row.predict_on);
    let end = match definition.outcome {
        Kind::CpStart => Some(Kind::CpEnd),
        Kind::ClaStart => Some(Kind::ClaEnd),
        Kind::CinPlanStart => Some(Kind::CinPlanEnd),
        Kind::EarlyHelpStart => Some(Kind::EarlyHelpEnd),
        _ => None,
    };
    let (mut days, mut since_referral) = (BTreeMap::<Day, i32>::new(), false);
    for i in history.events_of(child).filter(|&i| events.date[i] < first) {
        let started = events.kind[i] == definition.outcome;
        since_referral |= started && events.date[i] >= row.referral;
        *days.entry(events.date[i]).or_default() +=
            i32::from(started && end.is_some()) - i32::from(Some(events.kind[i]) == end);
    }
    // The end of a spell that began before the records ends nothing that is known, and must not hide a later one.
    since_referral || days.values().fold(0, |open, change| (open + change).max(0)) > 0
}
