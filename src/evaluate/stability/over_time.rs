//! Performance over calendar time.
//!
//! # Measures
//! Whether the model does as well, and expects the right number, in one part of the years tested as in another.
//!
//! # Formula
//! Tested rows by quarter of the year of the prediction; by half-year, or year, if some quarter (other than the first and the
//! last, which are joined with their neighbour) has too few rows of a kind. Where even some year has, it is joined with the
//! next. Each period has its [`performance`](fn@super::performance).
//!
//! # Inputs
//! Date of prediction of each row, risk, outcome, fold, household; the fewest rows of each kind that a period must hold, at
//! least 10.
//!
//! # Undefined when
//! Fewer than two periods hold enough rows.
//!
//! # Reference
//! Davis and others 2017, J. Am. Med. Inform. Assoc. 24:1052, on calibration drift over time.

use super::area::Case;
use super::changes::{Changes, changes};
use super::performance::{Performance, performance};
use super::pooled::{Pooled, pooled};
use super::{Ranged, Reading};
use crate::evaluate::inference::value::Estimate;
use crate::num::Day;

/// One period.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Period {
    /// First day of its first month; of the month of the first row tested, if that is later.
    pub from: Day,
    /// First day of its last month; of the month of the last row tested, if that is earlier.
    pub last_month: Day,
    /// Performance of its rows.
    pub performance: Performance,
}

/// Performance over calendar time.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct OverTime {
    /// Months of a period that was not joined with another: 3, 6 or 12.
    pub months: u32,
    /// Whether some were joined because they hold few rows.
    pub joined: bool,
    /// The periods, in order.
    pub periods: Vec<Period>,
    /// Changes of the AUROC's log-odds.
    pub auroc_changes: Reading<Changes>,
    /// Changes of the logarithm of O/E.
    pub ratio_changes: Reading<Changes>,
    /// The AUROC's log-odds over periods.
    pub auroc: Reading<Pooled>,
    /// The logarithm of O/E over periods.
    pub ratio: Reading<Pooled>,
}

/// The months of a period and the row places of each period, by first and last month.
type Cut = (u32, bool, Vec<(Day, Day, Vec<usize>)>);

/// Measures over time. `days` are the dates of prediction of `cases`; every period holds at least `least` rows of each kind.
///
/// # Errors
/// See the module.
pub fn over_time(days: &[Day], cases: &[Case], least: u64, seed: u64) -> Reading<OverTime> {
    let (months, joined, cut) = periods(days, cases, least)
        .ok_or("the referrals tested are too few to be divided by time of prediction")?;
    let (first, last) = (days.iter().min(), days.iter().max());
    let first = first.map_or(Day(i32::MIN), |day| day.first_of_month());
    let last = last.map_or(Day(i32::MAX), |day| day.first_of_month());
    let periods: Vec<Period> = cut
        .into_iter()
        .map(|(from, last_month, rows)| {
            let cases: Vec<Case> = rows.into_iter().map(|i| cases[i]).collect();
            let (from, last_month) = (from.max(first), last_month.min(last));
            Period { from, last_month, performance: performance(&cases) }
        })
        .collect();
    // One period without an estimate would move what comes after it.
    let all = |of: fn(&Performance) -> &Reading<Estimate>| -> Reading<Vec<Estimate>> {
        periods.iter().map(|p| of(&p.performance).clone()).collect()
    };
    let (auroc, ratio) = (all(|p| &p.auroc), all(|p| &p.ratio));
    let seek = |series: &Reading<Vec<Estimate>>, name: &str| {
        series.clone().and_then(|s| changes(&s, seed, &format!("stability/changes/{name}")))
    };
    Ok(OverTime {
        months,
        joined,
        auroc_changes: seek(&auroc, "auroc"),
        ratio_changes: seek(&ratio, "ratio"),
        auroc: auroc.and_then(|s| pooled(&s)),
        ratio: ratio.and_then(|s| pooled(&s)),
        periods,
    })
}

/// The shortest periods that hold enough rows.
fn periods(days: &[Day], cases: &[Case], least: u64) -> Option<Cut> {
    let mut found = None;
    for months in [3, 6, 12] {
        let mut parts = calendar(days, months);
        let enough = |rows: &Vec<usize>| {
            let events = rows.iter().filter(|i| cases[**i].came).count() as u64;
            events >= least && rows.len() as u64 - events >= least
        };
        let inner = parts.get(1..parts.len().saturating_sub(1)).unwrap_or_default();
        let fits = inner.iter().all(|(_, _, rows)| enough(rows));
        let before = parts.len();
        join(&mut parts, &enough);
        let usable = parts.len() >= 2 && parts.iter().all(|(_, _, rows)| enough(rows));
        if usable {
            let cut = (months, parts.len() < before, parts);
            if fits {
                return Some(cut);
            }
            found = Some(cut);
        }
    }
    found
}

/// Rows by periods of so many months, counted from January; periods without rows are left out.
fn calendar(days: &[Day], months: u32) -> Vec<(Day, Day, Vec<usize>)> {
    let key = |day: Day| day.year() * 12 + (day.month() as i32 - 1) / months as i32 * months as i32;
    let first = |month: i32| Day::from_ymd(month.div_euclid(12), month.rem_euclid(12) as u32 + 1, 1);
    let mut order: Vec<usize> = (0..days.len()).collect();
    order.sort_by_key(|&i| key(days[i]));
    order
        .chunk_by(|a, b| key(days[*a]) == key(days[*b]))
        .filter_map(|rows| {
            let month = key(days[rows[0]]);
            Some((first(month)?, first(month + months as i32 - 1)?, rows.to_vec()))
        })
        .collect()
}

