//! Referral-like data whose groups differ in much, but not in the measure.

use rerefer::evaluate::inference::normal::cdf;
use rerefer::evaluate::inference::weighted_spread::GroupRow;
use rerefer::num::sigmoid;

/// What is compared between groups.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Compared {
    Auroc,
    ObservedOverExpected,
    InTheLarge,
    Slope,
    MeanRisk,
    RiskOfEvents,
    RiskOfOthers,
    Brier,
    NetBenefit,
}

/// From this risk on rows are flagged, where net benefit is compared.
pub(super) const THRESHOLD: f64 = 0.3;

impl Compared {
    /// The number whose mean over a group's rows is compared; `None` for rows that the mean is not taken of, and for
    /// measures that are no mean.
    pub(super) fn number(self, event: bool, risk: f64) -> Option<f64> {
        let came = f64::from(u8::from(event));
        match self {
            Self::MeanRisk => Some(risk),
            Self::RiskOfEvents => event.then_some(risk),
            Self::RiskOfOthers => (!event).then_some(risk),
            Self::Brier => Some((risk - came) * (risk - came)),
            Self::NetBenefit if risk < THRESHOLD => Some(0.0),
            Self::NetBenefit => Some(came - (1.0 - came) * THRESHOLD / (1.0 - THRESHOLD)),
            _ => None,
        }
    }

    /// Its mean where the log-odds of the predicted risk are `middle + spread * z` and those of the true one `shift + slope *
    /// z`, z being normal.
    fn mean(self, (middle, spread): (f64, f64), (shift, slope): (f64, f64)) -> f64 {
        let (mut sum, mut weights) = (0.0, 0.0);
        for step in -600..=600 {
            let z = f64::from(step) / 100.0;
            let (risk, truth) = (sigmoid(middle + spread * z), sigmoid(shift + slope * z));
            for (event, chance) in [(true, truth), (false, 1.0 - truth)] {
                if let Some(number) = self.number(event, risk) {
                    let weight = chance * (-z * z / 2.0).exp();
                    sum += weight * number;
                    weights += weight;
                }
            }
        }
        sum / weights
    }
}

/// `SplitMix64`, with normal draws by Box and Muller.
pub(super) struct Source {
    state: u64,
    spare: Option<f64>,
}

impl Source {
    pub(super) fn new(seed: u64) -> Self {
        Self { state: seed.wrapping_mul(0xD134_2543_DE82_EF95), spare: None }
    }

    pub(super) fn uniform(&mut self) -> f64 {
        self.state = self.state.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.state;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((z ^ (z >> 31)) >> 11) as f64 / 9_007_199_254_740_992.0
    }

    fn normal(&mut self) -> f64 {
        if let Some(spare) = self.spare.take() {
            return spare;
        }
        let radius = (-2.0 * (1.0 - self.uniform()).ln()).sqrt();
        let angle = std::f64::consts::TAU * self.uniform();
        self.spare = Some(radius * angle.sin());
        radius * angle.cos()
    }

    /// The place that a uniform number falls on, of places with these chances; the last takes what is left.
    fn place(&mut self, chances: &[f64]) -> usize {
        let mut left = self.uniform();
        let found = chances.iter().position(|chance| {
            left -= chance;
            left < 0.0
        });
        found.unwrap_or(chances.len() - 1)
    }
}

