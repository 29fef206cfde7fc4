//! Smoothers against R. The data are read where they lie, never copied.

use std::error::Error;
use std::fs::File;

use rerefer::evaluate::smooth::errors::Errors;
use rerefer::evaluate::smooth::knots::Knots;
use rerefer::evaluate::smooth::{Point, loess, lowess, rcs};

use crate::support::shared;

/// Points and their golden entry.
type Sample = (Vec<Point>, serde_json::Value);

type Outcome = Result<(), Box<dyn Error>>;

/// Whether the golden numbers are there; says so if not.
fn present() -> bool {
    shared("golden").is_some()
}

fn path(of: &str) -> Result<std::path::PathBuf, &'static str> {
    shared("golden").map(|folder| folder.join(of)).ok_or("the golden numbers are absent")
}

fn points(path: &str, risk: &str, outcome: &str) -> Result<Vec<Point>, Box<dyn Error>> {
    let mut reader = csv::Reader::from_reader(File::open(self::path(path)?)?);
    let header = reader.headers()?.clone();
    let column = |name: &str| header.iter().position(|h| h == name).ok_or("no such column");
    let (risk, outcome) = (column(risk)?, column(outcome)?);
    let mut rows: Vec<(f64, f64)> = Vec::new();
    for record in reader.records() {
        let record = record?;
        rows.push((record[risk].parse()?, f64::from(matches!(&record[outcome], "1" | "TRUE"))));
    }
    rows.sort_by(|a, b| a.0.total_cmp(&b.0));
    let mut points: Vec<Point> = Vec::new();
    for (p, event) in rows {
        match points.last_mut() {
            Some(last) if last.p.to_bits() == p.to_bits() => {
                last.rows += 1.0;
                last.events += event;
            }
            _ => points.push(Point { p, rows: 1.0, events: event }),
        }
    }
    Ok(points)
}

fn golden(path: &str) -> Result<serde_json::Value, Box<dyn Error>> {
    Ok(serde_json::from_reader(File::open(self::path(path)?)?)?)
}

/// Compares a number with a golden one, relative to it; a missing golden fails.
fn near(found: f64, golden: &serde_json::Value, tolerance: f64) {
    let wanted = golden.as_f64().unwrap_or(f64::NAN);
    assert!((found - wanted).abs() <= tolerance * wanted.abs(), "{found:.14} {wanted:.14}");
}

fn four(found: Errors, golden: &serde_json::Value, tolerance: f64) {
    near(found.ici, &golden["Eavg"], tolerance);
    near(found.e50, &golden["E50"], tolerance);
    near(found.e90, &golden["E90"], tolerance);
    near(found.emax, &golden["Emax"], tolerance);
}

/// The two data sets of r-calibration with their golden entries.
fn r_calibration() -> Result<[Sample; 2], Box<dyn Error>> {
    let expected = golden("r-calibration/expected.json")?;
    let own = points("r-calibration/data/cc_pred_test.csv", "p", "y")?;
    let dcurves = points("dcurves/data/df_binary.csv", "cancerpredmarker", "cancer")?;
    Ok([
        (own, expected["cc_testdata"].clone()),
        (dcurves, expected["dcurves_df_binary_cancerpredmarker"].clone()),
    ])
}

/// R 4.2.2 `loess(y ~ p)`. The `manual` errors clip the curve to 0 to 1; `val.prob.ci.2` of
/// `CalibrationCurves` 3.1.0 does not, so its Eavg is the unclipped mean.
#[test]
fn loess_of_r_calibration() -> Outcome {
    if !present() {
        return Ok(());
    }
    for (points, golden) in r_calibration()? {
        let curve = loess::fit(&points, 0.75)?;
        let clipped = Errors::of_curve(&points, |p| Ok(curve.at(p).clamp(0.0, 1.0)))?;
        let raw = Errors::of_curve(&points, |p| Ok(curve.at(p)))?;
        let manual = &golden["manual"];
        near(clipped.ici, &manual["ICI_loess_deg2_span0.75"], 1e-11);
        near(clipped.e50, &manual["E50"], 1e-11);
        near(clipped.e90, &manual["E90"], 1e-11);
        near(clipped.emax, &manual["Emax"], 1e-11);
        near(raw.ici, &golden["val.prob.ci.2"]["Eavg"], 1e-11);
    }
    Ok(())
}

/// R 4.2.2 `lowess(p, y, iter = 0)` by hand and in `val.prob` of rms 6.5-0.
#[test]
fn lowess_of_r_calibration() -> Outcome {
    if !present() {
        return Ok(());
    }
    for (points, golden) in r_calibration()? {
        let curve = lowess::fit(&points, 2.0 / 3.0)?;
        let errors = Errors::of_curve(&points, |p| Ok(curve.at(p)))?;
        near(errors.ici, &golden["manual"]["ICI_lowess_iter0"], 1e-11);
        near(errors.ici, &golden["rms_val.prob"]["Eavg"], 1e-11);
        near(errors.e90, &golden["rms_val.prob"]["E90"], 1e-11);
        near(errors.emax, &golden["rms_val.prob"]["Emax"], 1e-11);
    }
    Ok(())
}

/// `pmcalibration` (commit 457645b) on its published example: all three smoothers, none clipped.
#[test]
fn smoothers_of_pmcalibration() -> Outcome {
    if !present() {
        return Ok(());
    }
    let points = points("pmcalibration/data/pm_binary.csv", "p", "y")?;
    let golden = golden("pmcalibration/expected.json")?;
    let curve = loess::fit(&points, 0.75)?;
    four(Errors::of_curve(&points, |p| Ok(curve.at(p)))?, &golden["metrics_loess"], 1e-11);
    let curve = lowess::fit(&points, 2.0 / 3.0)?;
    four(Errors::of_curve(&points, |p| Ok(curve.at(p)))?, &golden["metrics_lowess"], 1e-11);
    let knots = Knots::from(&points)?;
    let spline = rcs::fit(&points, &knots, None)?;
    // R's glm stops at a relative change in deviance of 1e-8, which leaves errors of some 1e-11 here.
    four(Errors::of_curve(&points, |p| spline.at(p))?, &golden["metrics_rcs"], 1e-9);
    // A start from the solution, as a bootstrap replicate makes it, stays there.
    let again = rcs::fit(&points, &knots, Some(spline.coefficients()))?;
    four(Errors::of_curve(&points, |p| again.at(p))?, &golden["metrics_rcs"], 1e-9);
    Ok(())
}
