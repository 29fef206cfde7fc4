//! A `<CINdetails>`, judged: an episode with its dates in an order that can be.

use super::blocks::once;
use super::judge::{Found, Judge, Spot};
use super::record;
use super::rules;
use crate::num::Day;
use crate::schema::codes::{CLOSURE, CodeList, NEED, SOURCE};

/// Days before the birth that a referral can lie: 40 weeks.
const BEFORE_BIRTH: i32 = 280;

/// A judged episode. Every date is on or after the referral and on or before the reference date.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Episode {
    pub(super) referral: Day,
    pub(super) source: u8,
    pub(super) need: u8,
    pub(super) nfa: bool,
    /// Day and reason.
    pub(super) closure: Option<(Day, u8)>,
    /// Conference recorded outside any section 47 enquiry.
    pub(super) conference: Option<Day>,
    pub(super) assessments: Vec<Assessment>,
    pub(super) plans: Vec<Plan>,
    pub(super) section47: Vec<Section47>,
    pub(super) protections: Vec<Protection>,
    /// Reference date of the latest file that holds it.
    pub(super) seen: Day,
}

/// An assessment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Assessment {
    pub(super) start: Day,
    pub(super) end: Option<Day>,
    /// Bit *i*: the *i*-th factor of the list. None without an end.
    pub(super) factors: u64,
}

/// A child in need plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Plan {
    pub(super) start: Day,
    pub(super) end: Option<Day>,
}

/// A section 47 enquiry; without a start, only its conference was usable.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Section47 {
    pub(super) start: Option<Day>,
    pub(super) conference: Option<Day>,
}

/// A child protection plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Protection {
    pub(super) start: Day,
    pub(super) end: Option<Day>,
    pub(super) category: u8,
}

/// What an episode is judged against.
#[derive(Clone, Copy, Debug)]
pub(super) struct Year {
    /// First day of the census year.
    pub(super) start: Day,
    /// Reference date.
    pub(super) reference: Day,
    /// Birth or expected birth of the child.
    pub(super) birth: Option<Day>,
    /// Its death.
    pub(super) death: Option<Day>,
}

impl Year {
    /// Judges an episode; `None` if it has no referral date that can be.
    pub(super) fn episode(&self, d: &record::Details, judge: &mut Judge<'_>) -> Option<Episode> {
        let referral = self.referral(d, judge)?;
        let nfa = self.nfa(d, referral, judge);
        let source = self.code(&d.source, &SOURCE, Spot("CINdetails", "ReferralSource", Some("8866")), judge);
        if source == Found::Nothing {
            judge.broke(&rules::R8866_MISSING);
        }
        let need = self.code(&d.need, &NEED, Spot("CINdetails", "PrimaryNeedCode", Some("8650")), judge);
        if need == Found::Nothing && !nfa {
            judge.broke(&rules::R8610);
        }
        let conference = self.conference(&d.conference, "CINdetails", referral, judge);
        let mut episode = Episode {
            referral,
            source: source.or_no_code(),
            need: need.or_no_code(),
            nfa,
            closure: self.closure(d, referral, judge),
            conference,
            assessments: d.assessments.iter().filter_map(|a| self.assessment(a, referral, judge)).collect(),
            plans: d.plans.iter().filter_map(|p| self.plan(p, referral, judge)).collect(),
            section47: d.section47.iter().filter_map(|s| self.section47(s, referral, judge)).collect(),
            protections: d.protections.iter().filter_map(|p| self.protection(p, referral, judge)).collect(),
            seen: self.reference,
        };
        once(&mut episode.assessments, &rules::SAME_ASSESSMENT, judge);
        once(&mut episode.plans, &rules::SAME_PLAN, judge);
        once(&mut episode.section47, &rules::SAME_SECTION47, judge);
        once(&mut episode.protections, &rules::SAME_PROTECTION, judge);
        episode.together(judge);
        Some(episode)
    }

    fn referral(&self, d: &record::Details, judge: &mut Judge<'_>) -> Option<Day> {
        let found = judge.day(&d.referral, Spot("CINdetails", "CINreferralDate", Some("8600")));
        if found == Found::Nothing {
            judge.broke(&rules::R8600_MISSING);
        }
        let referral = found.value()?;
        if referral > self.reference {
            judge.broke(&rules::R8600_LATE);
            return None;
        }
        if self.birth.is_some_and(|birth| referral < birth.plus(-BEFORE_BIRTH)) {
            judge.broke(&rules::R8606);
            return None;
        }
        if self.death.is_some_and(|death| referral > death) {
            judge.broke(&rules::R8555);
        }
        Some(referral)
    }

