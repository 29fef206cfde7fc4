//! Published shares that the simulator draws from: England, `DfE`, Crown copyright, Open Government Licence v3.0.
//!
//! Splits within a published group (which kind of health service, say) are ours, since `DfE` does not publish them.

/// Share of referrals by source, in percent: table C5, 2024, split within groups by us.
pub(super) static SOURCES: &[(&str, f64)] = &[
    ("1A", 3.6),
    ("1B", 1.2),
    ("1C", 1.6),
    ("1D", 1.6),
    ("2A", 20.3),
    ("2B", 1.7),
    ("3A", 2.9),
    ("3B", 3.7),
    ("3C", 0.7),
    ("3D", 1.5),
    ("3E", 3.7),
    ("3F", 2.2),
    ("4", 1.2),
    ("5A", 7.8),
    ("5B", 2.1),
    ("5C", 2.1),
    ("5D", 2.1),
    ("6", 28.5),
    ("7", 4.4),
    ("8", 4.2),
    ("9", 1.6),
    ("10", 1.2),
];

/// Share of children in need by primary need, in percent: table B3, 2024.
pub(super) static NEEDS: &[(&str, f64)] = &[
    ("N1", 58.1),
    ("N2", 8.1),
    ("N3", 2.1),
    ("N4", 8.6),
    ("N5", 12.0),
    ("N6", 2.0),
    ("N7", 0.3),
    ("N8", 5.5),
    ("N9", 0.9),
    ("N0", 2.6),
];

/// At which ages a factor is mostly found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ages {
    /// Any age.
    All,
    /// Mostly from 10 years: factors about what the child does or suffers outside the home.
    Older,
}

/// Share of assessments with each factor, in percent: table C3, 2025. 18A and 19A, retired in 2021, are the sums of
/// the codes that replaced them.
pub(super) static FACTORS: &[(&str, f64, Ages)] = &[
    ("1A", 2.1, Ages::Older),
    ("1B", 14.3, Ages::All),
    ("1C", 2.3, Ages::All),
    ("2A", 4.8, Ages::Older),
    ("2B", 14.1, Ages::All),
    ("2C", 3.1, Ages::All),
    ("3A", 11.3, Ages::All),
    ("3B", 31.7, Ages::All),
    ("3C", 5.0, Ages::All),
    ("4A", 17.6, Ages::Older),
    ("4B", 33.5, Ages::All),
    ("4C", 4.6, Ages::All),
    ("5A", 12.3, Ages::All),
    ("5B", 3.0, Ages::All),
    ("5C", 1.5, Ages::All),
    ("6A", 4.7, Ages::All),
    ("6B", 5.4, Ages::All),
    ("6C", 1.0, Ages::All),
    ("7A", 3.7, Ages::Older),
    ("8F", 0.4, Ages::All),
    ("9A", 1.2, Ages::Older),
    ("10A", 3.3, Ages::Older),
    ("11A", 2.4, Ages::Older),
    ("12A", 0.4, Ages::Older),
    ("13A", 1.7, Ages::Older),
    ("14A", 7.0, Ages::Older),
    ("15A", 5.0, Ages::Older),
    ("16A", 17.6, Ages::All),
    ("17A", 19.0, Ages::All),
    ("18A", 15.0, Ages::All),
    ("18B", 3.0, Ages::All),
    ("18C", 12.0, Ages::All),
    ("19A", 6.2, Ages::All),
    ("19B", 2.5, Ages::All),
    ("19C", 3.7, Ages::All),
    ("20", 16.3, Ages::All),
    ("22A", 0.2, Ages::All),
    ("23A", 0.4, Ages::All),
    ("24A", 3.2, Ages::Older),
];

/// Share of children in need by ethnicity, in percent: table A7, 2024; not known from the known total there.
pub(super) static ETHNICITIES: &[(&str, f64)] = &[
    ("WBRI", 62.7),
    ("WIRI", 0.2),
    ("WIRT", 0.3),
    ("WOTH", 4.8),
    ("WROM", 0.4),
    ("MWBC", 3.0),
    ("MWBA", 1.2),
    ("MWAS", 1.6),
    ("MOTH", 3.6),
    ("AIND", 1.1),
    ("APKN", 2.6),
    ("ABAN", 1.2),
    ("AOTH", 3.2),
    ("BCRB", 1.8),
    ("BAFR", 5.6),
    ("BOTH", 1.9),
    ("CHNE", 0.2),
    ("OOTH", 4.4),
    ("REFU", 0.5),
    ("NOBT", 2.5),
];

/// Initial category of child protection plans, in percent: 2020.
pub(super) static ABUSE: &[(&str, f64)] =
    &[("NEG", 50.5), ("EMO", 35.7), ("PHY", 7.4), ("SAB", 3.8), ("MUL", 2.6)];

/// Referrals by month, January first: table C6, mean of 2022 to 2024, in thousands.
pub(super) static MONTHS: [f64; 12] =
    [54.6, 51.3, 56.7, 47.3, 58.2, 58.3, 53.8, 44.1, 54.7, 54.5, 57.5, 46.6];

/// How long child protection plans that ended had lasted, `(first day, last day, share)`: table D7, 2025, in percent.
/// Within a band, and where the last band ends, is ours.
pub(super) static PLAN_DAYS: &[(i32, i32, f64)] =
    &[(14, 91, 15.9), (92, 182, 11.0), (183, 365, 43.5), (366, 730, 25.2), (731, 1_095, 4.4)];

#[cfg(test)]
mod tests {
    use super::{ABUSE, ETHNICITIES, FACTORS, NEEDS, SOURCES};
    use crate::schema::codes;

    #[test]
    fn every_code_is_in_the_schema_and_the_shares_are_whole() {
        for (list, shares, total) in [
            (&codes::SOURCE, SOURCES, 100.0),
            (&codes::NEED, NEEDS, 100.0),
            (&codes::ETHNICITY, ETHNICITIES, 103.0),
            (&codes::ABUSE, ABUSE, 100.0),
        ] {
            assert!(shares.iter().all(|(code, _)| list.find(code).is_some()), "{}", list.id);
            let sum: f64 = shares.iter().map(|(_, share)| share).sum();
            assert!((sum - total).abs() < 0.5, "{}: {sum}", list.id);
        }
        assert!(FACTORS.iter().all(|(code, ..)| codes::FACTOR.find(code).is_some()));
        let per_assessment: f64 = FACTORS
            .iter()
            .filter(|(code, ..)| !["18A", "19A"].contains(code))
            .map(|(_, share, _)| share)
            .sum();
        assert!((per_assessment / 100.0 - 2.75).abs() < 0.02, "{per_assessment}");
    }
}
