//! Corrections that are worked out and not applied, and rates against a population: from the experiment file to the page.

use crate::bias;
use crate::recovery::{Silent, simulated};
use crate::support::unexplained;
use linfa::traits::{Fit, PredictInplace};
use ndarray::{Array1, Array2};
use rerefer::experiment::Experiment;
use rerefer::experiment::run::{Context, run};
use rerefer::models::Training;
use rerefer::models::logistic::Logistic;
use rerefer::privacy::disclosure::{Profile, disclose};
use rerefer::report::what_if::{LABEL, Method};
use rerefer::report::{Report, html, json};
use rerefer::schema::codes;

const ASKED: &str = "\n[what_if]\ngrouping = \"sex\"\n";
const POPULATION: &str = "\n[evaluate.population.sex]\nfemale = 90000\nmale = 94500\n";
/// Children of each age band, as if there were as many of each.
const OF_EACH: u64 = 40_000;

fn by_age() -> String {
    let line = |(_, level): &(_, &str)| format!("\"{}\" = {OF_EACH}\n", level.replace('-', " "));
    let lines: String = codes::AGE_BANDS.iter().map(line).collect();
    format!("\n[evaluate.population.age-band]\n{lines}")
}

fn experiment(more: &str) -> Experiment {
    let text = unexplained(include_str!("../../experiments/first-look/experiment.toml"))
        .replace("\"logistic\", \"tree\"]", "\"logistic\"]")
        .replace("replicates = 500", "replicates = 20");
    Experiment::read("experiment.toml", &format!("{text}{more}")).unwrap_or_else(|e| panic!("{e}"))
}

fn report(more: &str) -> (Report, Report) {
    // At an equal record girls come back more often, which a model that is not told cannot know.
    let settings = "[dials.group_shift]\ngroup = \"F\"\nfactor = 2.5\n";
    let history = bias::simulated(8_000, settings).history;
    let plain = run(&experiment(""), &history, &Context::default(), &Silent).unwrap();
    let asked = run(&experiment(more), &history, &Context::default(), &Silent).unwrap();
    let disclose = |made: &rerefer::report::ingredients::Ingredients| disclose(made, Profile::default());
    (disclose(&plain.ingredients), disclose(&asked.ingredients))
}

/// A correction is worked out beside everything else, and changes none of it.
#[test]
fn what_is_worked_out_is_labelled_and_applied_to_nothing() {
    let (plain, asked) = report(&format!("{ASKED}{}", by_age()));
    assert_eq!(plain.lines, asked.lines);
    assert!(plain.what_if.is_none() && plain.rates.referred.is_empty());
    let what_if = asked.what_if.as_ref().unwrap();
    for method in [Method::Reweighing, Method::GroupRecalibration] {
        let of = what_if.corrections.iter().find(|c| c.method == method).unwrap();
        println!("{method:?}: {:?} {:?}", of.gap, of.overall);
        assert!(of.refused.is_none(), "{:?}", of.refused);
        assert!(
            of.overall
                .iter()
                .all(|(_, now, then)| { (now.estimate().unwrap() - then.estimate().unwrap()).abs() < 0.1 })
        );
        // Either a level is hidden as a whole or it is not at all.
        for level in &of.levels {
            println!("  {}: {:?} {:?}", level.level, level.now, level.then);
            let shown = level.then.iter().filter(|n| n.estimate().is_some()).count();
            assert!(shown == 0 || shown == level.then.len(), "{level:?}");
        }
        if method == Method::GroupRecalibration {
            let girls = of.levels.iter().find(|l| l.level == "female").unwrap();
            let [now, then] = [&girls.now, &girls.then].map(|l| l[4].estimate().unwrap());
            assert!((then - 1.0).abs() + 0.03 < now - 1.0, "{now} {then}");
            assert!(girls.then[0].estimate() > girls.now[0].estimate(), "more girls are flagged");
        }
    }
    let page = html(&asked);
    assert!(page.contains("Neither of the two corrections below was applied"));
    assert!(page.contains(LABEL) && json(&asked).contains(LABEL));
    assert!(html(&plain).contains("No population was given"));

    let n = |level: &str| {
        let fits = |l: &&rerefer::report::Line| {
            l.group == "age-band" && l.level == level && l.measure == "outcome-rate"
        };
        asked.lines.iter().find(fits).and_then(|l| l.n.get()).map(|n| n as f64)
    };
    let months = asked.rates.months.unwrap() as f64;
    for of in &asked.rates.referred {
        let rate = n(&of.level).map(|n| n / OF_EACH as f64 * 10_000.0 * 12.0 / months);
        assert_eq!(rate.is_some(), of.per_ten_thousand.estimate().is_some(), "{of:?}");
        assert!(rate.is_none_or(|rate| (of.per_ten_thousand.estimate().unwrap() - rate).abs() < 1e-3));
    }
    let other = asked.rates.referred.iter().find(|r| r.index.estimate().is_some()).unwrap();
    let index = n(&other.level).unwrap() / n(other.against.as_ref().unwrap()).unwrap();
    assert!((other.index.estimate().unwrap() - index).abs() < 1e-3, "{other:?}");
    let (low, high) = other.index.interval().unwrap();
    assert!(low < index && index < high && (high / index - index / low).abs() < 0.02);
    // A tenth of the referrals a month.
    let flagged =
        asked.rates.workload.iter().find(|(share, _)| (share - asked.capacity).abs() < 1e-9).unwrap();
    let tested = asked.tested.rows.get().unwrap() as f64;
    assert!((flagged.1.unwrap().get() as f64 - tested * asked.capacity / months).abs() <= 0.5);
    assert!(asked.rates.censored.iter().any(|c| c.count.get().is_some()));
    // Different children, to the nearest ten: fewer than referrals, and about half of them girls.
    let children = asked.rates.children_of("sex", "female").get().unwrap();
    let all = asked.tested.children.get().unwrap();
    assert!(children % 10 == 0 && children * 9 > all * 4 && children * 9 < all * 5, "{children} {all}");
    let ages = asked.rates.children.iter().filter(|c| c.group == "age-band");
    let ages: Vec<(u64, f64)> = ages.filter_map(|c| Some((c.count.get()?, n(&c.level)?))).collect();
    assert!(ages.len() > 4 && ages.iter().all(|(children, n)| (*children as f64) < n + 5.0), "{ages:?}");
}

