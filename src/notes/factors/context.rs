//! Whether what a phrase says is so, is not, was, or may be.
//!
//! The rules are those of `NegEx` (Chapman and others 2001) and `ConText` (Harkema and others 2009): a cue acts
//! forwards or backwards to the end of its clause, and some phrases only look like cues.

use super::scan::Sentence;
use super::tokens::Break;
use super::trie::{Hit, Note};
use super::{Cue, Mark, Sense};

/// How many words after a cue its scope reaches at most.
const REACH_AHEAD: usize = 14;
/// How many words before a cue its scope reaches at most.
const REACH_BACK: usize = 11;
/// The most words of a sentence that only comments on the one before.
const SHORT: usize = 8;

/// Where the clauses of a sentence begin.
#[derive(Debug)]
pub(super) struct Clauses {
    starts: Vec<usize>,
}

impl Clauses {
    pub(super) fn new(sentence: &Sentence, note: &Note) -> Self {
        let begins = |at: usize| sentence.persons.iter().filter(move |(p, _)| p.from == at);
        let verb = |at: usize| {
            let verbs = [Mark::ClauseVerb, Mark::Reports];
            sentence.marks.iter().any(|(m, mark)| m.from == at && verbs.contains(mark))
        };
        let subject = |at: usize| begins(at).any(|(p, who)| who.who.is_none() || verb(p.to));
        let starts = (sentence.from + 1..sentence.to).filter(|&at| {
            let before = note.places.get(at).map_or(Break::None, |p| p.before);
            let mark = |wanted| sentence.marks.iter().any(|(m, k)| m.from == at && *k == wanted);
            let joined = mark(Mark::Joins) && (subject(at + 1) || verb(at + 1));
            let after_comma = before == Break::Comma && (subject(at) || verb(at));
            before >= Break::Clause || mark(Mark::ClauseStart) || joined || after_comma
        });
        Self { starts: starts.collect() }
    }

    /// The number of the clause a word is in.
    pub(super) fn of(&self, word: usize) -> usize {
        self.starts.partition_point(|&start| start <= word)
    }
}

/// The sense of a phrase that is about somebody in the household.
pub(super) fn sense(sentence: &Sentence, clauses: &Clauses, note: &Note, hit: &Hit) -> Sense {
    let (mut negated, mut past, mut doubt) = (false, false, false);
    let clause = clauses.of(hit.from);
    for (cue, kind) in &sentence.cues {
        let ahead =
            cue.to <= hit.from && clauses.of(cue.to - 1) == clause && hit.from - cue.to <= REACH_AHEAD;
        let after = cue.from >= hit.to;
        let near = after && clauses.of(cue.from) == clause && cue.from - hit.to <= REACH_BACK;
        let back = near || (after && cue.from - hit.to <= REACH_AHEAD && comments(sentence, hit, cue));
        match kind {
            Cue::NegationBefore => negated |= ahead,
            Cue::NegationAfter => negated |= back,
            Cue::DoubtBefore => doubt |= ahead,
            Cue::DoubtAfter => doubt |= back,
            Cue::PastBefore => past |= ahead,
            Cue::PastAfter => past |= back,
            Cue::PastAround => past |= ahead || back,
            // What came before it in the sentence, whatever the clause.
            // The scan has dealt with it.
            Cue::NotOurs => {}
            Cue::TakenBack => negated |= cue.from >= hit.to && cue.from - hit.to <= REACH_BACK,
            Cue::NoneSince => past |= cue.from >= hit.to,
            // `not engaging` denies `engaging well`, though it does not deny what comes after it.
            Cue::NoNegation => negated |= cue.from < hit.from && hit.from < cue.to,
        }
    }
    let queried = note.places.iter().enumerate().take(hit.to).skip(hit.from.saturating_sub(6));
    let mut queried =
        queried.filter(|(at, p)| p.queried && *at >= sentence.from && clauses.of(*at) == clause);
    doubt |= sentence.question || queried.next().is_some();
    match (negated, past, doubt) {
        (true, _, _) => Sense::Negated,
        (_, true, _) => Sense::Past,
        (_, _, true) => Sense::Doubt,
        _ => Sense::Present,
    }
}

/// Whether a later clause only comments on a phrase: `low mood is reported, but we cannot be certain`.
fn comments(sentence: &Sentence, hit: &Hit, cue: &Hit) -> bool {
    let topic = sentence.topics.iter().any(|(t, ..)| t.from >= hit.to);
    let person =
        sentence.persons.iter().any(|(p, who)| p.from >= hit.to && who.who.is_some() && p.to <= cue.from);
    cue.own > 1 && !topic && !person
}

/// What a short sentence such as `None since.`, `Mum denies this.` or `To be explored.` makes of the one before it.
pub(super) fn takes_back(sentence: &Sentence) -> Option<Sense> {
    if sentence.to - sentence.from > SHORT || !sentence.topics.is_empty() {
        return None;
    }
    sentence.cues.iter().find_map(|(cue, kind)| {
        let begins = cue.from <= sentence.from + 3;
        let ends = cue.to + 1 >= sentence.to;
        match kind {
            Cue::NoneSince if begins => Some(Sense::Past),
            Cue::TakenBack if begins && ends => Some(Sense::Negated),
            Cue::PastAfter | Cue::PastAround if begins && ends => Some(Sense::Past),
            Cue::DoubtAfter if begins && ends => Some(Sense::Doubt),
            _ => None,
        }
    })
}
