//! Every measured row through the rules: which counts and which estimates may be shown.

use std::collections::{BTreeMap, BTreeSet};

use super::adjusted;
use super::beside::Others;
use super::by_group::ByGroup;
use super::covers::{Structure, settle};
use super::levels::{Part, SLACK, protect};
use super::passed::{Count, Number, Passed};
use super::tables::{Table, is_at_capacity, is_declared, thin};
use crate::evaluate::{Row, Status};
use crate::report::Line;
use crate::report::ingredients::Combinations;

pub(super) const OVERALL: &str = "overall";
pub(super) const BIN: &str = "calibration-bin";
pub(super) const PREVALENCE: &str = "prevalence";
/// What is shown of a model that says nothing: that it says nothing.
const OF_PREVALENCE: [&str; 4] = ["auroc", "average-precision", "ap-over-prevalence", "brier"];

/// Places of rows, by a key made of their names.
type Places<'a, K> = BTreeMap<K, Vec<usize>>;

/// What rows are held against.
pub(super) struct Limits<'a> {
    /// The declared capacity, a share.
    pub(super) capacity: f64,
    /// Smallest count that may be shown.
    pub(super) threshold: u64,
    /// The candidate's id.
    pub(super) candidate: &'a str,
    /// Reports on nearly the same referrals.
    pub(super) others: &'a Others,
}

/// Discloses all rows in their order.
pub(super) fn disclose(rows: &[Row], combinations: &Combinations, limits: &Limits<'_>) -> Vec<Line> {
    with_places(rows, combinations, limits).0
}

/// Discloses all rows in their order, and says from which of them each line comes.
pub(super) fn with_places(
    rows: &[Row],
    combinations: &Combinations,
    limits: &Limits<'_>,
) -> (Vec<Line>, Vec<usize>) {
    let threshold = limits.threshold;
    let levels = levels(rows, combinations, limits);
    let hidden = hidden_estimates(rows, combinations, &levels, limits);
    let line = |(i, row): (usize, &Row)| {
        let nobody = row.n == 0 && levels.get(&key(row)).is_some_and(|shown| shown.n);
        let whole = levels.get(&key(row)).copied().unwrap_or(HIDDEN);
        let bin = row.measure == BIN;
        let small = counts(row).iter().any(|&c| c < threshold);
        // A measure of two groups is shown where both are.
        let other = row.at.strip_prefix("against ");
        let other = other.and_then(|level| levels.get(&(row.split.as_str(), row.group.as_str(), level)));
        let paired = !row.at.starts_with("against ") || other.is_some_and(|shown| shown.events);
        let shown = whole.events && !hidden.contains(&i) && !small && paired;
        let rests_on_few = behind(row).any(|count| count < threshold);
        let number = match row.measure {
            _ if nobody => Number::Undefined("no referrals".to_owned()),
            // The same score for all rows of a fold: how it fares tells how many came back in each fold.
            _ if row.model == PREVALENCE
                && !(row.group == OVERALL && OF_PREVALENCE.contains(&row.measure)) =>
            {
                Number::Suppressed
            }
            _ if shown && !rests_on_few => number(row),
            _ => Number::Suppressed,
        };
        let bare = number.estimate().is_some() && number.interval().is_none();
        let visible = number.estimate().is_some();
        let theory = row.theory.filter(|_| visible);
        Line {
            model: row.model.clone(),
            split: row.split.clone(),
            measure: row.measure,
            group: row.group.clone(),
            level: if nameless(row, whole) { TOO_SMALL.to_owned() } else { row.level.clone() },
            // The mean prediction of a hidden bin would itself be a number about few rows; the name of a reference group
            // may be one of those that are withheld.
            at: if bin && !shown || !paired { String::new() } else { row.at.clone() },
            number,
            theory: theory.map(|t| (t.method, Passed::rounded(t.low), Passed::rounded(t.high))),
            shrunk: row.shrunk.filter(|_| visible).map(Passed::rounded),
            n: Count::new(row.n, if bin { shown } else { whole.n && (row.n >= threshold || nobody) }),
            events: Count::new(row.events, if bin { shown } else { whole.events && !small }),
            note: row.reason.clone().filter(|_| bare),
            convention: row.convention,
        }
    };
    let mut lines: Vec<Line> = rows.iter().enumerate().map(line).collect();
    hide_drawn(&mut lines);
    // Nameless levels are alike and all hidden: one line stands for all.
    let mut seen = BTreeSet::new();
    let mut alone = |l: &Line| {
        l.level != TOO_SMALL || seen.insert((l.model.clone(), l.split.clone(), l.measure, l.at.clone()))
    };
    let kept = (0..).zip(lines).filter(|(_, l)| (l.measure != BIN || l.model != PREVALENCE) && alone(l));
    let (from, lines) = kept.unzip();
    (lines, from)
}

