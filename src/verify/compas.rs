//! COMPAS: counts of defendants by race, decile of the score and whether a new offence was recorded within two years.
//!
//! The counts are those of `compas-scores-two-years.csv` as published by `ProPublica` in 2016, 7,214 defendants; its rows
//! carry no licence and are not here. The data are poor (recorded offences are not offences) and stand for nothing but
//! arithmetic that many have published.

use super::Case;
use crate::evaluate::inference::abroca::abroca;
use crate::evaluate::inference::newcombe::newcombe_difference;
use crate::evaluate::inference::ratio::ratio_of_proportions;
use crate::evaluate::inference::roc_steps::RocStep;
use crate::evaluate::inference::student;
use crate::evaluate::inference::two_proportions::{Counts, two_proportion_test};
use crate::evaluate::inference::wilson::wilson_interval;

/// Race, then those without and those with a new offence, by decile 1 to 10.
type Group = (&'static str, [u32; 10], [u32; 10]);

static GROUPS: [Group; 6] = [
    (
        "African-American",
        [307, 274, 201, 208, 189, 169, 163, 114, 111, 59],
        [91, 119, 145, 177, 176, 215, 237, 245, 269, 227],
    ),
    ("Asian", [14, 4, 3, 0, 0, 1, 0, 1, 0, 0], [1, 0, 2, 0, 1, 2, 1, 1, 0, 1]),
    (
        "Caucasian",
        [539, 248, 180, 172, 130, 83, 55, 32, 30, 19],
        [142, 113, 93, 113, 111, 111, 88, 82, 68, 45],
    ),
    ("Hispanic", [148, 77, 59, 34, 24, 16, 18, 13, 9, 7], [48, 36, 27, 18, 28, 21, 16, 13, 11, 14]),
    ("Native American", [0, 4, 1, 0, 0, 1, 1, 0, 1, 0], [0, 0, 0, 1, 0, 1, 3, 1, 1, 3]),
    ("Other", [124, 41, 22, 21, 12, 13, 5, 2, 2, 2], [26, 25, 14, 25, 10, 8, 5, 8, 6, 6]),
];

/// Deciles 5 and over are medium or high.
const FLAGGED_FROM: usize = 4;

/// True and false positives, false and true negatives.
#[derive(Clone, Copy)]
struct Matrix {
    tp: f64,
    fp: f64,
    fn_: f64,
    tn: f64,
}

impl Matrix {
    fn of((_, without, with): &Group) -> Self {
        let sum = |counts: &[u32]| f64::from(counts.iter().sum::<u32>());
        let (low_without, high_without) = without.split_at(FLAGGED_FROM);
        let (low_with, high_with) = with.split_at(FLAGGED_FROM);
        Self { tp: sum(high_with), fp: sum(high_without), fn_: sum(low_with), tn: sum(low_without) }
    }

    fn plus(self, other: Self) -> Self {
        Self {
            tp: self.tp + other.tp,
            fp: self.fp + other.fp,
            fn_: self.fn_ + other.fn_,
            tn: self.tn + other.tn,
        }
    }

    fn false_positives(self) -> Counts {
        Counts { successes: self.fp, total: self.fp + self.tn }
    }

    fn missed(self) -> Counts {
        Counts { successes: self.fn_, total: self.fn_ + self.tp }
    }

    fn right(self) -> Counts {
        Counts { successes: self.tp, total: self.tp + self.fp }
    }

    fn flagged(self) -> f64 {
        (self.tp + self.fp) / (self.tp + self.fp + self.fn_ + self.tn)
    }
}

fn steps((_, without, with): &Group) -> Vec<RocStep> {
    let each = without.iter().zip(with).rev();
    each.map(|(n, e)| RocStep { events: f64::from(*e), non_events: f64::from(*n) }).collect()
}

fn share(counts: Counts) -> f64 {
    counts.successes / counts.total
}

pub(super) fn cases() -> Vec<Case> {
    let matrices = GROUPS.each_ref().map(Matrix::of);
    let (black, white) = (matrices[0], matrices[2]);
    let mut out = confusion(&matrices);
    out.extend(two_groups(black, white));
    out.extend(ranges(&matrices));
    for (what, a, b, area) in [
        ("African-American and Caucasian", 0, 2, 0.015_814_677_831_449_568),
        ("Hispanic and Caucasian", 3, 2, 0.055_220_561_335_648_9),
    ] {
        let got = abroca(&steps(&GROUPS[a]), &steps(&GROUPS[b])).map(|of| of.area);
        let case = Case::new(
            format!("COMPAS: area between ROC curves, {what}"),
            "scikit-learn 1.9.1 roc_curve, exact area",
            (area, 1e-9),
            got,
        );
        out.push(case.note("holisticai 1.0.14 gives the difference of the AUROCs under this name"));
    }
    out
}

/// The published confusion matrices, exactly.
fn confusion(matrices: &[Matrix; 6]) -> Vec<Case> {
    let all = matrices.iter().copied().reduce(Matrix::plus);
    let named = [("all", all), ("African-American", Some(matrices[0])), ("Caucasian", Some(matrices[2]))];
    let published =
        [[2681.0, 1282.0, 1216.0, 2035.0], [990.0, 805.0, 532.0, 1369.0], [1139.0, 349.0, 461.0, 505.0]];
    let mut out = Vec::new();
    for ((who, matrix), numbers) in named.into_iter().zip(published) {
        let Some(m) = matrix else { continue };
        let ours = [
            ("true negatives", m.tn),
            ("false positives", m.fp),
            ("false negatives", m.fn_),
            ("true positives", m.tp),
        ];
        for ((what, got), expected) in ours.into_iter().zip(numbers) {
            let what = format!("COMPAS, {who}: {what}");
            out.push(Case::new(what, "ProPublica 2016, published table", (expected, 0.0), Ok(got)));
        }
    }
    out
}

/// Rates of African-American and Caucasian defendants: Newcombe's interval of the difference, p value of the two-proportion
/// test, interval of the ratio by its logarithm.
static RATES: [(&str, [f64; 5]); 3] = [
    (
        "false positive rate",
        [
            0.182_053_182_326_989_47,
            0.245_023_340_326_906_56,
            2.113_489_738_913_782_5e-37,
            1.721_239_086_837_422_8,
            2.124_108_337_823_578,
        ],
    ),
    (
        "missed share",
        [
            -0.234_558_754_989_977_2,
            -0.159_859_622_662_813_5,
            8.788_817_209_444_166e-26,
            0.531_803_019_308_688_3,
            0.646_637_123_982_767,
        ],
    ),
    (
        "right flags",
        [
            -4.218_212_952_525_335e-5,
            0.077_258_167_519_713_01,
            0.050_367_525_493_413_4,
            0.998_483_141_375_838_6,
            1.135_742_991_084_091_5,
        ],
    ),
];

fn two_groups(black: Matrix, white: Matrix) -> Vec<Case> {
    let statsmodels = "statsmodels 0.15.0";
    let mut out = Vec::new();
    let sides = [
        (black.false_positives(), white.false_positives()),
        (black.missed(), white.missed()),
        (black.right(), white.right()),
    ];
    for ((what, [low, high, p, ratio_low, ratio_high]), (a, b)) in RATES.iter().zip(sides) {
        let newcombe = newcombe_difference(a, b, 0.95);
        let ratio = ratio_of_proportions(a, b, 0.95).map(|r| r.interval);
        let z = two_proportion_test(a, b).map(|test| test.p_value);
        let name = |of: &str| format!("COMPAS, {what}, African-American and Caucasian: {of}");
        out.push(Case::new(
            name("difference, Newcombe, low"),
            statsmodels,
            (*low, 1e-9),
            newcombe.map(|i| i.lower),
        ));
        out.push(Case::new(
            name("difference, Newcombe, high"),
            statsmodels,
            (*high, 1e-9),
            newcombe.map(|i| i.upper),
        ));
        out.push(Case::new(name("ratio, log, low"), statsmodels, (*ratio_low, 1e-9), ratio.map(|i| i.lower)));
        out.push(Case::new(
            name("ratio, log, high"),
            statsmodels,
            (*ratio_high, 1e-9),
            ratio.map(|i| i.upper),
        ));
        out.push(Case::new(name("p value"), statsmodels, (*p, 1e-9), z));
    }
    let wilson = wilson_interval(black.fp, black.fp + black.tn, 0.95);
    let name = "COMPAS, false positive rate, African-American: Wilson, low";
    out.push(Case::new(name, statsmodels, (0.425_594_961_628_931_07, 1e-9), wilson.map(|i| i.lower)));
    out.push(
        Case::new(
            "COMPAS, false positive rate, African-American and Caucasian: p value as printed",
            "aequitas 1.1.0 fpr_significance",
            (0.050_389_772_8, 1e-6),
            wrong_p(black, white),
        )
        .note("this is the test of the false discovery rate under the wrong name; the right p value is 2.1e-37, above"),
    );
    out
}

/// What aequitas prints as the p value of the false positive rate: Student's test of false flags among flags.
fn wrong_p(a: Matrix, b: Matrix) -> Result<f64, &'static str> {
    let (x, y) = (a.fp / (a.tp + a.fp), b.fp / (b.tp + b.fp));
    let (n, m) = (a.tp + a.fp, b.tp + b.fp);
    let pooled = (n * x * (1.0 - x) + m * y * (1.0 - y)) / (n + m - 2.0);
    student::two_sided_p((x - y) / (pooled * (1.0 / n + 1.0 / m)).sqrt(), n + m - 2.0)
}

