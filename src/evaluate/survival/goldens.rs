//! Scores and ranks against scikit-survival, riskRegression and pec on public data, by path where the data are there.

use ndarray::Array2;

use super::auc::{Controls, auc, mean_auc};
use super::brier::brier;
use super::censoring::TieOrder::{EventsFirst, Naive};
use super::censoring::{Censoring, GAt, TieOrder};
use super::harrell::harrell;
use super::integrated_brier::integrated_brier;
use super::integrated_brier_replicates::IntegratedBrierReplicates;
use super::marginal::aalen_johansen;
use super::observed::Observed;
use super::test_cox::Cox;
use super::test_data::{close, golden, numbers, path, table};
use super::uno::{Tau, uno};

/// Times, causes and covariates.
struct Data {
    time: Vec<f64>,
    cause: Vec<u8>,
    x: Vec<Vec<f64>>,
}

impl Data {
    fn take(&self, keep: impl Fn(usize) -> bool) -> Self {
        let rows = || (0..self.time.len()).filter(|i| keep(*i));
        Self {
            time: rows().map(|i| self.time[i]).collect(),
            cause: rows().map(|i| self.cause[i]).collect(),
            x: rows().map(|i| self.x[i].clone()).collect(),
        }
    }

    fn observed(&self) -> Observed {
        Observed::new(self.time.clone(), self.cause.clone()).unwrap()
    }

    fn fit(&self, coefficient: &serde_json::Value) -> Cox {
        let model = Cox::fit(&self.time, &self.cause, &self.x);
        // scikit-survival stops its iterations at 1e-9 of the log likelihood.
        for (a, b) in model.coefficient.iter().zip(numbers(coefficient)) {
            close(*a, b, 1e-6);
        }
        model
    }

    fn risks(&self, model: &Cox, times: &[f64]) -> Array2<f64> {
        Array2::from_shape_fn((self.time.len(), times.len()), |(i, k)| model.risk(&self.x[i], times[k]))
    }
}

/// Columns of numbers in the order of the file, but for time and event.
fn whas500() -> Data {
    let text = std::fs::read_to_string(path("scikit-survival/data/whas500.csv")).unwrap();
    let mut rows = csv::Reader::from_reader(text.as_bytes());
    let x: Vec<Vec<f64>> =
        rows.records().map(|r| r.unwrap().iter().map(|field| field.parse().unwrap()).collect()).collect();
    Data {
        time: x.iter().map(|r| r[1]).collect(),
        cause: x.iter().map(|r| r[0] as u8).collect(),
        x: x.iter().map(|r| r[2..].to_vec()).collect(),
    }
}

/// cens, time, age, estrec, horTh, menostat, pnodes, progrec, tgrade, tsize.
fn gbsg2() -> Data {
    let text = std::fs::read_to_string(path("scikit-survival/data/gbsg2.csv")).unwrap();
    let mut rows = csv::Reader::from_reader(text.as_bytes());
    let number = |field: &str| match field {
        "no" | "Pre" => 0.0,
        "yes" | "Post" | "I" => 1.0,
        "II" => 2.0,
        "III" => 3.0,
        other => other.parse().unwrap(),
    };
    let x: Vec<Vec<f64>> = rows.records().map(|r| r.unwrap().iter().map(number).collect()).collect();
    Data {
        time: x.iter().map(|r| r[1]).collect(),
        cause: x.iter().map(|r| r[0] as u8).collect(),
        x: x.iter().map(|r| r[2..].to_vec()).collect(),
    }
}

fn ones(rows: &Observed) -> Vec<f64> {
    vec![1.0; rows.len()]
}

