use super::registry::{TIME_REGISTRY, TimeEntry, find, markdown};
use super::{TimeModel, TimeTraining, strength};
use crate::models::settings::Settings;
use crate::models::{FitError, Origin};
use crate::num::seed;
use crate::survival::Times;
use ndarray::{Array2, Array3, s};
use rand::RngExt as _;

const DAYS: [f64; 3] = [90.0, 365.0, 730.0];
/// Hazards a day: of the first cause where the first column is 0, and of the other.
const RATES: [f64; 2] = [0.001, 0.0005];

/// Rows with a yes-or-no column that doubles the first hazard, and one of noise; two causes, ends of records between 200 and
/// 1,500 days. Two rows a household.
fn world(rows: usize, name: &str) -> (TimeTraining, Origin) {
    let mut draw = seed::stream(11, name);
    let (mut x, mut exit, mut cause) = (Array2::zeros((rows, 2)), Vec::new(), Vec::new());
    for row in 0..rows {
        x[[row, 0]] = f64::from(u8::from(draw.random::<f64>() < 0.5));
        x[[row, 1]] = draw.random::<f64>() * 2.0 - 1.0;
        let mut wait = |rate: f64| -(1.0 - draw.random::<f64>()).ln() / rate;
        let (one, two) = (wait(RATES[0] * (1.0 + x[[row, 0]])), wait(RATES[1]));
        let end = 200.0 + 1_300.0 * draw.random::<f64>();
        exit.push(one.min(two).min(end).ceil());
        cause.push(if one <= two.min(end) { 1 } else { 2 * u8::from(two <= end) });
    }
    let mut origin = Origin::apart(rows);
    origin.household.iter_mut().for_each(|home| *home /= 2);
    let times = Times::new(exit, cause).unwrap();
    (TimeTraining { x, times, causes: 3, days: DAYS.to_vec() }, origin)
}

/// The incidence of the first cause.
fn truth(x: f64, day: f64) -> f64 {
    let (one, all) = (RATES[0] * (1.0 + x), RATES[0] * (1.0 + x) + RATES[1]);
    one / all * (1.0 - (-all * day).exp())
}

fn taught(entry: &TimeEntry, data: &TimeTraining, origin: &Origin) -> Result<Box<dyn TimeModel>, FitError> {
    let mut settings = Settings::default();
    settings.set("boosting", "rounds", 60.0);
    settings.set("forest", "trees", 50.0);
    settings.set("elastic-net", "lambda", 1e-4);
    entry.learn(&settings, data, origin)
}

fn incidence(entry: &TimeEntry, data: &TimeTraining, origin: &Origin) -> Array3<f64> {
    let asked = [0.0, 90.0, 200.0, 365.0, 730.0, 3_000.0];
    let model = taught(entry, data, origin).unwrap_or_else(|why| panic!("{}: {why}", entry.id));
    model.incidence(data.x.view(), &asked).unwrap()
}

/// Chances of all learners lie in [0, 1], rise with time, are 0 at the start and of a cause that nobody had, and stay after the
/// last day; where a learner says so, those of all causes never add up to more than 1. And they are near the truth.
#[test]
fn every_learner_gives_chances_that_can_be_and_finds_the_truth() {
    let (data, origin) = world(3_000, "learners");
    for entry in TIME_REGISTRY.iter() {
        let found = incidence(entry, &data, &origin);
        assert_eq!(found.dim(), (3_000, 6, 3), "{}", entry.id);
        let mut off = 0.0;
        for (row, found) in found.outer_iter().enumerate() {
            for cause in 0..3 {
                let curve = found.column(cause).to_vec();
                assert!(
                    curve[0].abs() < 1e-12 && curve.iter().all(|p| (0.0..=1.0).contains(p)),
                    "{}",
                    entry.id
                );
                assert!(curve.iter().zip(curve.iter().skip(1)).all(|(a, b)| *b >= a - 1e-12), "{}", entry.id);
                assert!((curve[5] - curve[4]).abs() < 1e-12, "{}", entry.id);
            }
            assert!(found.column(2).iter().all(|p| *p <= 0.0), "{}", entry.id);
            assert!(!entry.coherent || found[[4, 0]] + found[[4, 1]] <= 1.0 + 1e-9, "{}", entry.id);
            off += (found[[3, 0]] - truth(data.x[[row, 0]], 365.0)).abs() / 3_000.0;
        }
        let of_day = |day: usize| found.slice(s![.., day, 0]).mean().unwrap();
        let expected = |day: f64| (truth(0.0, day) + truth(1.0, day)) / 2.0;
        println!("{}: off by {off:.4}, {:.4} of {:.4}", entry.id, of_day(4), expected(730.0));
        // Naive Bayes is too sure of itself, and FTRL goes through the rows a few times only.
        let rough = ["naive-bayes-hazard", "ftrl-hazard"].contains(&entry.id.as_str());
        let most = if rough { 0.08 } else { 0.05 };
        assert!(off < most, "{}: off by {off}", entry.id);
        let bias = (of_day(4) - expected(730.0)).abs();
        assert!(bias < 0.04 || rough, "{}: {bias}", entry.id);
    }
}

