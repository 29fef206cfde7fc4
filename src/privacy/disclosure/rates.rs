//! Rates: worked out from counts that are shown. Only who was left out for want of time is new, and is protected as the
//! levels of a grouping are.

use super::covers::{Structure, settle};
use super::facts::{CohortNumbers, tens};
use super::levels::{Part, SLACK};
use super::passed::{Count, Number, Passed};
use super::rows::TOO_SMALL;
use crate::num::Day;
use crate::report::ingredients::Ingredients;
use crate::report::rates::{LevelCount, PopulationRate, RateFacts, Rates, Referred};
use crate::report::{Line, Removed};

/// Half the width of a 95% interval in standard deviations of a normal distribution.
const NORMAL: f64 = 1.959_963_984_540_054;
const MONTHS_A_YEAR: f64 = 12.0;

/// Discloses all rates.
pub(super) fn disclose(
    ingredients: &Ingredients,
    facts: &CohortNumbers,
    lines: &[Line],
    threshold: u64,
) -> Rates {
    let rates = &ingredients.rates;
    let tested = &ingredients.tested;
    let shown = facts.tested.months.is_some();
    let months =
        tested.first.zip(tested.last).filter(|_| shown).and_then(|(first, last)| months(first, last));
    let rows = facts.tested.rows.get();
    let workload = |capacity: &f64| {
        let flagged = rows.map(|n| n as f64 * capacity).filter(|f| *f >= threshold as f64);
        let month = flagged.zip(months).map(|(f, m)| Passed::new((f / m as f64).round() as u64));
        (*capacity, month)
    };
    Rates {
        months,
        workload: rates.capacities.iter().map(workload).collect(),
        censored: censored(rates, total_is_shown(ingredients, facts), threshold),
        children: children(rates, lines, threshold),
        referred: rates.populations.iter().map(|p| referred(p, &rates.populations, months, lines)).collect(),
    }
}

/// Months from the first to the last, both included.
fn months(first: Day, last: Day) -> Option<u64> {
    let number = |day: Day| i64::from(day.year()) * 12 + i64::from(day.month());
    u64::try_from(number(last) - number(first) + 1).ok()
}

/// Whether the attrition says how many were left out for want of time: the levels of a grouping add to it.
fn total_is_shown(ingredients: &Ingredients, facts: &CohortNumbers) -> bool {
    let steps = ingredients.attrition.iter().zip(&facts.attrition);
    let mut mine = steps.filter(|(row, _)| row.rule == "short-follow-up");
    mine.any(|(_, step)| matches!(step.removed, Removed::Shown(_)))
}

/// Every grouping's levels, protected together; all hidden where their total is.
fn censored(rates: &RateFacts, total_is_shown: bool, threshold: u64) -> Vec<LevelCount> {
    let size = rates.censored_total as f64;
    let mut parts: Vec<Vec<Part>> = rates
        .censored
        .iter()
        .map(|grouping| {
            let part = |(_, n): &(String, u64)| Part {
                size: *n as f64,
                cells: Some(vec![*n as f64]),
                hidden: !total_is_shown || size < threshold as f64,
            };
            grouping.levels.iter().map(part).collect()
        })
        .collect();
    let place = |level: &u16| Some(usize::from(*level));
    let together: Vec<Vec<Option<usize>>> =
        rates.censored_together.iter().map(|levels| levels.iter().map(place).collect()).collect();
    settle(&mut parts, &Structure::new(&together), size, &[size], threshold as f64);
    let mut out = Vec::new();
    for (grouping, parts) in rates.censored.iter().zip(&parts) {
        for ((level, n), part) in grouping.levels.iter().zip(parts) {
            // Authorities are named by whoever made the data.
            let nameless = part.hidden && grouping.group == "authority";
            // An empty level is hidden with the small ones: that nobody is in it says something about those that are not.
            let level = if nameless { TOO_SMALL } else { level };
            let count = Count::new(*n, !part.hidden && part.size > SLACK);
            let line = LevelCount { group: grouping.group.clone(), level: level.to_owned(), count };
            if !nameless || !out.contains(&line) {
                out.push(line);
            }
        }
    }
    out
}

/// Children of the levels whose referrals are shown. They are rounded to ten, so that those of a hidden level do not follow
/// from those of the others.
fn children(rates: &RateFacts, lines: &[Line], threshold: u64) -> Vec<LevelCount> {
    let mut out = Vec::new();
    for grouping in &rates.children {
        for (level, n) in &grouping.levels {
            let mine = |l: &&Line| l.group == grouping.group && l.level == *level;
            let shown = lines.iter().find(mine).is_some_and(|l| l.n.get().is_some_and(|rows| rows > 0));
            if shown {
                let count = Count::new(tens(*n), *n >= threshold);
                out.push(LevelCount { group: grouping.group.clone(), level: level.clone(), count });
            }
        }
    }
    out
}