/// Estimates drawn towards the mean of their grouping tell about every level of it: they are kept only where none of them
/// is hidden.
fn hide_drawn(lines: &mut [Line]) {
    let family = |l: &Line| (l.model.clone(), l.split.clone(), l.measure, l.group.clone(), l.at.clone());
    let hidden: BTreeSet<_> = lines.iter().filter(|l| l.number == Number::Suppressed).map(&family).collect();
    for line in lines.iter_mut().filter(|l| l.shrunk.is_some()) {
        if hidden.contains(&family(line)) {
            line.shrunk = None;
        }
    }
}

/// What levels without a name are called.
pub(super) const TOO_SMALL: &str = "too small to name";

/// Whether the name of a level is withheld with its numbers: authorities are named by whoever made the data, and a name
/// that stands for few referrals may be that of a family.
fn nameless(row: &Row, shown: Shown) -> bool {
    row.group == "authority" && !shown.n
}

/// A reason is one of the fixed texts of [`crate::evaluate`], which hold no count of rows.
fn number(row: &Row) -> Number {
    let finite = |x: &f64| x.is_finite();
    match (row.status, row.estimate.filter(finite)) {
        (Status::Ok, Some(estimate)) => {
            Number::new(estimate, row.low.filter(finite).zip(row.high.filter(finite)))
        }
        (Status::Suppressed, _) => Number::Suppressed,
        _ => {
            let reason = row.reason.as_deref().unwrap_or("it is not defined on these rows");
            Number::Undefined(reason.to_owned())
        }
    }
}

/// Rows, rows with the outcome, rows without it.
fn counts(row: &Row) -> [u64; 3] {
    [row.n, row.events, row.n.saturating_sub(row.events)]
}

/// Counts that an estimate rests on, and the households behind them.
pub(super) fn behind(row: &Row) -> impl Iterator<Item = u64> {
    row.rests_on.iter().chain(&row.households).copied()
}

pub(super) fn exact(count: u64) -> f64 {
    count as f64
}

/// Which counts of one level may be shown.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Shown {
    pub(super) n: bool,
    pub(super) events: bool,
}

pub(super) const HIDDEN: Shown = Shown { n: false, events: false };

pub(super) fn key(row: &Row) -> (&str, &str, &str) {
    (&row.split, &row.group, &row.level)
}

pub(super) fn limit(threshold: u64) -> f64 {
    exact(threshold)
}

/// By level, which counts may be shown.
pub(super) type Levels<'a> = BTreeMap<(&'a str, &'a str, &'a str), Shown>;

/// The first row of each level, by split and grouping.
type Groupings<'a> = BTreeMap<&'a str, Vec<(&'a str, Vec<&'a Row>)>>;

fn groupings(rows: &[Row]) -> Groupings<'_> {
    let mut out = Groupings::new();
    for row in rows.iter().filter(|row| row.measure != BIN && row.group != OVERALL) {
        let groupings = out.entry(&row.split).or_default();
        let place = groupings.iter().position(|(name, _)| *name == row.group).unwrap_or_else(|| {
            groupings.push((row.group.as_str(), Vec::new()));
            groupings.len() - 1
        });
        let members = &mut groupings[place].1;
        if !members.iter().any(|member| member.level == row.level) {
            members.push(row);
        }
    }
    out
}

/// How these groupings hang together.
fn structure(groupings: &[(&str, Vec<&Row>)], combinations: &Combinations) -> Structure {
    let place = |name: &str, level: &str| -> Option<usize> {
        let (_, members) = groupings.iter().find(|(group, _)| *group == name)?;
        members.iter().position(|row| row.level == level)
    };
    // Of each grouping: its place among those that occur, and the place there of each level.
    let known = groupings.iter().map(|(name, _)| {
        let at = combinations.groupings.iter().position(|(group, _)| group == name)?;
        let levels: Vec<Option<usize>> =
            combinations.groupings[at].1.iter().map(|level| place(name, level)).collect();
        Some((at, levels))
    });
    let known: Vec<Option<(usize, Vec<Option<usize>>)>> = known.collect();
    let one = |found: &Vec<u16>| -> Vec<Option<usize>> {
        let of = |known: &Option<(usize, Vec<Option<usize>>)>| {
            let (at, levels) = known.as_ref()?;
            *levels.get(usize::from(*found.get(*at)?))?
        };
        known.iter().map(of).collect()
    };
    Structure::new(&combinations.found.iter().map(one).collect::<Vec<_>>())
}

