//! Stability through the rules: only summaries over many cases leave, never a number of one case.
//!
//! A percentile over cases leaves where at least the threshold of cases lies beyond it. Flagged cases that some share of
//! refits flags are counts like any other. Periods hold at least the threshold of referrals of each kind, or are hidden with
//! enough of the others; their sizes are rounded to ten and their numbers with the outcome do not leave. An authority is
//! shown where its line among the results by group is, which was protected together with all other groupings, and means over
//! authorities are made of those that are shown.

use super::facts::tens;
use super::levels::{Part, SLACK, protect};
use super::passed::{Count, Number, Passed};
use crate::evaluate::inference::value::Estimate;
use crate::evaluate::stability::{
    self as exact, Changes, Instability, LearningCurve, Pooled, Ranged, Reading, Spread, pooled,
};
use crate::num::{Day, MONTHS, sigmoid};
use crate::report::Line;
use crate::report::stability::{
    AuthorityLine, ByAuthority, ChangeLine, Curve, CurvePoint, Features, Helps, LeadingFeature, Movement,
    OverTime, PeriodLine, Pool, Refits, Refitted, Shown, Stability,
};

const HIDDEN: &str = "hidden, because it would tell about small numbers";
/// A gain in AUROC under which more households hardly help.
const LITTLE: f64 = 0.01;

/// The tested referrals, and those of them with the outcome.
pub(super) type Total = (u64, u64);

/// Discloses stability. `lines` are the results by group that may be shown.
pub(super) fn disclose(
    of: &exact::Stability,
    candidate: &str,
    lines: &[Line],
    total: Total,
    threshold: u64,
) -> Stability {
    let limit = threshold as f64;
    Stability {
        refits: of.refits.as_ref().map(|refits| Refits {
            asked: refits.asked,
            models: refits.models.iter().map(|model| refitted(model, threshold)).collect(),
            features: refits.features.as_ref().map(features).map_err(Clone::clone),
        }),
        over_time: of.over_time.as_ref().map(|t| over_time(t, total, limit)).map_err(Clone::clone),
        by_authority: of
            .authorities
            .as_ref()
            .map(|all| by_authority(all, candidate, lines))
            .map_err(Clone::clone),
    }
}

fn refitted(of: &exact::Refitted, threshold: u64) -> Refitted {
    Refitted {
        model: of.model.clone(),
        failed: of.failed,
        movement: of.instability.as_ref().map(|i| movement(i, threshold as f64)).map_err(Clone::clone),
        curve: of.curve.as_ref().map(|c| curve(c, threshold)).map_err(Clone::clone),
    }
}

fn plain(value: f64) -> Number {
    Number::new(value, None)
}

fn ranged(reading: &Reading<Ranged>) -> Number {
    match reading {
        Ok(r) => Number::new(r.estimate, Some((r.low, r.high))),
        Err(reason) => Number::Undefined(reason.clone()),
    }
}

fn movement(of: &Instability, limit: f64) -> Movement {
    let rows = of.rows as f64;
    let beyond = |share: f64, value: f64| {
        if share * rows >= limit - SLACK { plain(value) } else { Number::Suppressed }
    };
    let spread = |s: &Spread| [beyond(1.0, s.mean), beyond(0.5, s.median), beyond(0.1, s.ninetieth)];
    let enough = |count: f64| count >= limit - SLACK;
    let shown = enough(of.flagged) && enough(rows - of.flagged);
    let kept = if shown { plain(of.kept) } else { Number::Suppressed };
    let counts = [of.below_80, of.below_95];
    let fits = counts.map(|count| shown && enough(count) && enough(of.flagged - count));
    // The two together tell how many lie between.
    let both = fits[0] && enough(of.below_95 - of.below_80);
    let share = |count: f64, shown: bool| {
        if shown { plain(count / of.flagged) } else { Number::Suppressed }
    };
    Movement {
        refits: of.refits,
        width: spread(&of.width),
        error: spread(&of.error),
        dropped: kept.per_hundred(true),
        kept,
        below_80: share(of.below_80, fits[0]),
        below_95: share(of.below_95, fits[1] && (both || !fits[0])),
    }
}

fn curve(of: &LearningCurve, threshold: u64) -> Curve {
    let point = |p: &exact::learning_curve::CurvePoint| {
        // Not negative, so that the cast loses nothing but the part.
        let rows = p.rows.round() as u64;
        CurvePoint {
            share: p.share,
            rows: Count::new(tens(rows), rows >= threshold),
            auroc: ranged(&p.auroc),
            average_precision: ranged(&p.average_precision),
            log_loss: ranged(&p.log_loss),
        }
    };
    let helps = match &of.gain {
        Ok(gain) if gain.low > 0.0 => Helps::Yes,
        Ok(gain) if gain.high < LITTLE => Helps::Hardly,
        _ => Helps::CannotSay,
    };
    Curve { draws: of.draws, points: of.points.iter().map(point).collect(), gain: ranged(&of.gain), helps }
}

