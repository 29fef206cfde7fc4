//! A model, and the same model with its chances adjusted, cut nearly one and the same ranking.
//!
//! At a threshold the one flags a few more than the other, and the difference of their tables would tell of these few. So
//! only one of the two is shown in full: the candidate, or else the model as it was. Of the other a table is shown over
//! all referrals where it equals every shown table of the first or differs from it by many, and by group and in the
//! groups of predicted risk where it is the same table; its staircase, whose steps are shares of blocks of referrals, is
//! not. Lines fitted fold by fold may cross, so that neither set of flags need hold the other; the rules ask no more of such
//! pairs, whose net difference tells of children on both sides.

use std::collections::{BTreeMap, BTreeSet};

use super::levels::SLACK;
use super::rows::{BIN, OVERALL, table};
use super::tables::is_at_capacity;
use crate::evaluate::Row;
use crate::experiment::recalibrate::recalibrated;

/// The reliability diagram whose steps are shares of blocks of rows.
const STAIRCASE: &str = "calibration-corp";

/// Places of rows by grouping and level.
type ByLevel<'a> = BTreeMap<(&'a str, &'a str), Vec<usize>>;

/// Hides rows of every second of such two models, those of each alone having been decided.
pub(super) fn hide(rows: &[Row], candidate: &str, threshold: u64, hidden: &mut BTreeSet<usize>) {
    let models: BTreeSet<&str> = rows.iter().map(|row| row.model.as_str()).collect();
    for model in &models {
        let adjusted = recalibrated(model);
        let Some(adjusted) = models.get(adjusted.as_str()) else { continue };
        let [first, second] = if *adjusted == candidate { [*adjusted, *model] } else { [*model, *adjusted] };
        let splits: BTreeSet<&str> = rows.iter().map(|row| row.split.as_str()).collect();
        for split in splits {
            let of = |model: &str| -> Vec<usize> {
                let mine = |i: &usize| rows[*i].model == model && rows[*i].split == split;
                (0..rows.len()).filter(mine).collect()
            };
            let pair = Pair { rows, first: of(first), second: of(second), threshold };
            pair.hide_tables(hidden);
            pair.hide_bins(hidden);
            hidden.extend(pair.second.iter().filter(|i| rows[**i].measure == STAIRCASE));
        }
    }
}

struct Pair<'a> {
    rows: &'a [Row],
    first: Vec<usize>,
    second: Vec<usize>,
    threshold: u64,
}

impl<'a> Pair<'a> {
    /// By place, the rows of the tables by level.
    fn tables(&self, of: &[usize]) -> BTreeMap<&'a str, ByLevel<'a>> {
        let mut out = BTreeMap::<&str, ByLevel<'_>>::new();
        for i in of.iter().filter(|i| is_at_capacity(&self.rows[**i])) {
            let row = &self.rows[*i];
            out.entry(&row.at).or_default().entry((&row.group, &row.level)).or_default().push(*i);
        }
        out
    }

    fn cells(&self, places: &[usize]) -> Option<[f64; 4]> {
        table(self.rows, places, self.threshold).cells
    }

    fn hide_tables(&self, hidden: &mut BTreeSet<usize>) {
        let (first, second) = (self.tables(&self.first), self.tables(&self.second));
        let overall = (OVERALL, "all");
        let shown: Vec<[f64; 4]> = first
            .values()
            .filter_map(|levels| levels.get(&overall))
            .filter(|places| places.iter().any(|i| !hidden.contains(i)))
            .filter_map(|places| self.cells(places))
            .collect();
        for (at, levels) in &second {
            let none = ByLevel::new();
            let beside = first.get(at).unwrap_or(&none);
            let is_same = |(level, places): (&(&'a str, &'a str), &Vec<usize>)| {
                let other = beside.get(level).and_then(|other| self.cells(other));
                self.cells(places).zip(other).is_some_and(|(a, b)| same(&a, &b))
            };
            let all_same = levels.iter().all(is_same);
            for (level, places) in levels {
                let told = if *level == overall {
                    self.cells(places).is_some_and(|own| {
                        shown.iter().all(|other| same(&own, other) || apart(&own, other, self.threshold))
                    })
                } else {
                    // What is hidden of the one would be read off the other.
                    let other = beside.get(level).map_or(&[][..], Vec::as_slice);
                    all_same && other.iter().all(|i| !hidden.contains(i))
                };
                if !told {
                    hidden.extend(places);
                }
            }
        }
    }

    /// Groups of predicted risk by level, in order.
    fn bins(&self, of: &[usize]) -> ByLevel<'a> {
        let mut out = ByLevel::new();
        for i in of.iter().filter(|i| self.rows[**i].measure == BIN) {
            out.entry((&self.rows[*i].group, &self.rows[*i].level)).or_default().push(*i);
        }
        out
    }

    fn hide_bins(&self, hidden: &mut BTreeSet<usize>) {
        let first = self.bins(&self.first);
        for (level, places) in self.bins(&self.second) {
            let counts = |i: &usize| (self.rows[*i].n, self.rows[*i].events);
            let other = first.get(&level).map_or(&[][..], Vec::as_slice);
            if places.iter().map(counts).eq(other.iter().map(counts)) {
                let pairs = places.iter().zip(other);
                let unseen: Vec<usize> =
                    pairs.filter(|(_, other)| hidden.contains(other)).map(|(own, _)| *own).collect();
                hidden.extend(unseen);
            } else {
                hidden.extend(places);
            }
        }
    }
}

/// Whether two tables flag as many with and without the outcome.
fn same(a: &[f64; 4], b: &[f64; 4]) -> bool {
    (0..2).all(|i| (a[i] - b[i]).abs() < SLACK)
}

