//! Times to events, as they are known of each subject.

/// No event: the end of what was seen.
pub const CENSORED: u8 = 0;

/// Times to events, one subject (or one spell of risk) a row.
///
/// Conventions, the same everywhere: a row is at risk at `t` if `entry < t <= exit`, so that a row whose exit is `t` is at
/// risk at `t`; at one time, events come before ends of what was seen.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Times {
    /// When the row comes under observation; minus infinity where it is from the start, so that an event at 0 counts.
    pub entry: Vec<f64>,
    /// When it stops being observed, by an event or not; above `entry`, finite.
    pub exit: Vec<f64>,
    /// [`CENSORED`], or which of the causes came, from 1.
    pub cause: Vec<u8>,
}

/// What is wrong with times.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TimesError {
    /// Columns of different lengths.
    #[error("entries, exits and causes are not equally many")]
    Lengths,
    /// An exit that is no number, or not after its entry.
    #[error("a row ends before it begins, or its end is no number")]
    Order,
}

impl Times {
    /// Rows that are all observed from the start.
    ///
    /// # Errors
    /// With columns of different lengths, or an exit that is not finite.
    pub fn new(exit: Vec<f64>, cause: Vec<u8>) -> Result<Self, TimesError> {
        Self::with_entry(vec![f64::NEG_INFINITY; exit.len()], exit, cause)
    }

    /// Rows that come under observation later.
    ///
    /// # Errors
    /// With columns of different lengths, or an exit that is not finite and above its entry.
    pub fn with_entry(entry: Vec<f64>, exit: Vec<f64>, cause: Vec<u8>) -> Result<Self, TimesError> {
        if entry.len() != exit.len() || exit.len() != cause.len() {
            return Err(TimesError::Lengths);
        }
        // A comparison with what is no number is false.
        let ordered = entry.iter().zip(&exit).all(|(from, to)| from < to && to.is_finite());
        if ordered { Ok(Self { entry, exit, cause }) } else { Err(TimesError::Order) }
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

    /// The largest cause; 0 where everybody is censored.
    #[must_use]
    pub fn causes(&self) -> u8 {
        self.cause.iter().copied().max().unwrap_or(CENSORED)
    }
}
