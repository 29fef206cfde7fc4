//! Finds the phrases of a note sentence by sentence and settles which of those that overlap count.

use super::context::{self, Clauses};
use super::tokens::Break;
use super::trie::{Hit, Note};
use super::who::{self, Known};
use super::{Cue, Lexicon, Mark, Meaning, Mention, Person, Rule, Sense, Who};

/// The longest sentence in words; what is longer lacks full stops, and is cut so that time stays in proportion.
const LONGEST_SENTENCE: usize = 250;

/// One sentence of a note with all that was found in it. Word numbers count from the beginning of the note.
#[derive(Debug, Default)]
pub(super) struct Sentence {
    pub(super) from: usize,
    /// The word after its last.
    pub(super) to: usize,
    pub(super) topics: Vec<(Hit, usize, Option<Who>)>,
    pub(super) cues: Vec<(Hit, Cue)>,
    pub(super) marks: Vec<(Hit, Mark)>,
    pub(super) persons: Vec<(Hit, Person)>,
    /// It ends with a question mark.
    pub(super) question: bool,
}

impl Hit {
    pub(super) fn holds(&self, other: &Self) -> bool {
        self.from <= other.from && other.to <= self.to
    }

    /// Whether `other` is part of this one and not of what a `..` of it stands for.
    fn owns(&self, other: &Self) -> bool {
        let whole = self.own == self.to - self.from;
        self.holds(other) && (whole || self.from == other.from || self.to == other.to)
    }
}

impl Sentence {
    fn new(lexicon: &Lexicon, note: &Note, from: usize, to: usize) -> Self {
        let mut sentence = Self { from, to, ..Self::default() };
        let mut hits = Vec::new();
        for at in from..to {
            lexicon.phrases.at(note, at, to, &mut hits);
        }
        for hit in hits {
            match lexicon.meaning(hit.meaning) {
                Some(Meaning::Topic(topic, whose)) => sentence.topics.push((hit, topic, whose)),
                Some(Meaning::Cue(cue)) => sentence.cues.push((hit, cue)),
                Some(Meaning::Mark(mark)) => sentence.marks.push((hit, mark)),
                Some(Meaning::Person(person)) => sentence.persons.push((hit, person)),
                None => {}
            }
        }
        sentence.question = match note.places.get(to) {
            Some(next) => next.after_question,
            None => note.ends_in_question,
        };
        sentence.settle(lexicon);
        sentence
    }

    fn settle(&mut self, lexicon: &Lexicon) {
        // Words inside a longer phrase mean what that phrase means: `good mental health` is no `mental health`.
        self.topics.sort_by_key(|(h, topic, _)| (std::cmp::Reverse(h.own), h.to - h.from, h.from, *topic));
        let mut kept = Vec::<(Hit, usize, Option<Who>)>::new();
        for &(hit, topic, whose) in &self.topics {
            if !kept.iter().any(|(k, t, _)| k.owns(&hit) || (*t == topic && k.holds(&hit))) {
                kept.push((hit, topic, whose));
            }
        }
        kept.sort_by_key(|(h, topic, _)| (h.from, h.to, *topic));
        self.topics = kept;
        longest(&mut self.cues);
        longest(&mut self.persons);
        // `his` in `his brother` is no person of its own.
        let starts: Vec<_> = self.persons.iter().map(|(p, _)| p.from).collect();
        self.persons.retain(|(p, person)| person.who.is_some() || !starts.contains(&p.to));
        let (topics, cues, persons) = (&self.topics, &mut self.cues, &self.persons);
        cues.retain(|(c, k)| *k != Cue::NotOurs || !persons.iter().any(|(p, _)| p.owns(c) && p.own > c.own));
        cues.retain(|(c, _)| !topics.iter().any(|(t, _, _)| t.owns(c)));
        let apart = |rule: &Rule, whose: Option<Who>| {
            whose.is_some() || matches!(rule, Rule::One(..) | Rule::Strength(_))
        };
        self.persons.retain(|(p, person)| {
            let in_cue = cues.iter().any(|(c, _)| c.owns(p) && c.own > p.own);
            let in_topic = topics.iter().any(|(t, topic, whose)| {
                t.owns(p)
                    && lexicon.topics.get(*topic).is_some_and(|t| {
                        // `pinned pupils` are no pupils.
                        let thing = matches!(t.rule, Rule::Persons(..)) && person.who == Some(Who::Outside);
                        thing || apart(&t.rule, *whose)
                    })
            });
            !in_cue && !in_topic
        });
        let persons = &self.persons;
        self.marks.retain(|(m, k)| {
            // `another household member` lives here, though `another household` does not.
            if *k == Mark::Elsewhere && persons.iter().any(|(p, _)| p.owns(m) && p.own > m.own) {
                return false;
            }
            let kind =
                matches!(k, Mark::Abroad | Mark::Returning | Mark::Staying | Mark::Studying | Mark::Friends);
            // `hit by` ends in a word that still says who does it.
            let ends = |t: &Hit| matches!(k, Mark::By | Mark::Partner | Mark::Towards) && t.to == m.to;
            kind || !cues.iter().any(|(c, _)| c.owns(m) && c.own > m.own)
                && !topics.iter().any(|(t, _, _)| t.owns(m) && !ends(t))
        });
    }
}

