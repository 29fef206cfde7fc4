//! One `<Child>` as written: the texts of the elements that are read, not yet judged.
//!
//! Nothing here can be printed: a record holds the authority's own number of the child until it is replaced by a running
//! number in [`super::stack`].

use super::super::FileError;
use super::xml::{Visit, Xml};

/// The text of an element.
#[derive(Default, PartialEq, Eq)]
pub(super) enum Cell {
    /// No element, or an empty one.
    #[default]
    Nothing,
    /// A text.
    Text(String),
    /// The element occurs more than once, with different texts.
    Contradiction,
}

/// A child.
#[derive(Default)]
pub(super) struct Child {
    pub(super) id: Cell,
    pub(super) birth: Cell,
    pub(super) expected: Cell,
    pub(super) sex: Cell,
    pub(super) gender: Cell,
    pub(super) death: Cell,
    pub(super) ethnicity: Cell,
    pub(super) disabilities: Vec<Cell>,
    pub(super) details: Vec<Details>,
}

/// A `<CINdetails>`: one episode.
#[derive(Default)]
pub(super) struct Details {
    pub(super) referral: Cell,
    pub(super) source: Cell,
    pub(super) need: Cell,
    pub(super) closure: Cell,
    pub(super) reason: Cell,
    pub(super) conference: Cell,
    pub(super) nfa: Cell,
    pub(super) assessments: Vec<Assessment>,
    pub(super) plans: Vec<Plan>,
    pub(super) section47: Vec<Section47>,
    pub(super) protections: Vec<Protection>,
}

/// An `<Assessments>`.
#[derive(Default)]
pub(super) struct Assessment {
    pub(super) start: Cell,
    pub(super) end: Cell,
    pub(super) factors: Vec<Cell>,
}

/// A `<CINPlanDates>`.
#[derive(Default)]
pub(super) struct Plan {
    pub(super) start: Cell,
    pub(super) end: Cell,
}

/// A `<Section47>`.
#[derive(Default)]
pub(super) struct Section47 {
    pub(super) start: Cell,
    pub(super) conference: Cell,
}

/// A `<ChildProtectionPlans>`.
#[derive(Default)]
pub(super) struct Protection {
    pub(super) start: Cell,
    pub(super) end: Cell,
    pub(super) category: Cell,
}

type Read = Result<Visit, FileError>;