    fn nfa(&self, d: &record::Details, referral: Day, judge: &mut Judge<'_>) -> bool {
        let nfa = match judge.yes_no(&d.nfa, Spot("CINdetails", "ReferralNFA", Some("8568"))) {
            Ok(Some(nfa)) => nfa,
            Ok(None) => {
                judge.broke(&rules::R8568_MISSING);
                false
            }
            Err(()) => {
                judge.broke(&rules::R8568_INVALID);
                false
            }
        };
        if nfa && referral < working_day_before(self.start) {
            judge.broke(&rules::R8569);
        }
        nfa
    }

    pub(super) fn code(
        &self,
        cell: &record::Cell,
        list: &CodeList,
        spot: Spot,
        judge: &mut Judge<'_>,
    ) -> Found<u8> {
        let found = judge.code(cell, list, spot);
        judge.too_new(found.or_no_code(), list, self.reference.census_year(), spot);
        found
    }

    fn closure(&self, d: &record::Details, referral: Day, judge: &mut Judge<'_>) -> Option<(Day, u8)> {
        let found = judge.day(&d.closure, Spot("CINdetails", "CINclosureDate", Some("8620"))).value();
        let closed = found.filter(|closed| {
            let broken = if *closed < referral {
                Some(&rules::R8630)
            } else if *closed > self.reference {
                Some(&rules::R8620)
            } else {
                None
            };
            broken.into_iter().for_each(|rule| judge.broke(rule));
            broken.is_none()
        });
        let spot = Spot("CINdetails", "ReasonForClosure", Some("8640"));
        let reason = self.code(&d.reason, &CLOSURE, spot, judge);
        match (closed, reason) {
            (None, Found::Value(_)) => judge.broke(&rules::R8810),
            (Some(_), Found::Nothing) => judge.broke(&rules::R8805),
            _ => {}
        }
        if closed.is_some_and(|closed| closed < self.start) {
            judge.broke(&rules::R8620_EARLY);
        }
        let died = CLOSURE.find("RC2");
        if closed.is_some() && reason.value().is_some() && reason.value() == died && self.death.is_none() {
            judge.broke(&rules::R8585);
        }
        closed.map(|closed| (closed, reason.or_no_code()))
    }
}

impl Episode {
    /// The days on which a conference was held, each once, in order.
    pub(super) fn conferences(&self) -> Vec<Day> {
        let mut days: Vec<Day> =
            self.section47.iter().filter_map(|s| s.conference).chain(self.conference).collect();
        days.sort();
        days.dedup();
        days
    }

    /// Reports what the facts of the episode say together.
    fn together(&self, judge: &mut Judge<'_>) {
        if self.nfa {
            if !self.assessments.is_empty() || !self.section47.is_empty() || self.conference.is_some() {
                judge.broke(&rules::R8831);
            }
            if !self.protections.is_empty() {
                judge.broke(&rules::R8832);
            }
            if !self.plans.is_empty() {
                judge.broke(&rules::R4000);
            }
        }
        if self.conference.is_some() && self.section47.iter().any(|s| s.conference.is_some()) {
            judge.broke(&rules::R2884);
        }
        let Some((closed, _)) = self.closure else { return };
        let starts =
            self.assessments.iter().map(|a| a.start).chain(self.assessments.iter().filter_map(|a| a.end));
        let plans = self.plans.iter().map(|p| p.start).chain(self.plans.iter().filter_map(|p| p.end));
        let protections =
            self.protections.iter().map(|p| p.start).chain(self.protections.iter().filter_map(|p| p.end));
        let enquiries = self.section47.iter().filter_map(|s| s.start).chain(self.conferences());
        if starts.chain(plans).chain(protections).chain(enquiries).any(|day| day > closed) {
            judge.broke(&rules::R8565);
        }
    }
}

/// The last day before `day` that is no Saturday or Sunday (bank holidays are not known here).
fn working_day_before(day: Day) -> Day {
    // 1970-01-01 was a Thursday.
    let weekday = |day: Day| (day.0 + 3).rem_euclid(7);
    let mut before = day.plus(-1);
    while weekday(before) > 4 {
        before = before.plus(-1);
    }
    before
}
