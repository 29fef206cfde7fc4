//! Reads a lexicon file and reports everything wrong in it at once.

use std::collections::HashMap;
use std::ops::Range;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::tokens::Words;
use crate::schema::codes::FACTOR;

use super::{Cue, Fault, Gender, Lexicon, Mark, Meaning, Person, Rule, Topic, Who};

const CUES: [(&str, Cue); 11] = [
    ("negation-before", Cue::NegationBefore),
    ("negation-after", Cue::NegationAfter),
    ("no-negation", Cue::NoNegation),
    ("doubt-before", Cue::DoubtBefore),
    ("doubt-after", Cue::DoubtAfter),
    ("past-before", Cue::PastBefore),
    ("past-after", Cue::PastAfter),
    ("past-around", Cue::PastAround),
    ("taken-back", Cue::TakenBack),
    ("none-since", Cue::NoneSince),
    ("not-ours", Cue::NotOurs),
];
const MARKS: [(&str, Mark); 22] = [
    ("joins", Mark::Joins),
    ("clause-start", Mark::ClauseStart),
    ("clause-verb", Mark::ClauseVerb),
    ("reports", Mark::Reports),
    ("suffers", Mark::Suffers),
    ("witnesses", Mark::Witnesses),
    ("by", Mark::By),
    ("towards", Mark::Towards),
    ("beside", Mark::Beside),
    ("meanwhile", Mark::Meanwhile),
    ("in-household", Mark::Inside),
    ("elsewhere", Mark::Elsewhere),
    ("owner", Mark::Owner),
    ("relates", Mark::Relates),
    ("victim", Mark::Victim),
    ("bears", Mark::Bears),
    ("partner", Mark::Partner),
    ("from-abroad", Mark::Abroad),
    ("going-back", Mark::Returning),
    ("staying", Mark::Staying),
    ("studying", Mark::Studying),
    ("with-friends", Mark::Friends),
];
const PERSONS: [(&str, Option<Who>, bool); 7] = [
    ("child", Some(Who::Child), false),
    ("parent", Some(Who::Parent), true),
    ("other-adult", Some(Who::Other), true),
    ("other-child", Some(Who::Other), false),
    ("outside-adult", Some(Who::Outside), true),
    ("outside-child", Some(Who::Outside), false),
    ("pronoun", None, true),
];
const GENDERS: [(&str, Gender); 4] =
    [("any", Gender::Any), ("he", Gender::He), ("she", Gender::She), ("they", Gender::They)];
const KINDS: [&str; 4] = ["going-back", "staying", "studying", "with-friends"];
const FORMS: [(&str, Who); 3] = [("child", Who::Child), ("parent", Who::Parent), ("other", Who::Other)];

type Table<'t> = Spanned<DeValue<'t>>;

struct Reader<'t> {
    file: &'t str,
    text: &'t str,
    faults: Vec<Fault>,
    lexicon: Lexicon,
    /// Families of meaning and phrases seen, with the place of the first.
    seen: HashMap<(&'static str, String), usize>,
}

/// Reads a lexicon.
///
/// # Errors
/// Every fault, in order of place.
pub(super) fn read(file: &str, text: &str) -> Result<Lexicon, Vec<Fault>> {
    let mut reader =
        Reader { file, text, faults: Vec::new(), lexicon: Lexicon::default(), seen: HashMap::new() };
    let (root, errors) = DeTable::parse_recoverable(text);
    for error in &errors {
        let start = error.span().map_or(0, |s| s.start);
        reader.fault(start, error.message().to_owned());
    }
    if errors.is_empty() {
        reader.root(root.get_ref());
    }
    let Reader { mut faults, mut lexicon, .. } = reader;
    faults.sort();
    if !faults.is_empty() {
        return Err(faults);
    }
    lexicon.vocabulary.close();
    lexicon.phrases.close();
    Ok(lexicon)
}

/// Drops what was read only to report its faults.
fn let_go<T>(_: T) {}

