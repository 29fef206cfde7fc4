//! What is kept of a fitted model predicts as the model did, and comes out the same every time.

use super::{data, every_learner, fit};
use ndarray::Array2;
use rerefer::models::registry::REGISTRY;
use rerefer::models::saved::Saved;
use rerefer::models::settings::Settings;

#[test]
fn every_learner_is_saved_and_read_back() {
    let (x, y) = data(400, 5, 21);
    every_learner(|entry, learner| {
        let model = fit(learner, &x, &y);
        let saved = model.saved().unwrap();
        assert_eq!(saved, model.saved().unwrap(), "{}", entry.id);
        let text = serde_json::to_string(&saved.json).unwrap();
        let read = Saved { json: serde_json::from_str(&text).unwrap(), binary: saved.binary.clone() };
        let back = (entry.load)(&read).unwrap();
        assert!(back.probabilities(&x) == model.probabilities(&x), "{}: predicts otherwise", entry.id);
        assert_eq!(back.saved().unwrap(), saved, "{}: is saved otherwise", entry.id);
        // No training row is inside.
        let kept = x.iter().filter(|value| text.contains(&value.to_string())).count();
        assert_eq!(kept, 0, "{}: values of training rows", entry.id);
        let broken = Saved { json: serde_json::json!({ "no": "model" }), binary: vec![1, 2, 3] };
        assert!((entry.load)(&broken).is_err(), "{}: takes anything for a model", entry.id);
    });
}

/// Python's `xgboost` read the file beside the numbers (`make_export.py`); it is what is exported today.
#[test]
fn exported_trees_are_those_that_xgboost_reads() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/xgboost");
    let (x, y) = data(300, 4, 31);
    let mut settings = Settings::default();
    for (key, value) in [("rounds", 10.0), ("max_depth", 3.0), ("patience", 0.0)] {
        assert!(settings.set("boosting", key, value));
    }
    let boosting = REGISTRY.iter().find(|e| e.id == "boosting").unwrap();
    let model = fit(boosting.learner(&settings).as_ref(), &x, &y);
    let json = model.xgboost_json().unwrap().unwrap();
    let path = folder.join("export.json");
    if !path.exists() {
        rerefer::io::atomic::write(&path, &json).unwrap();
    }
    assert!(std::fs::read(&path).unwrap() == json, "delete export.json, run this test and make_export.py");
    let text = std::fs::read_to_string(folder.join("export_expected.json")).unwrap();
    let expected: Vec<f64> = serde_json::from_str(&text).unwrap();
    let row = |i: usize| (0..4).map(|j| (i * 7 + j * 3) as f64 % 10.0 / 3.0 - 1.5).collect::<Vec<f64>>();
    let asked = Array2::from_shape_vec((40, 4), (0..40).flat_map(row).collect()).unwrap();
    let p = model.probabilities(&asked);
    assert_eq!(p.len(), expected.len());
    assert!(p.iter().zip(&expected).all(|(a, b)| (a - b).abs() < 1e-6));
}