/// Keeps of those that overlap the leftmost, and of those that begin together the longest; all of them if they also
/// end together, since a cue can act both ways.
fn longest<T: Copy>(found: &mut Vec<(Hit, T)>) {
    found.sort_by_key(|(h, _)| (h.from, std::cmp::Reverse(h.to), std::cmp::Reverse(h.own)));
    let mut last = (0, 0);
    found.retain(|(h, _)| {
        let free = h.from >= last.1 || (h.from, h.to) == last;
        last = if free { (h.from, h.to) } else { last };
        free
    });
}

/// Every mention in a note, in order of place.
pub(super) fn find<'l>(lexicon: &'l Lexicon, text: &str) -> Vec<Mention<'l>> {
    let note = Note::new(text, &lexicon.vocabulary);
    let mut mentions = Vec::<Mention<'l>>::new();
    let (mut from, mut previous) = (0, 0);
    let mut known = Known::default();
    while from < note.places.len() {
        let rest = note.places.iter().skip(from + 1);
        let more = rest.take(LONGEST_SENTENCE - 1).take_while(|p| p.before != Break::Sentence).count();
        let to = from + 1 + more;
        let sentence = Sentence::new(lexicon, &note, from, to);
        let clauses = Clauses::new(&sentence, &note);
        if let Some(sense) = context::takes_back(&sentence)
            && let Some(earlier) = mentions.get_mut(previous..)
        {
            for mention in earlier.iter_mut().filter(|m| m.sense == Sense::Present) {
                mention.sense = sense;
            }
        }
        if who::sends_out(&sentence)
            && let Some(earlier) = mentions.get_mut(previous..)
        {
            for mention in earlier.iter_mut().filter(|m| m.who != Who::Child) {
                (mention.who, mention.sense) = (Who::Outside, Sense::ThirdParty);
            }
        }
        let persons = known.resolve(&sentence);
        let begin = mentions.len();
        for &(hit, topic, whose) in &sentence.topics {
            let Some(topic) = lexicon.topics.get(topic) else { continue };
            let view = who::View { sentence: &sentence, persons: &persons, clauses: &clauses, known: &known };
            let (who, factor) = view.about(&hit, &topic.rule, whose);
            let sense = match who {
                Who::Outside => Sense::ThirdParty,
                Who::Child | Who::Parent | Who::Other => context::sense(&sentence, &clauses, &note, &hit),
            };
            let start = note.places.get(hit.from).map_or(0, |p| p.start);
            let end = note.places.get(hit.to - 1).map_or(0, |p| p.end);
            add(&mut mentions, begin, Mention { start, end, factor, who, sense });
        }
        settle_harm(lexicon, &mut mentions, begin);
        if mentions.len() > begin {
            previous = begin;
        } else if !sentence.persons.is_empty() {
            // A sentence about somebody else parts what comes after from what came before.
            previous = mentions.len();
        }
        known.remember(persons, &sentence);
        from = to;
    }
    mentions.sort_by_key(|m| (m.start, m.end));
    mentions
}

/// Where a sentence says by whom the harm is done, drops the mention that does not know.
fn settle_harm(lexicon: &Lexicon, mentions: &mut Vec<Mention<'_>>, begin: usize) {
    for topic in &lexicon.topics {
        let Rule::Harm([by_child, by_adult, unsaid], _) = &topic.rule else { continue };
        let here = mentions.iter().skip(begin);
        if here.clone().any(|m| m.factor == unsaid)
            && here.clone().any(|m| m.factor == by_child || m.factor == by_adult)
        {
            let mut at = 0;
            mentions.retain(|m| {
                at += 1;
                at <= begin || m.factor != unsaid
            });
        }
    }
}

/// Adds a mention, or lets it take the place of a shorter one that says the same in the same sentence.
fn add<'l>(mentions: &mut Vec<Mention<'l>>, begin: usize, new: Mention<'l>) {
    let same = mentions
        .iter_mut()
        .skip(begin)
        .find(|m| (m.factor, m.sense, m.who) == (new.factor, new.sense, new.who));
    match same {
        Some(old) if new.end - new.start > old.end - old.start => *old = new,
        Some(_) => {}
        None => mentions.push(new),
    }
}
