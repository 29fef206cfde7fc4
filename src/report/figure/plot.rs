//! What all plots share: a frame with axes, marks of different shapes, and a key.

use maud::{Markup, html};

/// A rectangle of the drawing and the values at its ends.
pub(super) struct Frame {
    /// Left edge, in drawing units.
    pub(super) left: f64,
    /// Top edge.
    pub(super) top: f64,
    /// Width.
    pub(super) width: f64,
    /// Height.
    pub(super) height: f64,
    /// Smallest and largest value from left to right.
    pub(super) x: (f64, f64),
    /// Smallest and largest value from bottom to top.
    pub(super) y: (f64, f64),
}

impl Frame {
    /// Where a value stands from left to right; values outside stand at the edge.
    pub(super) fn across(&self, value: f64) -> f64 {
        let (low, high) = self.x;
        self.left + self.width * ((value - low) / (high - low)).clamp(0.0, 1.0)
    }

    /// Where a value stands from top to bottom; values outside stand at the edge.
    pub(super) fn down(&self, value: f64) -> f64 {
        let (low, high) = self.y;
        self.top + self.height * (1.0 - ((value - low) / (high - low)).clamp(0.0, 1.0))
    }

    /// The frame's lines, ticks and axis titles; both axes are shares in per cent.
    pub(super) fn axes(&self, x_title: &str, y_title: &str) -> Markup {
        let x_ticks: Vec<(f64, String)> =
            ticks(self.x.1).into_iter().map(|tick| (tick, per_cent(tick))).collect();
        self.axes_by(&x_ticks, x_title, y_title)
    }

    /// The same with ticks of its own from left to right: place and words.
    pub(super) fn axes_by(&self, x_ticks: &[(f64, String)], x_title: &str, y_title: &str) -> Markup {
        let (right, bottom) = (self.left + self.width, self.top + self.height);
        let middle = self.top + self.height / 2.0;
        html! {
            @for tick in ticks(self.y.1) {
                line class="grid" x1=(at(self.left)) x2=(at(right)) y1=(at(self.down(tick))) y2=(at(self.down(tick))) {}
                text class="tick" text-anchor="end" x=(at(self.left - 6.0)) y=(at(self.down(tick) + 4.0)) { (per_cent(tick)) }
            }
            @for (tick, words) in x_ticks {
                line class="axis" x1=(at(self.across(*tick))) x2=(at(self.across(*tick))) y1=(at(bottom)) y2=(at(bottom + 4.0)) {}
                text class="tick" text-anchor="middle" x=(at(self.across(*tick))) y=(at(bottom + 17.0)) { (words) }
            }
            line class="axis" x1=(at(self.left)) x2=(at(right)) y1=(at(bottom)) y2=(at(bottom)) {}
            text class="label" text-anchor="middle" x=(at(self.left + self.width / 2.0)) y=(at(bottom + 36.0)) { (x_title) }
            text class="label" text-anchor="middle" transform=(format!("translate({} {}) rotate(-90)", at(self.left - 45.0), at(middle))) { (y_title) }
        }
    }
}

/// Ticks from 0 to `most` at a round step.
fn ticks(most: f64) -> Vec<f64> {
    let step = [0.01, 0.02, 0.05, 0.1, 0.2].into_iter().find(|s| most / s <= 6.0).unwrap_or(0.25);
    (0_u8..=8).map(|i| f64::from(i) * step).take_while(|t| *t <= most + 1e-9).collect()
}

/// The end of an axis that starts at 0 and must hold `values`: the next tenth, at most 1.
pub(super) fn round_up(values: impl Iterator<Item = f64>) -> f64 {
    let most = values.fold(0.0, f64::max);
    let step = if most <= 0.2 { 0.05 } else { 0.1 };
    ((most / step).ceil() * step).clamp(0.05, 1.0)
}

fn per_cent(share: f64) -> String {
    format!("{:.0}%", share * 100.0)
}

/// A coordinate.
pub(super) fn at(value: f64) -> String {
    format!("{value:.1}")
}

/// Shapes that tell two models apart without colour: the candidate first, then the baseline.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Look {
    /// Full line, filled circles.
    Candidate,
    /// Dashed line, open squares.
    Baseline,
}

impl Look {
    fn class(self) -> &'static str {
        match self {
            Self::Candidate => "candidate",
            Self::Baseline => "baseline",
        }
    }

    /// One mark.
    pub(super) fn mark(self, x: f64, y: f64) -> Markup {
        html! {
            @match self {
                Self::Candidate => circle class="mark candidate" cx=(at(x)) cy=(at(y)) r="4" {},
                Self::Baseline => rect class="mark baseline" x=(at(x - 3.5)) y=(at(y - 3.5)) width="7" height="7" {},
            }
        }
    }

    /// A line through points.
    pub(super) fn line(self, points: &[(f64, f64)]) -> Markup {
        let points: Vec<String> = points.iter().map(|(x, y)| format!("{},{}", at(*x), at(*y))).collect();
        html! { polyline class=(format!("line {}", self.class())) points=(points.join(" ")) {} }
    }

    /// An upright interval.
    pub(super) fn upright(self, x: f64, from: f64, to: f64) -> Markup {
        html! { line class=(format!("whisker {}", self.class())) x1=(at(x)) x2=(at(x)) y1=(at(from)) y2=(at(to)) {} }
    }

    /// One line of the key.
    pub(super) fn key(self, x: f64, y: f64, words: &str) -> Markup {
        html! {
            (self.line(&[(x, y), (x + 28.0, y)]))
            (self.mark(x + 14.0, y))
            text class="label" x=(at(x + 36.0)) y=(at(y + 4.0)) { (words) }
        }
    }
}

/// Cuts a text that is too long for its place; the table has it in full.
pub(super) fn short(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        return text.to_owned();
    }
    let cut: String = text.chars().take(most.saturating_sub(1)).collect();
    format!("{}\u{2026}", cut.trim_end())
}

#[cfg(test)]
mod tests {
    use super::{round_up, short, ticks};

    #[test]
    fn axes_end_on_a_tick() {
        assert_eq!(ticks(0.5).len(), 6);
        assert_eq!(ticks(1.0).len(), 6);
        assert!((round_up([0.31, 0.44].into_iter()) - 0.5).abs() < 1e-12);
        assert!((round_up([0.13].into_iter()) - 0.15).abs() < 1e-12);
        assert!((round_up(std::iter::empty()) - 0.05).abs() < 1e-12);
    }

    #[test]
    fn long_labels_are_cut() {
        assert_eq!(short("Number of earlier referrals", 12), "Number of e\u{2026}");
    }
}
