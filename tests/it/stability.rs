//! Stability from experiment to page: what is asked for, what is found, and what may leave.

use std::collections::BTreeSet;

use rand::RngExt;
use rerefer::evaluate::Answer;
use rerefer::evaluate::stability::area::Case;
use rerefer::evaluate::stability::learning_curve::SHARES;
use rerefer::evaluate::stability::{
    Authority, Refits, Refitted, Stability, Tested, Trained, instability, learning_curve, over_time,
    performance, rank_stability,
};
use rerefer::experiment::Experiment;
use rerefer::experiment::run::{Context, run};
use rerefer::experiment::stability::Settings;
use rerefer::num::{Day, seed};
use rerefer::privacy::disclosure::{Profile, disclose};
use rerefer::report::ingredients::Ingredients;
use rerefer::report::stability::Helps;
use rerefer::report::{html, json};

use crate::recovery::{Silent, simulated};
use crate::report::builder::{MODELS, World, ingredients};
use crate::report::inputs::service;
use crate::report::{walk, words};
use crate::support::unexplained;

const FIRST_LOOK: &str = include_str!("../../experiments/first-look/experiment.toml");

/// The first look in little: two groups of households, one cut-off, 20 replicates.
fn text(section: &str) -> String {
    let text = unexplained(FIRST_LOOK)
        .replace("replicates = 500", "replicates = 20")
        .replace("folds = 5", "folds = 2")
        .replace("[2020-04-01, 2021-04-01, 2022-04-01]", "[2021-04-01]");
    format!("{text}\n{section}")
}

fn experiment(section: &str) -> Experiment {
    Experiment::read("experiment.toml", &text(section)).unwrap()
}

const LITTLE: &str = "[stability]\nrefits = 10\nimportance_refits = 3\ncurve_draws = 1\n";

#[test]
fn a_section_alone_takes_defaults_and_what_is_meant_reads_back() {
    assert_eq!(experiment("").stability, None);
    let alone = experiment("[stability]\n");
    assert_eq!(alone.stability, Some(Settings::default()));
    let written = experiment(LITTLE);
    let again = Experiment::read("experiment.toml", &written.meant()).unwrap();
    assert_eq!(again.stability, written.stability);
    assert_eq!(written.stability.map(|s| (s.refits, s.importance_refits)), Some((10, 3)));
    assert_ne!(alone.meant(), experiment("").meant(), "what is asked for names the run");
    // Fewer refits than the usual number for importance are no fault of someone who did not ask for importance.
    assert_eq!(experiment("[stability]\nrefits = 10\n").stability.map(|s| s.importance_refits), Some(10));
}

#[test]
fn every_fault_of_the_section_is_told() {
    let section = "[stability]\nrefits = 5\nimportance_refits = 60\nimportance_row = 10\ncurve_draws = 0\n";
    let said = Experiment::read("experiment.toml", &text(section)).unwrap_err().to_string();
    for part in [
        "`stability.refits` must be a whole number from 10 to 1000",
        "`stability.importance_refits` must not be more than",
        "unknown key `stability.importance_row`; did you mean `importance_rows`?",
        "`stability.curve_draws` must be",
    ] {
        assert!(said.contains(part), "{part}: {said}");
    }
}