#[test]
fn a_model_of_even_rows_scored_on_odd_rows_of_whas500() {
    let Some(expected) = golden("scikit-survival/expected.json") else { return };
    let case = &expected["cases"]["whas500_split_even_odd"];
    let data = whas500();
    let (train, test) = (data.take(|i| i % 2 == 0), data.take(|i| i % 2 == 1));
    let model = train.fit(&case["coef"]);
    let times = numbers(&case["times"]);
    let risk = test.risks(&model, &times);
    for (k, s) in numbers(&case["surv_first_test_row"]).iter().enumerate() {
        close(1.0 - risk[(0, k)], *s, 1e-8);
    }
    let (rows, fitted) = (test.observed(), train.observed());
    let one = ones(&rows);
    let c = (&Censoring::estimate(&fitted, &ones(&fitted), EventsFirst).unwrap(), GAt::At);
    let score = brier(&rows, risk.view(), &times, &one, c);
    for (a, b) in score.iter().zip(numbers(&case["brier"])) {
        close(a.unwrap(), b, 1e-8);
    }
    close(integrated_brier(&times, &score).unwrap(), case["ibs"].as_f64().unwrap(), 1e-8);
    let marker: Vec<f64> = test.x.iter().map(|x| model.linear(x)).collect();
    let pairs = harrell(&rows, &marker, &one).unwrap();
    let got = [
        pairs.concordance().unwrap(),
        pairs.concordant,
        pairs.discordant,
        pairs.tied_marker,
        pairs.tied_time,
    ];
    for (a, b) in got.iter().zip(numbers(&case["harrell"])) {
        close(*a, b, 1e-12);
    }
    for (tau, name) in [(Tau::Unbounded, "uno_tau_none"), (Tau::Before(1400.0), "uno_tau_1400")] {
        close(uno(&rows, &marker, &one, tau, c).unwrap(), numbers(&case[name])[0], 1e-10);
    }
    let area = auc(&rows, &marker, &times, (&one, Controls::WithoutEvent), c);
    for (a, b) in area.iter().zip(numbers(&case["cumulative_dynamic_auc"])) {
        close(a.unwrap(), b, 1e-10);
    }
    close(mean_auc(&rows, &one, &times, &area).unwrap(), case["mean_auc"].as_f64().unwrap(), 1e-10);
}

#[test]
fn published_markers_of_whas500() {
    let Some(expected) = golden("scikit-survival/expected.json") else { return };
    let data = table("scikit-survival/data/whas500_predictions.csv");
    let cause: Vec<u8> = data["event"].iter().map(|e| u8::from(*e > 0.5)).collect();
    let rows = Observed::new(data["time"].clone(), cause.clone()).unwrap();
    let pairs = harrell(&rows, &data["risk"], &ones(&rows)).unwrap();
    let got = [
        pairs.concordance().unwrap(),
        pairs.concordant,
        pairs.discordant,
        pairs.tied_marker,
        pairs.tied_time,
    ];
    for (a, b) in got.iter().zip(numbers(&expected["vectors"]["harrell"]["whas500"]["expected"])) {
        close(*a, b, 1e-12);
    }
    let part = |from: usize, to: usize| {
        Observed::new(data["time"][from..to].to_vec(), cause[from..to].to_vec()).unwrap()
    };
    let (train, test) = (part(0, 300), part(300, rows.len()));
    let c = (&Censoring::estimate(&train, &ones(&train), EventsFirst).unwrap(), GAt::At);
    for name in ["whas500", "whas500_unordered_time"] {
        let case = &expected["vectors"]["cumulative_dynamic_auc"][name];
        // The program sorts times and leaves out those given twice.
        let mut times = numbers(&case["times"]);
        times.sort_by(f64::total_cmp);
        times.dedup();
        let one = ones(&test);
        let area = auc(&test, &data["risk"][300..], &times, (&one, Controls::WithoutEvent), c);
        assert_eq!(area.len(), numbers(&case["auc"]).len());
        for (a, b) in area.iter().zip(numbers(&case["auc"])) {
            close(a.unwrap(), b, 1e-10);
        }
        close(mean_auc(&test, &one, &times, &area).unwrap(), case["mean_auc"].as_f64().unwrap(), 1e-10);
    }
}

