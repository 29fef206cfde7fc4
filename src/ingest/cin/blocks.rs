//! The dated blocks of an episode, judged: assessments, enquiries, conferences and plans.

use super::episode::{Assessment, Plan, Protection, Section47, Year};
use super::judge::{Found, Judge, Spot};
use super::record;
use super::rules::{self, Rule};
use crate::num::Day;
use crate::schema::codes::{ABUSE, FACTOR};

/// An optional date with the rules on it.
struct Bounds {
    spot: Spot,
    missing: Option<&'static Rule>,
    early: &'static Rule,
    late: &'static Rule,
}

impl Year {
    /// A start or other single date within its bounds.
    fn bounded(
        &self,
        cell: &record::Cell,
        referral: Day,
        bounds: &Bounds,
        judge: &mut Judge<'_>,
    ) -> Option<Day> {
        let found = judge.day(cell, bounds.spot);
        if let (Found::Nothing, Some(missing)) = (found, bounds.missing) {
            judge.broke(missing);
        }
        let day = found.value()?;
        let broken = if day < referral {
            bounds.early
        } else if day > self.reference {
            bounds.late
        } else {
            return Some(day);
        };
        judge.broke(broken);
        None
    }

    pub(super) fn conference(
        &self,
        cell: &record::Cell,
        place: &'static str,
        referral: Day,
        judge: &mut Judge<'_>,
    ) -> Option<Day> {
        let spot = Spot(place, "DateOfInitialCPC", Some("8715"));
        let bounds = Bounds { spot, missing: None, early: &rules::R1104, late: &rules::R8715 };
        self.bounded(cell, referral, &bounds, judge)
    }

    pub(super) fn assessment(
        &self,
        a: &record::Assessment,
        referral: Day,
        judge: &mut Judge<'_>,
    ) -> Option<Assessment> {
        let bounds = Bounds {
            spot: Spot("Assessments", "AssessmentActualStartDate", Some("8736")),
            missing: Some(&rules::ASSESSMENT_START),
            early: &rules::R1103,
            late: &rules::R8736,
        };
        let start = self.bounded(&a.start, referral, &bounds, judge)?;
        let spot = Spot("Assessments", "AssessmentAuthorisationDate", Some("8696"));
        let bounds = Bounds { spot, missing: None, early: &rules::R8608, late: &rules::R8696 };
        let end = self.bounded(&a.end, start, &bounds, judge);
        if end.is_some_and(|end| end < self.start) {
            judge.broke(&rules::R8696_EARLY);
        }
        if end.is_none() && !a.factors.is_empty() {
            judge.broke(&rules::R8614);
        }
        let factors = end.map_or(0, |end| self.factors(&a.factors, end, judge));
        Some(Assessment { start, end, factors })
    }

    fn factors(&self, cells: &[record::Cell], end: Day, judge: &mut Judge<'_>) -> u64 {
        let mut factors = 0_u64;
        for cell in cells {
            let spot = Spot("Assessments", "AssessmentFactors", None);
            let Found::Value(place) = self.code(cell, &FACTOR, spot, judge) else { continue };
            if factors >> place & 1 == 1 {
                judge.broke(&rules::R8898);
            }
            factors |= 1 << place;
            let code = FACTOR.get(place).filter(|code| end.census_year() > code.to_year);
            match code.map(|code| code.code) {
                Some("18A") => judge.broke(&rules::R8945),
                Some("19A") => judge.broke(&rules::R8950),
                _ => {}
            }
        }
        let none = FACTOR.find("21").map_or(0, |place| 1_u64 << place);
        if factors & none != 0 && factors != none {
            judge.broke(&rules::R8869);
        }
        factors
    }

    pub(super) fn plan(&self, p: &record::Plan, referral: Day, judge: &mut Judge<'_>) -> Option<Plan> {
        let bounds = Bounds {
            spot: Spot("CINPlanDates", "CINPlanStartDate", Some("4010")),
            missing: Some(&rules::R4010),
            early: &rules::R4015,
            late: &rules::R4010_LATE,
        };
        let start = self.bounded(&p.start, referral, &bounds, judge)?;
        let spot = Spot("CINPlanDates", "CINPlanEndDate", Some("4013"));
        let bounds = Bounds { spot, missing: None, early: &rules::R4011, late: &rules::R4013 };
        let end = self.bounded(&p.end, start, &bounds, judge);
        if end == Some(start) {
            judge.broke(&rules::R4012);
        }
        Some(Plan { start, end })
    }

    pub(super) fn section47(
        &self,
        s: &record::Section47,
        referral: Day,
        judge: &mut Judge<'_>,
    ) -> Option<Section47> {
        let bounds = Bounds {
            spot: Spot("Section47", "S47ActualStartDate", Some("8740")),
            missing: Some(&rules::SECTION47_START),
            early: &rules::R2889,
            late: &rules::R8740,
        };
        let start = self.bounded(&s.start, referral, &bounds, judge);
        let conference = self.conference(&s.conference, "Section47", referral, judge);
        if start.zip(conference).is_some_and(|(start, conference)| start > conference) {
            judge.broke(&rules::R8615);
        }
        (start.is_some() || conference.is_some()).then_some(Section47 { start, conference })
    }

    pub(super) fn protection(
        &self,
        p: &record::Protection,
        referral: Day,
        judge: &mut Judge<'_>,
    ) -> Option<Protection> {
        let bounds = Bounds {
            spot: Spot("ChildProtectionPlans", "CPPstartDate", Some("8720")),
            missing: Some(&rules::R8720),
            early: &rules::R1105,
            late: &rules::R8720_LATE,
        };
        let start = self.bounded(&p.start, referral, &bounds, judge)?;
        let spot = Spot("ChildProtectionPlans", "CPPendDate", Some("8930"));
        let bounds = Bounds { spot, missing: None, early: &rules::R8925, late: &rules::R8930 };
        let end = self.bounded(&p.end, start, &bounds, judge);
        if end == Some(start) {
            judge.broke(&rules::R8840);
        }
        let spot = Spot("ChildProtectionPlans", "InitialCategoryOfAbuse", Some("8905"));
        let category = self.code(&p.category, &ABUSE, spot, judge);
        if category == Found::Nothing {
            judge.broke(&rules::R8905_MISSING);
        }
        Some(Protection { start, end, category: category.or_no_code() })
    }
}

/// Keeps each of the blocks once.
pub(super) fn once<B: PartialEq>(blocks: &mut Vec<B>, rule: &Rule, judge: &mut Judge<'_>) {
    let mut place = 1;
    while place < blocks.len() {
        if blocks[..place].contains(&blocks[place]) {
            judge.broke(rule);
            blocks.remove(place);
        } else {
            place += 1;
        }
    }
}

const _: () = assert!(FACTOR.codes.len() <= 64, "factors are held as the bits of one number");
