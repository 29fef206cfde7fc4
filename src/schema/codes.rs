//! The CIN census code lists, as data (`DfE` CIN census guide; years are those of the XML schemas 2017 to 2026).
//!
//! `group` is the roll-up used for features and tables: for referral source the one in `DfE`'s open data, for the
//! others ours. Chinese is counted under Asian, as ONS and `DfE` do.

use crate::num::Day;

/// One code of a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Code {
    /// The code as recorded.
    pub code: &'static str,
    /// What it means, in words.
    pub meaning: &'static str,
    /// The roll-up it belongs to.
    pub group: &'static str,
    /// First census year (ending 31 March) in which it is in the schema; 2017 or earlier is 2017.
    pub from_year: i32,
    /// Last census year in which it is in the schema, or 9999.
    pub to_year: i32,
}

/// A closed list of codes.
#[derive(Debug, PartialEq, Eq)]
pub struct CodeList {
    /// Short name.
    pub id: &'static str,
    /// Name in words.
    pub title: &'static str,
    /// The codes, in the census guide's order. A code's place is its number in memory.
    pub codes: &'static [Code],
}

impl CodeList {
    /// The place of `code` in the list, exact but for surrounding white space.
    #[must_use]
    pub fn find(&self, code: &str) -> Option<u8> {
        let code = code.trim();
        self.codes.iter().position(|c| c.code == code).and_then(|i| u8::try_from(i).ok())
    }

    /// The code at a place given by [`Self::find`].
    #[must_use]
    pub fn get(&self, place: u8) -> Option<&'static Code> {
        self.codes.get(usize::from(place))
    }

    /// The groups, each once, in order of first appearance.
    #[must_use]
    pub fn groups(&self) -> Vec<&'static str> {
        let mut groups = Vec::new();
        for code in self.codes {
            if !groups.contains(&code.group) {
                groups.push(code.group);
            }
        }
        groups
    }

    /// The allowed codes in one line, for messages.
    #[must_use]
    pub fn allowed(&self) -> String {
        self.codes.iter().map(|c| c.code).collect::<Vec<_>>().join(", ")
    }
}

/// A code that every schema from 2017 to 2026 holds.
const fn code(code: &'static str, meaning: &'static str, group: &'static str) -> Code {
    Code { code, meaning, group, from_year: 2017, to_year: 9999 }
}

impl Code {
    const fn in_years(mut self, from_year: i32, to_year: i32) -> Self {
        self.from_year = from_year;
        self.to_year = to_year;
        self
    }
}

/// Sex.
pub static SEX: CodeList = CodeList {
    id: "sex",
    title: "Sex",
    codes: &[
        code("M", "Male", "male"),
        code("F", "Female", "female"),
        code("U", "Unknown or unborn", "unknown"),
    ],
};

/// Ethnicity.
pub static ETHNICITY: CodeList = CodeList {
    id: "ethnicity",
    title: "Ethnicity",
    codes: &[
        code("WBRI", "White British", "white"),
        code("WIRI", "White Irish", "white"),
        code("WIRT", "Traveller of Irish heritage", "white"),
        code("WOTH", "Any other White background", "white"),
        code("WROM", "Gypsy/Roma", "white"),
        code("MWBC", "White and Black Caribbean", "mixed"),
        code("MWBA", "White and Black African", "mixed"),
        code("MWAS", "White and Asian", "mixed"),
        code("MOTH", "Any other mixed background", "mixed"),
        code("AIND", "Indian", "asian"),
        code("APKN", "Pakistani", "asian"),
        code("ABAN", "Bangladeshi", "asian"),
        code("AOTH", "Any other Asian background", "asian"),
        code("BCRB", "Caribbean", "black"),
        code("BAFR", "African", "black"),
        code("BOTH", "Any other black background", "black"),
        code("CHNE", "Chinese", "asian"),
        code("OOTH", "Any other ethnic group", "other"),
        code("REFU", "Refused", "not-known"),
        code("NOBT", "Information not yet obtained", "not-known"),
    ],
};

/// Disability.
pub static DISABILITY: CodeList = CodeList {
    id: "disability",
    title: "Disability",
    codes: &[
        code("NONE", "No disability", "none"),
        code("MOB", "Mobility", "any"),
        code("HAND", "Hand function", "any"),
        code("PC", "Personal care", "any"),
        code("INC", "Incontinence", "any"),
        code("COMM", "Communication", "any"),
        code("LD", "Learning", "any"),
        code("HEAR", "Hearing", "any"),
        code("VIS", "Vision", "any"),
        code("BEH", "Behaviour", "any"),
        code("CON", "Consciousness", "any"),
        code("AUT", "Autism", "any"),
        code("DDA", "Other", "any"),
    ],
};

