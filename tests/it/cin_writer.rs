//! Writes a history as yearly CIN census XML, and says what of a history the census can carry.
//!
//! Both go through [`Spell`], so that what is restricted and what is written agree; neither shares code with the reader.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::Path;

use rerefer::history::{Children, Event, Events, History, NO_CODE, Source};
use rerefer::num::Day;
use rerefer::schema::Kind;
use rerefer::schema::codes::{
    ABUSE, CLOSURE, CodeList, DISABILITY, ETHNICITY, FACTOR, LEFT, NEED, SEX, SOURCE,
};

/// The censuses of one authority: first and last census year.
type Years = (i32, i32);

/// One episode as the census sees it, with only what some year's file holds.
#[derive(Clone, Debug)]
struct Spell {
    referral: Day,
    source: u8,
    need: u8,
    nfa: bool,
    closure: Option<(Day, u8)>,
    assessments: Vec<(Day, Option<Day>, BTreeSet<u8>)>,
    plans: Vec<(Day, Option<Day>)>,
    protections: Vec<(Day, Option<Day>, u8)>,
    enquiries: Vec<(Day, Option<Day>)>,
    /// A conference outside any enquiry.
    conference: Option<Day>,
    /// Census years in whose files it is.
    years: Years,
}

fn reference(year: i32) -> Day {
    Day::from_ymd(year, 3, 31).unwrap()
}

fn years_of(history: &History, authority: u16) -> Years {
    let c = &history.children;
    let own = (0..c.len()).filter(|i| c.authority[*i] == authority);
    let (from, to): (Vec<Day>, Vec<Day>) = own.map(|i| (c.observed_from[i], c.observed_to[i])).unzip();
    (from.into_iter().min().unwrap().census_year(), to.into_iter().max().unwrap().census_year())
}

/// Pairs each end, in order, with the earliest start before it that has none.
fn pair(starts: &[(Day, u8)], ends: &[Day]) -> Vec<(Day, Option<Day>, u8)> {
    let mut pairs: Vec<_> = starts.iter().map(|(start, code)| (*start, None, *code)).collect();
    for end in ends {
        if let Some(open) = pairs.iter_mut().find(|(start, e, _)| e.is_none() && start <= end) {
            open.1 = Some(*end);
        }
    }
    pairs
}

/// The episodes of a child that some file holds, by referral date.
fn spells(history: &History, child: usize) -> Vec<Spell> {
    let years = years_of(history, history.children.authority[child]);
    let mut episodes: BTreeMap<u32, Vec<Event>> = BTreeMap::new();
    for event in history.events_of(child).map(|i| history.events.get(i)) {
        episodes.entry(event.episode).or_default().push(event);
    }
    let mut spells: Vec<Spell> = episodes.values().filter_map(|events| spell(events, years)).collect();
    spells.sort_by_key(|s| s.referral);
    spells
}

fn spell(events: &[Event], years: Years) -> Option<Spell> {
    let all = |kind: Kind| events.iter().filter(move |e| e.kind == kind);
    let opening = all(Kind::Referral).next()?;
    let referral = opening.date;
    let closure = all(Kind::Closure).rfind(|e| e.date >= referral).map(|e| (e.date, e.code));
    let nfa = all(Kind::ReferralNfa).next();
    let end = closure.map(|(day, _)| day).or(nfa.map(|_| referral));
    let first = referral.census_year().max(years.0);
    let last = end.map_or(years.1, |day| day.census_year().min(years.1));
    if first > last {
        return None;
    }
    let seen = |e: &&Event| e.date >= referral && e.date <= reference(last);
    let days = |kind: Kind| all(kind).filter(seen).map(|e| e.date).collect::<Vec<_>>();
    let starts = |kind: Kind| all(kind).filter(seen).map(|e| (e.date, e.code)).collect::<Vec<_>>();
    let mut assessments: Vec<_> = pair(&starts(Kind::AssessmentStart), &days(Kind::AssessmentEnd))
        .into_iter()
        .map(|(start, end, _)| (start, end, BTreeSet::new()))
        .collect();
    for factor in all(Kind::Factor).filter(seen) {
        let holds = |a: &&mut (Day, Option<Day>, BTreeSet<u8>)| {
            a.1 == Some(factor.date) && !a.2.contains(&factor.code)
        };
        if let Some(assessment) = assessments.iter_mut().find(holds) {
            assessment.2.insert(factor.code);
        }
    }
    let mut enquiries: Vec<(Day, Option<Day>)> = days(Kind::S47).into_iter().map(|d| (d, None)).collect();
    let mut conference = None;
    for day in days(Kind::Icpc) {
        match enquiries.iter_mut().find(|(start, held)| held.is_none() && *start <= day) {
            Some(enquiry) => enquiry.1 = Some(day),
            None => conference = conference.or(Some(day)),
        }
    }
    let mut spell = Spell {
        referral,
        source: opening.code,
        need: all(Kind::Need).next().map_or(NO_CODE, |e| e.code),
        nfa: nfa.is_some(),
        closure: closure.filter(|(day, _)| *day <= reference(last)),
        assessments,
        plans: pair(&starts(Kind::CinPlanStart), &days(Kind::CinPlanEnd))
            .into_iter()
            .map(|p| (p.0, p.1))
            .collect(),
        protections: pair(&starts(Kind::CpStart), &days(Kind::CpEnd)),
        enquiries,
        conference,
        years: (first, last),
    };
    once(&mut spell.assessments);
    once(&mut spell.plans);
    once(&mut spell.protections);
    once(&mut spell.enquiries);
    Some(spell)
}