/// One run with everything.
#[test]
fn a_run_measures_everything_and_threads_change_nothing() {
    let history = simulated(2600, 20_240_331).history;
    let little = text(LITTLE).replace("l2 = 1000.0", "l2 = 30.0").replace(", \"tree\"", "");
    let experiment = Experiment::read("experiment.toml", &little).unwrap();
    let with = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| run(&experiment, &history, &Context::default(), &Silent).unwrap())
    };
    let (one, three) = (with(1), with(3));
    let stability = &one.ingredients.stability;
    assert_eq!(*stability, three.ingredients.stability);

    let refits = stability.refits.as_ref().unwrap();
    assert_eq!(
        refits.models.iter().map(|m| m.model.as_str()).collect::<Vec<_>>(),
        ["logistic", "earlier-referrals"]
    );
    let [model, count] = [0, 1].map(|i| refits.models[i].instability.clone().unwrap());
    assert_eq!((model.refits, refits.models[0].failed), (10, 0));
    assert!(model.rows == one.input.y.len() as u64);
    // A count of one fact moves less from draw to draw than weights of hundreds.
    assert!(count.error.mean < 0.5 * model.error.mean && model.error.mean > 0.01, "{count:?} {model:?}");
    assert!(model.kept < 0.95 && model.kept > 0.2, "{model:?}");

    let curve = refits.models[0].curve.clone().unwrap();
    let rows: Vec<f64> = curve.points.iter().map(|p| p.rows).collect();
    assert!((rows[0] / rows[5] - 0.1).abs() < 0.03 && rows.is_sorted(), "{rows:?}");
    // The last point is the run's own model.
    let own =
        one.ingredients.evaluation.rows.iter().find(|r| {
            r.model == "logistic" && r.measure == "auroc" && r.group == "overall" && r.at.is_empty()
        });
    let last = curve.points[5].auroc.clone().unwrap().estimate;
    assert!((own.unwrap().estimate.unwrap() - last).abs() < 1e-12);

    let features = refits.features.clone().unwrap();
    assert!(features.leading.len() == 10 && features.leading.iter().all(|l| !l.name.1.is_empty()));
    assert!((-1.0..=1.0).contains(&features.spearman) && features.refits == 3);
    assert!(stability.over_time.is_ok() && stability.authorities.is_ok());
}

#[test]
fn without_the_section_time_and_authorities_are_measured_all_the_same() {
    let history = simulated(2600, 20_240_331).history;
    let text = text("").replace(", \"logistic\", \"tree\"]", "]");
    let text = text.replace("candidate = \"logistic\"", "candidate = \"earlier-referrals\"");
    let text = text.replace("reference = \"earlier-referrals\"", "reference = \"prevalence\"");
    let experiment = Experiment::read("experiment.toml", &text).unwrap();
    let results = run(&experiment, &history, &Context::default(), &Silent).unwrap();
    let stability = &results.ingredients.stability;
    assert!(stability.refits.is_none());
    let time = stability.over_time.clone().unwrap();
    let tested: u64 = time.periods.iter().map(|p| p.performance.n).sum();
    assert_eq!(tested, results.input.y.len() as u64);
    for p in &time.periods {
        assert!(p.performance.events >= 10 && p.performance.n - p.performance.events >= 10, "{p:?}");
    }
    assert_eq!(stability.authorities.as_ref().unwrap().len(), 3);
    let page = html(&disclose(&results.ingredients, Profile::default()));
    let page = words(&page);
    assert!(page.contains("Not measured in this run: for this, models have to be trained again many times"));
    assert!(page.contains("In another council like these, AUROC would be expected from"));
}

/// Stability of a world's candidate, with refits that are its scores with noise, over four years and its authorities.
fn full(world: &World) -> Stability {
    let mut rng = seed::stream(5, "stability of a world");
    let n = world.referrals.len();
    let of = |model: usize| -> Vec<f64> { world.referrals.iter().map(|r| r.score[model]).collect() };
    let y: Vec<bool> = world.referrals.iter().map(|r| r.came_back).collect();
    let (fold, household) = (vec![0_u16; n], (0..n as u32).collect::<Vec<u32>>());
    let tested = Tested { y: &y, fold: &fold, household: &household };
    let mut refitted = |model: usize| {
        let original = of(model);
        let mut noisy = |by: f64| -> Vec<f64> {
            original.iter().map(|p| (p + by * (rng.random::<f64>() - 0.5)).clamp(0.001, 0.999)).collect()
        };
        let refits: Vec<Vec<f64>> = (0..12).map(|_| noisy(0.1)).collect();
        let trained =
            SHARES.map(|share| Trained { share, rows: 3000.0 * share, draws: vec![noisy(1.0 - share)] });
        Refitted {
            model: MODELS[model].to_owned(),
            failed: 0,
            instability: instability(&original, &refits, &fold, world.capacity).map_err(str::to_owned),
            curve: learning_curve(&trained, &tested, 40, 1).map_err(str::to_owned),
        }
    };
    let models = vec![refitted(2), refitted(1)];
    let mut features = rank_stability(&[vec![0.3, 0.2, 0.1], vec![0.2, 0.3, 0.1]]).unwrap();
    for leading in &mut features.leading {
        leading.name = (format!("fact_{}", leading.feature), "number of something".to_owned());
    }
    let p = of(2);
    let cases: Vec<Case> =
        (0..n).map(|i| Case { p: p[i], came: y[i], fold: 0, household: household[i] }).collect();
    let days: Vec<Day> =
        (0..n).map(|i| Day::parse("2019-01-01").unwrap().plus((i * 1400 / n) as i32)).collect();
    let place = world.groupings.iter().position(|(name, _)| *name == "authority");
    let authorities = place.map(|g| {
        let of = |(level, name): (usize, &&str)| {
            let own = (0..n).filter(|i| world.referrals[*i].level[g] == level).map(|i| cases[i]);
            Authority { name: (*name).to_owned(), performance: performance(&own.collect::<Vec<Case>>()) }
        };
        world.groupings[g].1.iter().enumerate().map(of).collect()
    });
    Stability {
        refits: Some(Refits { asked: 12, models, features: Ok(features) }),
        over_time: over_time::over_time(&days, &cases, 10, 1),
        authorities: authorities.ok_or_else(|| "no authorities".to_owned()),
    }
}

