//! Sums of 1/k, of which average precision is made.

/// H(k) = 1 + 1/2 + … + 1/k for the first whole numbers.
#[derive(Clone, Debug)]
pub(crate) struct Harmonic {
    upto: Vec<f64>,
}

impl Harmonic {
    /// Sums up to `most`; beyond them [`Harmonic::between`] is slower.
    pub(crate) fn new(most: usize) -> Self {
        let mut upto = Vec::with_capacity(most + 1);
        let mut sum = 0.0;
        upto.push(sum);
        for k in 1..=most {
            sum += 1.0 / k as f64;
            upto.push(sum);
        }
        Self { upto }
    }

    /// 1/(from + 1) + … + 1/to.
    #[inline]
    pub(crate) fn between(&self, from: u64, to: u64) -> f64 {
        match self.upto.get(to as usize) {
            Some(h) => h - self.upto[from as usize],
            None => series(from, to),
        }
    }
}

/// The same sum by the asymptotic series, whose error is below 1e-13.
fn series(from: u64, to: u64) -> f64 {
    // Up to here term by term, from here on by the series about x + 1/2.
    const DIRECT: u64 = 24;
    let direct = |to: u64| (from + 1..=to).map(|i| 1.0 / i as f64).sum::<f64>();
    if to - from <= 3 || to <= DIRECT {
        return direct(to);
    }
    let start = from.max(DIRECT);
    let head = if start > from { direct(start) } else { 0.0 };
    let (x, y) = (start as f64 + 0.5, to as f64 + 0.5);
    let rest = |x: f64| {
        let q = 1.0 / (x * x);
        q * (1.0 / 24.0 - q * (7.0 / 960.0 - q * (31.0 / 8064.0 - q * (127.0 / 30720.0))))
    };
    head + (y / x).ln() + (rest(y) - rest(x))
}

/// The sum, over the `with` rows with the outcome among `all` tied rows, of the precision at their place, expected over
/// all orders of the tied rows, when `above` rows (`above_with` of them with the outcome) have higher scores.
///
/// At place *a* of the tied rows stands one with the outcome with probability `with / all`; then, of the `a - 1` tied
/// rows before it, `(a - 1) (with - 1) / (all - 1)` are expected to have the outcome (McSherry and Najork 2008, ECIR,
/// *Computing information retrieval performance measures efficiently in the presence of tied scores*). Counting all tied
/// rows as flagged at once, as scikit-learn does, understates scores with many ties: among few rows that would make a
/// simple count look worse than noise with a decimal point.
pub(crate) fn precision_of_tied(sums: &Harmonic, above: u64, above_with: u64, all: u64, with: u64) -> f64 {
    if with == 0 {
        return 0.0;
    }
    let (n, first, m, k) = (above as f64, (above_with + 1) as f64, all as f64, with as f64);
    let c = if all > 1 { (k - 1.0) / (m - 1.0) } else { 0.0 };
    // Σ (first + c (a - 1)) / (n + a) for a = 1 … m.
    k / m * (c * m + (first - c * (n + 1.0)) * sums.between(above, above + all))
}

#[cfg(test)]
mod tests {
    use super::{Harmonic, precision_of_tied, series};

    #[test]
    fn harmonic_sums_agree_with_their_terms() {
        let table = Harmonic::new(10_000);
        for (from, to) in
            [(0, 1), (0, 30), (3, 400), (24, 28), (500, 501), (500, 9_000), (1_000_000, 1_000_700)]
        {
            let terms: f64 = (from + 1..=to).rev().map(|i| 1.0 / i as f64).sum();
            for found in [series(from, to), table.between(from, to)] {
                assert!((found - terms).abs() < 1e-13, "{from} to {to}: {found} {terms}");
            }
        }
    }

    /// Every order of the tied rows, one by one.
    #[test]
    fn ties_are_the_mean_over_all_orders() {
        let table = Harmonic::new(20);
        for (above, above_with) in [(0, 0), (3, 1), (4, 4)] {
            for all in 1..=7_u64 {
                let mut sums = vec![(0.0, 0_u32); all as usize + 1];
                // Each subset of places is one order of outcomes; orders of equal rows are the same.
                for order in 0_u64..1 << all {
                    let (mut with, mut sum) = (0, 0.0);
                    for place in (0..all).filter(|place| order >> place & 1 == 1) {
                        with += 1;
                        sum += (above_with + with) as f64 / (above + place + 1) as f64;
                    }
                    let (total, orders) = &mut sums[with as usize];
                    *total += sum;
                    *orders += 1;
                }
                for (with, (total, orders)) in sums.into_iter().enumerate() {
                    let got = precision_of_tied(&table, above, above_with, all, with as u64);
                    assert!((got - total / f64::from(orders)).abs() < 1e-12, "{above} {all} {with}: {got}");
                }
            }
        }
    }
}