/// The census cannot tell two blocks apart that are the same.
fn once<T: PartialEq + Clone>(blocks: &mut Vec<T>) {
    let all = std::mem::take(blocks);
    for block in all {
        if !blocks.contains(&block) {
            blocks.push(block);
        }
    }
}

fn died(history: &History, child: usize, spells: &[Spell]) -> Option<Day> {
    let reason = LEFT.get(history.children.left_reason[child])?;
    let last = spells.iter().map(|s| s.years.1).max()?;
    history.children.left_on[child].filter(|day| reason.code == "died" && *day <= reference(last))
}

/// What of a history the CIN census can carry, as reading the census would give it.
pub(crate) fn restrict_to_cin(history: &History) -> History {
    let (mut children, mut events) = (Children::default(), Events::default());
    let c = &history.children;
    for i in 0..c.len() {
        let spells = spells(history, i);
        if spells.is_empty() {
            continue;
        }
        let number = u32::try_from(children.len()).unwrap();
        let years = years_of(history, c.authority[i]);
        let own: Vec<Event> = spells
            .iter()
            .enumerate()
            .flat_map(|(e, s)| events_of(s, number, number * 1000 + u32::try_from(e).unwrap()))
            .collect();
        let (left_on, left_reason) = left(died(history, i, &spells), &own);
        own.into_iter().for_each(|event| events.push(event));
        children.id.push(c.id[i]);
        children.birth_month.push(c.birth_month[i]);
        children.sex.push(c.sex[i]);
        children.ethnicity.push(c.ethnicity[i]);
        children.disabilities.push(c.disabilities[i]);
        children.household.push(number);
        children.authority.push(c.authority[i]);
        children.observed_from.push(Day::from_ymd(years.0 - 1, 4, 1).unwrap());
        children.observed_to.push(reference(years.1));
        children.left_on.push(left_on);
        children.left_reason.push(left_reason);
    }
    let authorities = (0..history.authorities.len()).map(|a| lea(history, a)).collect();
    History::new(children, events, authorities, Source::default())
}

fn events_of(s: &Spell, child: u32, episode: u32) -> Vec<Event> {
    let on = |kind, date: Day, code| Event { child, date, known_on: date, kind, code, episode };
    let mut events = vec![on(Kind::Referral, s.referral, s.source)];
    let ended = s.assessments.iter().filter_map(|a| a.1).min();
    let closed = s.closure.map(|(day, _)| day);
    if s.need != NO_CODE {
        let known_on = ended.or(closed).unwrap_or(reference(s.years.1));
        events.push(Event { known_on, ..on(Kind::Need, s.referral, s.need) });
    }
    if s.nfa {
        events.push(on(Kind::ReferralNfa, closed.unwrap_or(s.referral), NO_CODE));
    }
    for (start, end, factors) in &s.assessments {
        events.push(on(Kind::AssessmentStart, *start, NO_CODE));
        events.extend(end.map(|end| on(Kind::AssessmentEnd, end, NO_CODE)));
        events.extend(factors.iter().filter_map(|f| Some(on(Kind::Factor, (*end)?, *f))));
    }
    for (start, end) in &s.plans {
        events.push(on(Kind::CinPlanStart, *start, NO_CODE));
        events.extend(end.map(|end| on(Kind::CinPlanEnd, end, NO_CODE)));
    }
    for (start, end, category) in &s.protections {
        events.push(on(Kind::CpStart, *start, *category));
        events.extend(end.map(|end| on(Kind::CpEnd, end, NO_CODE)));
    }
    events.extend(s.enquiries.iter().map(|(day, _)| on(Kind::S47, *day, NO_CODE)));
    let conferences: BTreeSet<Day> = s.enquiries.iter().filter_map(|e| e.1).chain(s.conference).collect();
    events.extend(conferences.into_iter().map(|day| on(Kind::Icpc, day, NO_CODE)));
    events.extend(s.closure.map(|(day, reason)| on(Kind::Closure, day, reason)));
    events
}

