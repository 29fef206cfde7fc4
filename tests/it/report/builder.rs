//! Ingredients made from small simulated referrals: every count behind every row is real, so that a test can attack
//! what disclosure control lets through.

use rand::{Rng, RngExt};
use rerefer::cohort::attrition::AttritionRow;
use rerefer::evaluate::{Answer, Evaluation, Row, Status, Verdict};
use rerefer::num::{Day, seed, sigmoid};
use rerefer::privacy::disclosure::Profile;
use rerefer::report::ingredients::{CohortFacts, FoldFacts, Ingredients};
use rerefer::report::rates::{LevelCounts, RateFacts};

use super::inputs::{backward, cards, combinations, reproduce};

/// One tested referral.
#[derive(Clone, Debug)]
pub(crate) struct Referral {
    pub(crate) came_back: bool,
    /// Level of each grouping.
    pub(crate) level: Vec<usize>,
    /// Score of each model.
    pub(crate) score: Vec<f64>,
}

/// A grouping and its level names.
pub(crate) type Grouping = (&'static str, Vec<&'static str>);

/// Referrals with their groupings.
#[derive(Clone, Debug)]
pub(crate) struct World {
    pub(crate) referrals: Vec<Referral>,
    pub(crate) groupings: Vec<Grouping>,
    pub(crate) capacity: f64,
    /// Other shares at which groups are measured, of those over all referrals.
    pub(crate) others: Vec<f64>,
}

pub(crate) const MODELS: [&str; 4] = ["prevalence", "prior-count", "logistic", "tree"];

impl World {
    /// `n` referrals; level *l* of a grouping has a share that falls by `skew` from the one before.
    pub(crate) fn new(root: u64, n: usize, groupings: Vec<Grouping>, skew: f64, base: f64) -> Self {
        let mut rng = seed::stream(root, "world");
        let referrals = (0..n).map(|_| referral(&mut rng, &groupings, skew, base)).collect();
        Self { referrals, groupings, capacity: 0.1, others: Vec::new() }
    }

    /// The same world, also divided by its first two groupings together.
    pub(crate) fn crossed(mut self) -> Self {
        let (a, b) = (self.groupings[0].1.clone(), self.groupings[1].1.clone());
        let name = |x: &str, y: &str| -> &'static str { Box::leak(format!("{x}, {y}").into_boxed_str()) };
        let levels = a.iter().flat_map(|x| b.iter().map(move |y| name(x, y))).collect();
        self.groupings.push(("sex-by-age-band", levels));
        for referral in &mut self.referrals {
            referral.level.push(referral.level[0] * b.len() + referral.level[1]);
        }
        self
    }

    pub(crate) fn n(&self) -> u64 {
        self.referrals.len() as u64
    }

    pub(crate) fn events(&self) -> u64 {
        self.referrals.iter().filter(|r| r.came_back).count() as u64
    }

    /// Flagged referrals of one model at a share: whole rows, by score and then by place.
    pub(crate) fn flagged(&self, model: usize, share: f64) -> Vec<bool> {
        let mut order: Vec<usize> = (0..self.referrals.len()).collect();
        order.sort_by(|&a, &b| {
            self.referrals[b].score[model].total_cmp(&self.referrals[a].score[model]).then(a.cmp(&b))
        });
        let most = (share * self.referrals.len() as f64).round() as usize;
        let mut flagged = vec![false; self.referrals.len()];
        for &i in &order[..most.min(order.len())] {
            flagged[i] = true;
        }
        flagged
    }
}

fn referral(rng: &mut impl Rng, groupings: &[Grouping], skew: f64, base: f64) -> Referral {
    let level: Vec<usize> = groupings
        .iter()
        .map(|(_, levels)| {
            let mut l = 0;
            while l + 1 < levels.len() && rng.random::<f64>() < skew {
                l += 1;
            }
            l
        })
        .collect();
    let earlier = [0.0, 0.0, 0.0, 1.0, 1.0, 2.0, 4.0][rng.random_range(0..7)];
    let other: f64 = rng.random::<f64>() * 2.0 - 1.0;
    let p = sigmoid(base + 0.22 * earlier + 0.6 * other);
    let noise: f64 = rng.random::<f64>() - 0.5;
    let tree = if other > 0.0 { 0.22 + 0.03 * earlier } else { 0.14 + 0.03 * earlier };
    Referral {
        came_back: rng.random::<f64>() < p,
        level,
        score: vec![
            0.22,
            0.16 + 0.05 * earlier,
            sigmoid(base + 0.22 * earlier + 0.6 * other + 1.2 * noise),
            tree,
        ],
    }
}

