//! Estimates by group drawn towards their mean: what a small group's number is worth.

use std::collections::BTreeMap;

use super::COMPARED;
use crate::evaluate::inference::empirical_bayes::empirical_bayes;
use crate::evaluate::inference::log_odds::{log_odds_with_variance, rate_of_log_odds};
use crate::evaluate::inference::value::Estimate;
use crate::evaluate::measures::{Measure, Unit, find};
use crate::evaluate::{Row, Status};

/// Fills in the shrunken estimates of one model's rows: each compared measure within each grouping, where at least four
/// levels have an estimate. `spread` gives the standard deviation of each row's replicates.
pub(in crate::evaluate) fn shrink(rows: &mut [Row], spread: &[Option<f64>]) {
    let mut families: BTreeMap<(&'static str, String, String), Vec<usize>> = BTreeMap::new();
    for (i, row) in rows.iter().enumerate() {
        if row.group != "overall" && COMPARED.contains(&row.measure) {
            families.entry((row.measure, row.group.clone(), row.at.clone())).or_default().push(i);
        }
    }
    for ((measure, _, _), members) in families {
        if let Some(measure) = find(measure) {
            shrink_together(rows, spread, measure, &members);
        }
    }
}

fn shrink_together(rows: &mut [Row], spread: &[Option<f64>], measure: &Measure, members: &[usize]) {
    let usable: Vec<(usize, Estimate)> = members
        .iter()
        .filter(|i| rows[**i].status == Status::Ok)
        .filter_map(|i| Some((*i, on_scale(measure, rows[*i].estimate?, spread[*i]?)?)))
        .collect();
    let estimates: Vec<Estimate> = usable.iter().map(|(_, estimate)| *estimate).collect();
    let Ok(shrunk) = empirical_bayes(&estimates) else { return };
    for ((i, _), shrunk) in usable.iter().zip(shrunk.groups) {
        rows[*i].shrunk = off_scale(measure, shrunk.estimate);
    }
}

/// An estimate on a scale where errors are nearly normal: log-odds for shares, logarithms for ratios of counts.
fn on_scale(measure: &Measure, value: f64, sd: f64) -> Option<Estimate> {
    match measure.unit {
        Unit::Share => log_odds_with_variance(value, sd * sd).ok(),
        _ if measure.id == "observed-over-expected" => {
            (value > 0.0 && sd > 0.0).then(|| Estimate { value: value.ln(), standard_error: sd / value })
        }
        _ => (sd > 0.0).then_some(Estimate { value, standard_error: sd }),
    }
}

fn off_scale(measure: &Measure, value: f64) -> Option<f64> {
    match measure.unit {
        Unit::Share => rate_of_log_odds(value).ok(),
        _ if measure.id == "observed-over-expected" => Some(value.exp()),
        _ => Some(value),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(level: &str, estimate: f64) -> Row {
        Row {
            model: "m".to_owned(),
            split: "s".to_owned(),
            measure: "missed-share",
            group: "area".to_owned(),
            level: level.to_owned(),
            at: "top 10%".to_owned(),
            estimate: Some(estimate),
            low: None,
            high: None,
            theory: None,
            shrunk: None,
            n: 100,
            events: 50,
            rests_on: vec![],
            households: Vec::new(),
            status: Status::Ok,
            reason: None,
            convention: "",
        }
    }

    #[test]
    fn the_less_is_known_the_further_it_moves() {
        let mut rows: Vec<Row> =
            [("a", 0.5), ("b", 0.6), ("c", 0.4), ("d", 0.55), ("e", 0.9)].map(|(l, e)| row(l, e)).to_vec();
        let spread = [0.05, 0.05, 0.05, 0.05, 0.2].map(Some);
        shrink(&mut rows, &spread);
        let moved = |i: usize| (rows[i].shrunk.unwrap() - rows[i].estimate.unwrap()).abs();
        assert!(rows[4].shrunk.unwrap() < 0.85 && moved(4) > 3.0 * moved(0), "{rows:?}");
        let mut few = rows[..3].to_vec();
        few.iter_mut().for_each(|r| r.shrunk = None);
        shrink(&mut few, &spread);
        assert!(few.iter().all(|r| r.shrunk.is_none()), "three groups are too few");
    }
}
