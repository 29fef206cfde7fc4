//! Whom a phrase is about, from the words for persons around it.

use super::context::Clauses;
use super::scan::Sentence;
use super::trie::Hit;
use super::{Cue, Gender, Mark, Person, Rule, Who};

/// A word for a person, with whom it stands for.
#[derive(Clone, Copy, Debug)]
pub(super) struct Named {
    pub(super) at: Hit,
    pub(super) who: Who,
    pub(super) adult: bool,
    pub(super) gender: Gender,
    pub(super) pronoun: bool,
    /// Only reports, sees or hears.
    pub(super) reports: bool,
    /// Stands behind a word such as `at` or `with`.
    pub(super) beside: bool,
    /// Stands behind a word such as `by` or `from`.
    pub(super) agent: bool,
}

/// The persons of the sentences before.
#[derive(Debug, Default)]
pub(super) struct Known {
    persons: Vec<Named>,
}

fn near(mark: &Hit, person: &Hit) -> bool {
    // One word may stand between: `at the child`.
    mark.to <= person.from && person.from - mark.to <= 1
}

fn stands_for(pronoun: Gender, person: Gender) -> bool {
    pronoun == person || pronoun == Gender::Any
}

impl Known {
    /// Says for each person word of a sentence whom it stands for.
    pub(super) fn resolve(&self, sentence: &Sentence) -> Vec<Named> {
        let mut out = Vec::<Named>::new();
        for &(at, person) in &sentence.persons {
            let mark = |wanted: Mark| sentence.marks.iter().filter(move |(_, m)| *m == wanted);
            // `gran who shares the house` does not report, `uncle who lives with them` does not witness.
            let housed = |m: &Hit| mark(Mark::Inside).any(|(i, _)| i.from < m.to && m.from < i.to);
            let follows =
                |wanted| mark(wanted).any(|(m, _)| at.to <= m.from && m.from - at.to <= 1 && !housed(m));
            let precedes = |wanted| mark(wanted).any(|(m, _)| near(m, &at));
            let (who, adult) = match person.who {
                Some(who) => (who, person.adult),
                None => self.antecedent(&out, person),
            };
            out.push(Named {
                at,
                who,
                adult,
                gender: person.gender,
                pronoun: person.who.is_none(),
                reports: follows(Mark::Reports) || follows(Mark::Witnesses),
                beside: precedes(Mark::Beside),
                agent: precedes(Mark::By),
            });
        }
        out
    }

    /// The person a pronoun stands for: the last one before that fits, else the child, whose record it is.
    fn antecedent(&self, before: &[Named], pronoun: Person) -> (Who, bool) {
        for persons in [before, &self.persons] {
            // A neighbour who reports speaks of the family, not of themselves.
            let named =
                || persons.iter().rev().filter(|p| !p.pronoun && (!p.reports || p.who != Who::Outside));
            let exact = named().find(|p| stands_for(pronoun.gender, p.gender));
            let any = || named().find(|p| p.gender == Gender::Any);
            let plural = || persons.last().filter(|_| pronoun.gender == Gender::They);
            if let Some(found) = exact.or_else(any).or_else(plural) {
                return (found.who, found.adult);
            }
        }
        (Who::Child, false)
    }

    /// Keeps the persons of a sentence for the next; a sentence without persons changes nothing.
    pub(super) fn remember(&mut self, persons: Vec<Named>, sentence: &Sentence) {
        if persons.is_empty() && !sentence.topics.is_empty() {
            return;
        }
        self.persons = persons;
    }

    /// The person that a sentence without one goes on about.
    fn carried(&self) -> Option<&Named> {
        let plain = |p: &&Named| !p.reports && !p.beside;
        self.persons.iter().find(plain).or_else(|| self.persons.first()).filter(|p| p.who != Who::Outside)
    }
}

/// Whether a sentence says of the persons of the one before that they live elsewhere.
pub(super) fn sends_out(sentence: &Sentence) -> bool {
    let named = sentence.persons.iter().any(|(_, p)| p.who.is_some());
    let elsewhere = sentence.marks.iter().any(|(_, m)| *m == Mark::Elsewhere);
    elsewhere && !named && sentence.topics.is_empty()
}