#[test]
fn one_model_of_gbsg2_under_four_conventions() {
    let Some(expected) = golden("scikit-survival/expected.json") else { return };
    let case = &expected["cases"]["gbsg2_cox_breslow_apparent"];
    let data = gbsg2();
    let model = data.fit(&case["coef"]);
    let times = numbers(&case["times"]);
    let (rows, risk) = (data.observed(), data.risks(&model, &times));
    let one = ones(&rows);
    let score = |ties: TieOrder, g: GAt| {
        brier(&rows, risk.view(), &times, &one, (&Censoring::estimate(&rows, &one, ties).unwrap(), g))
    };
    let program = score(EventsFirst, GAt::At);
    for (a, b) in program.iter().zip(numbers(&case["brier"])) {
        close(a.unwrap(), b, 1e-8);
    }
    let ibs = case["ibs"].as_f64().unwrap();
    close(integrated_brier(&times, &program).unwrap(), ibs, 1e-8);
    let many = IntegratedBrierReplicates::new(&rows, risk.view(), &times, (EventsFirst, GAt::At)).unwrap();
    close(many.score(&one).unwrap(), ibs, 1e-8);

    let conventions = golden("conventions.json").unwrap();
    let at = &conventions["gbsg2 Cox(breslow) apparent Brier at t=1825 d"];
    // The last two were printed with seven digits.
    for (ties, g, name, relative) in [
        (EventsFirst, GAt::Before, "R pec / riskRegression 2022.11.28 (G(T_i-), prodlim reverse KM)", 1e-8),
        (EventsFirst, GAt::At, "scikit-survival 0.28.0 (G(T_i), train-set G)", 1e-8),
        (Naive, GAt::Before, "hand-coded naive KM of censoring, G(T_i-)", 3e-7),
        (Naive, GAt::At, "hand-coded naive KM of censoring, G(T_i)", 3e-7),
    ] {
        close(score(ties, g)[4].unwrap(), at[name].as_f64().unwrap(), relative);
    }

    let marker: Vec<f64> = data.x.iter().map(|x| model.linear(x)).collect();
    let c = Censoring::estimate(&rows, &one, EventsFirst).unwrap();
    let value = uno(&rows, &marker, &one, Tau::Before(1825.0), (&c, GAt::At)).unwrap();
    close(value, numbers(&case["uno"])[0], 1e-10);
}

#[test]
fn published_scores_of_a_prognostic_index() {
    let Some(expected) = golden("scikit-survival/expected.json") else { return };
    let case = &expected["cases"]["gbsg2_npi_brier_pec"];
    let data = gbsg2();
    let rows = data.observed();
    let times = numbers(&case["times"]);
    // Nottingham Prognostic Index: 0.2 * size in cm + 1 + grade, in three groups.
    let group: Vec<usize> = data
        .x
        .iter()
        .map(|x| 0.2 * x[7] / 10.0 + 1.0 + x[6])
        .map(|index| usize::from(index >= 3.4) + usize::from(index > 5.4))
        .collect();
    let mut risk = Array2::zeros((rows.len(), times.len()));
    for g in 0..3 {
        let members: Vec<f64> = group.iter().map(|other| f64::from(u8::from(*other == g))).collect();
        // Past its last row a group's curve stays where it was.
        let inside = (0..rows.len()).filter(|i| group[*i] == g);
        let end = inside.map(|i| data.time[i]).fold(0.0, f64::max);
        let held: Vec<f64> = times.iter().map(|t| t.min(end)).collect();
        let curve = aalen_johansen(&rows, &members, &held).unwrap();
        for i in (0..rows.len()).filter(|i| group[*i] == g) {
            for (k, at) in curve.iter().enumerate() {
                risk[(i, k)] = at.unwrap().0;
            }
        }
    }
    let one = ones(&rows);
    let c = Censoring::estimate(&rows, &one, EventsFirst).unwrap();
    // The published numbers take G(T), not G(T-).
    let score = brier(&rows, risk.view(), &times, &one, (&c, GAt::At));
    for name in ["published_brier", "recomputed"] {
        for (a, b) in score.iter().zip(numbers(&case[name])) {
            close(a.unwrap(), b, 1e-12);
        }
    }
    let ibs = integrated_brier(&times, &score).unwrap();
    close(ibs, case["published_ibs_1to5y"].as_f64().unwrap(), 1e-12);
}