/// What is measured on some of the rows.
struct Subset<'a> {
    world: &'a World,
    rows: Vec<usize>,
    group: &'a str,
    level: &'a str,
}

impl Subset<'_> {
    fn counts(&self) -> (u64, u64) {
        let events = self.rows.iter().filter(|&&i| self.world.referrals[i].came_back).count();
        (self.rows.len() as u64, events as u64)
    }

    fn row(
        &self,
        model: &str,
        measure: &'static str,
        at: &str,
        value: Result<(f64, f64), &str>,
        rests_on: Vec<u64>,
    ) -> Row {
        let (n, events) = self.counts();
        Row {
            model: model.to_owned(),
            split: "rolling-origin".to_owned(),
            measure,
            group: self.group.to_owned(),
            level: self.level.to_owned(),
            at: at.to_owned(),
            estimate: value.ok().map(|(e, _)| e),
            low: value.ok().map(|(e, w)| e - w),
            high: value.ok().map(|(e, w)| e + w),
            theory: None,
            shrunk: None,
            n,
            events,
            rests_on,
            households: Vec::new(),
            status: if value.is_ok() { Status::Ok } else { Status::Undefined },
            reason: value.err().map(str::to_owned),
            convention: "",
        }
    }

    fn at_capacity(&self, model: usize, share: f64) -> Vec<Row> {
        let flagged = self.world.flagged(model, share);
        let mut cells = [0_u64; 4];
        for &i in &self.rows {
            cells[usize::from(!flagged[i]) * 2 + usize::from(!self.world.referrals[i].came_back)] += 1;
        }
        let [tp, fp, fun, tn] = cells;
        let at = format!("top {}%", (share * 1e8).round() / 1e6);
        let rate = |a: u64, b: u64| if b == 0 { Err("nobody to divide by") } else { Ok(share_of(a, b)) };
        let row = |measure, value, rests_on| self.row(MODELS[model], measure, &at, value, rests_on);
        vec![
            row("ppv", rate(tp, tp + fp), vec![tp, fp]),
            row("sensitivity", rate(tp, tp + fun), vec![tp, fun]),
            row("missed-share", rate(fun, tp + fun), vec![tp, fun]),
            row("false-positive-rate", rate(fp, fp + tn), vec![fp, tn]),
            row("selection-rate", rate(tp + fp, tp + fp + fun + tn), vec![tp + fp, fun + tn]),
        ]
    }

    fn whole(&self, model: usize) -> Vec<Row> {
        let (n, events) = self.counts();
        let both = if events >= 10 && n - events >= 10 {
            Ok(())
        } else {
            Err("fewer than 10 came back, or did not")
        };
        let expected: f64 = self.rows.iter().map(|&i| self.world.referrals[i].score[model]).sum();
        let name = MODELS[model];
        let rests = || vec![events, n - events];
        let (auroc, ap) = self.ranking(model);
        let brier = self.mean(|r| (r.score[model] - f64::from(u8::from(r.came_back))).powi(2));
        let rate = share_of(events, n.max(1)).0;
        let row = |measure, value: (f64, f64)| self.row(name, measure, "", both.map(|()| value), rests());
        vec![
            row("auroc", (auroc, 0.021)),
            row("average-precision", (ap, 0.024)),
            row("ap-over-prevalence", (ap / rate.max(0.01), 0.1)),
            row("brier", (brier, 0.004)),
            row("scaled-brier", (1.0 - brier / (rate * (1.0 - rate)).max(1e-9), 0.02)),
            row("calibration-in-the-large", (0.04, 0.11)),
            if model == 0 {
                self.row(name, "calibration-slope", "", Err("all predicted chances are the same"), rests())
            } else {
                row("calibration-slope", (0.93, 0.12))
            },
            row("observed-over-expected", (events as f64 / expected.max(1e-9), 0.08)),
            row("mean-predicted", (expected / n.max(1) as f64, 0.005)),
        ]
    }

    fn mean(&self, of: impl Fn(&Referral) -> f64) -> f64 {
        self.rows.iter().map(|&i| of(&self.world.referrals[i])).sum::<f64>() / self.rows.len().max(1) as f64
    }

    /// AUROC by pairs of a rank sum and average precision, ties by place.
    fn ranking(&self, model: usize) -> (f64, f64) {
        let mut order = self.rows.clone();
        order.sort_by(|&a, &b| {
            let (a, b) = (&self.world.referrals[a], &self.world.referrals[b]);
            b.score[model].total_cmp(&a.score[model])
        });
        let (_, events) = self.counts();
        let (mut seen, mut below, mut ap) = (0.0, 0.0, 0.0);
        for (k, &i) in order.iter().enumerate() {
            if self.world.referrals[i].came_back {
                seen += 1.0;
                ap += seen / (k + 1) as f64;
            } else {
                below += events as f64 - seen;
            }
        }
        let pairs = events as f64 * (order.len() as f64 - events as f64);
        (1.0 - below / pairs.max(1.0), ap / (events as f64).max(1.0))
    }

    fn bins(&self, model: usize) -> Vec<Row> {
        let mut order = self.rows.clone();
        order.sort_by(|&a, &b| {
            self.world.referrals[a].score[model].total_cmp(&self.world.referrals[b].score[model])
        });
        let size = order.len().div_ceil(if model == 0 { 1 } else { 8 }).max(1);
        order
            .chunks(size)
            .map(|rows| {
                let bin = Subset { world: self.world, rows: rows.to_vec(), group: "overall", level: "all" };
                let (n, events) = bin.counts();
                let at = format!("{:.4}", bin.mean(|r| r.score[model]));
                bin.row(
                    MODELS[model],
                    "calibration-bin",
                    &at,
                    Ok(share_of(events, n)),
                    vec![events, n - events],
                )
            })
            .collect()
    }
}