/// A population. Of each list by group the last entry serves the rest.
#[derive(Clone)]
pub(super) struct Scenario {
    pub(super) name: &'static str,
    /// Rows a group.
    pub(super) sizes: Vec<usize>,
    /// Chances of households of 1 to 5 rows.
    household_sizes: Vec<[f64; 5]>,
    /// Whether rows of one household are spread over groups.
    mixed: bool,
    /// Of what a household has in common, the share that is a child's own; where above 0 four children in ten have a second
    /// row.
    own: f64,
    /// Share of the score's variance, and of the rest of the outcome's, common to a household.
    shared: Vec<f64>,
    shared_rest: Vec<f64>,
    base_rates: Vec<f64>,
    /// Standard deviation of the score (log-odds of the risk).
    spreads: Vec<f64>,
    /// For AUROC: that of rows with the outcome over that of rows without.
    event_spreads: Vec<f64>,
    /// For AUROC: how far rows with the outcome stand above those without, in standard deviations.
    separation: f64,
    /// Leaves of a tree that gives the scores; 0 for none.
    leaves: usize,
    folds: usize,
    /// Whether each group is a fold of its own.
    group_is_fold: bool,
    /// Outcomes for each one expected, in all groups.
    level: f64,
    /// True slopes, where levels are compared; for slopes one slope in all.
    slopes: Vec<f64>,
    /// What the last group has less in separation, more in level (log-odds), and more in slope: zeros are fair.
    gap: [f64; 3],
}

const TYPICAL: [f64; 5] = [0.45, 0.3, 0.15, 0.07, 0.03];
const LARGE: [f64; 5] = [0.1, 0.15, 0.2, 0.25, 0.3];
const SINGLE: [f64; 5] = [1.0, 0.0, 0.0, 0.0, 0.0];

fn fair(name: &'static str, sizes: &[usize]) -> Scenario {
    Scenario {
        name,
        sizes: sizes.to_vec(),
        household_sizes: vec![TYPICAL],
        mixed: false,
        own: 0.0,
        shared: vec![0.6],
        shared_rest: vec![0.3],
        base_rates: vec![0.25],
        spreads: vec![1.0],
        event_spreads: vec![1.0],
        separation: 1.0,
        leaves: 0,
        folds: 1,
        group_is_fold: false,
        level: 1.0,
        slopes: vec![1.0],
        gap: [0.0; 3],
    }
}

const COUNCIL: [usize; 6] = [1500, 600, 300, 150, 100, 60];
const SMALL: [usize; 6] = [50, 50, 60, 60, 70, 80];

pub(super) fn scenarios() -> Vec<Scenario> {
    let mut list = of_rates_and_scores();
    list.extend(of_households());
    list.extend(of_large_groups());
    let gap = |name, sizes: &[usize], gap| Scenario { gap, ..fair(name, sizes) };
    list.push(gap("GAP: last of five (200)", &[3000, 1000, 400, 100, 200], [0.8, 0.5, -0.6]));
    list.push(gap("GAP of half that: last of three (1,000)", &[3000, 1000, 1000], [0.4, 0.25, -0.3]));
    list.push(gap("GAP: last of two (60)", &[1000, 60], [0.8, 0.5, -0.6]));
    list.push(Scenario {
        base_rates: vec![0.1],
        spreads: vec![0.7],
        ..fair("few are flagged (2 in 100), base rate 10%", &[4000, 1000, 150, 130])
    });
    list.push(Scenario {
        household_sizes: vec![TYPICAL, LARGE],
        ..fair("two groups, of 2,000 and 60, the small one in large households", &[2000, 60])
    });
    list
}