fn features(of: &exact::RankStability) -> Features {
    let leading = |l: &exact::Leading| LeadingFeature {
        id: l.name.0.clone(),
        words: l.name.1.clone(),
        importance: Passed::rounded(l.importance),
        rank: Passed::rounded(l.rank),
        range: Passed::rounded_pair(l.range),
    };
    Features {
        refits: of.refits,
        features: of.features,
        spearman: plain(of.spearman),
        overlap: plain(of.overlap),
        leading: of.leading.iter().map(leading).collect(),
    }
}

/// An estimate on the scale of people.
fn back(estimate: &Reading<Estimate>, scale: fn(f64) -> f64) -> Number {
    ranged(&estimate.clone().map(|e| exact::over_time::back(e, scale)))
}

fn pool(of: &Pooled, scale: fn(f64) -> f64) -> Pool {
    let [mean, low, high] = of.mean.map(scale);
    Pool {
        parts: of.parts,
        mean: Number::new(mean, Some((low, high))),
        expected: Passed::rounded_pair((scale(of.expected.0), scale(of.expected.1))),
        beyond_chance: Passed::rounded(of.beyond_chance),
        p: Passed::rounded(of.p),
    }
}

fn over_time(of: &exact::OverTime, (rows, events): Total, limit: f64) -> OverTime {
    let part = |p: &exact::Period| {
        let cells = [p.performance.events, p.performance.n - p.performance.events].map(|c| c as f64);
        Part { size: p.performance.n as f64, cells: Some(cells.to_vec()), hidden: false }
    };
    let mut parts: Vec<Part> = of.periods.iter().map(part).collect();
    protect(&mut parts, rows as f64, &[events as f64, (rows - events.min(rows)) as f64], limit);
    let all = parts.iter().all(|p| !p.hidden);
    let line = |(p, part): (&exact::Period, &Part)| {
        let number = |number: Number| if part.hidden { Number::Suppressed } else { number };
        PeriodLine {
            words: months(p.from, p.last_month),
            n: Count::new(tens(p.performance.n), !part.hidden),
            auroc: number(back(&p.performance.auroc, sigmoid)),
            ratio: number(back(&p.performance.ratio, f64::exp)),
        }
    };
    // What is made of all periods would tell of a hidden one.
    let whole = |pooled: &Reading<Pooled>, scale: fn(f64) -> f64| -> Shown<Pool> {
        let pooled = if all { pooled.as_ref().map_err(Clone::clone)? } else { return Err(HIDDEN.to_owned()) };
        Ok(pool(pooled, scale))
    };
    let changes = |found: &Reading<Changes>, scale: fn(f64) -> f64| -> Shown<Vec<ChangeLine>> {
        let found = if all { found.as_ref().map_err(Clone::clone)? } else { return Err(HIDDEN.to_owned()) };
        let change = |c: &exact::Change| ChangeLine {
            period: c.period,
            before: Passed::rounded(scale(c.before)),
            after: Passed::rounded(scale(c.after)),
            p: Passed::rounded(c.p),
        };
        Ok(found.iter().map(change).collect())
    };
    OverTime {
        months: of.months,
        joined: of.joined,
        periods: of.periods.iter().zip(&parts).map(line).collect(),
        auroc_changes: changes(&of.auroc_changes, sigmoid),
        ratio_changes: changes(&of.ratio_changes, f64::exp),
        auroc: whole(&of.auroc, sigmoid),
        ratio: whole(&of.ratio, f64::exp),
    }
}

/// Such as `April to June 2020` or `October 2020 to March 2021`.
fn months(from: Day, last: Day) -> String {
    let first = MONTHS.get(from.month() as usize - 1).copied().unwrap_or_default();
    if from == last {
        last.month_in_words()
    } else if from.year() == last.year() {
        format!("{first} to {}", last.month_in_words())
    } else {
        format!("{} to {}", from.month_in_words(), last.month_in_words())
    }
}