/// A sentence, its persons, and those before.
#[derive(Clone, Copy, Debug)]
pub(super) struct View<'v> {
    pub(super) sentence: &'v Sentence,
    pub(super) persons: &'v [Named],
    pub(super) clauses: &'v Clauses,
    pub(super) known: &'v Known,
}

impl<'v> View<'v> {
    /// Whom a phrase is about, and the factor that makes of its topic.
    pub(super) fn about<'l>(&self, hit: &Hit, rule: &'l Rule, whose: Option<Who>) -> (Who, &'l str) {
        let (who, code) = self.said_of(hit, rule, whose);
        match rule {
            Rule::Strength(_) => (who, code),
            _ if self.is_theirs(hit) => (Who::Outside, self.coded_by_itself(hit, rule, whose, code)),
            _ => (who, code),
        }
    }

    /// Whether the whole sentence is about people outside the household.
    fn is_theirs(&self, hit: &Hit) -> bool {
        let linked = |p: &Named| {
            self.marks(Mark::Relates).any(|m| {
                let before = m.to <= p.at.from && p.at.from - m.to <= 3;
                before || (p.at.to <= m.from && m.from - p.at.to <= 3 && m.to <= hit.from)
            })
        };
        let outside = |p: &Named| p.who == Who::Outside || self.housed(p) == Who::Outside;
        let theirs = |p: &&Named| !p.pronoun && !p.reports && outside(p);
        self.sentence.cues.iter().any(|(_, c)| *c == Cue::NotOurs)
            || self.persons.iter().filter(theirs).any(linked)
    }

    /// The code of a phrase about people outside, whose place in their household is what the phrase itself says.
    fn coded_by_itself<'l>(&self, hit: &Hit, rule: &'l Rule, whose: Option<Who>, code: &'l str) -> &'l str {
        let inside = || self.persons.iter().find(|p| hit.from <= p.at.from && p.at.to <= hit.to);
        let next = || self.before(hit).next().filter(|p| hit.from - p.at.to <= 2 && !p.reports);
        let named = || self.owner(hit).or_else(inside).or_else(next).filter(|p| p.who != Who::Outside);
        match rule {
            Rule::Persons(codes, default) | Rule::Suffered(codes, default) => {
                coded(codes, whose.or_else(|| named().map(|p| p.who)).unwrap_or(*default))
            }
            Rule::Harm([by_child, by_adult, unsaid], _) => {
                let by = self.behind(hit, Mark::By, 2).filter(|p| p.who != Who::Child);
                let by = whose.map(|w| w != Who::Child).or(by.map(|p| p.adult));
                by.map_or(unsaid, |adult| if adult { by_adult } else { by_child })
            }
            _ => code,
        }
    }

    fn said_of<'l>(&self, hit: &Hit, rule: &'l Rule, whose: Option<Who>) -> (Who, &'l str) {
        match rule {
            Rule::One(code, true) => {
                (self.adult_doing_it(hit).unwrap_or_else(|| self.child_unless_named(hit)), code)
            }
            Rule::Own(codes) => {
                let who = self.adult_doing_it(hit).unwrap_or_else(|| self.child_unless_named(hit));
                // Of someone outside nothing else is known.
                (who, coded(codes, if who == Who::Outside { Who::Child } else { who }))
            }
            Rule::One(code, false) => (self.child_unless_named(hit), code),
            Rule::Strength(key) => match self.child_unless_named(hit) {
                // An aunt elsewhere or a neighbour can be a strength of this family.
                Who::Outside if self.person(hit).is_none_or(|p| p.adult) => (Who::Other, key),
                who => (who, key),
            },
            Rule::Persons(codes, default) => {
                let who = whose.or_else(|| self.subject(hit)).unwrap_or(*default);
                (who, coded(codes, who))
            }
            Rule::Suffered(codes, default) => {
                let who = whose.or_else(|| self.sufferer(hit)).unwrap_or(*default);
                (who, coded(codes, who))
            }
            Rule::Fostering(codes) => (self.child_unless_named(hit), self.fostered(codes)),
            Rule::Harm([by_child, by_adult, unsaid], abuse) => {
                if let (Some(codes), None) = (abuse, whose)
                    && let Some((who, code)) = self.abused(hit, codes)
                {
                    return (who, code);
                }
                let by = match whose {
                    Some(by) => Some(by != Who::Child),
                    None => self.harmed_by_adult(hit),
                };
                let code = by.map_or(unsaid, |adult| if adult { by_adult } else { by_child });
                (self.harmed(hit), code)
            }
        }
    }

    /// Which kind of private fostering the sentence speaks of.
    fn fostered<'l>(&self, [back, stay, study, friends, other]: &'l [String; 5]) -> &'l str {
        let said = |wanted| self.marks(wanted).next().is_some();
        if said(Mark::Staying) {
            stay
        } else if said(Mark::Returning) {
            back
        } else if said(Mark::Studying) {
            study
        } else if said(Mark::Abroad) {
            back
        } else if said(Mark::Friends) {
            friends
        } else {
            other
        }
    }

    pub(super) fn marks(&self, wanted: Mark) -> impl Iterator<Item = &'v Hit> {
        let marks = self.sentence.marks.iter();
        marks.filter(move |(_, m)| *m == wanted).map(|(hit, _)| hit)
    }

    /// The persons before a phrase, the nearest first.
    pub(super) fn before(&self, hit: &Hit) -> impl Iterator<Item = &'v Named> {
        let from = hit.from;
        self.persons.iter().rev().filter(move |p| p.at.to <= from)
    }

    /// The person behind a word of this kind that stands within `reach` words after the phrase.
    pub(super) fn behind(&self, hit: &Hit, wanted: Mark, reach: usize) -> Option<&'v Named> {
        // `in front of mum` is no `of mum`.
        let part = |m: &Hit| self.marks(Mark::Beside).any(|b| b.holds(m) && b.own > m.own);
        let here = |m: &&Hit| m.from + 1 >= hit.to && m.from <= hit.to + reach && !part(m);
        let mut marks = self.marks(wanted).filter(here);
        marks.find_map(|m| self.persons.iter().find(|p| m.to <= p.at.from && p.at.from - m.to <= 2))
    }

    /// The person the phrase is said of.
    pub(super) fn person(&self, hit: &Hit) -> Option<&'v Named> {
        let inside = self.persons.iter().find(|p| hit.from <= p.at.from && p.at.to <= hit.to);
        if inside.is_some() {
            return inside;
        }
        // `mum's drinking`, whatever stands before `mum`.
        let next = self.before(hit).next().filter(|p| p.at.to == hit.from && !p.reports);
        if next.is_some() {
            return next;
        }
        let by = self.owner(hit).or_else(|| self.behind(hit, Mark::By, 2));
        let by = by.or_else(|| self.behind(hit, Mark::Towards, 2));
        let subject = || self.before(hit).any(|p| !p.reports && !p.beside && p.who != Who::Outside);
        let by = by.filter(|p| p.who != Who::Outside || !subject());
        if by.is_some() {
            return by;
        }
        // `Dad shouts at Child when drunk`: the subject of the sentence.
        let meanwhile = self.marks(Mark::Meanwhile).any(|m| m.to <= hit.from && hit.from - m.to <= 1);
        if meanwhile && let Some(first) = self.persons.iter().find(|p| !p.reports && p.at.to <= hit.from) {
            return Some(first);
        }
        let plain = self.before(hit).find(|p| !p.reports && !p.beside && (!p.agent || p.who != Who::Outside));
        let clause = self.clauses.of(hit.from);
        let after = |p: &&Named| p.at.from >= hit.to && !p.reports && self.clauses.of(p.at.from) == clause;
        let reporter = || self.before(hit).find(|p| p.who != Who::Outside);
        plain
            .or_else(|| self.before(hit).find(|p| p.beside))
            .or_else(reporter)
            .or_else(|| self.persons.iter().filter(|p| !p.beside).find(after))
            .or_else(|| self.persons.iter().find(|p| p.at.from >= hit.to && !p.pronoun && !p.agent))
    }

    /// The person of `drinking by the child` or `learning disability in others at home`.
    pub(super) fn owner(&self, hit: &Hit) -> Option<&'v Named> {
        let clause = self.clauses.of(hit.from);
        let found = self.behind(hit, Mark::Owner, 2)?;
        let plain = |p: &&Named| p.who != Who::Outside && !p.reports && self.clauses.of(p.at.from) == clause;
        if found.who == Who::Outside && self.before(hit).any(|p| plain(&p)) {
            return None;
        }
        let between = self.persons.iter().any(|p| p.at.from >= hit.to && p.at.to < found.at.from);
        (!between && self.clauses.of(found.at.from) == clause).then_some(found)
    }

    /// Whom the phrase is about, if the note says.
    fn subject(&self, hit: &Hit) -> Option<Who> {
        match self.person(hit) {
            Some(person) => Some(self.housed(person)),
            None if self.persons.is_empty() && self.marks(Mark::Elsewhere).next().is_some() => {
                Some(Who::Outside)
            }
            // `No sign of depression`: of whomever it would be said.
            None if self.sentence.cues.iter().any(|(c, k)| c.to <= hit.from + 8 && *k != Cue::NoNegation) => {
                None
            }
            None => self.known.carried().map(|p| p.who),
        }
    }

    /// The person's place, corrected by what the sentence says of where they live.
    pub(super) fn housed(&self, person: &Named) -> Who {
        let owner = |mark: &Hit| {
            let before = self.persons.iter().rev().find(|p| p.at.to <= mark.from && !p.reports);
            before.or_else(|| self.persons.iter().find(|p| p.at.from >= mark.to))
        };
        let said = |wanted| {
            self.marks(wanted)
                .any(|m| owner(m).is_none_or(|o| o.who == person.who && o.adult == person.adult))
        };
        match person.who {
            Who::Child => Who::Child,
            Who::Parent | Who::Other if said(Mark::Elsewhere) => Who::Outside,
            Who::Outside if said(Mark::Inside) && !said(Mark::Elsewhere) => Who::Other,
            other => other,
        }
    }

    /// The adult named just before the phrase who does what would only count if the child did it.
    fn adult_doing_it(&self, hit: &Hit) -> Option<Who> {
        let last = self.before(hit).next()?;
        let close = hit.from - last.at.to <= 2 && !last.reports && !last.beside && !last.agent;
        (close && !last.pronoun && last.adult && last.who != Who::Child).then(|| self.housed(last))
    }

    /// For what is only ever said of a child: the child, unless it is plainly another one, or another household.
    fn child_unless_named(&self, hit: &Hit) -> Who {
        let clause = self.clauses.of(hit.from);
        let child_here = self.persons.iter().any(|p| {
            p.who == Who::Child && (!p.reports || p.at.to <= hit.from) && self.clauses.of(p.at.from) == clause
        });
        let Some(person) = self.person(hit).filter(|p| !p.reports && !p.agent) else {
            let owned = self.persons.iter().any(|p| !p.reports && !p.agent);
            let elsewhere = !owned && self.marks(Mark::Elsewhere).next().is_some();
            return if elsewhere && self.persons.is_empty() { Who::Outside } else { Who::Child };
        };
        if person.at.from >= hit.to && person.who != Who::Outside {
            return Who::Child;
        }
        match self.housed(person) {
            Who::Outside if !child_here && (!person.pronoun || person.who == Who::Outside) => Who::Outside,
            Who::Other if !person.adult && !child_here => Who::Other,
            _ => Who::Child,
        }
    }
}

pub(super) fn coded(codes: &[String; 3], who: Who) -> &str {
    let [child, parent, other] = codes;
    match who {
        Who::Child => child,
        Who::Parent => parent,
        Who::Other | Who::Outside => other,
    }
}