fn of_rates_and_scores() -> Vec<Scenario> {
    let rates = |name, sizes: &[usize], base_rates: &[f64]| Scenario {
        base_rates: base_rates.to_vec(),
        ..fair(name, sizes)
    };
    let six = [0.1, 0.3, 0.1, 0.3, 0.1, 0.3];
    let wide = |name, spread| Scenario {
        event_spreads: vec![1.0, 1.0, spread],
        level: 1.5,
        ..fair(name, &[1500, 300, 60, 60])
    };
    vec![
        fair("six groups of 60 to 1,500", &COUNCIL),
        fair("six small groups of 50 to 80", &SMALL),
        fair("two groups, of 2,000 and 50", &[2000, 50]),
        fair("two groups of 60", &[60, 60]),
        rates("base rates 10% (120 rows) and 30% (1,000)", &[120, 1000], &[0.1, 0.3]),
        rates("base rates 30% (45 rows) and 10% (1,000)", &[45, 1000], &[0.3, 0.1]),
        rates("six small groups, base rates 10% and 30%", &[130, 50, 150, 60, 200, 80], &six),
        Scenario {
            spreads: vec![0.6, 1.4, 1.0],
            ..rates("base rates and spread of scores differ", &[1500, 60, 150, 200, 120, 300], &six)
        },
        wide(
            "scores of those who came back spread 2.5 times as wide in small groups; 1.5 came for each expected",
            2.5,
        ),
        wide("the same, 1.6 times as wide", 1.6),
        Scenario {
            slopes: vec![0.6, 1.4, 1.0],
            ..fair("true slopes differ, levels right", &[1500, 400, 100, 80, 60])
        },
        Scenario { spreads: vec![2.0], separation: 2.3, ..fair("very telling scores", &COUNCIL) },
        Scenario { leaves: 8, ..fair("a tree of eight leaves", &COUNCIL) },
        Scenario { leaves: 8, ..fair("a tree of eight leaves, small groups", &SMALL) },
        Scenario { folds: 5, ..fair("five folds", &[1000, 300, 100, 80, 60]) },
        Scenario { group_is_fold: true, ..fair("each group a fold", &[1000, 300, 100, 80, 60]) },
    ]
}

fn of_households() -> Vec<Scenario> {
    vec![
        Scenario { household_sizes: vec![SINGLE], ..fair("one row a household", &COUNCIL) },
        Scenario { mixed: true, ..fair("households span groups", &COUNCIL) },
        Scenario { mixed: true, ..fair("households span two groups of 50", &[50, 50]) },
        Scenario {
            household_sizes: vec![LARGE],
            shared: vec![0.9],
            shared_rest: vec![0.7],
            ..fair("large, very alike households, small groups", &[100, 100, 120, 150, 200])
        },
        Scenario {
            household_sizes: vec![TYPICAL, LARGE, SINGLE, LARGE],
            ..fair("household sizes differ by group", &COUNCIL)
        },
        Scenario {
            shared: vec![0.1, 0.1, 0.9],
            shared_rest: vec![0.1, 0.1, 0.7],
            ..fair("small groups more alike", &COUNCIL)
        },
    ]
}

/// Groups with about 200 or more rows of each kind, alone and beside small ones.
fn of_large_groups() -> Vec<Scenario> {
    let two = |name| fair(name, &[900, 900]);
    let six = |name| fair(name, &[4000, 2000, 1500, 1000, 1000, 900]);
    let beside = |name| fair(name, &[4000, 1000, 900, 60, 80]);
    vec![
        two("two large groups of 900"),
        six("six large groups of 900 to 4,000"),
        Scenario { mixed: true, ..two("households span two large groups") },
        Scenario { mixed: true, ..six("households span six large groups") },
        Scenario {
            household_sizes: vec![LARGE],
            shared: vec![0.9],
            shared_rest: vec![0.7],
            ..six("large, very alike households, large groups")
        },
        Scenario {
            base_rates: vec![0.1, 0.3],
            spreads: vec![0.6, 1.4],
            ..fair("large groups, base rates 10% (2,200) and 30% (800), scores differ", &[2200, 800])
        },
        Scenario {
            event_spreads: vec![1.0, 2.5],
            level: 1.5,
            ..fair(
                "large groups, scores of those who came back spread 2.5 times as wide in all but one",
                &[4000, 1000, 900],
            )
        },
        Scenario {
            mixed: true,
            own: 0.9,
            shared: vec![0.8],
            shared_rest: vec![0.6],
            ..two("a child's own rows more alike than its siblings', two large groups")
        },
        Scenario {
            mixed: true,
            own: 0.9,
            shared: vec![0.8],
            shared_rest: vec![0.6],
            ..fair("a child's own rows more alike than its siblings', two of 150", &[150, 150])
        },
        Scenario {
            mixed: true,
            shared: vec![0.9],
            shared_rest: vec![0.3],
            ..fair("households span groups of 1,000 and 700, one large and one not", &[1000, 700])
        },
        Scenario {
            base_rates: vec![0.05],
            ..fair("base rate 5%, groups of 5,000, 4,500 and 1,000", &[5000, 4500, 1000])
        },
        Scenario { leaves: 8, ..six("a tree of eight leaves, large groups") },
        Scenario { separation: 2.3, spreads: vec![2.0], ..six("very telling scores, large groups") },
        beside("three large groups and two of 60 and 80"),
        Scenario { mixed: true, ..beside("the same, households span groups") },
        Scenario {
            household_sizes: vec![TYPICAL, TYPICAL, TYPICAL, LARGE, SINGLE],
            ..beside("the same, household sizes differ by group")
        },
        Scenario {
            base_rates: vec![0.25, 0.25, 0.25, 0.4, 0.15],
            spreads: vec![1.0, 1.0, 1.0, 0.6, 1.4],
            ..fair(
                "three large groups and two small of other base rates and scores",
                &[4000, 1000, 900, 60, 130],
            )
        },
    ]
}

