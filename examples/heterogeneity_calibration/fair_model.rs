//! Referral-like data from a model that treats every group alike.

use crate::tests_compared::Source;
use rerefer::evaluate::inference::normal::{cdf, density, quantile};

/// One referred child.
pub(super) struct Row {
    pub(super) household: usize,
    pub(super) group: usize,
    pub(super) event: bool,
    pub(super) flagged: bool,
}

/// A fair model and the population it is used on.
pub(super) struct Scenario {
    pub(super) name: &'static str,
    /// Rows a group.
    pub(super) sizes: Vec<usize>,
    /// Chances of households of 1, 2, 3 and 4 rows, for each group (the last entry serves the rest).
    pub(super) household_sizes: Vec<[f64; 4]>,
    /// Whether one household's rows are spread over groups (as with sex) or all in one (as mostly with ethnicity).
    pub(super) mixed: bool,
    /// Of what a household has in common, the share that is a child's own; where above 0 four children in ten have a second
    /// row. With groups such as sex a child's rows are of one group and its siblings' may not be.
    pub(super) own: f64,
    /// Share of the score's variance common to a household, for each group (the last serves the rest).
    pub(super) shared: Vec<f64>,
    /// The chance of the event, for each group (the last serves the rest).
    pub(super) base_rates: Vec<f64>,
    /// The share flagged in group 0; other groups' cuts give the same value of the one measure, or the same cut.
    pub(super) flagged: f64,
    /// Extra score of the last group: 0 is fair.
    pub(super) unfair: f64,
    pub(super) measures: Vec<&'static str>,
    /// Whether groups below ten events or non-events are left out.
    pub(super) minimum: bool,
}

const TYPICAL: [f64; 4] = [0.45, 0.3, 0.15, 0.1];
const LARGE: [f64; 4] = [0.1, 0.2, 0.3, 0.4];
const SINGLE: [f64; 4] = [1.0, 0.0, 0.0, 0.0];
/// How strongly the score follows the liability to the event.
const SLOPE: f64 = 0.5;
/// Share of the rest of the liability common to a household.
const SHARED_REST: f64 = 0.4;

fn fair(name: &'static str, sizes: &[usize]) -> Scenario {
    Scenario {
        name,
        sizes: sizes.to_vec(),
        household_sizes: vec![TYPICAL],
        mixed: false,
        own: 0.0,
        shared: vec![0.7],
        base_rates: vec![0.25],
        flagged: 0.2,
        unfair: 0.0,
        measures: vec!["FPR", "PPV"],
        minimum: true,
    }
}

pub(super) fn scenarios() -> Vec<Scenario> {
    let council = [5000, 1500, 600, 250, 120, 60];
    let small = [60, 60, 60, 80, 80, 100, 100, 120, 150, 200];
    vec![
        fair("0 council, 6 groups 60-5000", &council),
        fair("1 ten small groups 60-200", &small),
        Scenario {
            base_rates: vec![0.45],
            ..fair("2 tiny, base 45%: 5 x 20-40, 1 x 400", &[400, 40, 35, 30, 25, 20])
        },
        Scenario { minimum: false, ..fair("3 no minimum: 20,20,30,50,5000", &[5000, 50, 30, 20, 20]) },
        Scenario { flagged: 0.05, ..fair("4 council, 5% flagged", &council) },
        Scenario { mixed: true, ..fair("5 households span groups", &council) },
        Scenario { shared: vec![0.0], ..fair("6 scores not alike in households", &council) },
        Scenario {
            household_sizes: vec![TYPICAL, LARGE, SINGLE, LARGE],
            ..fair("7 household sizes differ by group", &council)
        },
        Scenario {
            shared: vec![0.9, 0.2, 0.9, 0.2, 0.9, 0.2],
            ..fair("8 likeness differs by group", &council)
        },
        Scenario {
            base_rates: vec![0.2, 0.3, 0.25, 0.4, 0.3, 0.35],
            measures: vec!["FPR"],
            ..fair("9 base rates 20-40%, FPR equal", &council)
        },
        Scenario {
            base_rates: vec![0.2, 0.3, 0.25, 0.4, 0.3, 0.35],
            measures: vec!["PPV"],
            ..fair("10 base rates 20-40%, PPV equal", &council)
        },
        fair("11 two groups 3000, 60", &[3000, 60]),
        Scenario {
            household_sizes: vec![LARGE],
            shared: vec![0.95],
            ..fair("12 large, very alike, ten small", &small)
        },
        Scenario { household_sizes: vec![SINGLE], ..fair("13 one row a household", &council) },
        Scenario {
            shared: vec![0.2, 0.2, 0.9, 0.9, 0.9, 0.9],
            ..fair("14 small groups more alike", &council)
        },
        fair("15 four large groups 2000-5000", &[5000, 3000, 2500, 2000]),
        Scenario { mixed: true, ..fair("16 households span large groups", &[5000, 2500]) },
        Scenario {
            household_sizes: vec![TYPICAL, LARGE, SINGLE, LARGE],
            shared: vec![0.9, 0.2, 0.9],
            ..fair("17 large and small, all differ", &[5000, 4000, 4000, 100, 60])
        },
        Scenario {
            mixed: true,
            own: 0.9,
            shared: vec![0.8],
            ..fair("18 a child's own rows more alike, large", &[5000, 5000])
        },
        Scenario {
            mixed: true,
            own: 0.9,
            shared: vec![0.8],
            ..fair("19 a child's own rows more alike, small", &[300, 200])
        },
        Scenario { unfair: 0.35, ..fair("20 UNFAIR: last of 5 groups (250)", &[5000, 1500, 600, 120, 250]) },
        Scenario { unfair: 0.2, ..fair("21 UNFAIR: last of 3 groups (600)", &[5000, 1500, 600]) },
    ]
}

