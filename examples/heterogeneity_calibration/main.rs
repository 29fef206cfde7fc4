//! How often does each test of "the rate is the same in all groups" reject a fair model?
//!
//! Rows come in households of 1 to 4; a fair model is one whose rate has the same expectation in every group. Every
//! line of the table is `simulations` data sets. Run:
//! `cargo run --release --example heterogeneity_calibration -- SIMULATIONS DRAWS [SCENARIO] [ours]` (5000 199); with `ours`
//! only the test that is reported, in minutes instead of an hour.

#![expect(clippy::print_stdout, reason = "a study prints its table")]

mod bootstrap_wald;
mod fair_model;
mod tests_compared;

use fair_model::{Scenario, scenarios, simulate};
use rayon::prelude::*;
use rerefer::evaluate::inference::heterogeneity::large_enough;
use rerefer::evaluate::inference::household_counts::RateRow;
use tests_compared::{Compared, METHODS, Source, p_values};

/// The rows of the rate's denominator, with the groups that are large enough.
fn rate_rows(rows: &[fair_model::Row], scenario: &Scenario, measure: &str) -> (Vec<RateRow>, Vec<bool>) {
    let mut outcomes = vec![(0.0, 0.0); scenario.sizes.len()];
    for row in rows {
        if row.event {
            outcomes[row.group].0 += 1.0;
        } else {
            outcomes[row.group].1 += 1.0;
        }
    }
    let included = if scenario.minimum { large_enough(&outcomes) } else { vec![true; outcomes.len()] };
    let kept = rows.iter().filter(|r| match measure {
        "FPR" => !r.event,
        "TPR" => r.event,
        _ => r.flagged,
    });
    let of = |r: &fair_model::Row| if measure == "PPV" { r.event } else { r.flagged };
    let rate_row = |r: &fair_model::Row| RateRow {
        household: r.household,
        group: r.group,
        success: f64::from(u8::from(of(r))),
        weight: 1.0,
    };
    (kept.map(rate_row).collect(), included)
}

fn main() {
    let arguments: Vec<usize> = std::env::args().skip(1).filter_map(|a| a.parse().ok()).collect();
    let simulations = arguments.first().copied().unwrap_or(5000);
    let draws = arguments.get(1).copied().unwrap_or(199);
    let only_ours = std::env::args().any(|argument| argument == "ours");
    println!(
        "{simulations} simulations, {draws} draws; % rejected at 5%; groups, correlation = means over simulations"
    );
    println!("{:<34} {:<4} {:>6} {:>6} {}", "scenario", "rate", "groups", "corr.", METHODS.join(" "));
    for (number, scenario) in scenarios().iter().enumerate() {
        if arguments.get(2).is_some_and(|only| *only != number) {
            continue;
        }
        for (position, measure) in scenario.measures.iter().enumerate() {
            let one = |simulation: usize| {
                let mut source =
                    Source::new(((1000 * number + position) as u64) << 32 | (simulation as u64 + 1));
                let rows = simulate(scenario, &mut source);
                let (kept, included) = rate_rows(&rows, scenario, measure);
                p_values(&kept, &included, draws, only_ours, &mut source)
            };
            let results: Vec<Compared> = (0..simulations).into_par_iter().filter_map(one).collect();
            let tested = results.len();
            let groups: usize = results.iter().map(|r| r.groups).sum();
            let correlation: f64 = results.iter().map(|r| r.correlation).sum();
            let rejected: Vec<usize> = (0..METHODS.len())
                .map(|m| results.iter().filter(|r| r.p_values[m] <= 0.05 + 1e-12).count())
                .collect();
            let cells: Vec<String> = rejected
                .iter()
                .zip(METHODS)
                .map(|(r, name)| format!("{:>1$.1}", 100.0 * *r as f64 / tested as f64, name.len()))
                .collect();
            let mean = |sum: f64| sum / tested as f64;
            let (groups, correlation) = (mean(groups as f64), mean(correlation));
            println!(
                "{:<34} {measure:<4} {groups:>6.2} {correlation:>6.3} {}",
                scenario.name,
                cells.join(" ")
            );
        }
    }
}
