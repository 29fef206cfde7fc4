//! Sentences about groups of children: what the run measured of each, and what it could not.

use super::say::{brief, listed, many, number};
use crate::evaluate::measures::Unit;
use crate::privacy::disclosure::PerHundred;
use crate::report::html::format::{of_hundred, percent, thousands};
use crate::report::{Explained, GroupTable, LevelLine, Report, words};

/// The titles of the groupings of the run.
pub(super) fn names(r: &Report) -> Vec<String> {
    r.groups.iter().map(|g| words::group(&g.group).to_lowercase()).collect()
}

/// What was measured by a grouping; one that was not asked for is said to be so.
pub(super) fn measured(r: &Report, group: &str) -> Vec<String> {
    let Some(table) = r.groups.iter().find(|g| g.group == group) else {
        return vec![format!(
            "This run was not asked for results by this characteristic. It was asked for: {}.",
            listed(&names(r))
        )];
    };
    let mut out =
        vec![format!("If the top {} had been flagged, for each level recorded:", percent(r.capacity))];
    out.extend(table.levels.iter().filter(|l| !l.is_empty()).map(level));
    out.extend(unjudged(table));
    out.extend(whether_they_differ(r, group));
    out
}

/// Why nothing is said of a level: it may be small itself, or give the number of a small one away.
const WITHHELD: &str = "too few children, or a small number could be worked out";

fn level(of: &LevelLine) -> String {
    let name = words::level(&of.level);
    if of.is_hidden() {
        return format!("{name}: hidden ({WITHHELD}). Hidden does not mean none.");
    }
    let mistakes = if of.is_unjudged() {
        format!("who was missed or flagged in vain is hidden ({WITHHELD})")
    } else {
        format!(
            "of 100 who came back, {} were missed; of 100 who did not, {} were flagged",
            brief(&of.missed_per_hundred),
            brief(&of.flagged_in_vain_per_hundred)
        )
    };
    format!(
        "{name} ({}): of 100, {} came back; {mistakes}; came back for each one expected: {}.",
        many(of.n, "referrals"),
        brief(&of.came_back),
        number(&of.observed_over_expected, Unit::Ratio)
    )
}

fn unjudged(table: &GroupTable) -> Option<String> {
    let (rows, share) = table.unjudged.as_ref()?;
    Some(format!(
        "{} referrals ({} of 100 tested) are in levels that cannot be judged.",
        thousands(*rows),
        brief(share)
    ))
}

/// Measures whose tests are told here; the report has them all.
const TESTED: [&str; 4] = ["missed-share", "sensitivity", "false-positive-rate", "observed-over-expected"];

/// Tests whether levels of a grouping differ.
pub(super) fn whether_they_differ(r: &Report, group: &str) -> Vec<String> {
    let of_candidate = r.group_tests.iter().filter(|t| {
        t.group == group && t.model == r.finding.candidate && TESTED.contains(&t.measure.as_str())
    });
    let told = of_candidate.filter_map(|t| {
        let p = t.p_adjusted.or(t.p)?;
        let found = if p.get() < 0.05 {
            "differ by more than chance alone would explain"
        } else {
            "were not shown to differ by more than chance"
        };
        Some(format!(
            "Whether levels differ in \u{201c}{}\u{201d}: they {found} (p {}, allowing for all tests).",
            words::title(r.lines.iter().find(|l| l.measure == t.measure)?.measure),
            crate::report::html::format::decimals(p.get(), 3)
        ))
    });
    told.collect()
}

/// Groupings in which some level is hidden or cannot be judged.
pub(super) fn hidden(r: &Report) -> Vec<String> {
    let of = |g: &GroupTable| {
        let gone: Vec<String> = g
            .levels
            .iter()
            .filter(|l| !l.is_empty() && l.is_unjudged())
            .map(|l| words::level(&l.level))
            .collect();
        let title = words::group(&g.group);
        if gone.is_empty() {
            format!("{title}: every recorded level could be judged.")
        } else {
            format!("{title}: cannot be judged ({WITHHELD}): {}.", listed(&gone))
        }
    };
    r.groups.iter().map(of).collect()
}

/// The two levels of each grouping that are missed least and most.
pub(super) fn widest(r: &Report) -> Vec<String> {
    ends(r, "who came back", "missed", |l| &l.missed_per_hundred)
}

/// The two levels of each grouping that are flagged in vain least and most.
pub(super) fn widest_in_vain(r: &Report) -> Vec<String> {
    ends(r, "who did not come back", "flagged", |l| &l.flagged_in_vain_per_hundred)
}