fn in_order<'a, 't>(table: &'a DeTable<'t>) -> Vec<(&'a str, Range<usize>, &'a Table<'t>)> {
    let mut entries: Vec<_> = table.iter().map(|(k, v)| (k.get_ref().as_ref(), k.span(), v)).collect();
    entries.sort_by_key(|(_, span, _)| span.start);
    entries
}

/// The codes given for a topic.
struct Codes {
    one: Option<String>,
    codes: [Option<String>; 3],
    harm: [Option<String>; 3],
    kinds: [Option<String>; 4],
}

impl Codes {
    fn rule(self, suffered: bool, of_child: bool, default: Who) -> Option<Rule> {
        Some(match (self.one, self.codes, self.harm) {
            (Some(code), [_, Some(parent), Some(other)], _) => Rule::Own([code, parent, other]),
            (Some(code), _, _) => match self.kinds {
                [Some(a), Some(b), Some(c), Some(d)] => Rule::Fostering([a, b, c, d, code]),
                _ => Rule::One(code, of_child),
            },
            (None, [Some(a), Some(b), Some(c)], [Some(d), Some(e), Some(f)]) => {
                Rule::Harm([d, e, f], Some([a, b, c]))
            }
            (_, [Some(a), Some(b), Some(c)], _) if suffered => Rule::Suffered([a, b, c], default),
            (_, [Some(a), Some(b), Some(c)], _) => Rule::Persons([a, b, c], default),
            (_, _, [Some(a), Some(b), Some(c)]) => Rule::Harm([a, b, c], None),
            _ => return None,
        })
    }
}

