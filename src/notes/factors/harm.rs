//! Who does harm and who suffers it.

use super::trie::Hit;
use super::who::{Named, View, coded};
use super::{Mark, Who};

impl View<'_> {
    /// Whom harm is done to, if that is not the child or it is done by the child or the child's partner, and the
    /// code that makes of it.
    pub(super) fn abused<'l>(&self, hit: &Hit, codes: &'l [String; 3]) -> Option<(Who, &'l str)> {
        let child = codes.first().map(String::as_str)?;
        let clause = self.clauses.of(hit.from);
        let passive = self.marks(Mark::Suffers).filter(|m| m.to <= hit.from && hit.from - m.to <= 2).last();
        let bears = self.marks(Mark::Bears).find(|m| m.to == hit.from);
        let by = self.marks(Mark::By).any(|m| m.from + 1 >= hit.to && m.from <= hit.to + 3);
        let by = by.then_some(hit);
        if let Some(mark) = passive.or(bears).or(by) {
            let victim = self.before(mark).find(|p| !p.reports && !p.beside)?;
            let by_partner = self.marks(Mark::Partner).any(|m| m.to >= hit.to && m.from <= hit.to + 5);
            return match self.housed(victim) {
                Who::Child => by_partner.then_some((Who::Child, child)),
                Who::Outside => None,
                who => Some((who, coded(codes, who))),
            };
        }
        let object = |p: &&Named| p.at.from > hit.from && p.at.from <= hit.to + 3 && !p.agent && !p.reports;
        let object = self.persons.iter().find(object).filter(|p| self.clauses.of(p.at.from) <= clause + 1);
        let victim = object.or_else(|| self.behind(hit, Mark::Towards, 2).filter(|p| !p.agent))?;
        let who = self.housed(victim);
        if victim.who == Who::Child || who == Who::Outside || !victim.adult {
            return None;
        }
        let doer = self.before(hit).find(|p| !p.reports && !p.beside);
        match doer {
            Some(p) if p.who == Who::Child => Some((Who::Child, child)),
            _ => Some((who, coded(codes, who))),
        }
    }

    /// Who suffers domestic abuse, if the sentence says.
    pub(super) fn sufferer(&self, hit: &Hit) -> Option<Who> {
        if let Some(victim) = self.behind(hit, Mark::Towards, 3) {
            return Some(self.housed(victim));
        }
        if let Some(victim) = self.marks(Mark::Victim).find_map(|m| self.before(m).find(|p| !p.reports)) {
            return Some(self.housed(victim));
        }
        if let Some(owner) = self.owner(hit).filter(|p| !p.agent || p.who == Who::Child) {
            return Some(self.housed(owner));
        }
        let by = self.marks(Mark::By).any(|m| m.from + 1 >= hit.to && m.from <= hit.to + 1);
        if by && let Some(victim) = self.before(hit).find(|p| !p.reports && !p.beside) {
            return Some(self.housed(victim));
        }
        if self.child_does(hit) {
            return Some(Who::Child);
        }
        let suffers = self.marks(Mark::Suffers).filter(|m| m.to <= hit.from && hit.from - m.to <= 3).last();
        if let Some(suffers) = suffers
            && let Some(victim) = self.before(suffers).find(|p| !p.reports)
        {
            return Some(self.housed(victim));
        }
        // `Dad hit mum`.
        let object = self.persons.iter().find(|p| p.at.from >= hit.to && p.at.from - hit.to <= 1);
        if let Some(object) = object.filter(|p| !p.agent && !p.reports && self.before(hit).next().is_some()) {
            return Some(self.housed(object));
        }
        let there = || self.persons.iter().filter(|p| !p.reports && (!p.agent || p.who != Who::Outside));
        let has = |who| there().any(|p| self.housed(p) == who);
        if has(Who::Parent) {
            Some(Who::Parent)
        } else if has(Who::Other) && !has(Who::Child) {
            Some(Who::Other)
        } else if has(Who::Outside) && !has(Who::Child) {
            Some(Who::Outside)
        } else {
            let elsewhere = self.persons.is_empty() && self.marks(Mark::Elsewhere).next().is_some();
            elsewhere.then_some(Who::Outside)
        }
    }

    /// Whether the child does to a parent what the phrase says.
    fn child_does(&self, hit: &Hit) -> bool {
        let parent = self
            .persons
            .iter()
            .any(|p| p.who == Who::Parent && !p.agent && p.at.from >= hit.from && p.at.from <= hit.to + 1);
        let doer = self.before(hit).find(|p| !p.beside);
        let suffers = |p: &Named| self.marks(Mark::Suffers).any(|m| p.at.to <= m.from && m.to <= hit.from);
        parent && doer.is_some_and(|p| p.who == Who::Child && !p.reports && !suffers(p))
    }

    /// Whether an adult (true) or a child (false) does the harm, if the sentence says.
    pub(super) fn harmed_by_adult(&self, hit: &Hit) -> Option<bool> {
        if let Some(by) = self.behind(hit, Mark::By, 4) {
            return (by.who != Who::Child).then_some(by.adult);
        }
        let inside = self.persons.iter().find(|p| hit.from <= p.at.from && p.at.to <= hit.to);
        let does = |p: &&Named| {
            p.who != Who::Child
                && !p.reports
                && !p.beside
                && self.clauses.of(p.at.from) == self.clauses.of(hit.from)
        };
        let doer = inside.filter(|p| p.who != Who::Child).or_else(|| self.before(hit).find(does))?;
        // `mum was hit`: she does not do it.
        let passive = self.marks(Mark::Suffers).any(|m| doer.at.to <= m.from && m.to <= hit.from);
        (!passive).then_some(doer.adult)
    }

    /// Who is harmed: the child, unless it is plainly somebody outside.
    pub(super) fn harmed(&self, hit: &Hit) -> Who {
        let first = self.before(hit).find(|p| !p.reports && !p.pronoun);
        let by_other = self.behind(hit, Mark::By, 4).is_some();
        let victim = first.filter(|_| by_other).map(|p| self.housed(p));
        if victim == Some(Who::Outside) { Who::Outside } else { Who::Child }
    }
}
