//! Where measures of flagged rows are taken: at shares of rows, and at thresholds of predicted risk.

use super::tally::Flagged;

/// Places to flag at.
#[derive(Clone, Debug)]
pub(super) struct Places {
    /// Shares of each fold's rows measured overall, rising: a fixed grid for the curves, and the declared ones.
    pub(super) shares: Vec<f64>,
    /// Places of the declared ones, measured by group too.
    pub(super) declared: Vec<usize>,
    /// Predicted risks from which on rows are flagged, rising, overall and by group.
    pub(super) thresholds: Vec<f64>,
}

/// Percentages of the grid; dense at the top, where a service works.
const GRID: [u8; 14] = [1, 2, 5, 10, 15, 20, 25, 30, 40, 50, 60, 70, 80, 90];

impl Places {
    /// Capacities and thresholds, each rising.
    pub(super) fn new(capacities: &[f64], thresholds: &[f64]) -> Self {
        let mut shares: Vec<f64> = GRID.iter().map(|percent| f64::from(*percent) / 100.0).collect();
        shares.push(1.0);
        for declared in capacities {
            let place = shares.partition_point(|s| *s < declared - 1e-9);
            if (shares[place] - declared).abs() > 1e-9 {
                shares.insert(place, *declared);
            }
        }
        let place = |capacity: &f64| shares.iter().position(|s| (s - capacity).abs() < 1e-9);
        let declared = capacities.iter().filter_map(place).collect();
        Self { shares, declared, thresholds: thresholds.to_vec() }
    }

    /// How many there are overall, and by group.
    pub(super) fn count(&self, overall: bool) -> usize {
        self.thresholds.len() + if overall { self.shares.len() } else { self.declared.len() }
    }

    /// Of the flagged rows of everyone, those at the places of the groups.
    pub(super) fn of_groups<'a>(&'a self, all: &'a [Flagged]) -> impl Iterator<Item = Flagged> + 'a {
        let top = self.declared.iter().map(|place| all[*place]);
        top.chain(all[self.shares.len()..].iter().copied())
    }

    /// How a row says where it was taken, such as `top 10%` or `risk from 20%`.
    pub(super) fn words(&self, overall: bool, place: usize) -> String {
        let shares = if overall { self.shares.len() } else { self.declared.len() };
        let percent = |share: f64| (share * 1e8).round() / 1e6;
        match place.checked_sub(shares) {
            Some(threshold) => format!("risk from {}%", percent(self.thresholds[threshold])),
            None if overall => format!("top {}%", percent(self.shares[place])),
            None => format!("top {}%", percent(self.shares[self.declared[place]])),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Places;

    #[test]
    fn declared_capacities_join_the_grid() {
        let on = Places::new(&[0.1], &[]);
        assert_eq!((on.count(true), on.declared[0], on.words(true, 3)), (15, 3, "top 10%".to_owned()));
        let off = Places::new(&[0.1, 0.125], &[0.2]);
        assert_eq!((off.count(true), off.count(false), &off.declared[..]), (17, 3, &[3, 4][..]));
        assert_eq!(
            (off.words(true, 4), off.words(false, 1)),
            ("top 12.5%".to_owned(), "top 12.5%".to_owned())
        );
        assert_eq!(
            (off.words(true, 16), off.words(false, 2)),
            ("risk from 20%".to_owned(), "risk from 20%".to_owned())
        );
        assert_eq!(Places::new(&[0.07], &[]).words(true, 3), "top 7%");
    }
}