/// A level's rate, from its number of tested referrals where that is shown.
fn referred(of: &PopulationRate, all: &[PopulationRate], months: Option<u64>, lines: &[Line]) -> Referred {
    let rate = |level: &str| {
        let fits = |l: &&Line| l.measure == "outcome-rate" && l.group == of.group && l.level == level;
        let n = lines.iter().find(fits).and_then(|l| l.n.get()).filter(|n| *n > 0)?;
        let population = all.iter().find(|p| p.group == of.group && p.level == level)?.population;
        Some(n as f64 / population as f64)
    };
    let number = |value: Option<f64>, error: f64| {
        value.map_or(Number::Suppressed, |v| {
            let factor = (NORMAL * error).exp();
            Number::new(v, Some((v / factor, v * factor)))
        })
    };
    let own = rate(&of.level);
    let a_year = own.zip(months).map(|(r, m)| r * 10_000.0 * MONTHS_A_YEAR / m as f64);
    let index = of.against.as_ref().map(|(level, error)| {
        let ratio = own.zip(rate(level)).map(|(own, other)| own / other);
        number(ratio, *error)
    });
    Referred {
        group: of.group.clone(),
        level: of.level.clone(),
        population: of.population,
        per_ten_thousand: number(a_year, of.log_error),
        against: of.against.as_ref().map(|(level, _)| level.clone()),
        index: index.unwrap_or_else(|| Number::Undefined("it is the reference level".to_owned())),
    }
}

#[cfg(test)]
mod tests {
    use super::{censored, children, months};
    use crate::num::Day;
    use crate::privacy::disclosure::{Count, Number};
    use crate::report::Line;
    use crate::report::rates::{LevelCounts, RateFacts};

    #[test]
    fn months_are_counted_with_both_ends() {
        let day = |text: &str| Day::parse(text).unwrap();
        assert_eq!(months(day("2021-04-30"), day("2022-04-01")), Some(13));
        assert_eq!(months(day("2021-04-01"), day("2021-04-30")), Some(1));
    }

    /// Girls' referrals are shown and boys' are not; there are 14 girls, or 9.
    #[test]
    fn children_are_counted_where_referrals_are() {
        let line = |level: &str, shown: bool| Line {
            model: String::new(),
            split: String::new(),
            measure: "outcome-rate",
            group: "sex".to_owned(),
            level: level.to_owned(),
            at: String::new(),
            number: Number::Suppressed,
            theory: None,
            shrunk: None,
            n: Count::new(20, shown),
            events: Count::new(12, false),
            note: None,
            convention: "",
        };
        let of = |girls: u64| {
            let levels = vec![("F".to_owned(), girls), ("M".to_owned(), 30)];
            let facts = RateFacts {
                children: vec![LevelCounts { group: "sex".to_owned(), levels }],
                ..RateFacts::default()
            };
            let found = children(&facts, &[line("F", true), line("M", false)], 10);
            found.iter().map(|c| (c.level.clone(), c.count.get())).collect::<Vec<_>>()
        };
        assert_eq!(of(14), [("F".to_owned(), Some(10))]);
        assert_eq!(of(9), [("F".to_owned(), None)]);
    }

    #[test]
    fn a_small_number_left_out_takes_another_with_it() {
        let of = |levels: &[u64], shown: bool| {
            let levels: Vec<(String, u64)> = levels.iter().map(|n| (format!("{n}"), *n)).collect();
            let total = levels.iter().map(|l| l.1).sum();
            let group = "sex".to_owned();
            let facts = RateFacts {
                censored_total: total,
                censored: vec![LevelCounts { group, levels }],
                ..RateFacts::default()
            };
            censored(&facts, shown, 10).iter().map(|l| l.count.get()).collect::<Vec<_>>()
        };
        assert_eq!(of(&[120, 80], true), [Some(120), Some(80)]);
        assert_eq!(of(&[120, 80, 4], true), [Some(120), None, None]);
        assert_eq!(of(&[120, 80, 0], true), [Some(120), Some(80), None]);
        assert_eq!(of(&[4, 3], true), [None, None]);
        assert_eq!(of(&[120, 80], false), [None, None], "their total is hidden");
    }
}
