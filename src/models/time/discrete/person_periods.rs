//! Person-periods written out, for any binary or multinomial learner: one line for each row and period at risk.
//!
//! A line holds the row's place in the data, the period and the cause that came in it (0 for none). Everybody listed is at
//! risk at the beginning of the period. The columns of a line are those of its row, and the period as one more column.
//! Reference: Singer and Willett (1993), *Journal of Educational Statistics* 18, 155-195.

use super::combine::BinaryHazard;
use super::periods::Spans;
use crate::survival::CENSORED;

/// Person-periods, in the order of rows and periods.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PersonPeriods {
    /// Place of the row in the data.
    pub row: Vec<usize>,
    /// The period, from 0.
    pub period: Vec<u16>,
    /// The cause that came in it; 0 where none did.
    pub cause: Vec<u8>,
}

/// Writes out the person-periods of `spans`.
#[must_use]
pub fn expand(spans: &Spans) -> PersonPeriods {
    let count = spans.person_periods();
    let mut out = PersonPeriods {
        row: Vec::with_capacity(count),
        period: Vec::with_capacity(count),
        cause: Vec::with_capacity(count),
    };
    for (row, span) in spans.rows.iter().enumerate() {
        for period in span.first..span.end {
            out.row.push(row);
            out.period.push(period);
            out.cause.push(if period + 1 == span.end { span.cause } else { CENSORED });
        }
    }
    out
}

impl PersonPeriods {
    /// The lines that a binary learner of `cause` is trained on, each with whether the cause came.
    ///
    /// For [`BinaryHazard::OneVersusNone`] lines in which another cause came are left out; for
    /// [`BinaryHazard::CauseSpecific`] they stay, as lines without the cause.
    #[must_use]
    pub fn of_cause(&self, cause: u8, kind: BinaryHazard) -> Vec<(usize, bool)> {
        let kept = |came: u8| kind == BinaryHazard::CauseSpecific || came == cause || came == CENSORED;
        self.cause
            .iter()
            .enumerate()
            .filter(|(_, came)| kept(**came))
            .map(|(line, came)| (line, *came == cause))
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::models::time::discrete::{PartPeriod, Periods};
    use crate::survival::Times;

    #[test]
    fn lines_by_hand() {
        let times =
            Times::with_entry(vec![f64::NEG_INFINITY, 1.0, 0.5], vec![1.5, 3.0, 0.9], vec![2, 0, 1]).unwrap();
        let periods = Periods::new(vec![0.0, 1.0, 2.0, 3.0]).unwrap();
        let lines = expand(&Spans::new(&times, &periods, PartPeriod::Drop));
        assert_eq!(lines.row, [0, 0, 1, 1]);
        assert_eq!(lines.period, [0, 1, 1, 2]);
        assert_eq!(lines.cause, [0, 2, 0, 0]);
        assert_eq!(lines.of_cause(1, BinaryHazard::OneVersusNone), [(0, false), (2, false), (3, false)]);
        assert_eq!(lines.of_cause(2, BinaryHazard::CauseSpecific)[1], (1, true));
        assert_eq!(lines.of_cause(1, BinaryHazard::CauseSpecific).len(), 4);
    }
}