/// Decides, for each level of each grouping, which counts may be shown: with or without the estimates, which all
/// rest on the rows with and without the outcome.
fn levels<'a>(rows: &'a [Row], combinations: &Combinations, limits: &Limits<'_>) -> Levels<'a> {
    let mut out = Levels::new();
    for row in rows.iter().filter(|row| row.group == OVERALL) {
        out.entry(key(row)).or_insert_with(|| alone(row, limits));
    }
    for (split, groupings) in groupings(rows) {
        let total = rows.iter().find(|r| r.split == split && r.group == OVERALL && r.measure != BIN);
        let total = total.filter(|total| alone(total, limits).events);
        let shown = match total {
            Some(total) => within(&groupings, &structure(&groupings, combinations), total, limits),
            None => groupings.iter().map(|(_, members)| vec![HIDDEN; members.len()]).collect(),
        };
        for ((_, members), shown) in groupings.iter().zip(shown) {
            out.extend(members.iter().map(|row| key(row)).zip(shown));
        }
    }
    out
}

fn alone(row: &Row, limits: &Limits<'_>) -> Shown {
    let threshold = limits.threshold;
    let (all, parts) = many_households(row, threshold);
    let far = |apart: Vec<f64>| apart.iter().all(|d| *d >= limit(threshold) - SLACK);
    let (all, parts) = (all && far(limits.others.rows_apart(row)), parts && far(limits.others.apart(row)));
    Shown {
        n: row.n >= threshold && all,
        events: counts(row).iter().all(|&c| c >= threshold) && all && parts,
    }
}

/// Whether enough households stand behind all rows of a group, and behind those with and those without the outcome.
fn many_households(row: &Row, threshold: u64) -> (bool, bool) {
    let enough = |count: Option<&u64>| count.is_none_or(|count| *count >= threshold);
    (enough(row.households.first()), (1..3).all(|part| enough(row.households.get(part))))
}

/// Rows with and without the outcome.
fn outcome(row: &Row) -> Vec<f64> {
    vec![exact(row.events), exact(row.n.saturating_sub(row.events))]
}

fn within(
    groupings: &[(&str, Vec<&Row>)],
    structure: &Structure,
    total: &Row,
    limits: &Limits<'_>,
) -> Vec<Vec<Shown>> {
    let (threshold, size) = (limits.threshold, exact(total.n));
    let part =
        |row: &Row, cells: Vec<f64>, hidden: bool| Part { size: exact(row.n), cells: Some(cells), hidden };
    // What a level has, and by what it differs from other reports, add up over levels alike.
    let rows = |row: &Row| [vec![exact(row.n)], limits.others.rows_apart(row)].concat();
    let both = |row: &Row| [outcome(row), limits.others.apart(row)].concat();
    let mut n: Vec<Vec<Part>> = groupings
        .iter()
        .map(|(_, members)| {
            let few = |row: &Row| !many_households(row, threshold).0;
            members.iter().map(|row| part(row, rows(row), few(row))).collect()
        })
        .collect();
    settle(&mut n, structure, size, &rows(total), limit(threshold));
    let mut events: Vec<Vec<Part>> = groupings
        .iter()
        .zip(&n)
        .map(|((_, members), n)| {
            let few = |row: &Row| !many_households(row, threshold).1;
            members.iter().zip(n).map(|(row, n)| part(row, both(row), n.hidden || few(row))).collect()
        })
        .collect();
    settle(&mut events, structure, size, &both(total), limit(threshold));
    n.iter().zip(&events).map(|(n, events)| shown(n, events, size)).collect()
}

fn shown(n: &[Part], events: &[Part], size: f64) -> Vec<Shown> {
    // A level without anyone follows from the others where all of them are shown.
    let nobody = |part: &Part| part.size < SLACK;
    let others_shown = n.iter().all(|part| !part.hidden || nobody(part))
        && (size - n.iter().map(|part| part.size).sum::<f64>()).abs() < 0.5;
    let shown = |n: &Part| !n.hidden || (nobody(n) && others_shown);
    n.iter().zip(events).map(|(n, e)| Shown { n: shown(n), events: !e.hidden }).collect()
}