/// A share with a half-width like that of its interval.
fn share_of(a: u64, b: u64) -> (f64, f64) {
    let p = a as f64 / b as f64;
    (p, 1.96 * (p * (1.0 - p) / b as f64).sqrt())
}

const GRID: [f64; 14] = [0.01, 0.02, 0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9];

/// Everything measured on a world, in the order of the evaluation.
pub(crate) fn rows(world: &World) -> Vec<Row> {
    let all = Subset { world, rows: (0..world.referrals.len()).collect(), group: "overall", level: "all" };
    let mut subsets = vec![all];
    for (g, (name, levels)) in world.groupings.iter().enumerate() {
        for (l, level) in levels.iter().enumerate() {
            let rows = (0..world.referrals.len()).filter(|&i| world.referrals[i].level[g] == l).collect();
            subsets.push(Subset { world, rows, group: name, level });
        }
    }
    let mut out: Vec<Row> = subsets
        .iter()
        .map(|s| {
            let (n, events) = s.counts();
            let value = if n == 0 { Err("there are no rows") } else { Ok(share_of(events, n)) };
            s.row("", "outcome-rate", "", value, vec![events, n - events])
        })
        .collect();
    for model in 0..MODELS.len() {
        for (i, subset) in subsets.iter().enumerate() {
            out.extend(subset.whole(model));
            if i == 0 {
                for share in GRID {
                    out.extend(subset.at_capacity(model, share));
                }
                out.extend(subset.bins(model));
            } else {
                for share in std::iter::once(&world.capacity).chain(&world.others) {
                    out.extend(subset.at_capacity(model, *share));
                }
            }
        }
    }
    out
}

fn verdict(world: &World, answer: Answer) -> Verdict {
    let (low, estimate, high) = match answer {
        Answer::Better => (0.013, 0.041, 0.069),
        Answer::NoBetter => (-0.011, 0.002, 0.014),
        Answer::CannotSay => (-0.006, 0.019, 0.044),
    };
    let (n, events) = (world.n(), world.events());
    let difference = Row {
        model: "logistic".to_owned(),
        split: "rolling-origin".to_owned(),
        measure: "average-precision-difference",
        group: "overall".to_owned(),
        level: "all".to_owned(),
        at: "minus prior-count".to_owned(),
        estimate: Some(estimate),
        low: Some(low),
        high: Some(high),
        theory: None,
        shrunk: None,
        n,
        events,
        rests_on: vec![events, n - events],
        households: Vec::new(),
        status: Status::Ok,
        reason: None,
        convention: "the same households are drawn for both models",
    };
    Verdict {
        answer,
        candidate: "logistic".to_owned(),
        reference: "prior-count".to_owned(),
        difference,
        smallest_gain: 0.02,
    }
}