/// Least and most of a share in each grouping; what is hidden has no part in it.
fn ends(r: &Report, of: &str, what: &str, share: fn(&LevelLine) -> &PerHundred) -> Vec<String> {
    let one = |g: &GroupTable| {
        let mut known: Vec<(u64, &LevelLine)> =
            g.levels.iter().filter_map(|l| Some((share(l).yes()?, l))).collect();
        known.sort_by_key(|(n, _)| *n);
        let ((_, least), (_, most)) = (known.first()?, known.last()?);
        (known.len() > 1).then(|| {
            format!(
                "{}: of 100 {of}, {} were {what} of \u{201c}{}\u{201d} and {} of \u{201c}{}\u{201d}.",
                words::group(&g.group),
                brief(share(least)),
                words::level(&least.level),
                brief(share(most)),
                words::level(&most.level)
            )
        })
    };
    let out: Vec<String> = r.groups.iter().filter_map(one).collect();
    if out.is_empty() {
        return vec![format!(
            "Results were asked for by {}; in none of them can two levels be compared.",
            listed(&names(r))
        )];
    }
    out
}

/// Different children of each level, to the nearest ten.
pub(super) fn children(r: &Report) -> Vec<String> {
    let one = |g: &GroupTable| {
        let levels: Vec<String> = g
            .levels
            .iter()
            .filter(|l| !l.is_empty())
            .map(|l| {
                let count = r.rates.children_of(&g.group, &l.level).get();
                format!("{} {}", words::level(&l.level), count.map_or_else(|| "hidden".to_owned(), thousands))
            })
            .collect();
        format!(
            "Children tested, to the nearest ten, by {}: {}.",
            words::group(&g.group).to_lowercase(),
            levels.join(", ")
        )
    };
    r.groups.iter().map(one).collect()
}

/// Whether facts tell what the models were not told.
pub(super) fn proxies(r: &Report) -> Vec<String> {
    let mut out: Vec<String> = r
        .proxies
        .lines
        .iter()
        .map(|l| {
            format!(
                "How well the facts tell {} \u{201c}{}\u{201d} (AUROC, 0.5 is a coin toss): {}.",
                words::group(&l.characteristic).to_lowercase(),
                words::level(&l.level),
                number(&l.auroc, Unit::Score)
            )
        })
        .collect();
    if !r.proxies.untested.is_empty() {
        let names: Vec<String> = r.proxies.untested.iter().map(|g| words::group(g).to_lowercase()).collect();
        out.push(format!(
            "Not tested in this run: whether the {} facts tell {}. Nothing shows that the models are blind to it; \
             the experiment can ask (features.test_proxies).",
            thousands(r.features),
            listed(&names)
        ));
    }
    out
}

/// What faults of the records would have to be to explain gaps.
pub(super) fn recording(r: &Report) -> Vec<String> {
    let gaps = r.recording_bias.gaps.iter().filter(|g| !g.could_be_chance);
    let mut out: Vec<String> = gaps
        .filter_map(|g| {
            let Explained::By(factor, _) = g.explained else { return None };
            Some(format!(
                "{}: the gap in \u{201c}{}\u{201d} between \u{201c}{}\u{201d} and \u{201c}{}\u{201d} would be nothing but recording if for each 100 comebacks \
                 of \u{201c}{}\u{201d} on record, next to the other group, there had truly been {}.",
                words::group(&g.group),
                words::title(g.measure),
                words::level(&g.level),
                words::level(&g.against),
                words::level(&g.level),
                of_hundred(factor.get())
            ))
        })
        .take(5)
        .collect();
    if out.is_empty() && !r.recording_bias.gaps.is_empty() {
        out.push(format!(
            "Of {} gaps between groups that were looked at, none is beyond chance and explained by recording alone.",
            r.recording_bias.gaps.len()
        ));
    }
    out
}

/// Who was left out because the records end too early.
pub(super) fn short_follow_up(r: &Report) -> Vec<String> {
    let of = |g: &GroupTable| {
        let levels: Vec<String> = r
            .rates
            .censored
            .iter()
            .filter(|c| c.group == g.group)
            .map(|c| {
                format!(
                    "{} {}",
                    words::level(&c.level),
                    c.count.get().map_or_else(|| "hidden".to_owned(), thousands)
                )
            })
            .collect();
        (!levels.is_empty()).then(|| {
            format!(
                "Left out because the records end too early, by {} (a hidden number may be none): {}.",
                words::group(&g.group).to_lowercase(),
                levels.join(", ")
            )
        })
    };
    r.groups.iter().filter_map(of).collect()
}

/// What a correction for gaps would do, where the experiment asked.
pub(super) fn correction(r: &Report) -> Vec<String> {
    let Some(what_if) = &r.what_if else { return vec![] };
    let mut out =
        vec![format!("Worked out and not applied, by {}:", words::group(&what_if.grouping).to_lowercase())];
    out.extend(what_if.corrections.iter().map(|c| match (c.gap, &c.refused) {
        (_, Some(why)) => format!("{}: not worked out, because {why}.", c.method.id()),
        (Some([now, then]), None) => format!(
            "{}: of 100 who came back, the gap in missed children would go from {} to {}.",
            c.method.id(),
            now.get(),
            then.get()
        ),
        (None, None) => format!("{}: fewer than two groups can be shown.", c.method.id()),
    }));
    out
}