fn made(world: &World) -> Ingredients {
    Ingredients { stability: full(world), ..ingredients(world, Answer::Better) }
}

#[test]
fn the_section_is_well_formed_and_its_figures_are_numbered_in_order() {
    let page = html(&disclose(&made(&service()), Profile::default()));
    let mut ids = BTreeSet::new();
    walk(
        &page,
        |_, attributes| {
            if let Some((_, id)) = attributes.iter().find(|(key, _)| key == "id") {
                assert!(ids.insert(id.clone()), "id twice: {id}");
            }
        },
        |_| {},
    );
    let figures: Vec<&str> = page.split("<figure ").skip(1).collect();
    assert_eq!(figures.len(), 18, "sixteen, and the learning curve and time");
    for (i, figure) in figures.iter().enumerate() {
        assert!(figure.contains(&format!("Figure {}. ", i + 1)), "{i}");
    }
    for id in ["stability", "figure-learning-curve", "figure-over-time"] {
        assert!(ids.contains(id), "{id}");
    }
}

#[test]
fn the_words_of_the_section() {
    let page = words(&html(&disclose(&made(&service()), Profile::default())));
    let heading = "\nWould another year, another council or another draw give the same answer?\nIn short.";
    let section =
        page.split(heading).nth(1).unwrap().split("\nAre the groups treated alike?\n").next().unwrap();
    insta::assert_snapshot!(format!("In short.{section}"));
}

#[test]
fn json_gives_summaries_and_never_a_list_as_long_as_the_cases() {
    let exact = made(&service());
    let text = json(&disclose(&exact, Profile::default()));
    let parsed: serde_json::Value = serde_json::from_str(&text).unwrap();
    let keys = |v: &serde_json::Value| v.as_object().unwrap().keys().cloned().collect::<Vec<_>>();
    let all = [
        "version",
        "rows",
        "comparisons",
        "contrasts",
        "tests",
        "gate",
        "stability",
        "recording_bias",
        "what_if",
        "rates",
        "explanations",
        "proxies",
        "by_fold",
        "when",
        "privacy",
    ];
    assert_eq!(keys(&parsed), all);
    let stability = &parsed["stability"];
    assert_eq!(keys(stability), ["refits", "over_time", "by_authority"]);
    let model = &stability["refits"]["models"][0]["instability"];
    assert_eq!(keys(model), ["refits", "width", "error", "kept", "below_80", "below_95"]);
    let kept = model["kept"]["estimate"].as_f64().unwrap();
    let exact = exact.stability.refits.unwrap().models[0].instability.clone().unwrap();
    assert!((kept - exact.kept).abs() < 0.000_51);
    fn longest(value: &serde_json::Value) -> usize {
        match value {
            serde_json::Value::Array(list) => list.iter().map(longest).max().unwrap_or(0).max(list.len()),
            serde_json::Value::Object(map) => map.values().map(longest).max().unwrap_or(0),
            _ => 0,
        }
    }
    assert!(longest(stability) <= 16, "periods of a quarter, at most: {}", longest(stability));
}

