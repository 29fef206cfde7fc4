//! Where measures of flagged rows are taken: at shares of rows, and at thresholds of predicted risk.

use super::tally::Flagged;

/// Places to flag at. Over all rows, measures are taken at every share and then at every risk; by group, at the declared
/// ones.
#[derive(Clone, Debug)]
pub(super) struct Places {
    /// Shares of each fold's rows, rising: a fixed grid for the curves, and the declared ones.
    pub(super) shares: Vec<f64>,
    /// Predicted risks from which on rows are flagged, rising: a fixed grid for decision curves, and the declared ones.
    pub(super) risks: Vec<f64>,
    /// Places of the declared shares.
    pub(super) declared: Vec<usize>,
    /// Places of the declared risks.
    declared_risks: Vec<usize>,
}

/// Percentages of rows; dense at the top, where a service works.
const SHARES: [u8; 15] = [1, 2, 5, 10, 15, 20, 25, 30, 40, 50, 60, 70, 80, 90, 100];
/// Percentages of risk.
const RISKS: [u8; 10] = [5, 10, 15, 20, 25, 30, 35, 40, 45, 50];

impl Places {
    /// Capacities and thresholds, each rising.
    pub(super) fn new(capacities: &[f64], thresholds: &[f64]) -> Self {
        let (shares, declared) = with_declared(&SHARES, capacities);
        let (risks, declared_risks) = with_declared(&RISKS, thresholds);
        Self { shares, risks, declared, declared_risks }
    }

    /// How many places there are over all rows, and by group.
    pub(super) fn count(&self, overall: bool) -> usize {
        if overall {
            self.shares.len() + self.risks.len()
        } else {
            self.declared.len() + self.declared_risks.len()
        }
    }

    /// The risks that groups are measured at.
    pub(super) fn risks_of_groups(&self) -> impl Iterator<Item = f64> {
        self.declared_risks.iter().map(|place| self.risks[*place])
    }

    /// Places at risks, each with its risk.
    pub(super) fn at_risks(&self, overall: bool) -> Vec<(usize, f64)> {
        if overall {
            (self.shares.len()..).zip(self.risks.iter().copied()).collect()
        } else {
            (self.declared.len()..).zip(self.risks_of_groups()).collect()
        }
    }

    /// Of the flagged rows of everyone, those at the places of the groups.
    pub(super) fn of_groups(&self, all: &[Flagged]) -> impl Iterator<Item = Flagged> {
        let top = self.declared.iter().map(|place| all[*place]);
        top.chain(self.declared_risks.iter().map(|place| all[self.shares.len() + place]))
    }

    /// How a row says where it was taken, such as `top 10%` or `risk from 20%`.
    pub(super) fn words(&self, overall: bool, place: usize) -> String {
        let percent = |share: f64| (share * 1e8).round() / 1e6;
        let shares = if overall { self.shares.len() } else { self.declared.len() };
        match place.checked_sub(shares) {
            Some(risk) => {
                let risk = if overall { risk } else { self.declared_risks[risk] };
                format!("risk from {}%", percent(self.risks[risk]))
            }
            None => {
                let share = if overall { place } else { self.declared[place] };
                format!("top {}%", percent(self.shares[share]))
            }
        }
    }
}

/// A grid of percentages and declared values, rising, and the places of the declared ones.
fn with_declared(grid: &[u8], declared: &[f64]) -> (Vec<f64>, Vec<usize>) {
    let mut all: Vec<f64> = grid.iter().map(|percent| f64::from(*percent) / 100.0).collect();
    let near = |a: f64, b: f64| (a - b).abs() <= 1e-9;
    for value in declared {
        if !all.iter().any(|v| near(*v, *value)) {
            all.insert(all.partition_point(|v| v < value), *value);
        }
    }
    let place = |value: &f64| all.iter().position(|v| near(*v, *value));
    let places = declared.iter().filter_map(place).collect();
    (all, places)
}

#[cfg(test)]
mod tests {
    use super::Places;

    #[test]
    fn declared_places_join_the_grid() {
        let on = Places::new(&[0.1], &[]);
        assert_eq!((on.count(true), on.count(false), on.words(true, 3)), (25, 1, "top 10%".to_owned()));
        let off = Places::new(&[0.1, 0.125], &[0.2, 0.22]);
        assert_eq!((off.count(true), off.count(false), &off.declared[..]), (27, 4, &[3, 4][..]));
        assert_eq!(
            (off.words(true, 4), off.words(false, 1)),
            ("top 12.5%".to_owned(), "top 12.5%".to_owned())
        );
        assert_eq!(
            (off.words(true, 20), off.words(false, 3)),
            ("risk from 22%".to_owned(), "risk from 22%".to_owned())
        );
        assert_eq!(off.at_risks(false), [(2, 0.2), (3, 0.22)]);
        assert_eq!(Places::new(&[0.07], &[]).words(true, 3), "top 7%");
    }
}
