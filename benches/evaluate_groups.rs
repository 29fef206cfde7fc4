//! The work of `evaluate.py`: 200,000 predictions, all groups and thresholds, 1,000 replicates of the cluster bootstrap.
//!
//! `cargo bench --bench evaluate_groups -- PRED.parquet [THREADS] [OUT.csv|tests]` prints one line of JSON like the peer
//! scripts do. With OUT it also writes the table of estimates and intervals, so that `compare_evaluation.py` can compare it.
//! With `tests` it does what `rerefer run` does: the peer's scores against a count-like reference, so two models, with
//! every comparison and every test between groups.
#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "a benchmark that cannot go on stops")]

use polars::prelude::*;
use rerefer::evaluate::{Grouping, Input, Scores, Settings, evaluate, measure};
use std::fmt::Write as _;
use std::time::Instant;

/// A text column as a grouping, its levels in alphabetical order.
fn grouping(frame: &DataFrame, name: &str) -> Grouping {
    let column = frame.column(name).unwrap().cast(&DataType::String).unwrap();
    let values: Vec<&str> = column.str().unwrap().iter().map(Option::unwrap).collect();
    from_values(name, &values)
}

fn from_values(name: &str, values: &[&str]) -> Grouping {
    let mut levels: Vec<String> = values.iter().map(|v| (*v).to_owned()).collect();
    levels.sort();
    levels.dedup();
    let place = |v: &&str| levels.binary_search_by(|l| l.as_str().cmp(v)).unwrap() as u16;
    Grouping { name: name.to_owned(), level_of: values.iter().map(place).collect(), levels }
}

fn both(a: &Grouping, b: &Grouping) -> Grouping {
    let level = |g: &Grouping, i: usize| g.levels[usize::from(g.level_of[i])].clone();
    let values: Vec<String> =
        (0..a.level_of.len()).map(|i| format!("{}&{}", level(a, i), level(b, i))).collect();
    let values: Vec<&str> = values.iter().map(String::as_str).collect();
    from_values(&format!("{}&{}", a.name, b.name), &values)
}

fn input(path: &str) -> Input {
    let frame = ParquetReader::new(std::fs::File::open(path).unwrap()).finish().unwrap();
    let numbers = |name: &str| -> Vec<f64> {
        let column = frame.column(name).unwrap().cast(&DataType::Float64).unwrap();
        column.f64().unwrap().iter().map(Option::unwrap).collect()
    };
    let child: Vec<i64> = numbers("child_id").iter().map(|c| *c as i64).collect();
    let mut children = child.clone();
    children.sort_unstable();
    children.dedup();
    let mut groupings: Vec<Grouping> =
        ["sex", "ethnicity", "age_band", "disability", "authority"].map(|n| grouping(&frame, n)).to_vec();
    groupings.push(both(&groupings[0], &groupings[1]));
    Input {
        split: "peer".to_owned(),
        y: numbers("y").iter().map(|y| *y > 0.5).collect(),
        household: child.iter().map(|c| children.binary_search(c).unwrap() as u32).collect(),
        fold: vec![0; child.len()],
        groupings,
        scores: vec![Scores { model: "peer".to_owned(), p: numbers("p") }],
    }
}

fn main() {
    let args: Vec<String> = std::env::args().skip(1).filter(|a| !a.starts_with("--")).collect();
    let threads: usize = args.get(1).map_or(0, |t| t.parse().unwrap());
    rayon::ThreadPoolBuilder::new().num_threads(threads).build_global().unwrap();
    let mut input = input(&args[0]);
    let mut settings = Settings {
        capacities: vec![0.1],
        thresholds: vec![0.2, 0.3, 0.5],
        replicates: 1_000,
        seed: 1,
        references: vec![],
        candidate: String::new(),
        reference: String::new(),
        smallest_gain: 0.0,
    };
    let start = Instant::now();
    let rows = if args.get(2).is_some_and(|a| a == "tests") {
        let p = input.scores[0].p.iter().map(|p| (p * 10.0).round() / 12.0 + 0.05).collect();
        input.scores.push(Scores { model: "coarse".to_owned(), p });
        (settings.candidate, settings.reference) = ("peer".to_owned(), "coarse".to_owned());
        let all = evaluate(&input, &settings, &|_, _| ()).unwrap();
        println!("{} tests between groups, {} contrasts", all.tests.len(), all.contrasts.len());
        all.rows
    } else {
        measure(&input, &settings, &|_, _| ()).unwrap()
    };
    let seconds = start.elapsed().as_secs_f64();
    if let Some(out) = args.get(2).filter(|a| *a != "tests") {
        let mut text = String::from("measure,group,level,at,estimate,low,high\n");
        for r in &rows {
            let number = |v: Option<f64>| v.map_or(String::new(), |v| v.to_string());
            writeln!(
                text,
                "{},{},{},{},{},{},{}",
                r.measure,
                r.group,
                r.level,
                r.at,
                number(r.estimate),
                number(r.low),
                number(r.high)
            )
            .unwrap();
        }
        std::io::Write::write_all(&mut std::fs::File::create(out).unwrap(), text.as_bytes()).unwrap();
    }
    let (numbers, rows_in) = (rows.len(), input.y.len());
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let peak = status.lines().find_map(|l| l.strip_prefix("VmHWM:")).unwrap().trim().replace(" kB", "");
    let mib = peak.trim().parse::<f64>().unwrap() / 1024.0;
    println!(
        "{{\"script\": \"evaluate_groups\", \"rows\": {rows_in}, \"numbers\": {numbers}, \"boot\": 1000, \"seconds\": {seconds:.3}, \"peak_rss_mb\": {mib:.1}}}"
    );
}