/// Joins periods that hold too few with the next one, and the last with the one before.
fn join(parts: &mut Vec<(Day, Day, Vec<usize>)>, enough: &dyn Fn(&Vec<usize>) -> bool) {
    let mut i = 0;
    while i < parts.len() && parts.len() > 1 {
        if enough(&parts[i].2) {
            i += 1;
            continue;
        }
        let into = if i + 1 < parts.len() { i + 1 } else { i - 1 };
        let (from, to, rows) = parts.remove(i);
        let into = if into > i { i } else { into };
        let part = &mut parts[into];
        (part.0, part.1) = (part.0.min(from), part.1.max(to));
        part.2.extend(rows);
        i = into;
    }
}

/// An estimate of a log-odds or logarithm, on the scale of people, with its 95% interval.
#[must_use]
pub fn back(estimate: Estimate, scale: fn(f64) -> f64) -> Ranged {
    let half = 1.959_963_984_540_054 * estimate.standard_error;
    Ranged {
        estimate: scale(estimate.value),
        low: scale(estimate.value - half),
        high: scale(estimate.value + half),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::num::{seed, sigmoid};
    use rand::RngExt;

    fn month(year: i32, month: u32) -> Day {
        Day::from_ymd(year, month, 15).unwrap()
    }

    /// `each` rows of each kind in each month from 1 to `months` of 2020 on.
    fn rows(months: u32, each: usize) -> (Vec<Day>, Vec<Case>) {
        let mut out = (Vec::new(), Vec::new());
        for m in 0..months {
            for i in 0..2 * each {
                out.0.push(month(2020 + (m / 12) as i32, m % 12 + 1));
                let household = out.1.len() as u32;
                out.1.push(Case { p: 0.4 + 0.01 * (i % 7) as f64, came: i % 2 == 0, fold: 0, household });
            }
        }
        out
    }

    fn names(cut: &Cut) -> Vec<String> {
        let name = |(from, to, rows): &(Day, Day, Vec<usize>)| format!("{from} {to} {}", rows.len());
        cut.2.iter().map(name).collect()
    }

    #[test]
    fn the_shortest_periods_that_hold_enough_are_taken() {
        let cut = |months, each, least| {
            let (days, cases) = rows(months, each);
            periods(&days, &cases, least).map(|cut| (cut.0, cut.1, cut.2.len()))
        };
        assert_eq!(cut(24, 4, 10), Some((3, false, 8)));
        assert_eq!(cut(24, 3, 10), Some((6, false, 4)));
        assert_eq!(cut(24, 1, 10), Some((12, false, 2)));
        // 25 months: the last quarter holds one month, and is joined with the one before.
        assert_eq!(cut(25, 4, 10), Some((3, true, 8)));
        assert_eq!(cut(9, 1, 10), None);
    }

    #[test]
    fn a_poor_year_is_joined_with_the_next() {
        let (mut days, mut cases) = rows(48, 2);
        // 2021 keeps five of each kind.
        let (mut events, mut others) = (0, 0);
        let keep: Vec<bool> = days
            .iter()
            .zip(&cases)
            .map(|(d, c)| {
                let seen = if c.came { &mut events } else { &mut others };
                *seen += i32::from(d.year() == 2021);
                d.year() != 2021 || *seen <= 5
            })
            .collect();
        let mut kept = keep.iter();
        days.retain(|_| *kept.next().unwrap());
        let mut kept = keep.iter();
        cases.retain(|_| *kept.next().unwrap());
        let cut = periods(&days, &cases, 10).unwrap();
        assert_eq!(
            names(&cut),
            ["2020-01-01 2020-12-01 48", "2021-01-01 2022-12-01 58", "2023-01-01 2023-12-01 48"]
        );
        assert!(cut.1 && cut.0 == 12);
    }

    /// Twelve quarters of 400 rows whose risks are right, but for the last five, in which twice as many come.
    fn drifting(root: u64, drift: bool) -> OverTime {
        let mut rng = seed::stream(root, "drift");
        let (mut days, mut cases) = (Vec::new(), Vec::new());
        for quarter in 0..12_u32 {
            for i in 0..400_u32 {
                let p = sigmoid(-1.8 + 2.0 * (rng.random::<f64>() - 0.5));
                let factor = if drift && quarter >= 7 { 1.6 } else { 1.0 };
                days.push(month(2020 + (quarter / 4) as i32, quarter % 4 * 3 + 1));
                let household = quarter * 400 + i;
                let came = rng.random::<f64>() < factor * p;
                cases.push(Case { p, came, fold: (i % 5) as u16, household });
            }
        }
        over_time(&days, &cases, 10, root).unwrap()
    }

    #[test]
    fn a_planted_drift_is_found_and_none_without_it() {
        let got = drifting(1, true);
        let at: Vec<usize> = got.ratio_changes.clone().unwrap().iter().map(|c| c.period).collect();
        assert_eq!(at, [7], "{got:?}");
        assert!(got.ratio.unwrap().p < 0.001);
        let found = (2..22).filter(|root| !drifting(*root, false).ratio_changes.unwrap().is_empty()).count();
        assert!(found <= 3, "{found} of 20 series without a drift");
    }

    #[test]
    fn a_scale_of_people_is_read_back() {
        let got = back(Estimate { value: 0.0, standard_error: 0.5 }, sigmoid);
        assert!((got.estimate - 0.5).abs() < 1e-12 && (got.low + got.high - 1.0).abs() < 1e-12);
    }
}
