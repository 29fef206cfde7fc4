//! How each fitted value is moved.

use super::measure::{Practice, need, source};
use super::targets::{AGES, FACTORS, PLAN_BANDS, Target};
use crate::num::MONTHS;
use crate::schema::codes;
use crate::synth::fitted::{Fitted, Weight};
use std::collections::BTreeMap;

type Values = BTreeMap<(String, String), f64>;

/// Takes over the published size and practice of each authority, keeping the fitted factors of those that were there.
pub(super) fn authorities(fitted: &mut Fitted, published: &[[f64; 4]]) {
    let old = std::mem::take(&mut fitted.authorities);
    let factor = |i: usize| old.get(i).map_or(1.0, |a| a.4);
    fitted.authorities = published
        .iter()
        .enumerate()
        .map(|(i, &[referrals, nfa, not_in_need, again])| {
            (referrals, thousandths(nfa), thousandths(not_in_need), thousandths(again), factor(i))
        })
        .collect();
}

fn thousandths(share: f64) -> f64 {
    (share * 1e4).round() / 1e4
}

/// What a number should be divided by what it is.
struct Ratios<'a> {
    targets: &'a [Target],
    values: &'a Values,
}

impl Ratios<'_> {
    fn pair(&self, family: &str, item: &str) -> Option<(f64, f64)> {
        let target = self.targets.iter().find(|t| t.family == family && t.item == item)?;
        let value = self.values.get(&(family.to_owned(), item.to_owned()))?;
        Some((target.published, *value)).filter(|(a, b)| *a > 0.0 && *b > 0.0)
    }

    /// Within a factor of two, so that one round cannot run away.
    fn of(&self, family: &str, item: &str) -> f64 {
        self.pair(family, item).map_or(1.0, |(target, value)| (target / value).clamp(0.5, 2.0))
    }

    /// The ratio of cumulative hazards of two percentages.
    fn hazards(&self, item: &str) -> f64 {
        let hazard = |percent: f64| -(-percent / 100.0).ln_1p();
        self.pair("flow", item).map_or(1.0, |(target, value)| hazard(target) / hazard(value))
    }
}

/// Moves all values by what one round measured.
pub(super) fn update(fitted: &mut Fitted, targets: &[Target], values: &Values, practices: &[Practice]) {
    let ratios = Ratios { targets, values };
    let flow = |item: &str| ratios.of("flow", item);
    returns(fitted, &ratios);
    fitted.households_per_referral *= flow("referrals a year, thousands");
    fitted.protection *= flow("protection plans per 100 referrals");
    fitted.care *= flow("starts to be looked after per 100 referrals");
    fitted.care_days *= flow("looked after on 31 March per 100 referrals");
    fitted.cin_plan_days *= flow("children in need on 31 March per 100 referrals").powf(1.5);
    fitted.no_further_action += flow("no further action").ln();
    fitted.not_in_need += 1.5 * flow("assessed not in need").ln();
    fitted.disabled *= ratios.of("stock", "disability recorded");
    fitted.boys = (fitted.boys * ratios.of("stock", "boys")).clamp(0.3, 0.7);
    for (share, age) in fitted.first_ages.iter_mut().zip(AGES) {
        *share *= ratios.of("age", age);
    }
    let total: f64 = fitted.first_ages.iter().sum();
    for share in &mut fitted.first_ages {
        *share *= 100.0 / total;
    }
    for (level, month) in fitted.months.iter_mut().zip(MONTHS) {
        *level *= ratios.of("month", month);
    }
    for (level, month) in fitted.break_months.iter_mut().zip(MONTHS.iter().cycle().skip(3)) {
        *level *= ratios.of("break of 2020", month);
    }
    weights(&mut fitted.sources, |code| ratios.of("source", source(place(&codes::SOURCE, code))));
    weights(&mut fitted.needs, |code| ratios.of("need", need(place(&codes::NEED, code))));
    weights(&mut fitted.ethnicities, |code| {
        let groups = super::targets::ETHNICITIES.iter();
        let group = groups.clone().find(|(_, codes)| codes.contains(&code));
        group.map_or(1.0, |(name, _)| ratios.of("ethnicity", name))
    });
    for (code, percent) in &mut fitted.factors {
        let column = FACTORS.iter().find(|(_, of)| of == code);
        *percent *= column.map_or(1.0, |(name, _)| ratios.of("factor", name));
    }
    for (length, (name, ..)) in fitted.plan_days.iter_mut().zip(PLAN_BANDS) {
        length.2 *= ratios.of("plan length", name);
    }
    repeats(fitted, &ratios);
    practice(fitted, practices);
}

