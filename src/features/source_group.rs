//! Which part of the records a feature rests on, for asking what that part adds.

use crate::schema::Kind;

/// A part of the records. Every feature is of one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SourceGroup {
    /// Referrals and contacts, whoever made them.
    Referrals,
    /// Referrals that the police made.
    Police,
    /// Referrals that health services made.
    Health,
    /// Referrals that schools and education services made.
    Education,
    /// Referrals that anyone else made.
    OtherReferrers,
    /// Early help.
    EarlyHelp,
    /// Assessments, and the needs and factors that they found.
    Assessments,
    /// Section 47 enquiries, conferences, child in need plans and child protection plans.
    Protection,
    /// Time in care.
    Care,
    /// Why and when cases were closed.
    Closures,
    /// Other children of the household.
    Household,
    /// How long the child has been known, and how far back the records go.
    Known,
    /// Age.
    Age,
    /// Sex.
    Sex,
    /// Ethnicity.
    Ethnicity,
    /// Disability.
    Disability,
    /// The authority that keeps the record.
    Authority,
    /// None of these.
    Other,
}

impl SourceGroup {
    /// Its name in files.
    #[must_use]
    pub fn id(self) -> &'static str {
        match self {
            Self::Referrals => "referrals",
            Self::Police => "police",
            Self::Health => "health",
            Self::Education => "education",
            Self::OtherReferrers => "other-referrers",
            Self::EarlyHelp => "early-help",
            Self::Assessments => "assessments",
            Self::Protection => "protection",
            Self::Care => "care",
            Self::Closures => "closures",
            Self::Household => "household",
            Self::Known => "known",
            Self::Age => "age",
            Self::Sex => "sex",
            Self::Ethnicity => "ethnicity",
            Self::Disability => "disability",
            Self::Authority => "authority",
            Self::Other => "other",
        }
    }

    /// What it is, for readers.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::Referrals => "how often and when referred or contacted, whoever by",
            Self::Police => "referrals by the police",
            Self::Health => "referrals by health services",
            Self::Education => "referrals by schools and education services",
            Self::OtherReferrers => "referrals by anyone else",
            Self::EarlyHelp => "early help",
            Self::Assessments => "assessments, needs and factors found",
            Self::Protection => "section 47 enquiries, conferences and plans",
            Self::Care => "time in care",
            Self::Closures => "why and when cases were closed",
            Self::Household => "other children of the household",
            Self::Known => "how long the child has been known",
            Self::Age => "age",
            Self::Sex => "sex",
            Self::Ethnicity => "ethnic group",
            Self::Disability => "disability",
            Self::Authority => "which council keeps the record",
            Self::Other => "anything else",
        }
    }

    /// A short name for it.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Referrals => "referrals and contacts",
            Self::Police => "police referrals",
            Self::Health => "health referrals",
            Self::Education => "school referrals",
            Self::OtherReferrers => "referrals by others",
            Self::EarlyHelp => "early help",
            Self::Assessments => "assessments and needs",
            Self::Protection => "enquiries and plans",
            Self::Care => "time in care",
            Self::Closures => "closing of cases",
            Self::Household => "household\u{2019}s children",
            Self::Known => "how long known",
            Self::Age => "age",
            Self::Sex => "sex",
            Self::Ethnicity => "ethnic group",
            Self::Disability => "disability",
            Self::Authority => "which council",
            Self::Other => "anything else",
        }
    }

    /// That of events of a kind, with the group of their code if it is counted by itself.
    #[must_use]
    pub fn of_events(kind: Kind, code_group: Option<&str>) -> Self {
        match (kind, code_group) {
            (Kind::Referral, Some("police")) => Self::Police,
            (Kind::Referral, Some("health")) => Self::Health,
            (Kind::Referral, Some("schools" | "education")) => Self::Education,
            (Kind::Referral, Some(_)) => Self::OtherReferrers,
            (Kind::Contact | Kind::Referral | Kind::ReferralNfa, _) => Self::Referrals,
            (Kind::EarlyHelpStart | Kind::EarlyHelpEnd, _) => Self::EarlyHelp,
            (Kind::Need | Kind::AssessmentStart | Kind::AssessmentEnd | Kind::Factor, _) => Self::Assessments,
            (
                Kind::S47 | Kind::Icpc | Kind::CinPlanStart | Kind::CinPlanEnd | Kind::CpStart | Kind::CpEnd,
                _,
            ) => Self::Protection,
            (Kind::ClaStart | Kind::ClaEnd, _) => Self::Care,
            (Kind::Closure, _) => Self::Closures,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::SourceGroup;
    use crate::schema::Kind;
    use crate::schema::codes::SOURCE;

    /// A renamed roll-up would otherwise fall silently to "anyone else".
    #[test]
    fn the_referrers_asked_about_are_groups_of_the_code_list() {
        let groups = SOURCE.groups();
        let of = |group| {
            groups.iter().filter(|g| SourceGroup::of_events(Kind::Referral, Some(g)) == group).count()
        };
        let counts =
            [SourceGroup::Police, SourceGroup::Health, SourceGroup::Education, SourceGroup::OtherReferrers];
        assert_eq!(counts.map(of), [1, 1, 2, groups.len() - 4]);
        assert_eq!(SourceGroup::of_events(Kind::Referral, None), SourceGroup::Referrals);
    }
}
