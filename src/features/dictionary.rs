//! One row for each feature: what it means, where it comes from, and when it is known.

use super::source_group::SourceGroup;

/// What a feature is about, for leaving groups of features out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Topic {
    /// The child's own recorded history.
    History,
    /// The histories of other children of the household.
    Household,
    /// Facts of the index episode admitted by name.
    Episode,
    /// The authority that keeps the record.
    Authority,
    /// Age.
    Age,
    /// Sex.
    Sex,
    /// Ethnicity.
    Ethnicity,
    /// Disability.
    Disability,
}

impl Topic {
    /// What features of this topic tell a model, in words for the report.
    #[must_use]
    pub fn told(self) -> &'static str {
        match self {
            Self::History => {
                "the child's earlier contacts, early help, referrals, assessments and what they found, section 47 \
                 enquiries, conferences, plans, time in care and why cases were closed"
            }
            Self::Household => {
                "contacts, referrals, section 47 enquiries, child protection plans and time in care of other children \
                 of the household"
            }
            Self::Episode => "what is known of this referral itself, such as who made it",
            Self::Authority => "which council keeps the record, as how often children come back there",
            Self::Age => "age",
            Self::Sex => "sex",
            Self::Ethnicity => "ethnic group",
            Self::Disability => "disability",
        }
    }

    /// The part of the records that it is, where it is one.
    fn group(self) -> SourceGroup {
        match self {
            Self::History | Self::Episode => SourceGroup::Other,
            Self::Household => SourceGroup::Household,
            Self::Authority => SourceGroup::Authority,
            Self::Age => SourceGroup::Age,
            Self::Sex => SourceGroup::Sex,
            Self::Ethnicity => SourceGroup::Ethnicity,
            Self::Disability => SourceGroup::Disability,
        }
    }

    /// What features of this topic rest on that is not dated, in words for the report.
    #[must_use]
    pub fn undated(self) -> &'static str {
        match self {
            Self::History | Self::Episode => "",
            Self::Household => "which children live in one household",
            Self::Authority => "which council keeps the record",
            Self::Age => "the month of birth (the expected one, until a birth is recorded)",
            Self::Sex => "sex",
            Self::Ethnicity => "ethnic group",
            Self::Disability => "disability",
        }
    }
}

/// A feature's dictionary row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Feature {
    /// Id, the column's name.
    pub id: String,
    /// Meaning in words, with unit.
    pub words: String,
    /// Look-back window, in words.
    pub window: String,
    /// Source tables and columns.
    pub source: String,
    /// When its value is known.
    pub known: &'static str,
    /// Whether it is an undated attribute, taken as last recorded whatever the prediction date.
    pub as_last_recorded: bool,
    /// What it is about.
    pub topic: Topic,
    /// The part of the records that it rests on.
    pub group: SourceGroup,
    /// Names of the categories whose places are its values; empty where its values are numbers.
    pub levels: Vec<String>,
}

impl Feature {
    /// A feature made of dated rows of the child's history, cut before the prediction date.
    #[must_use]
    pub fn dated(id: String, words: String, window: &str, source: &str) -> Self {
        Self {
            id,
            words,
            window: window.to_owned(),
            source: source.to_owned(),
            known: "known_on before the prediction date",
            as_last_recorded: false,
            topic: Topic::History,
            group: SourceGroup::Other,
            levels: Vec::new(),
        }
    }

    /// A feature made of an undated attribute of the child.
    #[must_use]
    pub fn attribute(id: String, words: String, column: &str, topic: Topic) -> Self {
        Self {
            id,
            words,
            window: "none".to_owned(),
            source: format!("children: {column}"),
            known: "as last recorded, whatever the prediction date",
            as_last_recorded: true,
            topic,
            group: topic.group(),
            levels: Vec::new(),
        }
    }