impl Reader<'_> {
    fn fault(&mut self, at: usize, message: String) {
        let before = self.text.get(..at).unwrap_or(self.text);
        let line = before.matches('\n').count() + 1;
        let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
        self.faults.push(Fault { file: self.file.to_owned(), line, column, message });
    }

    fn unknown(&mut self, at: usize, key: &str, allowed: &str) {
        self.fault(at, format!("unknown key `{key}`: allowed are {allowed}"));
    }

    fn table<'a, 't>(&mut self, key: &str, value: &'a Table<'t>) -> Option<&'a DeTable<'t>> {
        let table = value.get_ref().as_table();
        if table.is_none() {
            self.fault(value.span().start, format!("`{key}` must be a table"));
        }
        table
    }

    fn root(&mut self, root: &DeTable<'_>) {
        for (key, span, value) in in_order(root) {
            if !["topics", "strengths", "cues", "marks", "who", "words"].contains(&key) {
                self.unknown(span.start, key, "`topics`, `strengths`, `cues`, `marks`, `who` and `words`");
                continue;
            }
            let Some(table) = self.table(key, value) else { continue };
            for (name, span, value) in in_order(table) {
                match key {
                    "topics" => self.topic(name, span.start, value),
                    "strengths" => self.strength(name, span.start, value),
                    "cues" => self.named(name, &span, value, &CUES.map(|(n, c)| (n, Meaning::Cue(c)))),
                    "marks" => self.named(name, &span, value, &MARKS.map(|(n, m)| (n, Meaning::Mark(m)))),
                    "who" => self.persons(name, span.start, value),
                    _ => self.words(name, span.start, value),
                }
            }
        }
    }

    fn text(&mut self, key: &str, value: &Table<'_>) -> Option<String> {
        let text = value.get_ref().as_str().map(str::to_owned);
        if text.is_none() {
            self.fault(value.span().start, format!("`{key}` must be a text in quotes"));
        }
        text
    }

    fn truth(&mut self, key: &str, value: &Table<'_>) -> bool {
        let truth = value.get_ref().as_bool();
        if truth.is_none() {
            self.fault(value.span().start, format!("`{key}` must be true or false"));
        }
        truth == Some(true)
    }

    fn code(&mut self, key: &str, value: &Table<'_>) -> Option<String> {
        let code = self.text(key, value)?;
        if FACTOR.find(&code).is_some() {
            return Some(code);
        }
        self.fault(value.span().start, format!("unknown factor code `{code}`"));
        None
    }

    /// The texts of a list, each with its place; those that are no texts are reported.
    fn list(&mut self, key: &str, value: &Table<'_>) -> Vec<(usize, String)> {
        let Some(items) = value.get_ref().as_array() else {
            self.fault(value.span().start, format!("`{key}` must be a list of texts"));
            return Vec::new();
        };
        let texts = items.iter().filter_map(|item| Some((item.span().start, self.text(key, item)?)));
        texts.collect()
    }

    /// Adds the phrases of a list, and says how many there were.
    fn phrases(&mut self, key: &str, value: &Table<'_>, family: &'static str, meaning: Meaning) -> usize {
        let texts = self.list(key, value);
        let number = u32::try_from(self.lexicon.meanings.len()).unwrap_or(u32::MAX);
        self.lexicon.meanings.push(meaning);
        for (at, phrase) in &texts {
            self.phrase(*at, phrase, family, number);
        }
        texts.len()
    }

    fn phrase(&mut self, at: usize, phrase: &str, family: &'static str, number: u32) {
        let parts: Vec<_> = phrase.split_whitespace().collect();
        let no_word = |part: &&str| *part != ".." && Words::new(part).next().is_none();
        let (first, last) = (parts.first(), parts.last());
        if parts.is_empty() {
            return self.fault(at, "empty phrase".to_owned());
        }
        if let Some(part) = parts.iter().find(|p| no_word(p)) {
            return self.fault(at, format!("`{part}` in phrase `{phrase}` has no letter"));
        }
        if first == Some(&"..") || last == Some(&"..") {
            return self.fault(at, format!("phrase `{phrase}` must begin and end with a word"));
        }
        // Spelling differences that make no difference in a note make none here.
        let mut plain = String::new();
        for part in &parts {
            let words = Words::new(part).map(|(_, w)| String::from_utf8_lossy(w.letters()).into_owned());
            let joined = if *part == ".." { (*part).to_owned() } else { words.collect::<Vec<_>>().join(" ") };
            plain = format!("{plain} {joined}{}", if part.ends_with('*') { "*" } else { "" });
        }
        if let Some(&first) = self.seen.get(&(family, plain.clone())) {
            let line = self.text.get(..first).unwrap_or_default().matches('\n').count() + 1;
            return self.fault(at, format!("phrase `{phrase}` is there twice: first in line {line}"));
        }
        self.seen.insert((family, plain), at);
        let lexicon = &mut self.lexicon;
        lexicon.phrases.add(phrase, number, &mut lexicon.vocabulary);
    }

    fn topic(&mut self, name: &str, at: usize, value: &Table<'_>) {
        let Some(table) = self.table(name, value) else { return };
        let (mut codes, mut harm) = ([None, None, None], [None, None, None]);
        let mut kinds = [const { None }; 4];
        let (mut one, mut default, mut phrases) = (None, Who::Child, 0);
        let (mut suffered, mut of_child) = (false, false);
        let id = self.lexicon.topics.len();
        for (key, span, value) in in_order(table) {
            let fixed = key.strip_prefix("phrases-").map(|w| w.strip_prefix("by-").unwrap_or(w));
            let form = FORMS.iter().position(|(n, _)| *n == key);
            let kind = KINDS.iter().position(|n| *n == key);
            let whose = match fixed {
                Some("child") => Some(Who::Child),
                Some("parent" | "adult") => Some(Who::Parent),
                Some("other") => Some(Who::Other),
                _ => None,
            };
            match (key, form) {
                ("title", _) => let_go(self.text(key, value)),
                ("code", _) => one = self.code(key, value),
                ("suffered", _) => suffered = self.truth(key, value),
                ("of-child", _) => of_child = self.truth(key, value),
                ("default", _) => {
                    let text = self.text(key, value).unwrap_or_default();
                    match FORMS.iter().find(|(n, _)| *n == text) {
                        Some((_, who)) => default = *who,
                        None => self.fault(span.start, "`default` must be child, parent or other".to_owned()),
                    }
                }
                ("by-child", _) => harm[0] = self.code(key, value),
                ("by-adult", _) => harm[1] = self.code(key, value),
                ("unsaid", _) => harm[2] = self.code(key, value),
                (_, Some(form)) => {
                    let code = self.code(key, value);
                    if let Some(slot) = codes.get_mut(form) {
                        *slot = code;
                    }
                }
                _ if kind.is_some() => {
                    let code = self.code(key, value);
                    if let Some(slot) = kind.and_then(|k| kinds.get_mut(k)) {
                        *slot = code;
                    }
                }
                _ if key == "phrases" || whose.is_some() => {
                    phrases += self.phrases(key, value, "topic", Meaning::Topic(id, whose));
                }
                _ => self.unknown(
                    span.start,
                    key,
                    "`title`, `code`, `child`, `parent`, `other`, `by-child`, `by-adult`, `unsaid`, `suffered`, `of-child`, \
                     `default`, `going-back`, `staying`, `studying`, `with-friends`, `phrases` and `phrases-` with child, parent, other, by-child or by-adult",
                ),
            }
        }
        let codes = Codes { one, codes, harm, kinds };
        let Some(rule) = codes.rule(suffered, of_child, default) else {
            let forms = "`child` with `parent` and `other`, or `by-child` with `by-adult` and `unsaid`";
            return self.fault(at, format!("topic `{name}` needs `code`, or {forms}"));
        };
        self.lexicon.topics.push(Topic { key: name.to_owned(), rule, phrases });
    }

    fn strength(&mut self, name: &str, _: usize, value: &Table<'_>) {
        let Some(table) = self.table(name, value) else { return };
        let (id, mut phrases) = (self.lexicon.topics.len(), 0);
        for (key, span, value) in in_order(table) {
            match key {
                "title" => let_go(self.text(key, value)),
                "phrases" => phrases += self.phrases(key, value, "topic", Meaning::Topic(id, None)),
                _ => self.unknown(span.start, key, "`title` and `phrases`"),
            }
        }
        let rule = Rule::Strength(name.to_owned());
        self.lexicon.topics.push(Topic { key: name.to_owned(), rule, phrases });
    }

    fn named(
        &mut self,
        name: &str,
        span: &Range<usize>,
        value: &Table<'_>,
        known: &[(&'static str, Meaning)],
    ) {
        match known.iter().find(|(n, _)| *n == name) {
            // One word can be in several lists: `ruled out` acts forwards and backwards.
            Some(&(family, meaning)) => let_go(self.phrases(name, value, family, meaning)),
            None => {
                let allowed: Vec<_> = known.iter().map(|(n, _)| format!("`{n}`")).collect();
                self.unknown(span.start, name, &allowed.join(", "));
            }
        }
    }

    fn persons(&mut self, name: &str, at: usize, value: &Table<'_>) {
        let Some(&(_, who, adult)) = PERSONS.iter().find(|(n, _, _)| *n == name) else {
            let allowed: Vec<_> = PERSONS.iter().map(|(n, _, _)| format!("`{n}`")).collect();
            return self.unknown(at, name, &allowed.join(", "));
        };
        let Some(table) = self.table(name, value) else { return };
        for (key, span, value) in in_order(table) {
            match GENDERS.iter().find(|(n, _)| *n == key) {
                Some(&(_, gender)) => {
                    self.phrases(key, value, "person", Meaning::Person(Person { who, adult, gender }));
                }
                None => self.unknown(span.start, key, "`any`, `he`, `she` and `they`"),
            }
        }
    }

    fn words(&mut self, name: &str, at: usize, value: &Table<'_>) {
        if name != "ordinary" {
            return self.unknown(at, name, "`ordinary`");
        }
        for (at, word) in self.list(name, value) {
            if word.trim().is_empty() {
                self.fault(at, "empty word".to_owned());
            }
            self.lexicon.vocabulary.know(&word);
        }
    }
}