/// The rows whose estimate is hidden because of what it would give away together with others.
fn hidden_estimates(
    rows: &[Row],
    combinations: &Combinations,
    levels: &Levels<'_>,
    limits: &Limits<'_>,
) -> BTreeSet<usize> {
    let Limits { capacity, threshold, candidate, others } = *limits;
    let mut hidden = BTreeSet::new();
    let mut curves: Places<'_, (&str, &str, &str, &str)> = BTreeMap::new();
    let mut groups: Places<'_, (&str, &str)> = BTreeMap::new();
    let mut bins: Places<'_, (&str, &str, &str, &str)> = BTreeMap::new();
    for (i, row) in rows.iter().enumerate() {
        if is_at_capacity(row) && row.group == OVERALL {
            curves.entry((&row.model, &row.split, "", "")).or_default().push(i);
        } else if is_at_capacity(row) {
            groups.entry((&row.model, &row.split)).or_default().push(i);
        } else if row.measure == BIN {
            bins.entry((&row.model, &row.split, &row.group, &row.level)).or_default().push(i);
        }
    }
    for places in curves.values() {
        hide_curve(rows, places, limits, &mut hidden);
    }
    for (split, groupings) in groupings(rows) {
        let by_group = ByGroup {
            rows,
            structure: structure(&groupings, combinations),
            levels,
            capacity,
            threshold,
            others,
        };
        for (_, places) in groups.iter().filter(|((_, of), _)| *of == split) {
            by_group.hide(places, &mut hidden);
        }
    }
    for places in bins.values() {
        let total = rows
            .iter()
            .find(|r| r.measure != BIN && places.first().is_some_and(|&i| key(r) == key(&rows[i])));
        hide_bins(rows, places, total, threshold, &mut hidden);
    }
    adjusted::hide(rows, candidate, threshold, &mut hidden);
    hidden
}

/// Gathers places by a name of their rows, in order of first appearance.
pub(super) fn gather<'a>(
    rows: &'a [Row],
    places: &[usize],
    name: impl Fn(&'a Row) -> &'a str,
) -> Vec<(&'a str, Vec<usize>)> {
    let mut out: Vec<(&str, Vec<usize>)> = Vec::new();
    for &i in places {
        let name = name(&rows[i]);
        match out.iter_mut().find(|(n, _)| *n == name) {
            Some((_, list)) => list.push(i),
            None => out.push((name, vec![i])),
        }
    }
    out
}

/// The table of these rows, which counts as small where it differs by few from that of another report.
pub(super) fn table_beside(rows: &[Row], places: &[usize], threshold: u64, others: &Others) -> Table {
    let mut table = table(rows, places, threshold);
    table.small |= places.first().is_some_and(|first| others.is_near(&rows[*first], &table, threshold));
    table
}

pub(super) fn table(rows: &[Row], places: &[usize], threshold: u64) -> Table {
    Table::of(&places.iter().map(|&i| &rows[i]).collect::<Vec<_>>(), threshold)
}

fn hide_curve(rows: &[Row], places: &[usize], limits: &Limits<'_>, hidden: &mut BTreeSet<usize>) {
    let Limits { capacity, threshold, others, .. } = *limits;
    // Shares and thresholds cut one and the same ranking, so they are points of one curve.
    let mut points: Vec<(&str, Vec<usize>, Table)> = gather(rows, places, |row| &row.at)
        .into_iter()
        .map(|(at, places)| {
            let table = table_beside(rows, &places, threshold, others);
            (at, places, table)
        })
        .collect();
    points.sort_by(|a, b| a.2.flagged().total_cmp(&b.2.flagged()).then_with(|| a.0.cmp(b.0)));
    let tables: Vec<Table> = points.iter().map(|(_, _, table)| table.clone()).collect();
    let points: Vec<(&str, Vec<usize>)> = points.into_iter().map(|(at, places, _)| (at, places)).collect();
    let declared = points.iter().position(|(at, _)| is_declared(at, capacity));
    let shown = thin(&tables, declared, limit(threshold));
    for ((_, places), shown) in points.iter().zip(shown) {
        if !shown {
            hidden.extend(places);
        }
    }
}

fn hide_bins(
    rows: &[Row],
    places: &[usize],
    total: Option<&Row>,
    threshold: u64,
    hidden: &mut BTreeSet<usize>,
) {
    let cells = |row: &Row| vec![exact(row.events), exact(row.n.saturating_sub(row.events))];
    let mut parts: Vec<Part> = places
        .iter()
        .map(|&i| {
            let row = &rows[i];
            let few = row.status != Status::Ok || behind(row).any(|count| count < threshold);
            Part { size: exact(row.n), cells: Some(cells(row)), hidden: few }
        })
        .collect();
    match total {
        Some(total) => protect(&mut parts, exact(total.n), &cells(total), limit(threshold)),
        None => parts.iter_mut().for_each(|part| part.hidden = true),
    }
    hidden.extend(places.iter().zip(parts).filter(|(_, part)| part.hidden).map(|(&i, _)| i));
}