/// Source of referral.
pub static SOURCE: CodeList = CodeList {
    id: "source",
    title: "Source of referral",
    codes: &[
        code("1A", "Individual: family member, relative or carer", "individual"),
        code("1B", "Individual: acquaintance (including neighbours and child minders)", "individual"),
        code("1C", "Individual: self", "individual"),
        code("1D", "Individual: other (including strangers)", "individual"),
        code("2A", "Schools", "schools"),
        code("2B", "Education services", "education"),
        code("3A", "Health: general practitioner", "health"),
        code("3B", "Health: health visitor", "health"),
        code("3C", "Health: school nurse", "health"),
        code("3D", "Health: other primary health services", "health"),
        code("3E", "Health: accident and emergency department", "health"),
        code("3F", "Health: other (for example hospice)", "health"),
        code("4", "Housing: local authority or housing association", "housing"),
        code("5A", "Local authority: social care", "la-services"),
        code("5B", "Local authority: other internal department", "la-services"),
        code("5C", "Local authority: external", "la-services"),
        code("5D", "Local authority: early help", "la-services").in_years(2023, 9999),
        code("6", "Police", "police"),
        code("7", "Other legal agency (courts, probation, immigration, Cafcass, prison)", "other-legal"),
        code("8", "Other (including voluntary organisations)", "other"),
        code("9", "Anonymous", "anonymous"),
        code("10", "Unknown", "unknown"),
    ],
};

/// Primary need.
pub static NEED: CodeList = CodeList {
    id: "need",
    title: "Primary need",
    codes: &[
        code("N1", "Abuse, neglect and exploitation", "abuse-or-neglect"),
        code("N2", "Child's disability", "child-disability"),
        code("N3", "Parental disability or illness", "parental-illness"),
        code("N4", "Family in acute stress", "acute-stress"),
        code("N5", "Family dysfunction", "family-dysfunction"),
        code("N6", "Socially unacceptable behaviour", "unacceptable-behaviour"),
        code("N7", "Low income", "other-need"),
        code("N8", "Absent parenting", "other-need"),
        code("N9", "Cases other than children in need", "other-need"),
        code("N0", "Not stated", "other-need"),
    ],
};

/// Factor identified at assessment.
pub static FACTOR: CodeList = CodeList {
    id: "factor",
    title: "Factor identified at assessment",
    codes: &[
        code("1A", "Alcohol misuse: the child", "alcohol"),
        code("1B", "Alcohol misuse: the parent or carer", "alcohol"),
        code("1C", "Alcohol misuse: another person in the household", "alcohol"),
        code("2A", "Drug misuse: the child", "drugs"),
        code("2B", "Drug misuse: the parent or carer", "drugs"),
        code("2C", "Drug misuse: another person in the household", "drugs"),
        code("3A", "Domestic abuse: concern that the child suffers it", "domestic-abuse"),
        code("3B", "Domestic abuse: concern that a parent or carer suffers it", "domestic-abuse"),
        code(
            "3C",
            "Domestic abuse: concern that another person in the household suffers it",
            "domestic-abuse",
        ),
        code("4A", "Mental health: the child", "mental-health"),
        code("4B", "Mental health: the parent or carer", "mental-health"),
        code("4C", "Mental health: another person in the household", "mental-health"),
        code("5A", "Learning disability: the child", "disability"),
        code("5B", "Learning disability: the parent or carer", "disability"),
        code("5C", "Learning disability: another person in the household", "disability"),
        code("6A", "Physical disability or illness: the child", "disability"),
        code("6B", "Physical disability or illness: the parent or carer", "disability"),
        code("6C", "Physical disability or illness: another person in the household", "disability"),
        code("7A", "Young carer", "caring-or-fostering"),
        code("8B", "Privately fostered: overseas, intends to return", "caring-or-fostering"),
        code("8C", "Privately fostered: overseas, intends to stay", "caring-or-fostering"),
        code("8D", "Privately fostered: UK, in an educational placement", "caring-or-fostering"),
        code("8E", "Privately fostered: UK, alternative family arrangement", "caring-or-fostering"),
        code("8F", "Privately fostered: other", "caring-or-fostering"),
        code("9A", "Unaccompanied asylum-seeking child", "caring-or-fostering"),
        code("10A", "Going or being missing", "exploitation"),
        code("11A", "Child sexual exploitation", "exploitation"),
        code("12A", "Trafficking", "exploitation"),
        code("13A", "Gangs", "exploitation"),
        code("14A", "Socially unacceptable behaviour", "behaviour-or-self-harm"),
        code("15A", "Self-harm", "behaviour-or-self-harm"),
        code("16A", "Neglect", "neglect"),
        code("17A", "Emotional abuse", "emotional-abuse"),
        code("18A", "Physical abuse, not split (retired 2021)", "physical-abuse").in_years(2017, 2020),
        code("18B", "Physical abuse: child on child", "physical-abuse").in_years(2021, 9999),
        code("18C", "Physical abuse: adult on child", "physical-abuse").in_years(2021, 9999),
        code("19A", "Sexual abuse, not split (retired 2021)", "sexual-abuse").in_years(2017, 2020),
        code("19B", "Sexual abuse: child on child", "sexual-abuse").in_years(2021, 9999),
        code("19C", "Sexual abuse: adult on child", "sexual-abuse").in_years(2021, 9999),
        code("20", "Other", "other-factor"),
        code("21", "No factors identified", "no-factors"),
        code("22A", "Female genital mutilation", "other-factor"),
        code("23A", "Abuse linked to faith or belief", "other-factor"),
        code("24A", "Child criminal exploitation", "exploitation").in_years(2022, 9999),
    ],
};

