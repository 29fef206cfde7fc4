//! Recording bias: worked out from what is shown, so that it tells nothing that the report does not tell already.
//!
//! In: the disclosed lines and contrasts. Out: bounds of a group's rates only where its counts and its table at the
//! declared capacity are shown, and tipping points only of gaps that are shown.

use super::passed::Passed;
use crate::evaluate::bias::over_recording::over_recording;
use crate::evaluate::bias::tipping_point::{of_observed_over_expected, tipping_point};
use crate::evaluate::bias::under_recording::under_recording;
use crate::evaluate::bias::{Bounds, Rate, Table};
use crate::report::{Between, BiasGap, ContrastLine, Explained, Fault, Line, RateBounds, RecordingBias};

/// Shares of comebacks that a fault of the records may strike.
const SHARES: [f64; 4] = [0.05, 0.1, 0.2, 0.3];
/// A difference that three decimals do not show.
const NOTHING: f64 = 5e-4;
/// Gaps that are looked at: measure of the contrast, and whether it is the complement of a rate of the table.
const GAPS: [(&str, Option<Rate>); 3] = [
    ("false-discovery-rate", Some(Rate::Ppv)),
    ("false-positive-rate", Some(Rate::FalsePositive)),
    ("observed-over-expected", None),
];

/// What a fault of the records does to a rate of a table, for a share of comebacks.
type Faulty = fn(&Table, Rate, f64) -> Result<Bounds, &'static str>;

/// What can be said from lines and contrasts that are shown, of a model at a place such as `top 10%`.
pub(super) fn disclose(model: &str, at: &str, lines: &[Line], contrasts: &[ContrastLine]) -> RecordingBias {
    let mine: Vec<&Line> = lines.iter().filter(|l| l.model == model && l.group != "overall").collect();
    let mut levels: Vec<(&str, &str)> = Vec::new();
    for line in &mine {
        if !levels.contains(&(line.group.as_str(), line.level.as_str())) {
            levels.push((&line.group, &line.level));
        }
    }
    let bounds = levels
        .iter()
        .filter_map(|of| Some((of, table(&mine, at, *of)?)))
        .flat_map(|(of, table)| Rate::ALL.into_iter().filter_map(move |rate| bounds(&table, rate, *of)));
    RecordingBias {
        bounds: bounds.collect(),
        gaps: contrasts.iter().filter(|c| c.model == model).filter_map(|c| gap(&mine, at, c)).collect(),
    }
}

/// The shown line of a measure of a level.
fn find<'l>(lines: &[&'l Line], measure: &str, at: &str, (group, level): (&str, &str)) -> Option<&'l Line> {
    let fits = |l: &&&Line| l.measure == measure && l.at == at && l.group == group && l.level == level;
    lines.iter().find(fits).copied().filter(|l| l.number.estimate().is_some())
}

/// The table of a level, if all that it is made from is shown.
fn table(lines: &[&Line], at: &str, of: (&str, &str)) -> Option<Table> {
    let missed = find(lines, "missed-share", at, of)?;
    let estimate = |measure: &str| find(lines, measure, at, of)?.number.estimate();
    // The false positive rate follows from the others; where it is hidden, so is what follows.
    estimate("false-positive-rate")?;
    let (n, events) = (missed.n.get()?, missed.events.get()?);
    Table::of_rates(n as f64, events as f64, missed.number.estimate()?, estimate("ppv")?)
}

fn bounds(table: &Table, rate: Rate, (group, level): (&str, &str)) -> Option<RateBounds> {
    let mut between = Vec::new();
    for (fault, of) in
        [(Fault::Missing, under_recording as Faulty), (Fault::TooMany, over_recording as Faulty)]
    {
        between.extend(SHARES.into_iter().filter_map(|share| {
            let bounds = of(table, rate, share).ok()?;
            let ends = Passed::rounded_pair((bounds.low, bounds.high));
            Some(Between { fault, share, ends, alike: bounds.alike.ok().map(Passed::rounded) })
        }));
    }
    let recorded = Passed::rounded(rate.of(table).ok()?);
    let (group, level) = (group.to_owned(), level.to_owned());
    Some(RateBounds { group, level, measure: rate.measure(), recorded, between })
}

/// The gap of a contrast with a reference level, if it is shown and is one of those looked at.
fn gap(lines: &[&Line], at: &str, contrast: &ContrastLine) -> Option<BiasGap> {
    let (_, rate) = *GAPS.iter().find(|(measure, _)| *measure == contrast.measure)?;
    let measure = rate.map_or("observed-over-expected", Rate::measure);
    let place = if rate.is_some() { at } else { "" };
    if contrast.at != place {
        return None;
    }
    let difference = contrast.difference.estimate()?;
    let of = |level: &str| find(lines, measure, place, (&contrast.group, level))?.number.estimate();
    let (own, other) = (of(&contrast.level)?, of(&contrast.against)?);
    let own_table = rate.and_then(|_| table(lines, at, (&contrast.group, &contrast.level)));
    if rate.is_some() && own_table.is_none() {
        return None;
    }
    let solve = |target: f64| match (rate, &own_table) {
        (Some(rate), Some(table)) => tipping_point(table, rate, target).ok(),
        _ => of_observed_over_expected(own, target).ok(),
    };
    // The wrong flags are the complement of the right ones.
    let side = if rate == Some(Rate::Ppv) { -1.0 } else { 1.0 };
    let interval = contrast.difference.interval();
    let explained = if difference.abs() < NOTHING {
        Explained::NoGap
    } else {
        solve(other).map_or(Explained::Impossible, |factor| {
            let ends = interval.and_then(|(low, high)| {
                let (a, b) = (solve(own - side * low)?, solve(own - side * high)?);
                Some(Passed::rounded_pair((a.min(b), a.max(b))))
            });
            Explained::By(Passed::rounded(factor), ends)
        })
    };
    Some(BiasGap {
        group: contrast.group.clone(),
        level: contrast.level.clone(),
        against: contrast.against.clone(),
        measure,
        values: [Passed::rounded(own), Passed::rounded(other)],
        could_be_chance: interval.is_none_or(|(low, high)| low <= 0.0 && high >= 0.0),
        explained,
    })
}
