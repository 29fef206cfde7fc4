//! Other places to flag at, from disclosed lines alone: what is hidden there is hidden here.

use super::passed::PerHundred;
use crate::report::Line;
use crate::report::explore::{AtStop, Explored, Stop, Way};

/// Candidate and reference, by share and by chance, over everyone and then by each grouping. Places at which nothing may be
/// shown are left out.
pub(super) fn explore(models: [&String; 2], lines: &[Line]) -> Vec<Explored> {
    let mut groups: Vec<&str> = vec!["overall"];
    for line in lines.iter().filter(|line| line.measure == "ppv") {
        if !groups.contains(&line.group.as_str()) {
            groups.push(&line.group);
        }
    }
    let mut out = Vec::new();
    for model in models {
        for (way, prefix) in [(Way::Share, "top "), (Way::Chance, "risk from ")] {
            for group in &groups {
                let of = Of { lines, model, group, prefix };
                let stops = of.stops();
                if !stops.is_empty() {
                    out.push(Explored { model: model.clone(), way, group: (*group).to_owned(), stops });
                }
            }
        }
    }
    out
}

/// One model over one grouping, flagged in one way.
struct Of<'a> {
    lines: &'a [Line],
    model: &'a str,
    group: &'a str,
    prefix: &'static str,
}

impl Of<'_> {
    fn fits(&self, line: &Line) -> bool {
        line.model == self.model && line.group == self.group && line.at.starts_with(self.prefix)
    }

    fn stops(&self) -> Vec<Stop> {
        let mut places: Vec<&str> = Vec::new();
        for line in self.lines.iter().filter(|line| line.measure == "ppv" && self.fits(line)) {
            if !places.contains(&line.at.as_str()) {
                places.push(&line.at);
            }
        }
        // Lines stand by rising share, and by rising chance, of which the highest flags fewest.
        if self.prefix != "top " {
            places.reverse();
        }
        let stops = places.into_iter().map(|at| Stop { at: at.to_owned(), levels: self.levels(at) });
        let shown = |stop: &Stop| stop.levels.iter().any(|level| level.right.yes().is_some());
        stops.filter(shown).collect()
    }

    fn levels(&self, at: &str) -> Vec<AtStop> {
        let here = |line: &&Line| line.at == at && self.fits(line);
        let own = self.lines.iter().filter(here).filter(|line| line.measure == "ppv");
        let level = |ppv: &Line| {
            let of = |measure: &str| {
                let line = self
                    .lines
                    .iter()
                    .filter(here)
                    .find(|line| line.measure == measure && line.level == ppv.level);
                line.map_or(PerHundred::Suppressed, |line| line.number.per_hundred(false))
            };
            AtStop {
                level: ppv.level.clone(),
                n: ppv.n,
                flagged: of("selection-rate"),
                right: of("ppv"),
                missed: of("missed-share"),
                in_vain: of("false-positive-rate"),
            }
        };
        own.map(level).collect()
    }
}
