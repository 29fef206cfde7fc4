//! The steps of a ROC curve, and how to refill them for a bootstrap replicate without allocating.

/// What one distinct score adds to a ROC curve; steps are listed by falling score.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct RocStep {
    /// The weight of events with this score, 0 or above.
    pub events: f64,
    /// The weight of non-events with this score, 0 or above.
    pub non_events: f64,
}

/// The steps of one group's ROC curve with each row's place in them.
#[derive(Clone, Debug, PartialEq)]
pub struct RocSteps {
    steps: Vec<RocStep>,
    step_of_row: Vec<usize>,
    events: Vec<bool>,
}

impl RocSteps {
    /// Sorts the rows once: `scores` any finite numbers, higher = riskier. Every row has weight 1 until
    /// [`refill`](Self::refill). O(n log n).
    ///
    /// # Errors
    /// With columns of unequal length or a score that is not finite.
    pub fn from_rows(scores: &[f64], events: &[bool]) -> Result<Self, &'static str> {
        if scores.len() != events.len() {
            return Err("the columns have different lengths");
        }
        if scores.iter().any(|s| !s.is_finite()) {
            return Err("a score is not a finite number");
        }
        let mut order: Vec<(f64, usize)> = scores.iter().copied().zip(0..).collect();
        order.sort_unstable_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
        let mut step_of_row = vec![0; scores.len()];
        let mut distinct = 0;
        for tied in order.chunk_by(|a, b| b.0 >= a.0) {
            for &(_, row) in tied {
                if let Some(step) = step_of_row.get_mut(row) {
                    *step = distinct;
                }
            }
            distinct += 1;
        }
        let steps = vec![RocStep::default(); distinct];
        let mut made = Self { steps, step_of_row, events: events.to_vec() };
        made.fill(std::iter::repeat(1.0));
        Ok(made)
    }

    /// Replaces the weights by whole numbers, one a row in the original order: how often a bootstrap drew each row.
    /// Allocates nothing. O(n).
    ///
    /// # Errors
    /// When there is not one weight a row.
    pub fn refill(&mut self, weights: &[u32]) -> Result<(), &'static str> {
        if weights.len() != self.events.len() {
            return Err("the columns have different lengths");
        }
        self.fill(weights.iter().map(|w| f64::from(*w)));
        Ok(())
    }

    /// The steps by falling score, for [`abroca`](super::abroca::abroca).
    #[must_use]
    pub fn steps(&self) -> &[RocStep] {
        &self.steps
    }

    fn fill(&mut self, weights: impl Iterator<Item = f64>) {
        self.steps.fill(RocStep::default());
        for ((at, event), weight) in self.step_of_row.iter().zip(&self.events).zip(weights) {
            if let Some(step) = self.steps.get_mut(*at) {
                if *event {
                    step.events += weight;
                } else {
                    step.non_events += weight;
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn step(events: f64, non_events: f64) -> RocStep {
        RocStep { events, non_events }
    }

    #[test]
    fn ties_share_a_step_and_refilling_replaces() {
        let mut got = RocSteps::from_rows(&[0.0, 2.0, -0.0, 1.0], &[true, true, false, false]).unwrap();
        assert_eq!(got.steps(), [step(1.0, 0.0), step(0.0, 1.0), step(1.0, 1.0)]);
        got.refill(&[0, 2, 3, 1]).unwrap();
        assert_eq!(got.steps(), [step(2.0, 0.0), step(0.0, 1.0), step(0.0, 3.0)]);
        assert!(got.refill(&[1]).is_err() && RocSteps::from_rows(&[f64::NAN], &[true]).is_err());
    }
}