/// Seven children for eight referrals, in every level.
fn children(world: &World) -> Vec<LevelCounts> {
    let of = |(at, (name, levels)): (usize, &Grouping)| {
        let rows = |level| world.referrals.iter().filter(|r| r.level[at] == level).count() as u64;
        let levels = levels.iter().enumerate().map(|(l, name)| ((*name).to_owned(), rows(l) * 7 / 8));
        LevelCounts { group: (*name).to_owned(), levels: levels.collect() }
    };
    world.groupings.iter().enumerate().map(of).collect()
}

fn step(
    rule: &'static str,
    words: &str,
    removed: u64,
    rows: u64,
    children: u64,
    outcomes: u64,
) -> AttritionRow {
    AttritionRow { rule: rule.into(), words: words.to_owned(), removed, rows, children, outcomes }
}

/// Attrition that ends in the cohort, with one small step.
fn attrition(cohort: &CohortFacts) -> Vec<AttritionRow> {
    let (r, c, e) = (cohort.rows, cohort.children, cohort.events);
    vec![
        step("recorded", "Referrals on record", 0, r + 1266, c + 604, e + 310),
        step("same-day", "Second referral on the same day", 4, r + 1262, c + 604, e + 309),
        step("open-episode", "Made while an earlier episode was still open", 412, r + 850, c + 575, e + 190),
        step("no-birth", "No month of birth on record", 0, r + 850, c + 575, e + 190),
        step("follow-up", "Too late to know whether the child came back", 850, r, c, e),
    ]
}

fn folds(world: &World) -> Vec<FoldFacts> {
    let folds = (0..4).map(|i| FoldFacts {
        name: format!("before 2021-04-01, households {} of 4", i + 1),
        train: 1570 + i,
        calibrate: 0,
        test: world.n() / 4 + u64::from(i < world.n() % 4),
    });
    folds.collect()
}

/// Ingredients of a run on `world` with this verdict.
pub(crate) fn ingredients(world: &World, answer: Answer) -> Ingredients {
    let tested = CohortFacts {
        rows: world.n(),
        children: world.n() * 7 / 8,
        households: world.n() * 5 / 8,
        events: world.events(),
        competing: world.n() / 60,
        open: world.n() / 9,
        first: Day::parse("2021-04-03"),
        last: Day::parse("2023-03-28"),
    };
    let cohort = CohortFacts {
        rows: tested.rows + 2100,
        children: tested.children + 1700,
        households: tested.households + 1200,
        events: tested.events + 470,
        competing: tested.competing + 31,
        open: tested.open + 160,
        first: Day::parse("2018-04-02"),
        last: tested.last,
    };
    Ingredients {
        run_id: "3f9ac1d2b7e0".to_owned(),
        version: "0.1.0".to_owned(),
        title: "First look: can records tell when a child may come back?".to_owned(),
        question: "Of the children referred to us, can the records tell who will be referred again within a year, \
                   better than counting earlier referrals?"
            .to_owned(),
        outcome_words: "was referred again".to_owned(),
        outcome_is_referral: true,
        horizon_days: 365,
        point_words: "on the day of the referral".to_owned(),
        clock_words: "counted from the referral".to_owned(),
        simulated: true,
        remarks: vec!["3 rows with an unknown code were left out, all dated before 1 April 2019.".to_owned()],
        told: vec!["the child's earlier referrals".to_owned(), "age".to_owned()],
        not_told: vec!["sex".to_owned()],
        as_last_recorded: vec!["ethnicity".to_owned(), "disability".to_owned()],
        features: 190,
        attrition: attrition(&cohort),
        cohort,
        tested,
        backward: backward(),
        split_words: "Models learned from referrals before 1 April 2021 and were tested on later ones, in four parts, so \
                      that no household was both learned from and tested on."
            .to_owned(),
        folds: folds(world),
        chosen: Vec::new(),
        models: cards(),
        combinations: combinations(world),
        capacity: world.capacity,
        other_capacities: world.others.clone(),
        replicates: 500,
        evaluation: Evaluation { rows: rows(world), comparisons: vec![], contrasts: vec![], tests: vec![], verdict: verdict(world, answer) },
        gate: None,
        by_fold: Vec::new(),
        deals: Vec::new(),
        proxies: Default::default(),
        explanations: Vec::new(),
        stability: Default::default(),
        reproduce: reproduce(),
        profile: Profile::default(),
        threshold: 10,
        what_if: None,
        privacy: None,
        when: None,
        rates: RateFacts { capacities: vec![world.capacity], children: children(world), ..RateFacts::default() },
    }
}