fn left(died: Option<Day>, events: &[Event]) -> (Option<Day>, u8) {
    let place = |reason: &str| LEFT.find(reason).unwrap();
    if died.is_some() {
        return (died, place("died"));
    }
    let last = events.iter().map(|e| e.date).max();
    let closures = events.iter().filter(|e| e.kind == Kind::Closure && Some(e.date) == last);
    let Some(closure) = closures.max_by_key(|e| e.episode) else { return (None, NO_CODE) };
    if events.iter().any(|e| e.kind == Kind::Referral && Some(e.date) == last && e.episode != closure.episode)
    {
        return (None, NO_CODE);
    }
    let reason = match CLOSURE.get(closure.code).map(|c| c.code) {
        Some("RC1") => "adopted",
        Some("RC2") => "died",
        Some("RC5") => "transferred",
        Some("RC6") => "adult-services",
        _ => return (None, NO_CODE),
    };
    (last, place(reason))
}

fn lea(history: &History, authority: usize) -> String {
    let name = &history.authorities[authority];
    let is_code = name.len() == 3 && name.bytes().all(|b| b.is_ascii_digit());
    if is_code { name.clone() } else { format!("{}", 201 + authority) }
}

/// Writes `LEA_YEAR.xml` for every authority and census year: every episode open at any time in the year, or referred
/// in it, with what was recorded up to its reference date. Layouts change with the year as the census did.
pub(crate) fn write_census(history: &History, folder: &Path) {
    for authority in 0..history.authorities.len() {
        let number = u16::try_from(authority).unwrap();
        let years = years_of(history, number);
        for year in years.0..=years.1 {
            let mut xml = String::new();
            // The namespace of some systems' exports, and none in others.
            let root = if year % 2 == 0 { "Message xmlns=\"urn:example:cin\"" } else { "Message" };
            write!(
                xml,
                "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<{root}><Header><CollectionDetails><Collection>CIN</Collection>\
                 <Year>{year}</Year><ReferenceDate>{}</ReferenceDate></CollectionDetails><Source><SourceLevel>L</SourceLevel>\
                 <LEA>{}</LEA></Source></Header>\n<Children>\n",
                reference(year),
                lea(history, authority)
            )
            .unwrap();
            for child in (0..history.children.len()).filter(|c| history.children.authority[*c] == number) {
                write_child(&mut xml, history, child, year);
            }
            xml.push_str("</Children></Message>\n");
            rerefer::io::atomic::write(
                &folder.join(format!("{}_{year}.xml", lea(history, authority))),
                xml.as_bytes(),
            )
            .unwrap();
        }
    }
}

fn tag(xml: &mut String, name: &str, text: impl std::fmt::Display) {
    write!(xml, "<{name}>{text}</{name}>").unwrap();
}

fn code(xml: &mut String, name: &str, list: &CodeList, place: u8) {
    if let Some(code) = list.get(place) {
        tag(xml, name, code.code);
    }
}

fn date(xml: &mut String, name: &str, day: Option<Day>, up_to: Day) {
    if let Some(day) = day.filter(|day| *day <= up_to) {
        tag(xml, name, day);
    }
}

fn write_child(xml: &mut String, history: &History, child: usize, year: i32) {
    let all = spells(history, child);
    let here: Vec<&Spell> = all.iter().filter(|s| (s.years.0..=s.years.1).contains(&year)).collect();
    if here.is_empty() {
        return;
    }
    let c = &history.children;
    write!(
        xml,
        "<Child><ChildIdentifiers><LAchildID>X{:07}</LAchildID><UPN>A123456789123</UPN>",
        c.id[child]
    )
    .unwrap();
    if let Some(birth) = c.birth_month[child] {
        tag(xml, if birth > reference(year) { "ExpectedPersonBirthDate" } else { "PersonBirthDate" }, birth);
    }
    let sex = SEX.get(c.sex[child]).map(|s| s.code);
    if year >= 2025 {
        sex.into_iter().for_each(|s| tag(xml, "Sex", s));
    } else if let Some(sex) = sex {
        tag(xml, "GenderCurrent", ["1", "2", "0"][["M", "F", "U"].iter().position(|s| *s == sex).unwrap()]);
    }
    date(xml, "PersonDeathDate", died(history, child, &all), reference(year));
    xml.push_str("</ChildIdentifiers><ChildCharacteristics>");
    code(xml, "Ethnicity", &ETHNICITY, c.ethnicity[child]);
    xml.push_str("<Disabilities>");
    for place in (0..16).filter(|place| c.disabilities[child] >> place & 1 == 1) {
        code(xml, "Disability", &DISABILITY, place);
    }
    xml.push_str("</Disabilities></ChildCharacteristics>\n");
    here.into_iter().for_each(|s| write_details(xml, s, reference(year)));
    xml.push_str("</Child>\n");
}