#[test]
fn an_authority_that_is_hidden_by_group_is_hidden_here_and_in_the_mean() {
    let levels = vec!["North", "South", "West", "Tiny"];
    let mut world =
        World::new(21, 3000, vec![("sex", vec!["male", "female"]), ("authority", levels)], 0.4, -1.0);
    // Eight referrals of the last one, all alike in outcome but for two.
    let mut seen = 0;
    for (i, referral) in world.referrals.iter_mut().enumerate() {
        referral.level[1] = if i < 8 { 3 } else { i % 3 };
        if i < 8 {
            seen += 1;
            referral.came_back = seen <= 2;
        }
    }
    let exact = made(&world);
    assert_eq!(exact.stability.authorities.as_ref().unwrap().len(), 4);
    let report = disclose(&exact, Profile::default());
    let of = report.stability.by_authority.clone().unwrap();
    assert!(of.some_left_out && of.authorities.iter().all(|a| a.name != "Tiny"), "{of:?}");
    let shown: BTreeSet<String> = of.authorities.iter().map(|a| a.name.clone()).collect();
    for line in report.lines.iter().filter(|l| l.group == "authority" && l.measure == "auroc") {
        if line.model == "logistic" {
            assert_eq!(line.number.estimate().is_some(), shown.contains(&line.level), "{}", line.level);
        }
    }
    // One more must be hidden with it, so that two are left, of which nothing is said about another one.
    assert_eq!(of.authorities.len(), 2);
    assert!(of.auroc.is_err() && of.ratio.is_err());
    let (page, text) = (html(&report), json(&report));
    assert!(!page.contains("Tiny") && !text.contains("Tiny"));
    assert!(page.contains("Nothing can be said about another council."));
}

#[test]
fn authorities_that_differ_make_another_one_uncertain() {
    let expected = |shift: f64| {
        let levels = vec!["A", "B", "C", "D", "E"];
        let mut world = World::new(23, 6000, vec![("authority", levels)], 0.5, -1.0);
        let mut rng = seed::stream(9, "shift");
        for (i, referral) in world.referrals.iter_mut().enumerate() {
            referral.level[0] = i % 5;
            // The outcome keeps its chance in some and is tossed anew in others.
            let tossed = rng.random::<f64>() < shift * (i % 5) as f64 / 4.0;
            let again = rng.random::<f64>() < 0.3;
            referral.came_back = if tossed { again } else { referral.came_back };
        }
        let report = disclose(&made(&world), Profile::default());
        let pool = report.stability.by_authority.unwrap().auroc.unwrap();
        (pool.expected.1.get() - pool.expected.0.get(), pool.beyond_chance.get())
    };
    let (alike, differ) = (expected(0.0), expected(1.0));
    assert!(differ.0 > 2.0 * alike.0 && differ.1 > 0.5 && alike.1 < 0.5, "{alike:?} {differ:?}");
}

#[test]
fn what_a_gain_says_is_told_by_its_whole_interval() {
    let world = service();
    let mut exact = made(&world);
    let mut with = |low: f64, high: f64| {
        let refits = exact.stability.refits.as_mut().unwrap();
        let curve = refits.models[0].curve.as_mut().unwrap();
        curve.gain = Ok(rerefer::evaluate::stability::Ranged { estimate: (low + high) / 2.0, low, high });
        let report = disclose(&exact, Profile::default());
        let helps = report.stability.refits.as_ref().unwrap().models[0].curve.as_ref().unwrap().helps;
        (helps, words(&html(&report)))
    };
    let (helps, page) = with(0.004, 0.02);
    assert!(helps == Helps::Yes && page.contains("More families to learn from still helped."));
    let (helps, page) = with(-0.004, 0.009);
    assert!(helps == Helps::Hardly && page.contains("More data of the same kind would hardly help."));
    let (helps, page) = with(-0.004, 0.02);
    assert!(
        helps == Helps::CannotSay && page.contains("These data cannot say whether more of them would help.")
    );
}
