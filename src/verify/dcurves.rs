//! `df_binary` of dcurves 1.1.7 (MIT): 750 simulated patients, the predicted risk `cancerpredmarker` and whether a cancer
//! was found.

use super::{Case, column};
use crate::evaluate::calibration::hosmer_lemeshow::{self, TestedOn};
use crate::evaluate::calibration::{Point, point, spiegelhalter};
use crate::evaluate::inference::delong;
use crate::evaluate::measures::{Formula, find};
use crate::evaluate::smooth::errors::Errors;
use crate::evaluate::smooth::{loess, lowess};
use crate::evaluate::{Sample, Tally, tally};

static DATA: &str = include_str!("../../tests/golden/dcurves/df_binary.csv");

pub(super) fn cases() -> Vec<Case> {
    let p = column(DATA, "p");
    let y: Vec<bool> = column(DATA, "y").iter().map(|y| *y > 0.5).collect();
    let (fold, weight) = (vec![0; p.len()], vec![1; p.len()]);
    let thresholds = [0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.5];
    let sample =
        Sample { y: &y, p: &p, fold: &fold, weight: &weight, capacities: &[], thresholds: &thresholds };
    let t = tally(&sample);
    let mut out = whole(&t);
    out.extend(net_benefit(&t, &thresholds));
    if let Ok(points) = point::collapse(&p, &y) {
        out.extend(calibration(&points));
    }
    let interval = delong::delong(&p, &y).and_then(|auroc| auroc.interval(0.95));
    for (end, expected, got) in [
        ("low", 0.821_926_847_073_9, interval.map(|i| i.lower)),
        ("high", 0.899_328_228_599_8, interval.map(|i| i.upper)),
    ] {
        let what = format!("dcurves data: AUROC, DeLong's interval, {end}");
        out.push(Case::new(what, "pROC 1.18, R 4.2.2", (expected, 1e-9), got));
    }
    out
}

fn whole(t: &Tally) -> Vec<Case> {
    let number = |id: &str| match find(id).map(|m| m.formula) {
        Some(Formula::Whole(f)) => f(t),
        _ => Err("there is no such measure"),
    };
    let case =
        |id: &str, program, expected| Case::new(format!("dcurves data: {id}"), program, expected, number(id));
    vec![
        case("auroc", "pROC 1.18, R 4.2.2", (0.860_627_537_836_8, 1e-9)),
        case("brier", "rms 6.5-0 val.prob", (0.084_929_097_797_02, 1e-9)),
        case("scaled-brier", "CalibrationCurves 3.1.0", (0.294_608_822_283_9, 1e-9)),
        case("log-loss", "R 4.2.2", (0.285_191_488_624, 1e-9)),
        case("calibration-slope", "R 4.2.2 glm", (1.000_000_028_701, 1e-7)),
        case("observed-over-expected", "R 4.2.2", (1.000_000_001_905, 1e-9)),
        case("ici", "R 4.2.2 loess", (0.019_265_802_242_09, 1e-9)).note(
            "by lowess it is 0.0127 on the same data: a number without its smoother is not reproducible",
        ),
        case("e50", "R 4.2.2 loess", (0.010_537_996_599_6, 1e-9)),
        case("e90", "R 4.2.2 loess", (0.050_941_027_470_77, 1e-9)),
        case("emax", "R 4.2.2 loess", (0.140_950_165_268_1, 1e-9)),
    ]
}

fn net_benefit(t: &Tally, thresholds: &[f64]) -> Vec<Case> {
    // threshold, of everyone, of the model.
    let published = [
        (0.05, 0.094_736_842_105_263_17, 0.105_543_859_649_122_8),
        (0.1, 0.044_444_444_444_444_45, 0.087_407_407_407_407_4),
        (0.25, -0.146_666_666_666_666_6, 0.064_000_000_000_000_02),
        (0.5, -0.72, 0.021_333_333_333_333_34),
    ];
    let value = |id: &str, threshold: f64| {
        let place = thresholds.iter().position(|t| (t - threshold).abs() < 1e-12).unwrap_or(0);
        match (find(id).map(|m| m.formula), t.flagged.get(place)) {
            (Some(Formula::Utility(f)), Some(flagged)) => f(t, *flagged, threshold),
            _ => Err("there is no such measure"),
        }
    };
    let mut out = Vec::new();
    for (threshold, of_all, of_model) in published {
        for (id, expected) in [("net-benefit-of-all", of_all), ("net-benefit", of_model)] {
            let what = format!("dcurves data: {id} at {threshold}");
            out.push(Case::new(what, "dcurves 1.1.7", (expected, 1e-9), value(id, threshold)));
        }
    }
    let avoided = value("interventions-avoided", 0.25);
    out.push(Case::new(
        "dcurves data: net interventions avoided at 0.25",
        "dcurves, R tests @2362730",
        (0.632, 1e-9),
        avoided,
    ));
    out
}

fn calibration(points: &[Point]) -> Vec<Case> {
    let by_lowess =
        lowess::fit(points, 2.0 / 3.0).and_then(|curve| Errors::of_curve(points, |p| Ok(curve.at(p))));
    let by_loess = loess::fit(points, 0.75).and_then(|curve| Errors::of_curve(points, |p| Ok(curve.at(p))));
    let groups = hosmer_lemeshow::test(points, 10, TestedOn::OtherRows);
    let z = spiegelhalter::test(points).map(|test| test.z);
    let rms = "rms 6.5-0 val.prob";
    vec![
        Case::new("dcurves data: Eavg, lowess", rms, (0.012_653_365_105_72, 1e-9), by_lowess.map(|e| e.ici)),
        Case::new("dcurves data: Emax, lowess", rms, (0.045_849_767_459_9, 1e-9), by_lowess.map(|e| e.emax)),
        Case::new(
            "dcurves data: Eavg, loess not clipped",
            "CalibrationCurves 3.1.0",
            (0.019_364_701_244_06, 1e-9),
            by_loess.map(|e| e.ici),
        ),
        Case::new("dcurves data: Spiegelhalter's z", rms, (-0.129_764_722_209_9, 1e-9), z),
        Case::new(
            "dcurves data: Hosmer and Lemeshow",
            "R 4.2.2",
            (14.400_640_217_181, 1e-9),
            groups.map(|g| g.statistic),
        ),
        Case::new(
            "dcurves data: Hosmer and Lemeshow's p value, 10 degrees of freedom",
            "R 4.2.2",
            (0.155_488_856_997, 1e-9),
            groups.map(|g| g.p_value),
        ),
    ]
}