/// Calls `found` with each child of a file, in order; the header is passed over.
pub(super) fn children(
    xml: &mut Xml<'_>,
    found: &mut dyn FnMut(&mut Xml<'_>, Child),
) -> Result<(), FileError> {
    let mut headers = 0;
    let _end = xml.each("Message", &mut |xml, name| match name {
        // The first was read before; a second one is reported.
        "Header" if headers == 0 => {
            headers += 1;
            xml.pass_over(name)?;
            Ok(Visit::Read)
        }
        "Children" => xml.each("Children", &mut |xml, name| {
            if name != "Child" {
                return Ok(Visit::NotHere);
            }
            xml.child += 1;
            let mut record = Child::default();
            child(xml, &mut record)?;
            found(xml, record);
            Ok(Visit::Read)
        }),
        _ => Ok(Visit::NotHere),
    })?;
    xml.finish()
}

fn fill(xml: &mut Xml<'_>, name: &'static str, cell: &mut Cell) -> Read {
    let text = xml.text(name)?;
    if !text.is_empty() {
        let new = Cell::Text(text);
        *cell = if *cell == Cell::Nothing || *cell == new { new } else { Cell::Contradiction };
    }
    Ok(Visit::Read)
}

fn add(xml: &mut Xml<'_>, name: &'static str, cells: &mut Vec<Cell>) -> Read {
    let text = xml.text(name)?;
    if !text.is_empty() {
        cells.push(Cell::Text(text));
    }
    Ok(Visit::Read)
}

fn child(xml: &mut Xml<'_>, child: &mut Child) -> Read {
    xml.each("Child", &mut |xml, name| match name {
        "ChildIdentifiers" => xml.each("ChildIdentifiers", &mut |xml, name| match name {
            "LAchildID" => fill(xml, name, &mut child.id),
            "PersonBirthDate" => fill(xml, name, &mut child.birth),
            "ExpectedPersonBirthDate" => fill(xml, name, &mut child.expected),
            "Sex" => fill(xml, name, &mut child.sex),
            "GenderCurrent" => fill(xml, name, &mut child.gender),
            "PersonDeathDate" => fill(xml, name, &mut child.death),
            _ => Ok(Visit::NotHere),
        }),
        "ChildCharacteristics" => xml.each("ChildCharacteristics", &mut |xml, name| match name {
            "Ethnicity" => fill(xml, name, &mut child.ethnicity),
            "Disabilities" => xml.each("Disabilities", &mut |xml, name| match name {
                "Disability" => add(xml, name, &mut child.disabilities),
                _ => Ok(Visit::NotHere),
            }),
            _ => Ok(Visit::NotHere),
        }),
        "CINdetails" => {
            let mut record = Details::default();
            let read = details(xml, &mut record)?;
            child.details.push(record);
            Ok(read)
        }
        _ => Ok(Visit::NotHere),
    })
}

fn details(xml: &mut Xml<'_>, details: &mut Details) -> Read {
    xml.each("CINdetails", &mut |xml, name| match name {
        "CINreferralDate" => fill(xml, name, &mut details.referral),
        "ReferralSource" => fill(xml, name, &mut details.source),
        "PrimaryNeedCode" => fill(xml, name, &mut details.need),
        "CINclosureDate" => fill(xml, name, &mut details.closure),
        "ReasonForClosure" => fill(xml, name, &mut details.reason),
        "DateOfInitialCPC" => fill(xml, name, &mut details.conference),
        "ReferralNFA" => fill(xml, name, &mut details.nfa),
        "Assessments" => {
            details.assessments.push(Assessment::default());
            let Some(block) = details.assessments.last_mut() else { return Ok(Visit::NotHere) };
            xml.each("Assessments", &mut |xml, name| match name {
                "AssessmentActualStartDate" => fill(xml, name, &mut block.start),
                "AssessmentAuthorisationDate" => fill(xml, name, &mut block.end),
                "FactorsIdentifiedAtAssessment" => xml.each(name, &mut |xml, name| match name {
                    "AssessmentFactors" => add(xml, name, &mut block.factors),
                    _ => Ok(Visit::NotHere),
                }),
                _ => Ok(Visit::NotHere),
            })
        }
        "CINPlanDates" | "Section47" | "ChildProtectionPlans" => dated_blocks(xml, name, details),
        _ => Ok(Visit::NotHere),
    })
}

fn dated_blocks(xml: &mut Xml<'_>, name: &'static str, details: &mut Details) -> Read {
    match name {
        "CINPlanDates" => {
            let mut block = Plan::default();
            let read = xml.each(name, &mut |xml, name| match name {
                "CINPlanStartDate" => fill(xml, name, &mut block.start),
                "CINPlanEndDate" => fill(xml, name, &mut block.end),
                _ => Ok(Visit::NotHere),
            });
            details.plans.push(block);
            read
        }
        "Section47" => {
            let mut block = Section47::default();
            let read = xml.each(name, &mut |xml, name| match name {
                "S47ActualStartDate" => fill(xml, name, &mut block.start),
                "DateOfInitialCPC" => fill(xml, name, &mut block.conference),
                _ => Ok(Visit::NotHere),
            });
            details.section47.push(block);
            read
        }
        _ => {
            let mut block = Protection::default();
            let read = xml.each(name, &mut |xml, name| match name {
                "CPPstartDate" => fill(xml, name, &mut block.start),
                "CPPendDate" => fill(xml, name, &mut block.end),
                "InitialCategoryOfAbuse" => fill(xml, name, &mut block.category),
                _ => Ok(Visit::NotHere),
            });
            details.protections.push(block);
            read
        }
    }
}
