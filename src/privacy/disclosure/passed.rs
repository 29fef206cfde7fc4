//! Numbers that may leave: types that only disclosure control can make.

/// A value that passed disclosure control. Nothing outside [`crate::privacy::disclosure`] can make one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Passed<T>(T);

impl<T: Copy> Passed<T> {
    pub(super) fn new(value: T) -> Self {
        Self(value)
    }

    /// The value.
    #[must_use]
    pub fn get(self) -> T {
        self.0
    }
}

/// A count of referrals, children or households.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Count {
    /// May be shown.
    Shown(Passed<u64>),
    /// Withheld: it is under the threshold, or another count could be worked out from it.
    Suppressed,
}

impl Passed<u64> {
    /// The nearest multiple of `step`; halves go up.
    pub(super) fn to_nearest(self, step: u64) -> Self {
        Self((self.0 + step / 2) / step * step)
    }
}

impl Passed<f64> {
    /// A number to three decimals.
    pub(super) fn rounded(value: f64) -> Self {
        Self(rounded(value))
    }

    /// Two numbers to three decimals.
    pub(super) fn rounded_pair((low, high): (f64, f64)) -> (Self, Self) {
        (Self::rounded(low), Self::rounded(high))
    }
}

impl Count {
    pub(super) fn new(value: u64, shown: bool) -> Self {
        if shown { Self::Shown(Passed::new(value)) } else { Self::Suppressed }
    }

    /// A shown count to the nearest multiple of `step`.
    pub(super) fn to_nearest(self, step: u64) -> Self {
        match self {
            Self::Shown(value) => Self::Shown(value.to_nearest(step)),
            Self::Suppressed => Self::Suppressed,
        }
    }

    /// The count, if it may be shown.
    #[must_use]
    pub fn get(self) -> Option<u64> {
        match self {
            Self::Shown(value) => Some(value.get()),
            Self::Suppressed => None,
        }
    }
}

/// An estimate with its 95% interval.
#[derive(Clone, Debug, PartialEq)]
pub enum Number {
    /// May be shown.
    Shown {
        /// Point estimate.
        estimate: Passed<f64>,
        /// Lower and upper end of the interval, if there is one.
        interval: Option<(Passed<f64>, Passed<f64>)>,
    },
    /// Withheld, because it rests on counts that may not be shown. Whether it was defined is not said.
    Suppressed,
    /// Not defined on these rows; the text says why.
    Undefined(String),
}

impl Number {
    /// An estimate and its interval, to three decimals: with all its digits, a number could be taken apart into the counts
    /// that it is made of.
    pub(super) fn new(estimate: f64, interval: Option<(f64, f64)>) -> Self {
        let short = |value: f64| Passed::new(rounded(value));
        Self::Shown {
            estimate: short(estimate),
            interval: interval.map(|(low, high)| (short(low), short(high))),
        }
    }

    /// The same with at most so many decimals.
    pub(super) fn to_decimals(&self, decimals: i32) -> Self {
        let scale = 10_f64.powi(decimals);
        let short = |value: Passed<f64>| Passed::new((value.get() * scale).round() / scale + 0.0);
        match self {
            Self::Shown { estimate, interval } if decimals < 3 => Self::Shown {
                estimate: short(*estimate),
                interval: interval.map(|(low, high)| (short(low), short(high))),
            },
            other => other.clone(),
        }
    }

    /// The estimate, if it may be shown.
    #[must_use]
    pub fn estimate(&self) -> Option<f64> {
        match self {
            Self::Shown { estimate, .. } => Some(estimate.get()),
            Self::Suppressed | Self::Undefined(_) => None,
        }
    }

    /// Lower and upper end of the 95% interval, if they may be shown.
    #[must_use]
    pub fn interval(&self) -> Option<(f64, f64)> {
        match self {
            Self::Shown { interval, .. } => interval.map(|(low, high)| (low.get(), high.get())),
            Self::Suppressed | Self::Undefined(_) => None,
        }
    }

    /// The share as children in a hundred; `complement` counts the others instead.
    pub(super) fn per_hundred(&self, complement: bool) -> PerHundred {
        let side = |p: f64| if complement { 1.0 - p } else { p };
        match self {
            Self::Shown { .. } => self.estimate().map_or(PerHundred::Suppressed, |p| {
                let range = self
                    .interval()
                    .map(|(low, high)| if complement { (side(high), side(low)) } else { (low, high) });
                let about = whole(side(p));
                PerHundred::About {
                    yes: Passed::new(about),
                    no: Passed::new(100 - about),
                    range: range.map(|(low, high)| (Passed::new(whole(low)), Passed::new(whole(high)))),
                }
            }),
            Self::Suppressed => PerHundred::Suppressed,
            Self::Undefined(reason) => PerHundred::Undefined(reason.clone()),
        }
    }
}

/// A share as a natural frequency: so many children in a hundred, in whole children.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PerHundred {
    /// May be shown.
    About {
        /// Of a hundred, about this many; 0 means fewer than one, 100 more than 99.
        yes: Passed<u64>,
        /// The others, so that both add to 100.
        no: Passed<u64>,
        /// The 95% interval of `yes`, in whole children, if there is one.
        range: Option<(Passed<u64>, Passed<u64>)>,
    },
    /// Withheld.
    Suppressed,
    /// Not defined; the text says why.
    Undefined(String),
}

impl PerHundred {
    /// Of a hundred, about this many, if it may be shown.
    #[must_use]
    pub fn yes(&self) -> Option<u64> {
        match self {
            Self::About { yes, .. } => Some(yes.get()),
            Self::Suppressed | Self::Undefined(_) => None,
        }
    }

    /// Of a hundred, about this many are the others, if it may be shown.
    #[must_use]
    pub fn no(&self) -> Option<u64> {
        match self {
            Self::About { no, .. } => Some(no.get()),
            Self::Suppressed | Self::Undefined(_) => None,
        }
    }

    /// The interval of [`Self::yes`], if there is one that may be shown.
    #[must_use]
    pub fn range(&self) -> Option<(u64, u64)> {
        match self {
            Self::About { range, .. } => range.map(|(low, high)| (low.get(), high.get())),
            Self::Suppressed | Self::Undefined(_) => None,
        }
    }
}

/// To three decimals, without a negative zero.
fn rounded(value: f64) -> f64 {
    (value * 1000.0).round() / 1000.0 + 0.0
}

/// A share in [0, 1] as whole children in a hundred.
fn whole(share: f64) -> u64 {
    // Clamped and rounded first, so the cast loses nothing.
    (share.clamp(0.0, 1.0) * 100.0).round() as u64
}

#[cfg(test)]
mod tests {
    use super::Number;

    #[test]
    fn children_in_a_hundred_add_to_a_hundred() {
        // 0.385 is 38.5 in a hundred: 39 on one side, so 61 (not 62) on the other.
        let number = Number::new(0.385, Some((0.311, 0.44)));
        let shares = number.per_hundred(false);
        assert_eq!((shares.yes(), shares.no(), shares.range()), (Some(39), Some(61), Some((31, 44))));
        let others = number.per_hundred(true);
        assert_eq!(others.range(), Some((56, 69)));
    }
}
