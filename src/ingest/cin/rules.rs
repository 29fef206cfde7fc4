//! What is checked in CIN census files, as data: after the `DfE` validation rules (their numbers as of the 2024-25
//! census), with what became of the fact. An error left the fact out; a warning kept it.

use super::super::problem::Severity;

/// One rule.
#[derive(Debug)]
pub(super) struct Rule {
    pub(super) severity: Severity,
    /// `DfE` number, where there is one.
    pub(super) number: Option<&'static str>,
    /// Element in which the fact stands.
    pub(super) place: &'static str,
    /// Element of the fact.
    pub(super) column: &'static str,
    /// What was found.
    pub(super) found: &'static str,
    /// What is allowed, and what became of the fact.
    pub(super) allowed: &'static str,
}

macro_rules! rules {
    ($($name:ident $severity:ident $number:literal, $place:literal $column:literal: $found:literal, $allowed:literal;)*) => {
        $(pub(super) static $name: Rule = Rule {
            severity: Severity::$severity,
            number: if $number.is_empty() { None } else { Some($number) },
            place: $place,
            column: $column,
            found: $found,
            allowed: $allowed,
        };)*
    };
}

rules! {
    // The file.
    R100 Warning "100", "Header" "ReferenceDate": "a reference date that is not 31 March", "31 March of the census year; it was used as given";
    NO_REFERENCE Warning "100", "Header" "ReferenceDate": "nothing", "31 March of the census year; that of Year was used";
    HEADER_YEAR Warning "", "Header" "Year": "another year than that of ReferenceDate", "the year of ReferenceDate; the reference date was used";
    SAME_YEAR Error "", "Header" "ReferenceDate": "a second file of the same authority and reference date", "one file a year; only the first by name was read";

    // The child.
    R8500 Error "8500", "ChildIdentifiers" "LAchildID": "nothing", "an identifier; the child was left out";
    R8510 Error "8510", "ChildIdentifiers" "LAchildID": "a child that has more than one record in this file", "one record a child; none of the records of such a child was used";
    R1570 Warning "1570", "ChildIdentifiers" "LAchildID": "more than 20 characters", "at most 20 characters; the child was kept";
    R1580 Warning "1580", "ChildIdentifiers" "LAchildID": "characters other than letters and digits", "letters and digits; the child was kept";
    R8520 Error "8520", "ChildIdentifiers" "PersonBirthDate": "a date of birth after the reference date", "a date on or before it; the date of birth was left out";
    R8525_BOTH Warning "8525Q", "ChildIdentifiers" "PersonBirthDate": "a date of birth and an expected one", "one of the two; the date of birth was used";
    R8525_NEITHER Warning "8525Q", "ChildIdentifiers" "PersonBirthDate": "neither a date of birth nor an expected one", "one of the two; the age is missing";
    R8535 Error "8535Q", "ChildIdentifiers" "PersonDeathDate": "a death before the birth", "a date on or after the birth; the death was left out";
    DEATH_AFTER Error "8545Q", "ChildIdentifiers" "PersonDeathDate": "a death after the reference date", "a date on or before it; the death was left out";
    R8545 Warning "8545Q", "ChildIdentifiers" "PersonDeathDate": "a death before the census year", "a date in the census year; it was kept";
    R8775 Warning "8775Q", "ChildIdentifiers" "PersonBirthDate": "an age over 25 years at the reference date", "up to 25 years; it was kept";
    R4180_MISSING Warning "4180", "ChildIdentifiers" "Sex": "nothing", "M, F or U; the sex is missing";
    R4180_DIGIT Warning "4180", "ChildIdentifiers" "Sex": "a code of GenderCurrent (1, 2, 0 or 9)", "M, F or U; it was read as such";
    GENDER_LETTER Warning "4180", "ChildIdentifiers" "GenderCurrent": "a code of Sex (M, F or U)", "1, 2, 0 or 9; it was read as such";
    R8750 Warning "8750", "ChildIdentifiers" "Sex": "M or F for an unborn child", "U; it was kept";
    R4220_MISSING Warning "4220", "ChildCharacteristics" "Ethnicity": "nothing", "a code of the list; the ethnicity is missing";
    R8790 Error "8790", "Disabilities" "Disability": "NONE together with other codes", "NONE alone, or the other codes without it; the child's disabilities were left out";
    R8794 Warning "8794", "Disabilities" "Disability": "the same code twice", "each code once; it was counted once";
    R8590 Warning "8590", "Child" "CINdetails": "no episode", "at least one CINdetails; the child was kept without events";
    MERGED_BIRTH Error "8606", "ChildIdentifiers" "PersonBirthDate": "a birth that an event of another year's file precedes by more than 40 weeks", "a birth that fits all files; the date of birth was left out";

    // The episode.
    R8600_MISSING Error "8600", "CINdetails" "CINreferralDate": "nothing", "a date; the CINdetails was left out";
    R8600_LATE Error "8600", "CINdetails" "CINreferralDate": "a referral after the reference date", "a date on or before it; the CINdetails was left out";
    R8606 Error "8606", "CINdetails" "CINreferralDate": "a referral more than 40 weeks before the birth", "a later date; the CINdetails was left out";
    R8555 Warning "8555Q", "CINdetails" "CINreferralDate": "a referral after the child's death", "a date on or before it; it was kept";
    R8866_MISSING Warning "8866", "CINdetails" "ReferralSource": "nothing", "a code of the list; the referral was kept without a source";
    R8568_MISSING Warning "8568", "CINdetails" "ReferralNFA": "nothing", "true or false; no referral_nfa was recorded";
    R8568_INVALID Error "8568", "CINdetails" "ReferralNFA": "something else than true or false", "true, false, 1 or 0; no referral_nfa was recorded";
    R8569 Warning "8569Q", "CINdetails" "ReferralNFA": "no further action on a referral from before the census year", "a referral not earlier than one working day before 1 April; it was kept";
    R8610 Warning "8610", "CINdetails" "PrimaryNeedCode": "nothing, for a referral that led to further action", "a code of the list; the need is missing";
    R8620 Error "8620", "CINdetails" "CINclosureDate": "a closure after the reference date", "a date in the census year; the closure was left out and the episode counts as open";
    R8620_EARLY Warning "8620", "CINdetails" "CINclosureDate": "a closure before the census year", "a date in the census year; it was kept";
    R8630 Error "8630", "CINdetails" "CINclosureDate": "a closure before the referral", "a date on or after the referral; the closure was left out and the episode counts as open";
    R8805 Warning "8805", "CINdetails" "ReasonForClosure": "nothing, though CINclosureDate is given", "a code of the list; the closure was kept without a reason";
    R8810 Error "8810", "CINdetails" "ReasonForClosure": "a reason without a closing date that can be used", "both or neither; the reason was left out";
    R8585 Warning "8585Q", "CINdetails" "ReasonForClosure": "died, without a date of death", "PersonDeathDate as well; it was kept";
    R8815 Warning "8815", "CINdetails" "CINclosureDate": "more than one open episode of the child", "at most one without CINclosureDate; all were kept";
    R8816 Warning "8816", "CINdetails" "CINclosureDate": "an open episode that is not the child's latest", "only the latest open; it was kept";
    R8820 Warning "8820", "CINdetails" "CINreferralDate": "an episode that starts within an earlier one", "episodes that do not overlap; both were kept";
    R8831 Warning "8831", "CINdetails" "ReferralNFA": "an assessment, section 47 enquiry or conference on a referral with no further action", "neither; all was kept";
    R8832 Warning "8832", "CINdetails" "ReferralNFA": "a child protection plan on a referral with no further action", "none; both were kept";
    R4000 Warning "4000", "CINdetails" "ReferralNFA": "a child in need plan on a referral with no further action", "none; both were kept";
    R8565 Warning "8565", "CINdetails" "CINclosureDate": "activity after the closure", "nothing after it; it was kept";

    // Assessments.
    ASSESSMENT_START Error "8736", "Assessments" "AssessmentActualStartDate": "nothing", "a date; the assessment was left out";
    R1103 Error "1103", "Assessments" "AssessmentActualStartDate": "a start before the referral", "a date on or after it; the assessment was left out";
    R8736 Error "8736", "Assessments" "AssessmentActualStartDate": "a start after the reference date", "a date on or before it; the assessment was left out";
    R8608 Error "8608", "Assessments" "AssessmentAuthorisationDate": "an end before the start", "a date on or after the start; the end was left out";
    R8696 Error "8696", "Assessments" "AssessmentAuthorisationDate": "an end after the reference date", "a date in the census year; the end was left out";
    R8696_EARLY Warning "8696", "Assessments" "AssessmentAuthorisationDate": "an end before the census year", "a date in the census year; it was kept";
    R8614 Error "8614", "Assessments" "AssessmentFactors": "factors of an assessment without an end that can be used", "factors with the date on which they were known; they were left out";
    R8869 Warning "8869", "Assessments" "AssessmentFactors": "21 (no factors) together with other factors", "21 alone; all were kept";
    R8898 Warning "8898", "Assessments" "AssessmentFactors": "the same factor twice", "each factor once; it was counted once";
    R8945 Warning "8945Q", "Assessments" "AssessmentFactors": "18A, retired in 2021", "18B or 18C; it was kept";
    R8950 Warning "8950Q", "Assessments" "AssessmentFactors": "19A, retired in 2021", "19B or 19C; it was kept";

    // Section 47 and conferences.
    SECTION47_START Error "8615", "Section47" "S47ActualStartDate": "nothing", "a date; the enquiry was left out, its conference kept";
    R2889 Error "2889", "Section47" "S47ActualStartDate": "a start before the referral", "a date on or after it; the enquiry was left out";
    R8740 Error "8740", "Section47" "S47ActualStartDate": "a start after the reference date", "a date on or before it; the enquiry was left out";
    R8615 Warning "8615", "Section47" "S47ActualStartDate": "a start after the conference", "a date on or before it; both were kept";
    R1104 Error "1104", "Section47" "DateOfInitialCPC": "a conference before the referral", "a date on or after it; the conference was left out";
    R8715 Error "8715", "Section47" "DateOfInitialCPC": "a conference after the reference date", "a date in the census year; the conference was left out";
    R2884 Warning "2884", "Section47" "DateOfInitialCPC": "a conference at CINdetails level too", "one of the two; each date was counted once";

    // Plans.
    R4010 Error "4010", "CINPlanDates" "CINPlanStartDate": "nothing", "a date; the plan was left out";
    R4010_LATE Error "4010", "CINPlanDates" "CINPlanStartDate": "a start after the reference date", "a date on or before it; the plan was left out";
    R4015 Error "4015", "CINPlanDates" "CINPlanStartDate": "a start before the referral", "a date on or after it; the plan was left out";
    R4011 Error "4011", "CINPlanDates" "CINPlanEndDate": "an end before the start", "a date on or after the start; the end was left out";
    R4013 Error "4013", "CINPlanDates" "CINPlanEndDate": "an end after the reference date", "a date in the census year; the end was left out";
    R4012 Warning "4012Q", "CINPlanDates" "CINPlanEndDate": "an end on the day of the start", "a later date; it was kept";
    R8720 Error "8720", "ChildProtectionPlans" "CPPstartDate": "nothing", "a date; the plan was left out";
    R8720_LATE Error "8720", "ChildProtectionPlans" "CPPstartDate": "a start after the reference date", "a date on or before it; the plan was left out";
    R1105 Error "1105", "ChildProtectionPlans" "CPPstartDate": "a start before the referral", "a date on or after it; the plan was left out";
    R8925 Error "8925", "ChildProtectionPlans" "CPPendDate": "an end before the start", "a date on or after the start; the end was left out";
    R8930 Error "8930", "ChildProtectionPlans" "CPPendDate": "an end after the reference date", "a date in the census year; the end was left out";
    R8840 Warning "8840", "ChildProtectionPlans" "CPPendDate": "an end on the day of the start", "a later date; it was kept";
    R8905_MISSING Warning "8905", "ChildProtectionPlans" "InitialCategoryOfAbuse": "nothing", "a code of the list; the plan was kept without a category";

    // Blocks that are there twice.
    SAME_ASSESSMENT Warning "", "CINdetails" "Assessments": "the same block twice", "each once; it was counted once";
    SAME_PLAN Warning "", "CINdetails" "CINPlanDates": "the same block twice", "each once; it was counted once";
    SAME_SECTION47 Warning "", "CINdetails" "Section47": "the same block twice", "each once; it was counted once";
    SAME_PROTECTION Warning "", "CINdetails" "ChildProtectionPlans": "the same block twice", "each once; it was counted once";
}
