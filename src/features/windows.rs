//! Counts in windows and days since last, for every series of events at once.
//!
//! One pass: items are released in the order they became known, kept sorted by date, and each window holds a pointer
//! to its oldest item. A row costs one copy of the running counts, whatever the history's length.

use super::as_of::Item;

/// Maps an item's key to the series it counts towards: its kind and, if it has one, its code group.
#[derive(Clone, Debug)]
pub struct SeriesMap {
    /// Number of series.
    pub count: usize,
    /// For each key, up to two series; [`NONE`] where there is no (second) one.
    pub of_key: Vec<[u16; 2]>,
}

/// No series.
pub const NONE: u16 = u16::MAX;

/// Running counts of one child, or of a child's siblings.
#[derive(Debug)]
pub struct Counter<'a> {
    map: &'a SeriesMap,
    windows: &'a [i32],
    /// Per series: a count for each window, the count ever, and the date of the last one.
    counts: Vec<f32>,
    last: Vec<i32>,
    /// Released items as (date, key), by date.
    seen: Vec<(i32, u16)>,
    /// For each window, the place in `seen` of its oldest item.
    oldest: Vec<usize>,
}

const NEVER: i32 = i32::MIN;

impl<'a> Counter<'a> {
    /// An empty counter for windows of so many days each.
    #[must_use]
    pub fn new(map: &'a SeriesMap, windows: &'a [i32]) -> Self {
        Self {
            map,
            windows,
            counts: vec![0.0; map.count * (windows.len() + 2)],
            last: vec![NEVER; map.count],
            seen: Vec::new(),
            oldest: vec![0; windows.len()],
        }
    }

    /// Number of values in a row: for each series a count in each window, the count ever, and days since the last.
    #[must_use]
    pub fn width(&self) -> usize {
        self.counts.len()
    }

    /// Forgets everything.
    pub fn clear(&mut self) {
        let stride = self.windows.len() + 2;
        for &(_, key) in &self.seen {
            for series in
                self.map.of_key[usize::from(key)].into_iter().filter(|s| *s != NONE).map(usize::from)
            {
                self.counts[series * stride..(series + 1) * stride].fill(0.0);
                self.last[series] = NEVER;
            }
        }
        self.seen.clear();
        self.oldest.fill(0);
    }

    /// Adds items that became known.
    pub fn add(&mut self, items: &[Item]) {
        let stride = self.windows.len() + 2;
        for item in items {
            let series = self.map.of_key[usize::from(item.key)];
            if series[0] == NONE {
                continue;
            }
            // Facts may be recorded late, so a newly known one may be older than one already seen.
            let behind = self.seen.iter().rev().take_while(|(date, _)| *date > item.date).count();
            let place = self.seen.len() - behind;
            self.seen.insert(place, (item.date, item.key));
            for (w, oldest) in self.oldest.iter_mut().enumerate() {
                if place < *oldest {
                    *oldest += 1;
                } else {
                    for s in series.into_iter().filter(|s| *s != NONE) {
                        self.counts[usize::from(s) * stride + w] += 1.0;
                    }
                }
            }
            for s in series.into_iter().filter(|s| *s != NONE).map(usize::from) {
                self.counts[s * stride + stride - 2] += 1.0;
                self.last[s] = self.last[s].max(item.date);
            }
        }
    }

    /// Writes the row of prediction day `day`: windows count items dated from `day - window` to the day before. A
    /// window whose look-back was not observed (`observed` false) is missing, not zero.
    pub fn write(&mut self, day: i32, observed: &[bool], out: &mut [f32]) {
        let stride = self.windows.len() + 2;
        for (w, &window) in self.windows.iter().enumerate() {
            while let Some(&(_, key)) = self.seen.get(self.oldest[w]).filter(|(date, _)| *date < day - window)
            {
                for s in self.map.of_key[usize::from(key)].into_iter().filter(|s| *s != NONE) {
                    self.counts[usize::from(s) * stride + w] -= 1.0;
                }
                self.oldest[w] += 1;
            }
        }
        out.copy_from_slice(&self.counts);
        for (row, &last) in out.chunks_exact_mut(stride).zip(&self.last) {
            // Days fit f32 exactly up to 45,000 years.
            row[stride - 1] = if last == NEVER { f32::NAN } else { (day - last) as f32 };
        }
        for (w, _) in observed.iter().enumerate().filter(|(_, seen)| !**seen) {
            out.iter_mut().skip(w).step_by(stride).for_each(|v| *v = f32::NAN);
        }
    }
}
