//! What is kept of a fitted model predicts as the model did, and comes out the same every time.

use super::{data, every_learner, fit};
use rerefer::models::saved::Saved;

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
