//! The episodes of one child, and which of their referrals count.
//!
//! `DfE`'s rule: referrals of one child on one day are one referral, and a referral received while an episode is open
//! is not a new referral. Neither is counted, as an index or as an outcome.

use crate::history::{History, NO_EPISODE};
use crate::num::Day;
use crate::schema::{Kind, codes::leaves_by};

/// Whether a referral counts as one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// It counts.
    Counted,
    /// Another referral of the same day stands for it.
    SameDay,
    /// An earlier episode was open.
    WhileOpen,
}

/// The spell that one referral opens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Episode {
    /// Its number.
    pub id: u32,
    /// Place of the referral in the history's events.
    pub referral_event: usize,
    /// Date of the referral.
    pub referral: Day,
    /// End of the first assessment.
    pub assessment_end: Option<Day>,
    /// Date of closure, or of the decision to take no further action where no closure is recorded.
    pub end: Option<Day>,
    /// When that entered the record.
    pub end_known_on: Option<Day>,
    /// Whether it was closed because the child was leaving: adopted, dead, or another service's.
    pub closed_by_leaving: bool,
    /// Whether the referral counts.
    pub standing: Standing,
    /// Whether it does not count because of an episode of which no end is recorded.
    pub under_unclosed: bool,
}

/// The episodes of the child at place `child`, by date of referral.
#[must_use]
pub fn of_child(history: &History, child: usize) -> Vec<Episode> {
    let events = &history.events;
    let range = history.events_of(child);
    let mut episodes: Vec<Episode> = range
        .clone()
        .filter(|&i| events.kind[i] == Kind::Referral)
        .map(|i| Episode {
            id: events.episode[i],
            referral_event: i,
            referral: events.date[i],
            assessment_end: None,
            end: None,
            end_known_on: None,
            closed_by_leaving: false,
            standing: Standing::Counted,
            under_unclosed: false,
        })
        .collect();
    let mut closed = vec![None; episodes.len()];
    for i in range.filter(|&i| events.episode[i] != NO_EPISODE) {
        let Some(place) = episodes.iter().position(|e| e.id == events.episode[i]) else { continue };
        let episode = &mut episodes[place];
        match events.kind[i] {
            Kind::AssessmentEnd => episode.assessment_end = episode.assessment_end.or(Some(events.date[i])),
            Kind::Closure => {
                closed[place] = Some((events.date[i], events.known_on[i]));
                episode.closed_by_leaving = leaves_by(events.code[i]).is_some();
            }
            Kind::ReferralNfa => {
                (episode.end, episode.end_known_on) = (Some(events.date[i]), Some(events.known_on[i]));
            }
            _ => {}
        }
    }
    for (episode, closed) in episodes.iter_mut().zip(closed) {
        if let Some((end, known_on)) = closed {
            (episode.end, episode.end_known_on) = (Some(end), Some(known_on));
        }
    }
    mark_standing(&mut episodes);
    episodes
}

/// Of the referrals of one day, the one whose episode lasts longest stands for all.
fn mark_standing(episodes: &mut [Episode]) {
    let lasts = |e: &Episode| e.end.unwrap_or(Day(i32::MAX));
    let mut open_until = Day(i32::MIN);
    let mut at = 0;
    while at < episodes.len() {
        let day = episodes[at].referral;
        let next = at + episodes[at..].iter().take_while(|e| e.referral == day).count();
        let longest = (at..next).rev().max_by_key(|&i| lasts(&episodes[i])).unwrap_or(at);
        for (i, episode) in episodes.iter_mut().enumerate().take(next).skip(at) {
            episode.under_unclosed = open_until == Day(i32::MAX);
            episode.standing = match i {
                _ if day < open_until => Standing::WhileOpen,
                _ if i == longest => Standing::Counted,
                _ => Standing::SameDay,
            };
        }
        open_until = (at..next).map(|i| lasts(&episodes[i])).fold(open_until, Day::max);
        at = next;
    }
}
