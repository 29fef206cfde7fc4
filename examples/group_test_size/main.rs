//! How often do the tests "ranking and calibration are the same in all groups" reject where they are?
//!
//! Rows come in households of 1 to 5; groups differ in size, base rate, scores or households, but not in the measure
//! (except in the last three scenarios: there a test should reject). Groups with fewer than 10 rows of either kind are
//! left out; a data set with fewer than two groups left does not count. Prints a table in Markdown. Run:
//! `cargo run --release --example group_test_size -- SIMULATIONS DRAWS [FIRST [LAST]]` (5000 99; about half an hour;
//! FIRST and LAST pick scenarios by number, from 0).
//! `cargo run --release --example group_test_size -- speed` times 200,000 rows in six groups with 999 draws.

#![expect(clippy::print_stdout, reason = "a study prints its table")]

mod populations;

use populations::{Compared, Population, Scenario, Source, scenarios};
use rayon::prelude::*;
use rerefer::evaluate::inference::auroc_permutation::{AurocPermutation, AurocRoom};
use rerefer::evaluate::inference::calibration_null::{CalibrationMeasure, CalibrationNull, CalibrationRoom};
use rerefer::evaluate::inference::heterogeneity::large_enough;
use rerefer::evaluate::inference::null_summary::{at_least, monte_carlo_p};
use rerefer::evaluate::inference::weighted_spread::GroupRow;

const MEASURES: [Compared; 4] =
    [Compared::Auroc, Compared::ObservedOverExpected, Compared::InTheLarge, Compared::Slope];

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
        let mut source =
            Source::new(((number * 4 + compared as usize) as u64) << 32 | (simulation as u64 + 1));
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
    for compared in MEASURES {
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
    println!("| scenario | groups tested | AUROC | observed over expected | in the large | slope |");
    println!("|---|---|---|---|---|---|");
    for (number, scenario) in scenarios().iter().enumerate() {
        let first = arguments.get(2).copied().unwrap_or(0);
        let last = arguments.get(3).or(arguments.get(2)).copied().unwrap_or(usize::MAX);
        if !(first..=last).contains(&number) {
            continue;
        }
        let (mut cells, mut groups) = (String::new(), 0.0);
        for compared in MEASURES {
            let [tested, rejected, of] = study(scenario, number, compared, simulations, draws);
            groups += of as f64 / tested.max(1) as f64 / MEASURES.len() as f64;
            cells += &format!(" {:.1} |", 100.0 * rejected as f64 / tested.max(1) as f64);
        }
        println!("| {} | {groups:.1} |{cells}", scenario.name);
    }
}