fn write_details(xml: &mut String, s: &Spell, up_to: Day) {
    xml.push_str("<CINdetails>");
    tag(xml, "CINreferralDate", s.referral);
    code(xml, "ReferralSource", &SOURCE, s.source);
    code(xml, "PrimaryNeedCode", &NEED, s.need);
    // Some systems write this one before, some after the closure; and each its own form of true and false.
    let nfa = |xml: &mut String| {
        let forms = [["false", "0"], ["TRUE", "1"]][usize::from(s.nfa)];
        tag(xml, "ReferralNFA", forms[usize::from(up_to.0 % 2 == 0)]);
    };
    if s.referral.0 % 2 == 0 {
        nfa(xml);
    }
    if let Some((day, reason)) = s.closure.filter(|(day, _)| *day <= up_to) {
        tag(xml, "CINclosureDate", day);
        code(xml, "ReasonForClosure", &CLOSURE, reason);
    }
    date(xml, "DateOfInitialCPC", s.conference, up_to);
    for (start, end, factors) in s.assessments.iter().filter(|a| a.0 <= up_to) {
        xml.push_str("<Assessments>");
        tag(xml, "AssessmentActualStartDate", start);
        date(xml, "AssessmentAuthorisationDate", *end, up_to);
        xml.push_str("<FactorsIdentifiedAtAssessment>");
        for factor in factors.iter().filter(|_| end.is_some_and(|end| end <= up_to)) {
            code(xml, "AssessmentFactors", &FACTOR, *factor);
        }
        xml.push_str("</FactorsIdentifiedAtAssessment></Assessments>");
    }
    for (start, end) in s.plans.iter().filter(|p| p.0 <= up_to) {
        xml.push_str("<CINPlanDates>");
        tag(xml, "CINPlanStartDate", start);
        date(xml, "CINPlanEndDate", *end, up_to);
        xml.push_str("</CINPlanDates>");
    }
    for (start, held) in s.enquiries.iter().filter(|e| e.0 <= up_to) {
        xml.push_str("<Section47>");
        tag(xml, "S47ActualStartDate", start);
        date(xml, "DateOfInitialCPC", *held, up_to);
        xml.push_str("<ICPCnotRequired>false</ICPCnotRequired></Section47>");
    }
    if s.referral.0 % 2 != 0 {
        nfa(xml);
    }
    for (start, end, category) in s.protections.iter().filter(|p| p.0 <= up_to) {
        xml.push_str("<ChildProtectionPlans>");
        tag(xml, "CPPstartDate", start);
        date(xml, "CPPendDate", *end, up_to);
        code(xml, "InitialCategoryOfAbuse", &ABUSE, *category);
        xml.push_str("<NumberOfPreviousCPP>0</NumberOfPreviousCPP></ChildProtectionPlans>");
    }
    xml.push_str("</CINdetails>\n");
}

/// A child with all that belongs to it, without the numbers that stand for it and its episodes.
type Plain = (String, String, Vec<Vec<(Day, Kind, u8, Day)>>);

/// The children of a history so that two histories are equal up to relabelling exactly if this is.
pub(crate) fn unlabelled(history: &History) -> Vec<Plain> {
    let c = &history.children;
    let mut children: Vec<Plain> = (0..c.len())
        .map(|i| {
            let facts = format!(
                "{:?} {} {} {:b} {}..{} {:?} {}",
                c.birth_month[i],
                c.sex[i],
                c.ethnicity[i],
                c.disabilities[i],
                c.observed_from[i],
                c.observed_to[i],
                c.left_on[i],
                c.left_reason[i]
            );
            let mut episodes: BTreeMap<u32, Vec<_>> = BTreeMap::new();
            for e in history.events_of(i).map(|e| history.events.get(e)) {
                episodes.entry(e.episode).or_default().push((e.date, e.kind, e.code, e.known_on));
            }
            let mut episodes: Vec<_> = episodes.into_values().collect();
            episodes.iter_mut().for_each(|e| e.sort());
            episodes.sort();
            (history.authorities[usize::from(c.authority[i])].clone(), facts, episodes)
        })
        .collect();
    children.sort();
    children
}
