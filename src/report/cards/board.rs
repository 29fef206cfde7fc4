//! The owner's answers, from `board.toml`.

use std::collections::BTreeMap;

use super::Answer;
use super::keys::{KEYS, Key, Kind};
use crate::io::settings::{Section, SettingsError, read};

/// Characters under which an answer is no sentence.
const LEAST: usize = 20;

/// What only the owner of the work can say. A key that is absent is still to be completed, and no fault.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Board {
    answers: BTreeMap<&'static str, String>,
}

impl Board {
    /// Reads `board.toml`. Every key is in `docs/board.md`.
    ///
    /// # Errors
    /// Returns every fault of the file, each with line and column: an unknown key, a value that is no text, a date that is
    /// none, an answer that is too short. No message holds an answer: it may name people.
    pub fn read(file_name: &str, text: &str) -> Result<Self, SettingsError> {
        read(file_name, text, |root| {
            let mut answers = BTreeMap::new();
            for (at, key) in KEYS.iter().enumerate() {
                // Each section once: one that is asked for twice would report its faults twice.
                if KEYS[..at].iter().all(|k| k.section() != key.section()) {
                    section(root, key.section(), &mut answers);
                }
            }
            Some(Self { answers })
        })
        .map_err(without_answers)
    }

    /// The answer under a key such as `owner.team`.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&str> {
        self.answers.get(key).map(String::as_str)
    }

    /// Answers given.
    #[must_use]
    pub fn given(&self) -> usize {
        self.answers.len()
    }

    /// The answer under a key, or what is to be written there.
    pub(in crate::report) fn answer(&self, key: &'static str) -> Answer {
        match (self.get(key), Key::find(key)) {
            (Some(words), _) => Answer::Owner(words.to_owned()),
            (None, Some(key)) => Answer::ToComplete(key.ask),
            (None, None) => Answer::ToComplete(key),
        }
    }
}

fn section(root: &Section<'_>, name: &str, answers: &mut BTreeMap<&'static str, String>) {
    let Some(section) = root.section(name) else { return };
    for key in KEYS.iter().filter(|k| k.section() == name) {
        let read = match key.kind {
            Kind::Date => section.day(key.name()).map(|day| day.in_words()),
            Kind::Words | Kind::Sentence => section.text(key.name()).map(|text| text.trim().to_owned()),
        };
        let Some(answer) = read else { continue };
        match key.kind {
            Kind::Sentence if answer.chars().count() < LEAST => section.fault(
                key.name(),
                format!(
                    "`{}` is too short: a sentence of at least {LEAST} characters is allowed, or no such key",
                    key.path
                ),
            ),
            _ if answer.is_empty() => {
                section.fault(
                    key.name(),
                    format!("`{}` is empty: give an answer, or leave the key out", key.path),
                );
            }
            _ => {
                answers.insert(key.path, answer);
            }
        }
    }
}

/// Takes what was found out of messages: it is the owner's answer.
fn without_answers(mut error: SettingsError) -> SettingsError {
    for fault in &mut error.faults {
        if let Some(at) = fault.message.find(", found ") {
            fault.message.truncate(at);
        }
    }
    error
}

#[cfg(test)]
mod tests {
    use super::Board;
    use crate::report::cards::keys::{KEYS, Kind};

    #[test]
    fn every_fault_is_told_at_once_and_no_answer_is_printed() {
        let text = "[owner]\nteem = \"Ms Secret\"\ncontact = 7\n[use]\nwhy = \"secret\"\n\
                    [law]\ndpia_date = \"secret spring\"\nethics_date = 2026-02-30\n[lwa]\n";
        let broken = Board::read("board.toml", text).map(|_| ()).unwrap_err().to_string();
        // A day that no calendar has is no TOML, which is told before all else.
        assert!(!broken.to_lowercase().contains("secret"), "{broken}");
        let error = Board::read("board.toml", &text.replace("2026-02-30", "\"2026-02-30\"")).unwrap_err();
        assert_eq!(
            error.to_string(),
            "board.toml:2:1: unknown key `owner.teem`; did you mean `team`?\n\
             board.toml:3:11: `owner.contact` must be a text in quotes\n\
             board.toml:5:7: `use.why` is too short: a sentence of at least 20 characters is allowed, or no such key\n\
             board.toml:7:13: `law.dpia_date` must be a date such as 2020-04-01\n\
             board.toml:8:15: `law.ethics_date` must be a date such as 2020-04-01\n\
             board.toml:9:2: unknown key `lwa`; did you mean `law`?"
        );
    }

    #[test]
    fn an_answer_in_place_of_a_section_is_not_printed() {
        let error = Board::read("board.toml", "owner = \"Ms Secret of the east team\"\n").unwrap_err();
        assert_eq!(error.to_string(), "board.toml:1:9: `owner` must be a table");
        let empty = Board::read("board.toml", "[owner]\nteam = \" \"\n").unwrap_err();
        assert_eq!(
            empty.to_string(),
            "board.toml:2:8: `owner.team` is empty: give an answer, or leave the key out"
        );
    }

    #[test]
    fn every_key_can_be_answered() {
        let mut text = String::new();
        for (at, key) in KEYS.iter().enumerate() {
            if at == 0 || KEYS[at - 1].section() != key.section() {
                text += &format!("[{}]\n", key.section());
            }
            let value =
                if key.kind == Kind::Date { "2026-03-01" } else { "\"An answer that is long enough.\"" };
            text += &format!("{} = {value}\n", key.name());
        }
        let board = Board::read("board.toml", &text).unwrap();
        assert_eq!(board.given(), KEYS.len());
        assert_eq!(board.get("law.dpia_date"), Some("1 March 2026"));
        assert_eq!(Board::read("board.toml", ""), Ok(Board::default()));
    }
}
