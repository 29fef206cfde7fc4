//! Files of several years, stacked: one child and one episode, however many files hold them.
//!
//! In: the judged children of each file, oldest file first. Out: children in order of first appearance. The authority's
//! own number of a child is held here, and only here, while files are read, to know the child again; it leaves as a
//! running number.

use std::collections::HashMap;

use super::super::FileError;
use super::super::door::Door;
use super::super::locate::NamedFile;
use super::super::problem::Findings;
use super::child::{self, Facts};
use super::episode::{Assessment, Episode, Plan, Protection, Section47};
use super::header::Header;
use super::judge::Judge;
use super::record;
use super::rules;
use super::xml::Xml;
use crate::history::NO_CODE;
use crate::num::Day;

/// A child over all files.
pub(super) struct Stacked {
    pub(super) authority: String,
    pub(super) facts: Facts,
    pub(super) episodes: Vec<Episode>,
    /// Place of the last file that holds it, and its running number there.
    pub(super) last: (usize, u64),
}

/// The children of the files read so far.
#[derive(Default)]
pub(super) struct Stack {
    /// What was left in the files, unread.
    pub(super) door: Door,
    places: HashMap<(String, String), usize>,
    pub(super) children: Vec<Stacked>,
}

impl Stack {
    /// Reads one file onto the stack; returns how many records it holds. `progress` is given the bytes read.
    pub(super) fn add(
        &mut self,
        (place, file): (usize, &NamedFile),
        header: &Header,
        findings: &mut Findings,
        progress: &dyn Fn(u64),
    ) -> Result<u64, FileError> {
        let mut xml = Xml::open(file)?;
        let mut children = Vec::new();
        record::children(&mut xml, &mut |xml, record| {
            let mut judge = Judge::new(&file.name, Some(xml.child), findings);
            children.extend(child::judge(&record, xml.child, header, &mut judge));
            if xml.child % 1024 == 0 {
                progress(xml.position());
            }
        })?;
        for oddity in &xml.oddities {
            Judge::new(&file.name, None, findings).oddity(oddity);
        }
        self.door.of_census(xml.passed());
        let mut order: Vec<usize> = (0..children.len()).collect();
        order.sort_by(|a, b| children[*a].id.cmp(&children[*b].id).then(a.cmp(b)));
        let mut twice = vec![false; children.len()];
        for same in order.chunk_by(|a, b| children[*a].id == children[*b].id).filter(|same| same.len() > 1) {
            for child in same {
                twice[*child] = true;
                Judge::new(&file.name, Some(children[*child].row), findings).broke(&rules::R8510);
            }
        }
        for (child, _) in children.into_iter().zip(twice).filter(|(_, twice)| !twice) {
            self.absorb(child, header, place);
        }
        Ok(xml.child)
    }

    fn absorb(&mut self, child: child::Child, header: &Header, file: usize) {
        let next = self.children.len();
        let last = (file, child.row);
        let at = *self.places.entry((header.authority.clone(), child.id)).or_insert(next);
        match self.children.get_mut(at) {
            Some(known) => {
                known.facts = latest(known.facts, child.facts);
                known.last = last;
                merge(&mut known.episodes, child.episodes);
            }
            None => {
                let (facts, episodes) = (child.facts, child.episodes);
                self.children.push(Stacked { authority: header.authority.clone(), facts, episodes, last });
            }
        }
    }

    /// Ends the stacking: the authority's own numbers are dropped, and births that no longer fit are left out.
    pub(super) fn children(self, names: &[String], findings: &mut Findings) -> Vec<Stacked> {
        drop(self.places);
        let mut children = self.children;
        for child in &mut children {
            let first = child.episodes.iter().map(|e| e.referral).min();
            let limit = child.facts.birth_month.map(|birth| birth.plus(-280));
            if first.zip(limit).is_some_and(|(first, limit)| first < limit) {
                child.facts.birth_month = None;
                let file = names.get(child.last.0).map_or("", String::as_str);
                Judge::new(file, Some(child.last.1), findings).broke(&rules::MERGED_BIRTH);
            }
        }
        children
    }
}