fn of<T: Copy>(list: &[T], group: usize) -> T {
    list[group.min(list.len() - 1)]
}

/// The shift at which `sigmoid(shift + slope * z)` of normal z is `target` on average.
fn shift_for(slope: f64, target: f64) -> f64 {
    solve(target, |shift| {
        let (mut sum, mut weights) = (0.0, 0.0);
        for step in -60..=60 {
            let z = f64::from(step) / 10.0;
            let weight = (-z * z / 2.0).exp();
            sum += weight * sigmoid(shift + slope * z);
            weights += weight;
        }
        sum / weights
    })
}

/// Where a rising function of log-odds is `target`.
fn solve(target: f64, rising: impl Fn(f64) -> f64) -> f64 {
    solve_above(-12.0, target, rising)
}

/// Where from `low` on a rising function of log-odds is `target`.
fn solve_above(mut low: f64, target: f64, rising: impl Fn(f64) -> f64) -> f64 {
    let mut high = 12.0;
    for _ in 0..50 {
        let middle = 0.5 * (low + high);
        if rising(middle) > target {
            high = middle;
        } else {
            low = middle;
        }
    }
    0.5 * (low + high)
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

/// A scenario made ready for one measure: by group, the middle of the predicted log-odds and the line of the true ones.
pub(super) struct Population<'a> {
    scenario: &'a Scenario,
    compared: Compared,
    middles: Vec<f64>,
    lines: Vec<(f64, f64)>,
}

