//! The canonical tables as data: every column, event kind and code with its meaning, its constraint, when it is
//! known and whether the CIN census can carry it.
//!
//! Reading, messages, the simulator and the data dictionary are all driven by these tables. To add a code, edit
//! [`codes`]; to add an event kind, add a row to [`KINDS`] and a variant to [`Kind`]; to add a column, edit
//! [`tables`].

pub mod codes;
pub mod dictionary;
pub mod tables;

use codes::CodeList;

/// An event kind. The order is the order of events within one day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
#[expect(missing_docs, reason = "each kind is documented in KINDS")]
pub enum Kind {
    Contact,
    EarlyHelpStart,
    EarlyHelpEnd,
    Referral,
    Need,
    ReferralNfa,
    AssessmentStart,
    AssessmentEnd,
    Factor,
    S47,
    Icpc,
    CinPlanStart,
    CinPlanEnd,
    CpStart,
    CpEnd,
    ClaStart,
    ClaEnd,
    Closure,
}

/// What the schema says of one event kind.
#[derive(Debug)]
pub struct KindSpec {
    /// The kind.
    pub kind: Kind,
    /// Its name in the `kind` column.
    pub name: &'static str,
    /// What it records, in words.
    pub meaning: &'static str,
    /// The list its `code` is taken from; `None` if the code must be empty.
    pub codes: Option<&'static CodeList>,
    /// Whether the event must belong to an episode (the spell that one referral opens).
    pub in_episode: bool,
    /// When the fact enters the record.
    pub known: &'static str,
    /// The CIN census element that carries it, if any.
    pub cin: Option<&'static str>,
}

macro_rules! kinds {
    ($($kind:ident $name:literal $meaning:literal $codes:expr, $in_episode:literal, $known:literal, $cin:expr;)*) => {
        &[$(KindSpec { kind: Kind::$kind, name: $name, meaning: $meaning, codes: $codes, in_episode: $in_episode, known: $known, cin: $cin }),*]
    };
}

/// Every event kind, in the order of [`Kind`].
pub static KINDS: &[KindSpec] = kinds! {
    Contact "contact" "a contact that did not by itself become a referral" None, false, "on its date", None;
    EarlyHelpStart "early_help_start" "an early help episode started" None, false, "on its date", None;
    EarlyHelpEnd "early_help_end" "an early help episode ended" None, false, "on its date", None;
    Referral "referral" "a referral was received; the code is its source" Some(&codes::SOURCE), true, "on its date", Some("CINreferralDate, ReferralSource");
    Need "need" "the primary need recorded for the referral" Some(&codes::NEED), true, "when the assessment ends, or at closure without one", Some("PrimaryNeedCode, which the census holds as last recorded");
    ReferralNfa "referral_nfa" "the referral ended with no further action" None, true, "on its date, after the referral", Some("ReferralNFA");
    AssessmentStart "assessment_start" "an assessment started" None, true, "on its date", Some("AssessmentActualStartDate");
    AssessmentEnd "assessment_end" "an assessment was completed" None, true, "on its date", Some("AssessmentAuthorisationDate");
    Factor "factor" "a factor identified at the end of an assessment" Some(&codes::FACTOR), true, "when the assessment ends", Some("AssessmentFactors");
    S47 "s47" "a section 47 enquiry started" None, true, "on its date", Some("S47ActualStartDate");
    Icpc "icpc" "an initial child protection conference was held" None, true, "on its date", Some("DateOfInitialCPC");
    CinPlanStart "cin_plan_start" "a child in need plan started" None, true, "on its date", Some("CINPlanStartDate");
    CinPlanEnd "cin_plan_end" "a child in need plan ended" None, true, "on its date", Some("CINPlanEndDate");
    CpStart "cp_start" "a child protection plan started; the code is its first category of abuse" Some(&codes::ABUSE), true, "on its date", Some("CPPstartDate, InitialCategoryOfAbuse");
    CpEnd "cp_end" "a child protection plan ended" None, true, "on its date", Some("CPPendDate");
    ClaStart "cla_start" "the child became looked after" None, false, "on its date", None;
    ClaEnd "cla_end" "the child stopped being looked after" None, false, "on its date", None;
    Closure "closure" "the episode was closed; the code is the reason" Some(&codes::CLOSURE), true, "on its date", Some("CINclosureDate, ReasonForClosure");
};

impl Kind {
    /// What the schema says of this kind.
    #[must_use]
    pub fn spec(self) -> &'static KindSpec {
        &KINDS[self as usize]
    }

    /// The kind called `name`, exact but for surrounding white space.
    #[must_use]
    pub fn find(name: &str) -> Option<Self> {
        KINDS.iter().find(|k| k.name == name.trim()).map(|k| k.kind)
    }

    /// The allowed names in one line, for messages.
    #[must_use]
    pub fn allowed() -> String {
        KINDS.iter().map(|k| k.name).collect::<Vec<_>>().join(", ")
    }
}

#[cfg(test)]
mod tests {
    use super::{KINDS, Kind};

    #[test]
    fn kinds_stand_at_their_own_place() {
        for (place, spec) in KINDS.iter().enumerate() {
            assert_eq!(spec.kind as usize, place);
            assert_eq!(Kind::find(spec.name), Some(spec.kind));
        }
    }
}
