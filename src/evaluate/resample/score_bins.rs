//! Fine bins of the predicted risk.

/// Borders of bins, rising: bin *k* holds risks from border *k* up to, not including, the next.
#[derive(Clone, Debug)]
pub(crate) struct ScoreBins {
    borders: Vec<f64>,
}

/// Bins of equal numbers of rows. What is measured from bins in a replicate differs from the exact value by the spread of
/// risks within a bin: with this many, by about a hundredth of what chance moves it by (`model::tests`).
const MOST: usize = 256;

/// Borders between ten bins of equal width, which are borders of fine bins too.
pub(crate) const TENTHS: [f64; 9] = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9];

impl ScoreBins {
    /// Bins of about equal numbers of rows, with borders at the risks `also` as well. Risks of exactly 0 and of exactly 1,
    /// which have no log-odds, have bins of their own.
    pub(crate) fn new(p: &[f64], also: &[f64]) -> Self {
        let mut sorted = p.to_vec();
        sorted.sort_unstable_by(f64::total_cmp);
        let mut borders = vec![0.0, f64::from_bits(1), 1.0];
        borders.extend(TENTHS);
        borders.extend(also);
        borders.extend((1..MOST).filter_map(|k| sorted.get(k * sorted.len() / MOST)));
        // -0 is 0.
        borders.iter_mut().for_each(|b| *b += 0.0);
        borders.sort_unstable_by(f64::total_cmp);
        borders.dedup_by(|a, b| a.total_cmp(b).is_eq());
        Self { borders }
    }

    /// The bin of a risk in [0, 1].
    pub(crate) fn of(&self, p: f64) -> u16 {
        // Fits: there are few borders, of which the first is 0.
        (self.borders.partition_point(|border| *border <= p).max(1) - 1) as u16
    }
}

#[cfg(test)]
mod tests {
    use super::ScoreBins;

    #[test]
    fn thresholds_are_borders_and_the_ends_stand_alone() {
        let p: Vec<f64> = (0..=1000).map(|i| f64::from(i) / 1000.0).collect();
        let bins = ScoreBins::new(&p, &[0.2, 0.3]);
        assert_ne!(bins.of(0.0), bins.of(1e-300));
        assert_ne!(bins.of(1.0), bins.of(1.0 - 1e-16));
        assert_ne!(bins.of(0.2), bins.of(0.2 - 1e-16));
        assert_eq!(bins.of(-0.0), bins.of(0.0));
        let mut before = 0;
        for p in p {
            let bin = bins.of(p);
            assert!(bin >= before);
            before = bin;
        }
        assert!((255..=270).contains(&before), "{before}");
        // One risk: few bins.
        let one = ScoreBins::new(&[0.3; 50], &[]);
        assert_eq!((one.of(0.3), one.of(0.29)), (4, 3));
    }
}
