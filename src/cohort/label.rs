//! What came of one referral: the label and the end of its follow-up.

use super::episodes::{Episode, Standing};
use super::{Clock, Definition, IndexRow, Point};
use crate::history::History;
use crate::num::Day;
use crate::schema::Kind;

/// The index row of episode `i`, as if no rule had removed it. Where the prediction point was never reached, the
/// date of the referral stands in for it; [`super::rules`] removes such rows.
pub(super) fn row(
    history: &History,
    definition: &Definition,
    child: usize,
    episodes: &[Episode],
    i: usize,
) -> IndexRow {
    let episode = &episodes[i];
    let predict_on = match definition.point {
        Point::AtReferral => episode.referral,
        Point::AtAssessmentEnd => episode.assessment_end.unwrap_or(episode.referral),
        Point::AtClosure => episode.end.unwrap_or(episode.referral),
    };
    let clock = match definition.clock {
        Clock::FromReferral => episode.referral,
        Clock::FromClosure => predict_on,
    };
    let complete_on = clock.plus(definition.horizon_days);
    let first = first_outcome_day(definition, predict_on);
    let outcome = first_outcome(history, definition.outcome, child, episodes, first)
        .filter(|(day, _)| *day <= complete_on);
    let labelled_on = outcome.map_or(complete_on, |(_, known_on)| complete_on.max(known_on));
    let outcome = outcome.map(|(day, _)| day);
    let leaves = leaving_day(history, child).filter(|d| *d >= predict_on && *d <= complete_on);
    let competing_on = leaves.filter(|leaves| outcome.is_none_or(|o| o > *leaves));
    let outcome_on = outcome.filter(|_| competing_on.is_none());
    IndexRow {
        child: u32::try_from(child).unwrap_or(u32::MAX),
        referral_event: episode.referral_event,
        episode: episode.id,
        referral: episode.referral,
        predict_on,
        complete_on,
        labelled_on,
        label: outcome_on.is_some(),
        outcome_on,
        competing_on,
        open_throughout: episode.end.is_none_or(|end| end > complete_on),
    }
}

/// An escalation may follow a referral within hours, so at referral the day itself counts; a re-referral, and an
/// escalation after a later prediction point, must come on a later day.
pub(super) fn first_outcome_day(definition: &Definition, predict_on: Day) -> Day {
    let same_day = definition.point == Point::AtReferral && definition.outcome != Kind::Referral;
    predict_on.plus(i32::from(!same_day))
}

/// The first day on or after `from` on which the outcome came, and the day on which that was known.
fn first_outcome(
    history: &History,
    kind: Kind,
    child: usize,
    episodes: &[Episode],
    from: Day,
) -> Option<(Day, Day)> {
    let events = &history.events;
    let at = |i: usize| (events.date[i], events.known_on[i]);
    if kind == Kind::Referral {
        let counted = episodes.iter().filter(|e| e.standing == Standing::Counted);
        return counted.map(|e| at(e.referral_event)).find(|(day, _)| *day >= from);
    }
    let found = history.events_of(child).filter(|&i| events.kind[i] == kind).map(at);
    found.filter(|(day, _)| *day >= from).min()
}

/// The day on which a child stops being able to come back: the recorded day of leaving or the 18th birthday, whichever
/// is first.
fn leaving_day(history: &History, child: usize) -> Option<Day> {
    history.children.left_on[child].into_iter().chain(adult_on(history, child)).min()
}

/// The 18th birthday, taken as the first day of its month, since only the month of birth is held.
pub(super) fn adult_on(history: &History, child: usize) -> Option<Day> {
    history.children.birth_month[child].map(|b| b.plus_years(18))
}