    /// Its meaning for readers of a report: shorter, and without how it is written down.
    #[must_use]
    pub fn plain(&self) -> String {
        let words = self.words.replace(": la services", ": council services");
        if let Some(rest) = words.strip_prefix("1 if ") {
            return format!("whether {}", rest.strip_suffix(", else 0").unwrap_or(rest));
        }
        let shorter = [
            ("number of times in the records: ", "times on record: "),
            ("number of times in ", "times in "),
            ("days since the last time, missing if never: ", "days since the last time: "),
        ];
        let found =
            shorter.iter().find_map(|(long, short)| Some(format!("{short}{}", words.strip_prefix(long)?)));
        found.unwrap_or(words)
    }

    /// What it is of: the event whose counts in several windows and whose last time are features, or itself; its key, and in
    /// words for readers.
    #[must_use]
    pub fn event(&self) -> (&str, String) {
        let whole = |c: &str| !c.is_empty() && c.bytes().all(|b| b.is_ascii_digit());
        let counted = self.id.rsplit_once("_n").filter(|(_, window)| *window == "_ever" || whole(window));
        let since =
            self.id.strip_suffix("_since").filter(|_| self.words.starts_with("days since the last time"));
        match counted.map(|(start, _)| start).or(since) {
            Some(key) => {
                (key, self.plain().split_once(": ").map_or_else(|| self.plain(), |(_, of)| of.to_owned()))
            }
            None => (&self.id, self.plain()),
        }
    }

    /// The same feature, resting on a part of the records.
    #[must_use]
    pub fn of(mut self, group: SourceGroup) -> Self {
        self.group = group;
        self
    }

    /// The same feature of the household's other children. Their rows are dated, but who lives together is not.
    #[must_use]
    pub fn of_household(mut self) -> Self {
        self.topic = Topic::Household;
        self.group = SourceGroup::Household;
        self.as_last_recorded = true;
        self.known = "known_on before the prediction date; the household as last recorded";
        self
    }
}

/// The dictionary as CSV.
///
/// # Errors
/// Returns the csv crate's error, which writing to memory does not produce.
pub fn to_csv(features: &[Feature]) -> Result<Vec<u8>, csv::Error> {
    let mut out = csv::Writer::from_writer(Vec::new());
    out.write_record(["id", "meaning", "window", "source", "known", "as_last_recorded", "group"])?;
    for f in features {
        let as_last = if f.as_last_recorded { "yes" } else { "no" };
        out.write_record([&f.id, &f.words, &f.window, &f.source, f.known, as_last, f.group.id()])?;
    }
    out.into_inner().map_err(|e| csv::Error::from(e.into_error()))
}

#[cfg(test)]
mod tests {
    use super::Feature;

    #[test]
    fn counts_and_the_last_time_are_of_one_event() {
        let of = |id: &str, words: &str| {
            let feature = Feature::dated(id.to_owned(), words.to_owned(), "", "");
            let (key, words) = feature.event();
            (key.to_owned(), words)
        };
        let event = ("s47".to_owned(), "an enquiry started".to_owned());
        assert_eq!(of("s47_n365", "number of times in 365 days: an enquiry started"), event);
        assert_eq!(of("s47_n_ever", "number of times in the records: an enquiry started"), event);
        assert_eq!(of("s47_since", "days since the last time, missing if never: an enquiry started"), event);
        assert_eq!(
            of("first_event_since", "days since the child's first event"),
            ("first_event_since".to_owned(), "days since the child's first event".to_owned())
        );
        assert_eq!(of("age_years", "age in years").0, "age_years");
    }

    #[test]
    fn words_for_readers_are_short() {
        let plain = |words: &str| Feature::dated(String::new(), words.to_owned(), "", "").plain();
        assert_eq!(plain("1 if the sex recorded is: male"), "whether the sex recorded is: male");
        assert_eq!(
            plain("1 if the age on the prediction date is 1 to 4, else 0"),
            "whether the age on the prediction date is 1 to 4"
        );
        assert_eq!(
            plain("number of times in 365 days: an assessment started"),
            "times in 365 days: an assessment started"
        );
        assert_eq!(
            plain("number of times in the records: source of referral: la services"),
            "times on record: source of referral: council services"
        );
        assert_eq!(
            plain("days since the last time, missing if never: early help"),
            "days since the last time: early help"
        );
        assert_eq!(plain("age in years"), "age in years");
    }
}