#[test]
fn the_experiment_file_reads_back_and_refuses_what_it_cannot_use() {
    let first = experiment(&format!("{ASKED}{POPULATION}"));
    assert_eq!((first.what_if, first.populations[0].1.len()), (Some("sex"), 2));
    let again = Experiment::read("meant.toml", &first.meant()).unwrap();
    assert_eq!((again.what_if, &again.populations), (first.what_if, &first.populations));
    assert_eq!(again.meant(), first.meant());
    assert!(!experiment("").meant().contains("what_if"));

    let text = unexplained(include_str!("../../experiments/first-look/experiment.toml"));
    let faults = |more: &str| Experiment::read("e.toml", &format!("{text}{more}")).unwrap_err().to_string();
    assert!(faults("\n[what_if]\ngrouping = \"height\"\n").contains("height"));
    assert!(faults("\n[evaluate.population.sex]\nfemale = 3\n").contains("female"));
    let history = simulated(300, 2).history;
    let unknown = experiment("\n[evaluate.population.sex]\nwomen = 5000\n");
    let fault = run(&unknown, &history, &Context::default(), &Silent).unwrap_err().to_string();
    assert!(fault.contains("`sex` has no level `women`"), "{fault}");
}

/// A row of weight two is the same as two rows.
#[test]
fn a_weight_of_two_is_two_copies() {
    let x = |i: usize| [(i % 7) as f64 / 7.0, (i * i % 11) as f64 / 11.0];
    let y = |i: usize| (i * 5 + i / 3).is_multiple_of(4);
    let twice = |i: usize| i.is_multiple_of(3);
    let n = 90;
    let once: Vec<usize> = (0..n).collect();
    let copies: Vec<usize> = (0..n).flat_map(|i| vec![i; if twice(i) { 2 } else { 1 }]).collect();
    let data = |rows: &[usize]| {
        let x = Array2::from_shape_fn((rows.len(), 2), |(i, j)| x(rows[i])[j]);
        Training::new(x, rows.iter().map(|i| y(*i)).collect::<Array1<bool>>())
    };
    let weights: Array1<f32> = once.iter().map(|i| if twice(*i) { 2.0 } else { 1.0 }).collect();
    let learner = Logistic { l2: 1.0 };
    let weighted = learner.fit(&data(&once).with_weights(weights)).unwrap();
    let copied = learner.fit(&data(&copies)).unwrap();
    let plain = learner.fit(&data(&once)).unwrap();
    let p = [&weighted, &copied, &plain].map(|model| {
        let mut out = Array1::zeros(n);
        model.predict_inplace(&data(&once).records, &mut out);
        out
    });
    let far = |a: &Array1<f64>, b: &Array1<f64>| (a - b).mapv(f64::abs).fold(0.0_f64, |m, v| m.max(*v));
    assert!(far(&p[0], &p[1]) < 1e-7, "{}", far(&p[0], &p[1]));
    assert!(far(&p[0], &p[2]) > 1e-4);
}