#[test]
fn one_thread_or_three_give_the_same_bits() {
    let (data, origin) = world(600, "threads");
    for entry in TIME_REGISTRY.iter().filter(|e| !e.id.starts_with("stacking")) {
        let run = |threads: usize| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            pool.install(|| incidence(entry, &data, &origin))
        };
        assert_eq!(run(1), run(3), "{}", entry.id);
    }
}

/// Four rows of each of two values, by hand: half of those of the lower value ended on day 10, none of the others until 20.
#[test]
fn strata_by_hand_and_after_their_end() {
    let copies = 100;
    let mut exits = Vec::new();
    let (mut cause, mut x) = (Vec::new(), Vec::new());
    for (value, exit, ended) in [(0.0, 10.0, 1), (0.0, 30.0, 0), (1.0, 20.0, 1), (1.0, 40.0, 0)] {
        for _ in 0..copies {
            x.push(value);
            exits.push(exit);
            cause.push(ended);
        }
    }
    // One row of a third value goes with the value before it.
    x.push(2.0);
    exits.push(40.0);
    cause.push(0);
    let rows = x.len();
    let data = TimeTraining {
        x: Array2::from_shape_vec((rows, 1), x).unwrap(),
        times: Times::new(exits, cause).unwrap(),
        causes: 1,
        days: vec![10.0, 20.0, 40.0],
    };
    let entry = find("incidence-by-earlier-referrals").unwrap();
    let model = taught(entry, &data, &Origin::apart(rows)).unwrap();
    let found =
        model.incidence(ndarray::array![[0.0], [1.0], [2.0]].view(), &[5.0, 10.0, 20.0, 40.0]).unwrap();
    let near = |a: f64, b: f64| assert!((a - b).abs() < 1e-12, "{a} is not {b}");
    near(found[[0, 0, 0]], 0.0);
    near(found[[0, 1, 0]], 0.5);
    near(found[[0, 3, 0]], 0.5);
    near(found[[1, 1, 0]], 0.0);
    near(found[[1, 3, 0]], 100.0 / 201.0);
    near(found[[2, 3, 0]], 100.0 / 201.0);
}

#[test]
fn where_nothing_came_nothing_is_learned() {
    let (mut data, origin) = world(50, "nothing");
    data.times.cause.iter_mut().for_each(|cause| *cause = 0);
    for entry in TIME_REGISTRY.iter() {
        assert!(matches!(taught(entry, &data, &origin), Err(FitError::OneClass)), "{}", entry.id);
    }
}

/// Columns of noise get a strong ridge, one that doubles the hazard a weaker one.
#[test]
fn the_ridge_is_as_strong_as_what_is_learned_is_weak() {
    let (data, origin) = world(2_000, "ridge");
    let mut draw = seed::stream(3, "noise");
    let noise = Array2::from_shape_simple_fn((2_000, 40), || draw.random::<f64>() - 0.5);
    let only_noise = TimeTraining { x: noise, ..data.clone() };
    let (of_noise, of_data) = (strength::ridge(&only_noise, 1, &origin), strength::ridge(&data, 1, &origin));
    assert!(of_noise > of_data, "{of_noise} {of_data}");
}

#[test]
fn every_learner_of_when_has_its_place_on_the_page() {
    let page = markdown();
    for entry in TIME_REGISTRY.iter() {
        assert!(page.contains(&format!("## `{}`", entry.id)), "{}", entry.id);
        assert_eq!(find(&entry.id).map(|e| &e.title), Some(&entry.title));
    }
    assert!(find("nothing").is_none() && find("prevalence-hazard").is_none());
}
