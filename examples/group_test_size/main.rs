//! How often do the tests "ranking, calibration and means are the same in all groups" reject where they are?
//!
//! Rows come in households of 1 to 5; groups differ in size, base rate, scores or households, but not in the measure
//! (except in the last three scenarios: there a test should reject). Groups with fewer than 10 rows of either kind are
//! left out; a data set with fewer than two groups left does not count. Prints a table in Markdown. Run:
//! `cargo run --release --example group_test_size -- SIMULATIONS DRAWS [FIRST [LAST]]` (5000 99; about an hour;
//! FIRST and LAST pick scenarios by number, from 0). With `means` as last word only means are tested, with `ranking` only
//! ranking and calibration.
//! `cargo run --release --example group_test_size -- speed` times 200,000 rows in six groups with 999 draws.

#![expect(clippy::print_stdout, reason = "a study prints its table")]

mod populations;

use populations::{Compared, Population, Scenario, Source, scenarios};
use rayon::prelude::*;
use rerefer::evaluate::inference::auroc_permutation::{AurocPermutation, AurocRoom};
use rerefer::evaluate::inference::calibration_null::{CalibrationMeasure, CalibrationNull, CalibrationRoom};
use rerefer::evaluate::inference::heterogeneity::large_enough;
use rerefer::evaluate::inference::mean_permutation::{
    MeanPermutation, MeanRoom, Scale, ValueRow, with_enough_rows,
};
use rerefer::evaluate::inference::null_summary::{at_least, monte_carlo_p};
use rerefer::evaluate::inference::weighted_spread::GroupRow;

const MEASURES: [(Compared, &str); 9] = [
    (Compared::Auroc, "AUROC"),
    (Compared::ObservedOverExpected, "observed over expected"),
    (Compared::InTheLarge, "in the large"),
    (Compared::Slope, "slope"),
    (Compared::MeanRisk, "mean risk"),
    (Compared::RiskOfEvents, "mean risk of those who came back"),
    (Compared::RiskOfOthers, "mean risk of those who did not"),
    (Compared::Brier, "Brier score"),
    (Compared::NetBenefit, "net benefit"),
];
/// So many of them are no means.
const RANKING: usize = 4;

fn included(rows: &[GroupRow], groups: usize) -> Vec<bool> {
    let mut outcomes = vec![(0.0, 0.0); groups];
    for row in rows {
        let (events, others) = &mut outcomes[row.group];
        *(if row.event { events } else { others }) += 1.0;
    }
    large_enough(&outcomes)
}

fn p_value(
    compared: Compared,
    rows: &[GroupRow],
    included: &[bool],
    draws: usize,
    source: &mut Source,
) -> Result<f64, &'static str> {
    let measure = match compared {
        Compared::Auroc => {
            let (test, mut room) = (AurocPermutation::new(rows, included)?, AurocRoom::default());
            let mut reached = || at_least(test.draw(&mut room, &mut || source.uniform()), test.observed());
            return Ok(monte_carlo_p((0..draws).filter(|_| reached()).count(), draws));
        }
        Compared::ObservedOverExpected => CalibrationMeasure::ObservedOverExpected,
        Compared::InTheLarge => CalibrationMeasure::InTheLarge,
        Compared::Slope => CalibrationMeasure::Slope,
        _ => {
            let number = |row: &GroupRow| {
                let value = compared.number(row.event, row.risk)?;
                Some(ValueRow { household: row.household, group: row.group, value })
            };
            let rows: Vec<ValueRow> = rows.iter().filter_map(number).collect();
            let included = &with_enough_rows(&rows, included);
            let plain = compared == Compared::NetBenefit;
            let scale = if plain { Scale::Plain } else { Scale::LogOdds };
            let (test, mut room) = (MeanPermutation::new(scale, &rows, included)?, MeanRoom::default());
            let mut reached = || at_least(test.draw(&mut room, &mut || source.uniform()), test.observed());
            return Ok(monte_carlo_p((0..draws).filter(|_| reached()).count(), draws));
        }
    };
    let (test, mut room) = (CalibrationNull::new(measure, rows, included)?, CalibrationRoom::default());
    let mut reached = || at_least(test.draw(&mut room, &mut || source.uniform()), test.observed());
    Ok(monte_carlo_p((0..draws).filter(|_| reached()).count(), draws))
}

/// Data sets tested, rejections, and groups tested, over all simulations of one scenario and measure.
fn study(
    scenario: &Scenario,
    number: usize,
    compared: Compared,
    simulations: usize,
    draws: usize,
) -> [usize; 3] {
    let population = Population::new(scenario, compared);
    let one = |simulation: usize| {
        let measure = compared as usize;
        let stream = if measure < RANKING { 4 * number + measure } else { 100 * measure + number };
        let mut source = Source::new((stream as u64) << 32 | (simulation as u64 + 1));
        let rows = population.draw(&mut source);
        let included = included(&rows, scenario.sizes.len());
        match p_value(compared, &rows, &included, draws, &mut source) {
            Ok(p) => [1, usize::from(p <= 0.05 + 1e-12), included.iter().filter(|i| **i).count()],
            Err(_) => [0; 3],
        }
    };
    let add = |a: [usize; 3], b: [usize; 3]| [a[0] + b[0], a[1] + b[1], a[2] + b[2]];
    (0..simulations).into_par_iter().map(one).reduce(|| [0; 3], add)
}

fn speed() {
    let mut large = scenarios().swap_remove(0);
    large.sizes = vec![100_000, 50_000, 25_000, 12_500, 6_250, 6_250];
    for (compared, _) in MEASURES {
        let rows = Population::new(&large, compared).draw(&mut Source::new(1));
        let start = std::time::Instant::now();
        let p = p_value(compared, &rows, &[true; 6], 999, &mut Source::new(2));
        println!("{compared:?}: {:.1} s, p {p:?}", start.elapsed().as_secs_f64());
    }
}

fn main() {
    if std::env::args().nth(1).is_some_and(|a| a == "speed") {
        speed();
        return;
    }
    let arguments: Vec<usize> = std::env::args().skip(1).filter_map(|a| a.parse().ok()).collect();
    let simulations = arguments.first().copied().unwrap_or(5000);
    let draws = arguments.get(1).copied().unwrap_or(99);
    let first = arguments.get(2).copied().unwrap_or(0);
    let last = arguments.get(3).or(arguments.get(2)).copied().unwrap_or(usize::MAX);
    let measures = match std::env::args().next_back().as_deref() {
        Some("means") => &MEASURES[RANKING..],
        Some("ranking") => &MEASURES[..RANKING],
        _ => &MEASURES[..],
    };
    let heads: Vec<&str> = measures.iter().map(|(_, head)| *head).collect();
    println!("| scenario | groups tested | {} |", heads.join(" | "));
    println!("|---|---|{}", "---|".repeat(measures.len()));
    for (number, scenario) in scenarios().iter().enumerate().filter(|(n, _)| (first..=last).contains(n)) {
        let (mut cells, mut groups) = (String::new(), 0.0);
        for (compared, _) in measures {
            let [tested, rejected, of] = study(scenario, number, *compared, simulations, draws);
            groups += of as f64 / tested.max(1) as f64 / measures.len() as f64;
            // Where groups are nearly always too small for the test, a share would say nothing.
            let share = 100.0 * rejected as f64 / tested.max(1) as f64;
            cells +=
                &if 10 * tested < simulations { " \u{2013} |".to_owned() } else { format!(" {share:.1} |") };
        }
        println!("| {} | {groups:.1} |{cells}", scenario.name);
    }
}