impl<'a> Population<'a> {
    pub(super) fn new(scenario: &'a Scenario, compared: Compared) -> Self {
        let groups = 0..scenario.sizes.len();
        let last = groups.end - 1;
        let mut middles: Vec<f64> = groups
            .clone()
            .map(|g| shift_for(of(&scenario.spreads, g), of(&scenario.base_rates, g)))
            .collect();
        let line = |g: usize| {
            let extra = if g == last { scenario.gap } else { [0.0; 3] };
            let spread = of(&scenario.spreads, g);
            match compared {
                Compared::Slope => {
                    let one = if scenario.slopes.len() > 1 { 0.7 } else { 1.0 };
                    (middles[g], spread * (one + extra[2]))
                }
                Compared::ObservedOverExpected => {
                    let slope = of(&scenario.slopes, g) * spread;
                    (shift_for(slope, scenario.level * of(&scenario.base_rates, g)) + extra[1], slope)
                }
                _ => {
                    let slope = of(&scenario.slopes, g) * spread;
                    let shift = shift_for(slope, of(&scenario.base_rates, g));
                    let more = if compared == Compared::InTheLarge { extra[1] } else { 0.0 };
                    (shift + scenario.level.ln() + more, slope)
                }
            }
        };
        let mut lines: Vec<(f64, f64)> = groups.clone().map(line).collect();
        let scale = |g: usize| of(&scenario.spreads, g);
        // The same mean in all groups: of predicted risks by moving these, of mistakes by moving true risks. The target is
        // within reach of all.
        match compared {
            Compared::MeanRisk | Compared::RiskOfEvents | Compared::RiskOfOthers => {
                let target = compared.mean((middles[0], scale(0)), lines[0]);
                for g in groups {
                    middles[g] = solve(target, |middle| compared.mean((middle, scale(g)), lines[g]));
                    middles[g] += if g == last { scenario.gap[1] } else { 0.0 };
                }
            }
            Compared::Brier | Compared::NetBenefit => {
                let is: Vec<f64> =
                    groups.clone().map(|g| compared.mean((middles[g], scale(g)), lines[g])).collect();
                let lowest = compared == Compared::NetBenefit;
                let target =
                    is.into_iter().reduce(|a, b| if lowest { a.min(b) } else { a.max(b) }).unwrap_or(0.0);
                for g in groups {
                    let (at, slope) = lines[g];
                    // The Brier score falls first where chances far above a half occur.
                    let low = if lowest { -12.0 } else { at };
                    let shift = solve_above(low, target, |shift| {
                        compared.mean((middles[g], scale(g)), (shift, slope))
                    });
                    lines[g].0 = shift + if g == last { scenario.gap[1] } else { 0.0 };
                }
            }
            _ => {}
        }
        Self { scenario, compared, middles, lines }
    }

    /// One data set.
    pub(super) fn draw(&self, source: &mut Source) -> Vec<GroupRow> {
        let s = self.scenario;
        let total: usize = s.sizes.iter().sum();
        let shares: Vec<f64> = s.sizes.iter().map(|size| *size as f64 / total as f64).collect();
        let mut rows = Vec::with_capacity(total);
        let mut household = 0;
        for (block, size) in s.sizes.iter().enumerate() {
            let mut left = *size;
            while left > 0 {
                let members = (1 + source.place(&of(&s.household_sizes, block))).min(left);
                left -= members;
                household += 1;
                let any = (source.uniform() * s.folds as f64) as usize;
                let fold = if s.group_is_fold { block } else { any };
                let common = (source.normal(), source.normal());
                for _ in 0..members {
                    let group = if s.mixed { source.place(&shares) } else { block };
                    let (common, times) = child(common, s.own, source);
                    for _ in 0..times {
                        let (event, risk) = self.row(group, common, source);
                        rows.push(GroupRow { household, group, fold, event, risk });
                    }
                }
            }
        }
        rows
    }

    fn row(&self, group: usize, common: (f64, f64), source: &mut Source) -> (bool, f64) {
        let s = self.scenario;
        let mix = |share: f64, common: f64, own: f64| share.sqrt() * common + (1.0 - share).sqrt() * own;
        let z = mix(of(&s.shared, group), common.0, source.normal());
        let luck = cdf(mix(of(&s.shared_rest, group), common.1, source.normal()));
        let (event, place) = if self.compared == Compared::Auroc {
            let event = luck < of(&s.base_rates, group);
            let less = if group + 1 == s.sizes.len() { s.gap[0] } else { 0.0 };
            // The distance that gives the same AUROC whatever the spread.
            let spread = of(&s.event_spreads, group);
            let apart = (s.separation - less) * ((1.0 + spread * spread) / 2.0).sqrt();
            (event, if event { spread * z + apart } else { z })
        } else {
            let (shift, slope) = self.lines[group];
            (luck < sigmoid(shift + slope * z), z)
        };
        let place = if s.leaves > 0 {
            let width = 4.0 / s.leaves as f64;
            let leaf = ((place + 2.0) / width).floor().clamp(0.0, s.leaves as f64 - 1.0);
            width * (leaf + 0.5) - 2.0
        } else {
            place
        };
        (event, sigmoid(self.middles[group] + of(&s.spreads, group) * place))
    }
}