/// What is recorded latest; what a later file does not record stays as it was.
fn latest(old: Facts, new: Facts) -> Facts {
    let code = |old: u8, new: u8| if new == NO_CODE { old } else { new };
    Facts {
        birth_month: new.birth_month.or(old.birth_month),
        sex: code(old.sex, new.sex),
        ethnicity: code(old.ethnicity, new.ethnicity),
        disabilities: if new.disabilities == 0 { old.disabilities } else { new.disabilities },
        death: new.death.or(old.death),
    }
}

/// Unites the episodes of one child: the same referral date is the same episode. Of several on one day, those of the
/// same source belong together, and among these first one that was closed alike, then one that was open; then a single
/// one left on either side is taken for a corrected source.
fn merge(old: &mut Vec<Episode>, new: Vec<Episode>) {
    let known = old.len();
    let mut taken = vec![false; known];
    let mut unmatched = Vec::new();
    for episode in new {
        let same = |at: &usize| !taken[*at] && old[*at].referral == episode.referral;
        let unlikeness = |at: &usize| {
            let closed = old[*at].closure;
            (old[*at].nfa != episode.nfa, closed != episode.closure, closed.is_some())
        };
        let alike = |at: &usize| same(at) && old[*at].source == episode.source;
        match (0..known).filter(alike).min_by_key(unlikeness) {
            Some(at) => {
                taken[at] = true;
                update(&mut old[at], episode);
            }
            None => unmatched.push(episode),
        }
    }
    for i in 0..unmatched.len() {
        let episode = unmatched[i].clone();
        let left: Vec<usize> =
            (0..known).filter(|at| !taken[*at] && old[*at].referral == episode.referral).collect();
        let rivals = unmatched.iter().filter(|e| e.referral == episode.referral).count();
        match left.as_slice() {
            [at] if rivals == 1 => {
                taken[*at] = true;
                update(&mut old[*at], episode);
            }
            _ => old.push(episode),
        }
    }
}

/// Brings an episode up to date: the later file decides on closure and, where it records them, on source and need.
fn update(old: &mut Episode, new: Episode) {
    let code = |old: u8, new: u8| if new == NO_CODE { old } else { new };
    old.source = code(old.source, new.source);
    old.need = code(old.need, new.need);
    old.nfa = new.nfa;
    old.closure = new.closure;
    old.conference = new.conference.or(old.conference);
    old.seen = new.seen;
    unite(&mut old.assessments, new.assessments);
    unite(&mut old.plans, new.plans);
    unite(&mut old.section47, new.section47);
    unite(&mut old.protections, new.protections);
}

/// A block that is known again by its start.
trait Block {
    fn start(&self) -> Option<Day>;
    fn update(&mut self, new: Self);
}

impl Block for Assessment {
    fn start(&self) -> Option<Day> {
        Some(self.start)
    }
    fn update(&mut self, new: Self) {
        if new.end.is_some() {
            *self = new;
        }
    }
}

impl Block for Plan {
    fn start(&self) -> Option<Day> {
        Some(self.start)
    }
    fn update(&mut self, new: Self) {
        self.end = new.end.or(self.end);
    }
}

impl Block for Section47 {
    fn start(&self) -> Option<Day> {
        self.start
    }
    fn update(&mut self, new: Self) {
        self.conference = new.conference.or(self.conference);
    }
}

impl Block for Protection {
    fn start(&self) -> Option<Day> {
        Some(self.start)
    }
    fn update(&mut self, new: Self) {
        self.end = new.end.or(self.end);
        self.category = if new.category == NO_CODE { self.category } else { new.category };
    }
}

/// Unites blocks by their start; several with one start are matched in their order.
fn unite<B: Block>(old: &mut Vec<B>, new: Vec<B>) {
    let known = old.len();
    let mut taken = vec![false; known];
    for block in new {
        match (0..known).find(|at| !taken[*at] && old[*at].start() == block.start()) {
            Some(at) => {
                taken[at] = true;
                old[at].update(block);
            }
            None => old.push(block),
        }
    }
}
