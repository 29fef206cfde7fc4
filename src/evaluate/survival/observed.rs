//! What became of each row of a test set: the time at which it ended, and how.
//!
//! Inputs: one exit a row (finite, any unit of time), one cause a row (0 censored, 1 the event of interest, 2 and above
//! competing), and, where known, the time at which follow-up would have ended administratively for every row, also for
//! those that had an event before it.

/// Cause of a censored row.
pub const CENSORED: u8 = 0;
/// Cause of the event of interest.
pub const INTEREST: u8 = 1;

/// Times and causes of the rows that are scored.
#[derive(Clone, Debug, PartialEq)]
pub struct Observed {
    exit: Vec<f64>,
    cause: Vec<u8>,
    administrative: Option<Vec<f64>>,
}

impl Observed {
    /// Rows observed from time 0 to `exit`.
    ///
    /// # Errors
    /// With columns of different lengths or an exit that is not finite.
    pub fn new(exit: Vec<f64>, cause: Vec<u8>) -> Result<Self, &'static str> {
        if exit.len() != cause.len() {
            return Err("exits and causes are not equally many");
        }
        if exit.iter().any(|t| !t.is_finite()) {
            return Err("an exit is no finite number");
        }
        Ok(Self { exit, cause, administrative: None })
    }

    /// The same with the time at which each row's follow-up would have ended administratively.
    ///
    /// # Errors
    /// With another number of times than rows, or a time that is no number or before the row's exit.
    pub fn with_administrative(mut self, time: Vec<f64>) -> Result<Self, &'static str> {
        if time.len() != self.exit.len() {
            return Err("administrative ends and rows are not equally many");
        }
        // A comparison with what is no number is false.
        if !time.iter().zip(&self.exit).all(|(end, exit)| end >= exit) {
            return Err("a row exits after its administrative end");
        }
        self.administrative = Some(time);
        Ok(self)
    }

    /// When each row ended.
    #[must_use]
    pub fn exit(&self) -> &[f64] {
        &self.exit
    }

    /// How each row ended.
    #[must_use]
    pub fn cause(&self) -> &[u8] {
        &self.cause
    }

    /// When each row would have been censored administratively, where known.
    #[must_use]
    pub fn administrative(&self) -> Option<&[f64]> {
        self.administrative.as_deref()
    }

    /// How many rows there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.exit.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.exit.is_empty()
    }
}

/// The sum of weights, if there is one for each of `rows` rows, each is finite and 0 or above, and not all are 0.
///
/// # Errors
/// Otherwise, in plain words.
pub fn total_weight(weight: &[f64], rows: usize) -> Result<f64, &'static str> {
    if weight.len() != rows {
        return Err("weights and rows are not equally many");
    }
    if !weight.iter().all(|w| *w >= 0.0 && w.is_finite()) {
        return Err("a weight is negative or no finite number");
    }
    let total: f64 = weight.iter().sum();
    if total > 0.0 { Ok(total) } else { Err("no rows") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_is_refused() {
        assert!(Observed::new(vec![1.0], vec![]).is_err());
        assert!(Observed::new(vec![f64::NAN], vec![0]).is_err());
        let rows = Observed::new(vec![1.0], vec![1]).unwrap();
        assert!(rows.clone().with_administrative(vec![0.5]).is_err());
        assert!(rows.with_administrative(vec![1.0]).is_ok());
        assert!(total_weight(&[0.0], 1).is_err() && total_weight(&[-1.0], 1).is_err());
    }
}