/// Greatest differences between races, in the words of fairlearn.
fn ranges(matrices: &[Matrix; 6]) -> Vec<Case> {
    let range = |of: &dyn Fn(Matrix) -> f64| {
        let rates = matrices.iter().map(|m| of(*m));
        rates.clone().fold(0.0, f64::max) - rates.fold(1.0, f64::min)
    };
    let flagged = range(&Matrix::flagged);
    let found = range(&|m| 1.0 - share(m.missed()));
    let in_vain = range(&|m| share(m.false_positives()));
    let fairlearn = "fairlearn 0.15.0";
    let worst = Case::new(
        "COMPAS: equalized odds difference over six races",
        fairlearn,
        (0.576_691_729_323_308_3, 1e-12),
        Ok(found.max(in_vain)),
    );
    vec![
        Case::new(
            "COMPAS: demographic parity difference over six races",
            fairlearn,
            (0.457_117_595_048_629_5, 1e-12),
            Ok(flagged),
        ),
        worst.note(
            "a model that is alike for all would show 0.28 on average: 18 of the 7,214 are Native American",
        ),
        Case::new(
            "COMPAS: equal opportunity difference, African-American and Caucasian",
            fairlearn,
            (0.197_372_963_777_373_34, 1e-12),
            Ok((share(matrices[0].missed()) - share(matrices[2].missed())).abs()),
        ),
    ]
}
