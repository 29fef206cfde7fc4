//! The children in need census return of one authority and year, child by child.
//!
//! A return holds every episode that was open in the year, with what was recorded by 31 March: modules that began or
//! ended in an earlier year are in that year's return. It cannot hold contacts, early help, looked-after spells,
//! households, or when a fact was written down. A referral with no further action is in the return of the year in which
//! it was made, also where the decision fell days after its end; the day of the decision is then lost.

use crate::history::{Event, History, NO_CODE};
use crate::num::Day;
use crate::schema::Kind;
use crate::schema::codes::{
    ABUSE, CLOSURE, CodeList, DISABILITY, ETHNICITY, FACTOR, LEFT, NEED, SEX, SOURCE,
};
use std::fmt::Write as _;

/// First census years of child in need plans and of the element `Sex`.
const PLANS_FROM: i32 = 2022;
const SEX_FROM: i32 = 2025;

/// What ends a return.
pub(super) const TAIL: &str = "</Children>\n</Message>\n";

/// The census year: from 1 April to the reference date.
#[derive(Clone, Copy)]
struct Year {
    year: i32,
    from: Day,
    to: Day,
}

impl Year {
    fn new(year: i32) -> Self {
        let day = |year, month, day| Day::from_ymd(year, month, day).unwrap_or(Day(0));
        Self { year, from: day(year - 1, 4, 1), to: day(year, 3, 31) }
    }

    fn holds(&self, day: Day) -> bool {
        (self.from..=self.to).contains(&day)
    }
}

/// What begins a return.
pub(super) fn head(lea: &str, year: i32) -> String {
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<!-- Simulated: no row describes a real child. -->\n<Message>\n\
         <Header><CollectionDetails><Collection>CIN</Collection><Year>{year}</Year><ReferenceDate>{}</ReferenceDate>\
         </CollectionDetails><Source><SourceLevel>L</SourceLevel><LEA>{lea}</LEA><SoftwareCode>rerefer</SoftwareCode>\
         <Release>1</Release><SerialNo>001</SerialNo><DateTime>{year}-05-31T12:00:00</DateTime></Source></Header>\n\
         <Children>\n",
        Year::new(year).to
    )
}

/// Appends a child's element for a year to `out`; nothing if no episode was open in it.
pub(super) fn child(history: &History, place: usize, year: i32, out: &mut String) {
    let year = Year::new(year);
    let events: Vec<Event> = history.events_of(place).map(|i| history.events.get(i)).collect();
    let mut details = String::new();
    for referral in events.iter().filter(|e| e.kind == Kind::Referral) {
        let own = |e: &&Event| e.episode == referral.episode;
        let episode: Vec<Event> = events.iter().filter(own).copied().collect();
        let plan = |e: &&Event| e.kind == Kind::CpStart && e.date < referral.date;
        Details { events: &episode, referral, year, earlier_plans: events.iter().filter(plan).count() }
            .write(&mut details);
    }
    if !details.is_empty() {
        identifiers(history, place, year, out);
        out.push_str(&details);
        out.push_str("</Child>\n");
    }
}

fn tag(out: &mut String, name: &str, text: impl std::fmt::Display) {
    // Writing to a String cannot fail.
    let _done = write!(out, "<{name}>{text}</{name}>");
}

fn code(out: &mut String, name: &str, list: &CodeList, place: u8) {
    if let Some(code) = list.get(place) {
        tag(out, name, code.code);
    }
}

/// Who the child is. No UPN is made up, for it might be a real child's: the census has reasons for not knowing it.
fn identifiers(history: &History, place: usize, year: Year, out: &mut String) {
    let children = &history.children;
    let birth = children.birth_month[place];
    let unborn = birth.is_some_and(|birth| birth > year.to);
    let school_age = birth.is_some_and(|birth| birth.plus_years(4) <= year.to);
    out.push_str("<Child><ChildIdentifiers>");
    tag(out, "LAchildID", children.id[place]);
    tag(out, "UPNunknown", if school_age { "UN2" } else { "UN1" });
    if let Some(birth) = birth {
        tag(out, if unborn { "ExpectedPersonBirthDate" } else { "PersonBirthDate" }, birth);
    }
    let sex = SEX.get(children.sex[place]).map_or("U", |c| c.code);
    let sex = if unborn { "U" } else { sex };
    if year.year >= SEX_FROM {
        tag(out, "Sex", sex);
    } else {
        let number = match sex {
            "M" => 1,
            "F" => 2,
            _ => 0,
        };
        tag(out, "GenderCurrent", number);
    }
    let died = LEFT.get(children.left_reason[place]).is_some_and(|c| c.code == "died");
    if let Some(day) = children.left_on[place].filter(|day| died && year.holds(*day)) {
        tag(out, "PersonDeathDate", day);
    }
    out.push_str("</ChildIdentifiers><ChildCharacteristics>");
    let unknown = ETHNICITY.find("NOBT").unwrap_or(NO_CODE);
    let ethnicity = children.ethnicity[place];
    code(out, "Ethnicity", &ETHNICITY, if ethnicity == NO_CODE { unknown } else { ethnicity });
    if children.disabilities[place] != 0 {
        out.push_str("<Disabilities>");
        for bit in (0..16).filter(|bit| children.disabilities[place] >> bit & 1 == 1) {
            code(out, "Disability", &DISABILITY, bit);
        }
        out.push_str("</Disabilities>");
    }
    out.push_str("</ChildCharacteristics>\n");
}