/// Level and shape of the hazard of a return, and how much of it follows short episodes.
fn returns(fitted: &mut Fitted, ratios: &Ratios<'_>) {
    let early = ratios.hazards("re-referred within 12 months of closure");
    let late = ratios.hazards("re-referred within 72 months of closure");
    // Heterogeneity bends the curve too, so the shape answers slowly.
    let shape = fitted.shape + 0.5 * (late / early).ln() / 6.0_f64.ln();
    let shape = shape.clamp(0.3, 1.2);
    // H(365 days) is kept while the shape turns, then raised by what is missing.
    let at_year = (365.0 / fitted.scale_days).powf(fitted.shape) * early;
    fitted.shape = shape;
    fitted.scale_days = 365.0 / at_year.powf(1.0 / shape);
    fitted.short_returns *= ratios.of("flow", "re-referred within 12 months of referral").powf(1.2);
}

fn repeats(fitted: &mut Fitted, ratios: &Ratios<'_>) {
    let odds = |percent: f64| (percent / (100.0 - percent)).ln();
    let mut last = 0.0;
    for (year, drift) in &mut fitted.repeat_years {
        if let Some((target, value)) = ratios.pair("repeat plans", &year.to_string()) {
            *drift += 0.8 * (odds(target) - odds(value));
        }
        last = *drift;
    }
    fitted.repeat_plan += last;
    for (_, drift) in &mut fitted.repeat_years {
        *drift -= last;
    }
}

/// Each authority's factor, by its own share re-referred relative to England's: fully where there is much to go by. The
/// factors keep a mean of 1 over referrals, so that the level is left to the hazard.
fn practice(fitted: &mut Fitted, practices: &[Practice]) {
    let all: f64 = fitted.authorities.iter().map(|a| a.0).sum();
    let published: f64 = fitted.authorities.iter().map(|a| a.0 * a.3).sum::<f64>() / all;
    let sum = |k: usize| practices.iter().map(|p| p[k]).sum::<f64>();
    let measured = sum(1) / sum(0);
    for (authority, [referrals, again, ..]) in fitted.authorities.iter_mut().zip(practices) {
        if *referrals < 20.0 || *again < 1.0 {
            continue;
        }
        let weight = referrals / (referrals + 500.0);
        let ratio = (authority.3.max(0.02) / published / (again / referrals / measured)).clamp(0.5, 2.0);
        authority.4 = (authority.4 * ratio.powf(2.0 * weight)).clamp(0.05, 20.0);
    }
    let mean = fitted.authorities.iter().map(|a| a.0 * a.4).sum::<f64>() / all;
    for authority in &mut fitted.authorities {
        authority.4 /= mean;
    }
}

fn weights(all: &mut [Weight], ratio: impl Fn(&str) -> f64) {
    for (code, weight) in all.iter_mut() {
        *weight *= ratio(code);
    }
    let total: f64 = all.iter().map(|(_, weight)| weight).sum();
    for (_, weight) in all {
        *weight *= 100.0 / total;
    }
}

fn place(list: &codes::CodeList, code: &str) -> u8 {
    list.find(code).unwrap_or(crate::history::NO_CODE)
}