fn of<T: Copy>(list: &[T], group: usize) -> T {
    list[group.min(list.len() - 1)]
}

/// P(score above `cut` | no event), or P(event | score above `cut`).
fn rate(measure: &str, base: f64, cut: f64) -> f64 {
    let threshold = quantile(1.0 - base).unwrap_or(0.0);
    let no_event = |x: f64| cdf((threshold - SLOPE * x) / (1.0 - SLOPE * SLOPE).sqrt());
    let steps = 4000;
    let (mut above_none, width) = (0.0, 12.0 / f64::from(steps));
    for step in 0..steps {
        let x = cut + (f64::from(step) + 0.5) * width;
        above_none += width * density(x) * no_event(x);
    }
    let above = cdf(-cut);
    if measure == "PPV" { (above - above_none) / above } else { above_none / (1.0 - base) }
}

/// The cut that gives `wanted`; the false-positive rate falls in the cut, the predictive value rises.
fn cut_for(measure: &str, base: f64, wanted: f64) -> f64 {
    let (mut low, mut high) = (-6.0, 6.0);
    for _ in 0..40 {
        let middle = 0.5 * (low + high);
        if (rate(measure, base, middle) > wanted) == (measure == "PPV") {
            high = middle;
        } else {
            low = middle;
        }
    }
    0.5 * (low + high)
}

/// Cuts and event thresholds by group.
fn thresholds(scenario: &Scenario) -> Vec<(f64, f64)> {
    let first_cut = quantile(1.0 - scenario.flagged).unwrap_or(0.0);
    let wanted = rate(scenario.measures[0], scenario.base_rates[0], first_cut);
    (0..scenario.sizes.len())
        .map(|g| {
            let base = of(&scenario.base_rates, g);
            let alike = scenario.base_rates.len() == 1;
            let cut = if alike { first_cut } else { cut_for(scenario.measures[0], base, wanted) };
            (cut, quantile(1.0 - base).unwrap_or(0.0))
        })
        .collect()
}

thread_local! {
    static CUTS: std::cell::RefCell<(String, Vec<(f64, f64)>)> = const { std::cell::RefCell::new((String::new(), Vec::new())) };
}

pub(super) fn simulate(scenario: &Scenario, source: &mut Source) -> Vec<Row> {
    let cuts = CUTS.with_borrow_mut(|kept| {
        if kept.0 != scenario.name {
            *kept = (scenario.name.to_owned(), thresholds(scenario));
        }
        kept.1.clone()
    });
    let total: usize = scenario.sizes.iter().sum();
    let mut rows = Vec::with_capacity(total);
    let mut household = 0;
    for (block, size) in scenario.sizes.iter().enumerate() {
        let mut left = *size;
        while left > 0 {
            let members = household_size(of(&scenario.household_sizes, block), source).min(left);
            left -= members;
            household += 1;
            let of_household = (source.normal(), source.normal());
            for _ in 0..members {
                let group = if scenario.mixed { drawn_group(&scenario.sizes, total, source) } else { block };
                let ((common, rest), times) = child(of_household, scenario.own, source);
                for _ in 0..times {
                    let share = of(&scenario.shared, group);
                    let score = share.sqrt() * common + (1.0 - share).sqrt() * source.normal();
                    let own = SHARED_REST.sqrt() * rest + (1.0 - SHARED_REST).sqrt() * source.normal();
                    let liability = SLOPE * score + (1.0 - SLOPE * SLOPE).sqrt() * own;
                    let extra = if group + 1 == scenario.sizes.len() { scenario.unfair } else { 0.0 };
                    let (cut, threshold) = cuts[group];
                    let (event, flagged) = (liability > threshold, score + extra > cut);
                    rows.push(Row { household, group, event, flagged });
                }
            }
        }
    }
    rows
}

/// What a child has in common with itself, and its number of rows.
fn child(household: (f64, f64), own: f64, source: &mut Source) -> ((f64, f64), usize) {
    if own <= 0.0 {
        return (household, 1);
    }
    let mut mix = |common: f64| (1.0 - own).sqrt() * common + own.sqrt() * source.normal();
    let child = (mix(household.0), mix(household.1));
    (child, if source.uniform() < 0.4 { 2 } else { 1 })
}

fn household_size(chances: [f64; 4], source: &mut Source) -> usize {
    let mut left = source.uniform();
    for (size, chance) in chances.iter().enumerate() {
        left -= chance;
        if left < 0.0 {
            return size + 1;
        }
    }
    4
}

fn drawn_group(sizes: &[usize], total: usize, source: &mut Source) -> usize {
    let mut left = source.below(total);
    for (group, size) in sizes.iter().enumerate() {
        if left < *size {
            return group;
        }
        left -= size;
    }
    0
}