/// One episode in one year.
struct Details<'a> {
    events: &'a [Event],
    referral: &'a Event,
    year: Year,
    earlier_plans: usize,
}

impl Details<'_> {
    /// The first event of a kind.
    fn first(&self, kind: Kind) -> Option<Event> {
        self.events.iter().find(|e| e.kind == kind).copied()
    }

    /// The same, if it is recorded by the reference date.
    fn seen(&self, kind: Kind) -> Option<Event> {
        self.first(kind).filter(|e| e.known_on <= self.year.to)
    }

    fn write(&self, out: &mut String) {
        let nfa = self.first(Kind::ReferralNfa).is_some();
        let closure = self.first(Kind::Closure);
        let begun = self.referral.date <= self.year.to;
        let open = closure.is_none_or(|e| e.known_on >= self.year.from);
        if !begun || !(if nfa { self.year.holds(self.referral.date) } else { open }) {
            return;
        }
        out.push_str("<CINdetails>");
        tag(out, "CINreferralDate", self.referral.date);
        code(out, "ReferralSource", &SOURCE, self.referral.code);
        let need = self.seen(Kind::Need).map(|e| e.code).or_else(|| NEED.find("N0")).unwrap_or(NO_CODE);
        code(out, "PrimaryNeedCode", &NEED, need);
        if let Some(closure) = self.seen(Kind::Closure) {
            tag(out, "CINclosureDate", closure.date);
            code(out, "ReasonForClosure", &CLOSURE, closure.code);
        }
        self.assessment(out);
        if self.year.year >= PLANS_FROM
            && let Some((start, end)) = self.span(Kind::CinPlanStart, Kind::CinPlanEnd)
        {
            out.push_str("<CINPlanDates>");
            tag(out, "CINPlanStartDate", start.date);
            if let Some(end) = end {
                tag(out, "CINPlanEndDate", end);
            }
            out.push_str("</CINPlanDates>");
        }
        self.enquiry(out);
        tag(out, "ReferralNFA", u8::from(nfa));
        self.protection(out);
        out.push_str("</CINdetails>\n");
    }

    /// A start and its end, if it was open in the year; an end after the reference date is not known.
    fn span(&self, start: Kind, end: Kind) -> Option<(Event, Option<Day>)> {
        let start = self.seen(start)?;
        let end = self.first(end).filter(|e| e.date >= start.date);
        if end.is_some_and(|e| e.known_on < self.year.from) {
            return None;
        }
        Some((start, end.filter(|e| e.known_on <= self.year.to).map(|e| e.date)))
    }

    fn assessment(&self, out: &mut String) {
        let Some((start, end)) = self.span(Kind::AssessmentStart, Kind::AssessmentEnd) else { return };
        out.push_str("<Assessments>");
        tag(out, "AssessmentActualStartDate", start.date);
        if let Some(end) = end {
            tag(out, "AssessmentAuthorisationDate", end);
            out.push_str("<FactorsIdentifiedAtAssessment>");
            for factor in self.events.iter().filter(|e| e.kind == Kind::Factor) {
                code(out, "AssessmentFactors", &FACTOR, factor.code);
            }
            out.push_str("</FactorsIdentifiedAtAssessment>");
        }
        out.push_str("</Assessments>");
    }

    /// An enquiry is in the return of the year in which it began, or in which its conference was held.
    fn enquiry(&self, out: &mut String) {
        let Some(enquiry) = self.seen(Kind::S47) else { return };
        let conference = self.first(Kind::Icpc);
        let held = conference.map(|e| e.date).filter(|day| *day <= self.year.to);
        if !self.year.holds(enquiry.date) && !held.is_some_and(|day| self.year.holds(day)) {
            return;
        }
        out.push_str("<Section47>");
        tag(out, "S47ActualStartDate", enquiry.date);
        if let Some(day) = held {
            tag(out, "DateOfInitialCPC", day);
        }
        tag(out, "ICPCnotRequired", u8::from(conference.is_none()));
        out.push_str("</Section47>");
    }

    fn protection(&self, out: &mut String) {
        let Some((start, end)) = self.span(Kind::CpStart, Kind::CpEnd) else { return };
        out.push_str("<ChildProtectionPlans>");
        tag(out, "CPPstartDate", start.date);
        if let Some(end) = end {
            tag(out, "CPPendDate", end);
        }
        code(out, "InitialCategoryOfAbuse", &ABUSE, start.code);
        code(out, "LatestCategoryOfAbuse", &ABUSE, start.code);
        tag(out, "NumberOfPreviousCPP", self.earlier_plans);
        out.push_str("</ChildProtectionPlans>");
    }
}