/// Category of abuse on a child protection plan.
pub static ABUSE: CodeList = CodeList {
    id: "abuse",
    title: "Category of abuse on a child protection plan",
    codes: &[
        code("NEG", "Neglect", "neglect"),
        code("PHY", "Physical abuse", "physical"),
        code("SAB", "Sexual abuse", "sexual"),
        code("EMO", "Emotional abuse", "emotional"),
        code("MUL", "Multiple/not recommended", "multiple"),
    ],
};

/// Reason for closure.
pub static CLOSURE: CodeList = CodeList {
    id: "closure",
    title: "Reason for closure",
    codes: &[
        code("RC1", "Adopted", "order"),
        code("RC2", "Died", "died"),
        code("RC3", "Child arrangements order", "order"),
        code("RC4", "Special guardianship order", "order"),
        code("RC5", "Transferred to services of another local authority", "moved"),
        code("RC6", "Transferred to adult social care services", "moved"),
        code("RC7", "Services ceased for any other reason, including child no longer in need", "ceased"),
        code("RC8", "Case closed after assessment, no further action", "after-assessment"),
        code("RC9", "Case closed after assessment, referred to early help", "early-help")
            .in_years(2023, 9999),
    ],
};

/// Why a child can no longer be referred here after a closure with the code at this place of [`CLOSURE`]: the place in
/// [`LEFT`] of adopted, died, transferred or adult services, or `None` if it stays.
#[must_use]
pub fn leaves_by(closure: u8) -> Option<u8> {
    let reason = match CLOSURE.get(closure)?.code {
        "RC1" => "adopted",
        "RC2" => "died",
        "RC5" => "transferred",
        "RC6" => "adult-services",
        _ => return None,
    };
    LEFT.find(reason)
}

/// Reason the child left observation.
pub static LEFT: CodeList = CodeList {
    id: "left",
    title: "Reason the child left observation",
    codes: &[
        code("died", "Died", "died"),
        code("adopted", "Adopted", "adopted"),
        code("transferred", "Moved to another authority", "transferred"),
        code("turned-18", "Turned 18", "turned-18"),
        code("adult-services", "Moved to adult social care", "adult-services"),
    ],
};

/// `DfE`'s age bands of the children in need statistics: upper end in years (exclusive) and name.
pub static AGE_BANDS: [(u32, &str); 6] = [
    (0, "unborn"),
    (1, "under 1"),
    (5, "1 to 4"),
    (10, "5 to 9"),
    (16, "10 to 15"),
    (u32::MAX, "16 and over"),
];

/// The name of the age band on day `on` of a child born in the month that begins on `birth_month`.
#[must_use]
pub fn age_band(birth_month: Day, on: Day) -> &'static str {
    let (older, last) = AGE_BANDS.split_at(AGE_BANDS.len() - 1);
    older.iter().find(|(years, _)| on < birth_month.plus_years(*years)).unwrap_or(&last[0]).1
}
