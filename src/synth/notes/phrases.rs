//! The phrases that notes are made of, read once.

use crate::schema::codes;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::sync::LazyLock;

/// All phrases; see the head of `phrases.toml` for how they are written.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Phrases {
    engaged: Vec<String>,
    not_engaged: Vec<String>,
    pub(super) close: Vec<String>,
    seen: Vec<String>,
    seen_small: Vec<String>,
    pub(super) visit: Vec<String>,
    pub(super) assessment: Vec<String>,
    pub(super) advice: Vec<String>,
    pub(super) reason: Vec<String>,
    opening: BTreeMap<String, Vec<String>>,
    pub(super) frame: Frames,
    pub(super) who: Who,
    factor: BTreeMap<String, Factor>,
    pub(super) names: Names,
    /// Places of the factors that have phrases, in order.
    #[serde(skip)]
    known: Vec<u8>,
}

/// How to say something of a factor without saying that it is there.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Frames {
    pub(super) negated: Vec<String>,
    pub(super) third_party: Vec<String>,
    pub(super) past: Vec<String>,
    pub(super) doubt: Vec<String>,
}

/// People.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Who {
    pub(super) parent: Vec<String>,
    pub(super) other: Vec<String>,
    pub(super) third: Vec<String>,
}

/// One factor.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Factor {
    pub(super) noun: Vec<String>,
    pub(super) says: Vec<String>,
}

/// What made-up identifiers are made of, and the sentences that hold them.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Names {
    pub(super) first: Vec<String>,
    pub(super) last: Vec<String>,
    pub(super) streets: Vec<String>,
    pub(super) towns: Vec<String>,
    pub(super) planted: BTreeMap<String, Vec<String>>,
}

static PHRASES: LazyLock<Phrases> =
    LazyLock::new(|| Phrases::read(include_str!("phrases.toml")).unwrap_or_default());

impl Phrases {
    /// Phrases of a file like ours.
    pub(super) fn read(text: &str) -> Result<Self, toml::de::Error> {
        let mut phrases: Self = toml::from_str(text)?;
        phrases.known = phrases.factor.keys().filter_map(|code| codes::FACTOR.find(code)).collect();
        phrases.known.sort_unstable();
        Ok(phrases)
    }

    pub(super) fn get() -> &'static Self {
        &PHRASES
    }

    /// How a contact from a group of sources begins.
    pub(super) fn opening(&self, group: &str) -> &[String] {
        self.opening.get(group).or_else(|| self.opening.get("unknown")).map_or(&[], Vec::as_slice)
    }

    pub(super) fn engagement(&self, engaged: bool) -> &[String] {
        if engaged { &self.engaged } else { &self.not_engaged }
    }

    /// What was seen, of a child of this age in months: the smallest show nothing and tell nothing.
    pub(super) fn seen(&self, months: i32) -> &[String] {
        if months < 36 { &self.seen_small } else { &self.seen }
    }

    /// Places of the factors that have phrases, ascending.
    pub(super) fn known(&self) -> &[u8] {
        &self.known
    }

    pub(super) fn factor(&self, place: u8) -> Option<&Factor> {
        self.factor.get(codes::FACTOR.get(place)?.code)
    }
}

#[cfg(test)]
mod tests {
    use super::Phrases;
    use crate::schema::codes;

    #[test]
    fn every_factor_and_every_group_of_sources_has_its_phrases() {
        let phrases = Phrases::get();
        // All but "no factors identified".
        assert_eq!(phrases.known().len(), codes::FACTOR.codes.len() - 1);
        for place in phrases.known() {
            let factor = phrases.factor(*place).unwrap();
            assert!(!factor.noun.is_empty() && !factor.says.is_empty(), "{place}");
        }
        for source in codes::SOURCE.codes {
            assert!(phrases.opening.contains_key(source.group), "{}", source.group);
        }
    }
}