fn by_authority(all: &[exact::Authority], candidate: &str, lines: &[Line]) -> ByAuthority {
    let line = |name: &str, measure: &str| {
        lines.iter().find(|l| {
            l.group == "authority" && l.level == name && l.model == candidate && l.measure == measure
        })
    };
    let shown = |authority: &&exact::Authority, measure: &str| {
        line(&authority.name, measure)
            .is_some_and(|l| l.number.estimate().is_some() && l.events.get().is_some())
    };
    let whole = |a: &&exact::Authority| shown(a, "auroc") && shown(a, "observed-over-expected");
    let visible: Vec<&exact::Authority> = all.iter().filter(whole).collect();
    let over = |of: fn(&exact::Authority) -> &Reading<Estimate>, scale: fn(f64) -> f64| -> Shown<Pool> {
        let estimates: Vec<Estimate> = visible.iter().filter_map(|a| of(a).clone().ok()).collect();
        Ok(pool(&pooled(&estimates)?, scale))
    };
    ByAuthority {
        some_left_out: visible.len() < all.len(),
        auroc: over(|a| &a.performance.auroc, sigmoid),
        ratio: over(|a| &a.performance.ratio, f64::exp),
        authorities: visible
            .iter()
            .map(|a| AuthorityLine {
                name: a.name.clone(),
                n: line(&a.name, "auroc").map_or(Count::Suppressed, |l| l.n),
                auroc: back(&a.performance.auroc, sigmoid),
                ratio: back(&a.performance.ratio, f64::exp),
            })
            .collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evaluate::stability::Performance;

    fn instability(rows: u64, flagged: f64, below: [f64; 2]) -> Movement {
        let spread = Spread { mean: 0.1, median: 0.08, ninetieth: 0.2 };
        let of = Instability {
            rows,
            refits: 50,
            width: spread,
            error: spread,
            flagged,
            kept: 0.7,
            below_80: below[0],
            below_95: below[1],
        };
        movement(&of, 10.0)
    }

    #[test]
    fn percentiles_need_ten_cases_beyond_them() {
        let shown = |m: Movement| m.width.map(|n| n.estimate().is_some());
        assert_eq!(shown(instability(100, 20.0, [10.0, 10.0])), [true, true, true]);
        assert_eq!(shown(instability(99, 20.0, [10.0, 10.0])), [true, true, false]);
        assert_eq!(shown(instability(19, 5.0, [1.0, 1.0])), [true, false, false]);
    }

    #[test]
    fn few_flagged_cases_that_are_not_settled_are_not_told() {
        let shown = |m: Movement| [&m.kept, &m.below_80, &m.below_95].map(|n| n.estimate().is_some());
        assert_eq!(shown(instability(1000, 100.0, [40.0, 70.0])), [true, true, true]);
        assert_eq!(shown(instability(1000, 100.0, [9.0, 70.0])), [true, false, true]);
        assert_eq!(shown(instability(1000, 100.0, [40.0, 91.0])), [true, true, false]);
        // 70 less 62 would be the 8 between.
        assert_eq!(shown(instability(1000, 100.0, [62.0, 70.0])), [true, true, false]);
        assert_eq!(shown(instability(1000, 100.0, [40.0, 40.0])), [true, true, false]);
        assert_eq!(shown(instability(1000, 9.0, [0.0, 0.0])), [false, false, false]);
        assert_eq!(instability(1000, 100.0, [40.0, 70.0]).dropped.yes(), Some(30));
    }

    fn period(month: u32, n: u64, events: u64) -> exact::Period {
        let estimate = Ok(Estimate { value: 0.1 * f64::from(month), standard_error: 0.1 });
        let day = Day::from_ymd(2021, month, 1).unwrap();
        let performance = Performance { n, events, auroc: estimate.clone(), ratio: estimate };
        exact::Period { from: day, last_month: Day::from_ymd(2021, month + 2, 1).unwrap(), performance }
    }

    fn time(periods: Vec<exact::Period>) -> OverTime {
        let pooled =
            Pooled { parts: 3, mean: [0.0, -0.1, 0.1], expected: (-0.2, 0.2), beyond_chance: 0.0, p: 0.5 };
        let total = periods.iter().map(|p| (p.performance.n, p.performance.events));
        let total = total.fold((0, 0), |a, b| (a.0 + b.0, a.1 + b.1));
        let of = exact::OverTime {
            months: 3,
            joined: false,
            periods,
            auroc_changes: Ok(Vec::new()),
            ratio_changes: Ok(Vec::new()),
            auroc: Ok(pooled),
            ratio: Ok(pooled),
        };
        over_time(&of, total, 10.0)
    }

    #[test]
    fn a_period_of_few_takes_another_with_it_and_all_that_is_made_of_them() {
        let fine = time(vec![period(1, 104, 22), period(4, 117, 15), period(7, 80, 12)]);
        let n: Vec<Option<u64>> = fine.periods.iter().map(|p| p.n.get()).collect();
        assert_eq!(n, [Some(100), Some(120), Some(80)]);
        assert!(fine.auroc.is_ok() && fine.periods[0].words == "January to March 2021");
        let few = time(vec![period(1, 104, 22), period(4, 117, 9), period(7, 80, 12)]);
        let shown: Vec<bool> = few.periods.iter().map(|p| p.ratio.estimate().is_some()).collect();
        assert_eq!(shown, [true, false, false]);
        assert!(few.periods[1].n.get().is_none() && few.auroc.is_err() && few.ratio_changes.is_err());
    }

    #[test]
    fn months_read_well_across_years() {
        let day = |y, m| Day::from_ymd(y, m, 1).unwrap();
        assert_eq!(months(day(2020, 10), day(2021, 3)), "October 2020 to March 2021");
        assert_eq!(months(day(2020, 4), day(2020, 4)), "April 2020");
    }
}