/// Whether many with and many without the outcome are flagged in one and not in the other, if the one holds the other.
fn apart(a: &[f64; 4], b: &[f64; 4], threshold: u64) -> bool {
    (0..2).all(|i| (a[i] - b[i]).abs() >= threshold as f64 - SLACK)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evaluate::Status;

    /// Rows of one table: flagged with the outcome and without, of 100 with and 400 without.
    fn of(model: &str, at: &str, level: &str, flagged: [f64; 2]) -> Vec<Row> {
        let group = if level == "all" { OVERALL } else { "sex" };
        [("sensitivity", flagged[0] / 100.0), ("false-positive-rate", flagged[1] / 400.0)]
            .map(|(measure, value)| row(model, measure, at, (group, level), Some(value), (500, 100)))
            .to_vec()
    }

    fn row(
        model: &str,
        measure: &'static str,
        at: &str,
        (group, level): (&str, &str),
        estimate: Option<f64>,
        (n, events): (u64, u64),
    ) -> Row {
        Row {
            model: model.to_owned(),
            split: "s".to_owned(),
            measure,
            group: group.to_owned(),
            level: level.to_owned(),
            at: at.to_owned(),
            estimate,
            low: None,
            high: None,
            theory: None,
            shrunk: None,
            n,
            events,
            rests_on: vec![],
            households: Vec::new(),
            status: Status::Ok,
            reason: None,
            convention: "",
        }
    }

    /// Which tables are hidden, as model, place and level.
    fn found(rows: &[Row], candidate: &str, before: &[usize]) -> Vec<String> {
        let mut hidden: BTreeSet<usize> = before.iter().copied().collect();
        hide(rows, candidate, 10, &mut hidden);
        let name = |i: &usize| format!("{} {} {}", rows[*i].model, rows[*i].at, rows[*i].level);
        let mut names: Vec<String> = hidden.iter().filter(|i| !before.contains(i)).map(name).collect();
        names.dedup();
        names
    }

    const AFTER: &str = "tree-recalibrated";

    /// At 20% the adjusted model flags three and two more, at 40% many more; at the top tenth the same.
    fn both() -> Vec<Row> {
        let mut rows = Vec::new();
        for (model, few, many) in [("tree", [40.0, 60.0], [20.0, 30.0]), (AFTER, [43.0, 62.0], [55.0, 90.0])]
        {
            for (at, flagged) in [("top 10%", [30.0, 45.0]), ("risk from 20%", few), ("risk from 40%", many)]
            {
                for level in ["all", "F", "M"] {
                    rows.extend(of(model, at, level, flagged));
                }
            }
        }
        rows
    }

    #[test]
    fn tables_that_differ_by_few_are_hidden_of_the_model_that_is_not_the_candidate() {
        let want = |model: &str, all: &[&str]| -> Vec<String> {
            let by_group = |at: &str| {
                let levels = if all.contains(&at) { &["all", "F", "M"][..] } else { &["F", "M"][..] };
                levels.iter().map(|level| format!("{model} {at} {level}")).collect::<Vec<_>>()
            };
            [by_group("risk from 20%"), by_group("risk from 40%")].concat()
        };
        assert_eq!(found(&both(), "tree", &[]), want(AFTER, &["risk from 20%"]));
        assert_eq!(found(&both(), "logistic", &[]), want(AFTER, &["risk from 20%"]));
        // Of the model as it was, 20 and 30 at 40% are 10 and 15 fewer than at the top tenth.
        assert_eq!(found(&both(), AFTER, &[]), want("tree", &["risk from 20%"]));
        // A table of the first that is hidden has nothing to be taken from.
        let few =
            (0..both().len()).filter(|i| both()[*i].model == "tree" && both()[*i].at == "risk from 20%");
        let hidden = found(&both(), "tree", &few.collect::<Vec<_>>());
        assert!(!hidden.contains(&format!("{AFTER} risk from 20% all")) && hidden.len() == 4, "{hidden:?}");
    }

    #[test]
    fn what_is_hidden_of_the_first_is_hidden_of_the_same_table_of_the_second() {
        let rows = both();
        let girls = |i: &usize| rows[*i].model == "tree" && rows[*i].at == "top 10%" && rows[*i].level == "F";
        let before: Vec<usize> = (0..rows.len()).filter(girls).collect();
        assert!(found(&rows, "tree", &before).contains(&format!("{AFTER} top 10% F")));
    }

    #[test]
    fn the_staircase_is_shown_of_one() {
        let step = |model: &str| row(model, STAIRCASE, "0.2", (OVERALL, "all"), Some(0.2), (500, 100));
        let rows = [step("tree"), step(AFTER), step("logistic")];
        assert_eq!(found(&rows, "tree", &[]), [format!("{AFTER} 0.2 all")]);
        assert_eq!(found(&rows, AFTER, &[]), ["tree 0.2 all"]);
    }

    #[test]
    fn groups_of_predicted_risk_are_shown_where_they_are_the_same() {
        let bin =
            |model: &str, at: &str, n, events| row(model, BIN, at, (OVERALL, "all"), Some(0.2), (n, events));
        let mut rows = vec![bin("tree", "0.1", 50, 10), bin("tree", "0.3", 60, 20)];
        rows.extend([bin(AFTER, "0.2", 50, 10), bin(AFTER, "0.4", 60, 20)]);
        assert!(found(&rows, "tree", &[]).is_empty());
        assert_eq!(found(&rows, "tree", &[1]), [format!("{AFTER} 0.4 all")]);
        rows[3].n = 61;
        assert_eq!(found(&rows, "tree", &[]).len(), 2);
        assert!(found(&rows[..2], "tree", &[]).is_empty());
    }
}
