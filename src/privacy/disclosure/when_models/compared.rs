//! Levels against others in measures of when: what is shown of the difference follows from what is shown of both.

use super::super::fairness;
use super::super::passed::Number;
use super::short;
use crate::evaluate::Contrast;
use crate::report::{ContrastLine, Line};

/// Contrasts of levels both of which are shown; the difference is that of the numbers shown.
pub(super) fn contrasts(all: &[Contrast], lines: &[Line], threshold: u64) -> Vec<ContrastLine> {
    let mut out = fairness::contrasts(all, lines, threshold);
    for contrast in &mut out {
        let of = |level: &str| {
            let fits = |l: &&Line| {
                l.measure == contrast.measure
                    && l.group == contrast.group
                    && l.level == level
                    && l.at == contrast.at
            };
            // By group only the candidate is measured.
            lines.iter().find(fits).and_then(|l| l.number.estimate())
        };
        if contrast.difference.estimate().is_none() {
            continue;
        }
        let Some((own, other)) = of(&contrast.level).zip(of(&contrast.against)) else { continue };
        let ends = contrast.difference.interval();
        let ends = ends.map(|(low, high)| (short(&contrast.measure, low), short(&contrast.measure, high)));
        contrast.difference = Number::new(own - other, ends);
    }
    out
}
